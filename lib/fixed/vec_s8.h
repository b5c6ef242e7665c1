/* SPDX-License-Identifier: MIT */
/*
 * vec_s8 - int8 matrix times vector, and scaling and products of vectors
 *
 * Matrices are row-major (rows, cols). Sums are 32-bit and must not overflow:
 * a row needs |b| + 128 sum|w| < 2^31, which lib/quant proves for every row of
 * a model before it lets it run. Where a pointer `over` is given, the values
 * that a clamp changed are counted there, unless it is NULL. RQ is
 * requant_s32() with r; what requant.h asks of v and r holds here too.
 *
 * The same bits by every way: a processor without 64-bit products gets by with
 * 32 bits wherever the numbers are small enough for it.
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

/* y = b + W x: y, b (rows), W (rows, cols), x (cols), cols >= 1 */
void matvec_s8(int32_t *y, const int32_t *b, const int8_t *W, const int8_t *x, size_t rows,
	size_t cols);

/* y = sat16(RQ(u)), and y = sat16(y + RQ(u)): all (n) */
void requant_s16(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over);
void requant_add_s16(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over);

/* The same bits; quicker than those for |u| in 2^20..2^30 where 64-bit products are not. */
void requant_far_s16(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over);
void requant_far_add_s16(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over);

/* Below, |u_k v_k| <= 2^30 - 2^15: one of the two is never -2^15. */

/* y = sat16(RQ(u v)): all (n); y may be u or v */
void mul_s16(int16_t *y, const int16_t *u, const int16_t *v, struct requant r, size_t n,
	uint32_t *over);

/* y = clamp(y + RQ(u v), lo, hi): all (n); y in and out */
void mul_add_s16(int16_t *y, const int16_t *u, const int16_t *v, struct requant r, int32_t lo,
	int32_t hi, size_t n, uint32_t *over);

/* y = sat8(RQ(u v) + z): y (n) int8 with zero point z; u, v (n) */
void mul_s16_s8(int8_t *y, const int16_t *u, const int16_t *v, struct requant r, int32_t z,
	size_t n, uint32_t *over);

#endif
