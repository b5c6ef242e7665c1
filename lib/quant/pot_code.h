/* SPDX-License-Identifier: MIT */
/*
 * pot_code - powers of two as codes of 2 to 5 bits, packed (formats/model.md, pot)
 *
 * A code is a sign above an index k of bits - 1 bits. k = 0 is zero, without a
 * sign; k = 1..n stands for 2^(high - (k - 1)), so that of n = 2^(bits - 1) - 1
 * exponents `high` is the largest:
 *
 *	bits	n	exponents
 *	2	1	high
 *	3	3	high - 2 .. high
 *	4	7	high - 6 .. high
 *	5	15	high - 14 .. high
 *
 * Code i of a row is its bits i * bits and up, bit j of a row being bit j mod 8,
 * counted from the lowest, of byte j / 8. A row begins with a byte; bits that
 * are left at its end are 0. So 4-bit codes are two a byte, low half first.
 *
 *	pot_code_high(&high, w, rows * cols);
 *	pot_code_pack(codes, w, rows, cols, 4, &high, 0, &bad);
 *	pot_code_unpack(w, codes, rows, cols, 4, &high, 0);		(the same w)
 */
#ifndef WHIT_POT_CODE_H
#define WHIT_POT_CODE_H

#include <stddef.h>
#include <stdint.h>

#define POT_CODE_BITS_MIN 2
#define POT_CODE_BITS_MAX 5
#define POT_CODE_HIGH_MAX 63		/* of |high| */

/* Exponents of a code: n above. */
int pot_code_exponents(int bits);

/* Bytes of a row of cols codes. */
size_t pot_code_bytes(size_t cols, int bits);

/*
 * The largest exponent among w (n), of values that are a power of two, into *high; no such value:
 * *high stays. Returns 1 when there was one, else 0.
 */
int pot_code_high(int8_t *high, const float *w, size_t n);

/*
 * codes (rows, pot_code_bytes(cols)) of w (rows, cols); high: of all rows, or (rows) when by_row.
 * 0, or -1 when a weight is neither 0 nor one of the powers: *bad is the first one's index.
 */
int pot_code_pack(uint8_t *codes, const float *w, size_t rows, size_t cols, int bits,
	const int8_t *high, int by_row, size_t *bad);

/* And back; any codes. */
void pot_code_unpack(float *w, const uint8_t *codes, size_t rows, size_t cols, int bits,
	const int8_t *high, int by_row);

/* Code i of a row. */
unsigned pot_code_at(const uint8_t *row, size_t i, int bits);

/*
 * Of a code in units of its lowest exponent: 0 or +-2^(n - k), at most 2^14. What a matrix in
 * integers is made of.
 */
int pot_code_units(unsigned code, int bits);

/*
 * What no pack writes: a zero with a sign, or a bit set behind the last code of a row. 0 when there
 * is none, else -1; *bad is the index of that weight, or of the row's last.
 */
int pot_code_check(const uint8_t *codes, size_t rows, size_t cols, int bits, size_t *bad);

#endif
