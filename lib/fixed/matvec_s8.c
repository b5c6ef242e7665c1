/* SPDX-License-Identifier: MIT */
#include "matvec.h"
#include "vec_s8.h"

void
matvec_s8_s16(int32_t *y, const void *b, const void *W, const int16_t *x, size_t row, size_t rows,
	size_t cols)
{
	const int32_t *b_k = (const int32_t *)b + row;
	const int8_t *w_k = (const int8_t *)W + row * cols;

	for (; rows > 0; rows--, w_k += cols)
		*y++ = dot_s8_s16(*b_k++, w_k, x, cols);
}

const struct matvec_ops matvec_ops_s8 = { matvec_s8_s16, requant_s16, requant_add_s16 };
