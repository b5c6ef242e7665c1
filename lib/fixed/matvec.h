/* SPDX-License-Identifier: MIT */
/*
 * matvec - the arithmetic of a matrix with 16-bit input, whatever its weights are
 *
 * A constant struct a kind of weights. A cell of 16-bit outputs points to one,
 * so that one cell serves all kinds and firmware links those that it has; a
 * classifier needs the product alone. Sums are in 32 bits and must not
 * overflow, which whoever loads a model proves for each of its rows.
 *
 *	matvec_ops_s8	int8 weights, row-major, int32 biases; RQ is requant_s32()
 */
#ifndef WHIT_MATVEC_H
#define WHIT_MATVEC_H

#include <stddef.h>
#include <stdint.h>

#include "requant.h"

struct matvec_ops {
	/* y (rows) = rows row, row + 1, ... of b + W x; x (cols), cols >= 1 */
	void (*product)(int32_t *y, const void *b, const void *W, const int16_t *x, size_t row,
		size_t rows, size_t cols);
	/*
	 * y = sat16(RQ(u)), and y = sat16(y + RQ(u)): all (n). Adds to *over, unless it is NULL,
	 * how many were clamped.
	 */
	void (*rescale)(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over);
	void (*rescale_add)(int16_t *y, const int32_t *u, struct requant r, size_t n,
		uint32_t *over);
};

extern const struct matvec_ops matvec_ops_s8;

/* Its product: b (rows of W) int32, W (all rows, cols) int8. */
void matvec_s8_s16(int32_t *y, const void *b, const void *W, const int16_t *x, size_t row,
	size_t rows, size_t cols);

#endif
