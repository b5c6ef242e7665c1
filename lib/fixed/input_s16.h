/* SPDX-License-Identifier: MIT */
/*
 * input_s16 - from whole-numbered features, mfcc_s16.h's, to 16 bits by shifts alone
 *
 *	x_d = sat16(floor((c_d - offset_d) 2^shift_d + 1/2))
 *
 * A pot model holds offset and scale of the features themselves (formats/model.md): offset_d is
 * input.offset times 2^10, shift_d the exponent of input.scale less 10. |c| < 2^18 and
 * |offset| < 2^19 make |c - offset| 2^shift < 3/4 2^31.
 */
#ifndef WHIT_INPUT_S16_H
#define WHIT_INPUT_S16_H

#include <stddef.h>
#include <stdint.h>

#include "requant.h"

#define INPUT_S16_SHIFT_MIN (-30)
#define INPUT_S16_SHIFT_MAX 11

/* x (D) of c (D); offset, shift (D) */
static inline void
input_s16(int16_t *x, const int32_t *c, const int32_t *offset, const int32_t *shift, size_t D)
{
	for (size_t d = 0; d < D; d++) {
		int32_t v = c[d] - offset[d], s = shift[d];

		v = s < 0 ? shift_round(v, -1 - s) : (int32_t)((uint32_t)v << s);
		x[d] = sat_s16(v, NULL);
	}
}

#endif
