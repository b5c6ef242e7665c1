/* SPDX-License-Identifier: MIT */
/*
 * vec_s8 - int8 matrix times vector, and products of 16-bit vectors
 *
 * Matrices are row-major (rows, cols). Sums are 32-bit and must not overflow:
 * a row needs |b| + 128 sum|w| < 2^31, which lib/quant proves for every row of
 * a model before it lets it run. Where a pointer `over` is given, the values
 * that a clamp changed are counted there; NULL costs nothing once inlined.
 */
#ifndef WHIT_VEC_S8_H
#define WHIT_VEC_S8_H

#include <stddef.h>
#include <stdint.h>

#include "requant.h"

/* b + sum_j w_j x_j: w, x (n) */
static inline int32_t
dot_s8(int32_t b, const int8_t *w, const int8_t *x, size_t n)
{
	int32_t acc_s32 = b;

	for (size_t j = 0; j < n; j++)
		acc_s32 += w[j] * x[j];
	return acc_s32;
}

/* The same with x (n) int16. */
static inline int32_t
dot_s8_s16(int32_t b, const int8_t *w, const int16_t *x, size_t n)
{
	int32_t acc_s32 = b;

	for (size_t j = 0; j < n; j++)
		acc_s32 += w[j] * x[j];
	return acc_s32;
}

/* y = sat16(y + r (b + W x)): y (rows) in and out, W (rows, cols), x (cols), b (rows) */
static inline void
matvec_add_s8_s16(int16_t *y, const int8_t *W, const int8_t *x, const int32_t *b,
	struct requant r, size_t rows, size_t cols, uint32_t *over)
{
	for (size_t k = 0; k < rows; k++, W += cols) {
		int32_t v = requant_s32(dot_s8(b[k], W, x, cols), r);

		y[k] = (int16_t)clamp_s32(y[k] + v, INT16_MIN, INT16_MAX, over);
	}
}

/* y = sat16(r (u v)): all (n); y may be u or v */
static inline void
mul_s16(int16_t *y, const int16_t *u, const int16_t *v, struct requant r, size_t n, uint32_t *over)
{
	for (size_t k = 0; k < n; k++)
		y[k] = (int16_t)clamp_s32(requant_s32(u[k] * v[k], r), INT16_MIN, INT16_MAX, over);
}

/* y = clamp(y + r (u v), lo, hi): all (n); y in and out */
static inline void
mul_add_s16(int16_t *y, const int16_t *u, const int16_t *v, struct requant r, int32_t lo,
	int32_t hi, size_t n, uint32_t *over)
{
	for (size_t k = 0; k < n; k++)
		y[k] = (int16_t)clamp_s32(y[k] + requant_s32(u[k] * v[k], r), lo, hi, over);
}

/* y = sat8(r (u v) + z): y (n) int8 with zero point z; u, v (n) */
static inline void
mul_s16_s8(int8_t *y, const int16_t *u, const int16_t *v, struct requant r, int32_t z, size_t n,
	uint32_t *over)
{
	for (size_t k = 0; k < n; k++)
		y[k] = (int8_t)clamp_s32(requant_s32(u[k] * v[k], r) + z, INT8_MIN, INT8_MAX, over);
}

#endif
