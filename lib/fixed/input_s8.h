/* SPDX-License-Identifier: MIT */
/*
 * input_s8 - from whole-numbered features, mfcc_s16.h's, to the net's int8 input
 *
 *	x_d = sat8(floor((c_d - offset_d) scale_d / 2^16 + 1/2))
 *
 * An int8 model holds offset and scale of the features themselves (formats/model.md): offset_d is
 * input.offset times 2^10, scale_d input.scale times 2^6, both whole for features of a fixed front
 * end. In this form a step is one 32-bit product: |c| < 2^18, |offset| < 2^19 and scale < 2^11 make
 * |c - offset| scale < 3/4 2^31.
 */
#ifndef WHIT_INPUT_S8_H
#define WHIT_INPUT_S8_H

#include <stddef.h>
#include <stdint.h>

#include "requant.h"

#define INPUT_S8_UNIT_BITS 10		/* of c and offset */
#define INPUT_S8_SCALE_BITS 6		/* of scale */
#define INPUT_S8_C_END (1 << 18)	/* of |c| */
#define INPUT_S8_OFFSET_END (1 << 19)	/* of |offset| */
#define INPUT_S8_SCALE_MAX 2047

/* x (D) of c (D); offset, scale (D). Adds to *over, unless it is NULL, how many were clamped. */
static inline void
input_s8(int8_t *x, const int32_t *c, const int32_t *offset, const int32_t *scale, size_t D,
	uint32_t *over)
{
	const int bits = INPUT_S8_UNIT_BITS + INPUT_S8_SCALE_BITS;

	for (size_t d = 0; d < D; d++) {
		int32_t v = (c[d] - offset[d]) * scale[d] + (1 << (bits - 1));

		x[d] = (int8_t)clamp_s32(v >> bits, INT8_MIN, INT8_MAX, over);
	}
}

#endif
