/* SPDX-License-Identifier: MIT */
/*
 * pot_s16 - a matrix of powers of two, in packed codes, times a vector of 16 bits
 *
 * Shifts and additions alone: no multiply instruction, no call of one, in the
 * sums, the addresses and the scaling (tests/quant-pot.bats looks at the code).
 * Codes and their layout are formats/model.md's, pot.
 *
 * What a value x_j can add to a row is one of 2^bits numbers, 0 and
 * +-floor(x_j 2^(n - k - drop)). They are put into a table once a column, and a weight is then
 * a look into it and an addition:
 *
 *	y_k += table_j[code_kj]
 *
 * On a Cortex-M0 the 15 numbers of a column cost some 25 instructions, shared by
 * all rows, and a weight four, as many as a product of int8 takes.
 *
 * Sums are 32-bit and must not overflow: lib/quant_pot proves it for every row.
 */
#ifndef WHIT_POT_S16_H
#define WHIT_POT_S16_H

#include <stddef.h>
#include <stdint.h>

#include "matvec.h"

/* Constant for a model; may lie in flash. Pointers are borrowed. */
struct pot_matrix {
	const uint8_t *codes;	/* (rows, row_bytes) */
	/* (rows) bits, 0..31, that each row's sum goes up to the unit of all, or NULL: none does */
	const uint8_t *up;
	uint16_t row_bytes;
	/* bits that each product loses, floored, before it is a sum's; below 2^(bits - 1) - 1 */
	uint16_t drop;
};

/* The biases of a matrix: codes, the first at once, or sums. */
struct pot_bias {
	const uint8_t *codes;	/* (rows), packed as one row; or NULL: */
	const int32_t *sums;	/* (rows) */
	int32_t high;		/* the largest code's exponent in units of the sums */
};

/*
 * y (rows) = rows row, row + 1, ... of b + W x: a struct pot_bias and a struct pot_matrix of codes
 * of that many bits; x (cols), cols >= 1
 */
void pot2_s16(int32_t *y, const void *b, const void *W, const int16_t *x, size_t row, size_t rows,
	size_t cols);
void pot3_s16(int32_t *y, const void *b, const void *W, const int16_t *x, size_t row, size_t rows,
	size_t cols);
void pot4_s16(int32_t *y, const void *b, const void *W, const int16_t *x, size_t row, size_t rows,
	size_t cols);
void pot5_s16(int32_t *y, const void *b, const void *W, const int16_t *x, size_t row, size_t rows,
	size_t cols);

/*
 * They with what scales sums by powers of two: r.mult is 2^30, so that RQ is a shift, r.shift
 * -31..30 and the shifted sum, with 16 bits to add, within 32 bits.
 */
extern const struct matvec_ops matvec_ops_pot2, matvec_ops_pot3, matvec_ops_pot4, matvec_ops_pot5;

#endif
