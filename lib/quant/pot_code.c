// SPDX-License-Identifier: MIT
#include "pot_code.h"

#include <math.h>
#include <string.h>

int
pot_code_exponents(int bits)
{
	return (1 << (bits - 1)) - 1;
}

size_t
pot_code_bytes(size_t cols, int bits)
{
	return (cols * (size_t)bits + 7) / 8;
}

/* Whether w = +-2^*e. */
static int
exponent_of(float w, int *e)
{
	float m = frexpf(fabsf(w), e);	/* |w| = m 2^e, 1/2 <= m < 1; of 0, inf, nan: no m */

	--*e;
	return m == .5f;
}

int
pot_code_high(int8_t *high, const float *w, size_t n)
{
	int found = 0, e;

	for (size_t i = 0; i < n; i++)
		if (exponent_of(w[i], &e) && e >= -POT_CODE_HIGH_MAX && e <= POT_CODE_HIGH_MAX &&
			(!found || e > *high)) {
			*high = (int8_t)e;
			found = 1;
		}
	return found;
}

/* The code of w, or -1. */
static int
code_of(float w, int bits, int high)
{
	int e, k;

	if (w == 0)
		return 0;
	if (!exponent_of(w, &e))
		return -1;
	k = high - e + 1;
	if (k < 1 || k > pot_code_exponents(bits))
		return -1;
	return (w < 0) << (bits - 1) | k;
}

static void
put(uint8_t *row, size_t i, int bits, unsigned code)
{
	size_t at = i * (size_t)bits;

	for (int b = 0; b < bits; b++, at++)
		row[at / 8] |= (uint8_t)(((code >> b) & 1) << at % 8);
}

unsigned
pot_code_at(const uint8_t *row, size_t i, int bits)
{
	size_t at = i * (size_t)bits;
	unsigned code = 0;

	for (int b = 0; b < bits; b++, at++)
		code |= ((row[at / 8] >> at % 8) & 1u) << b;
	return code;
}

int
pot_code_pack(uint8_t *codes, const float *w, size_t rows, size_t cols, int bits,
	const int8_t *high, int by_row, size_t *bad)
{
	size_t bytes = pot_code_bytes(cols, bits);

	memset(codes, 0, rows * bytes);
	for (size_t k = 0; k < rows; k++)
		for (size_t j = 0; j < cols; j++) {
			int code = code_of(w[k * cols + j], bits, high[by_row ? k : 0]);

			if (code < 0) {
				*bad = k * cols + j;
				return -1;
			}
			put(codes + k * bytes, j, bits, (unsigned)code);
		}
	return 0;
}

int
pot_code_units(unsigned code, int bits)
{
	int n = pot_code_exponents(bits), k = (int)code & n;

	if (k == 0)
		return 0;
	return code >> (bits - 1) ? -(1 << (n - k)) : 1 << (n - k);
}

void
pot_code_unpack(float *w, const uint8_t *codes, size_t rows, size_t cols, int bits,
	const int8_t *high, int by_row)
{
	size_t bytes = pot_code_bytes(cols, bits);
	int n = pot_code_exponents(bits);

	for (size_t k = 0; k < rows; k++)
		for (size_t j = 0; j < cols; j++) {
			unsigned code = pot_code_at(codes + k * bytes, j, bits);

			w[k * cols + j] = ldexpf((float)pot_code_units(code, bits),
				high[by_row ? k : 0] - (n - 1));
		}
}

int
pot_code_check(const uint8_t *codes, size_t rows, size_t cols, int bits, size_t *bad)
{
	size_t bytes = pot_code_bytes(cols, bits), end = cols * (size_t)bits % 8;

	for (size_t k = 0; k < rows; k++, codes += bytes) {
		for (size_t j = 0; j < cols; j++)
			if (pot_code_at(codes, j, bits) == 1u << (bits - 1)) {
				*bad = k * cols + j;
				return -1;
			}
		if (end && codes[bytes - 1] >> end) {
			*bad = k * cols + cols - 1;
			return -1;
		}
	}
	return 0;
}
