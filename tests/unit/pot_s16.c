// SPDX-License-Identifier: MIT
/*
 * pot_s16 - products of codes against 64-bit sums of what pot_code says they are, for every width,
 * shape, first row, kind of bias and of range; scaling against requant_s32().
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "pot_s16.h"
#include "quant/pot_code.h"

#define ROWS_MAX 33
#define COLS_MAX 110

static const struct matvec_ops *const ops[] = { &matvec_ops_pot2, &matvec_ops_pot3,
	&matvec_ops_pot4, &matvec_ops_pot5 };

/* codes (rows, bytes) of random codes of all kinds but the zero with a sign */
static void
make_codes(uint8_t *codes, size_t rows, size_t cols, int bits)
{
	size_t bytes = pot_code_bytes(cols, bits);

	memset(codes, 0, rows * bytes);
	for (size_t k = 0; k < rows; k++)
		for (size_t j = 0; j < cols; j++) {
			unsigned code = (unsigned)pick(0, (1 << bits) - 1);

			if (code == 1u << (bits - 1))
				code = 0;
			for (size_t b = 0, at = j * (size_t)bits; b < (size_t)bits; b++, at++)
				codes[k * bytes + at / 8] |=
					(uint8_t)(((code >> b) & 1) << at % 8);
		}
}

/* floor(v 2^e + 1/2) of a bias v in units of its lowest exponent */
static int64_t
bias_by_hand(unsigned code, int bits, int32_t high)
{
	int n = pot_code_exponents(bits);

	return (int64_t)floor(ldexp(pot_code_units(code, bits), high - (n - 1)) + .5);
}

/* units x of a weight, the magnitude's last bits cut off */
static int64_t
term(int units, int x, int drop)
{
	double v = floor(ldexp((double)(units < 0 ? -units : units) * x, -drop));

	return (int64_t)(units < 0 ? -v : v);
}

static void
test_product(int bits, size_t rows, size_t cols, size_t first, int with_up, int with_sums)
{
	static uint8_t codes[ROWS_MAX * COLS_MAX], bias[ROWS_MAX], up[ROWS_MAX];
	static int32_t sums[ROWS_MAX], y[ROWS_MAX + 1];
	static int16_t x[COLS_MAX];
	size_t all = first + rows, bytes = pot_code_bytes(cols, bits);
	int n = pot_code_exponents(bits), drop = pick(0, 2) ? 0 : pick(0, n - 1);
	struct pot_matrix m = { codes, with_up ? up : NULL, (uint16_t)bytes, (uint16_t)drop };
	struct pot_bias b = { bias, NULL, pick(-3, 24) };

	make_codes(codes, all, cols, bits);
	make_codes(bias, 1, all, bits);
	for (size_t k = 0; k < all; k++) {
		up[k] = (uint8_t)pick(0, 4);
		sums[k] = pick(-(1 << 24), 1 << 24);
	}
	if (with_sums)
		b = (struct pot_bias){ NULL, sums, 99 };
	for (size_t j = 0; j < cols; j++)
		x[j] = (int16_t)(pick(0, 3) ? pick(-300, 300) : pick(0, 1) ? -32768 : 32767);
	if (bits == 5)		/* sums must fit: x 2^14 110 2^4 */
		for (size_t j = 0; j < cols; j++)
			x[j] = (int16_t)(x[j] / 512);
	y[rows] = 4711;
	ops[bits - 2]->product(y, &b, &m, x, first, rows, cols);
	check(y[rows] == 4711, "writes beyond its rows", (long)rows, bits);
	for (size_t k = 0; k < rows; k++) {
		const uint8_t *row = codes + (first + k) * bytes;
		int64_t sum = 0;

		for (size_t j = 0; j < cols; j++)
			sum += term(pot_code_units(pot_code_at(row, j, bits), bits), x[j], drop);
		sum = sum * (with_up ? 1 << up[first + k] : 1) + (with_sums ? sums[first + k] :
			bias_by_hand(pot_code_at(bias, first + k, bits), bits, b.high));
		check(y[k] == sum, "product of bits, columns", bits, (long)cols);
	}
}

static void
test_rescale(void)
{
	for (int i = 0; i < 300000; i++) {
		struct requant r = { 1 << 30, pick(-31, 20) };
		int bits = r.shift > 0 ? 28 - r.shift : 31;
		int32_t v = pick(-(int)((1u << bits) - 1), (int)((1u << bits) - 1));
		int16_t before = (int16_t)pick(-32768, 32767), y = before;
		uint32_t over = 0;
		int64_t want = requant_s32(v, r);

		ops[i & 3]->rescale_add(&y, &v, r, 1, &over);
		check(y == (want + before > 32767 ? 32767 : want + before < -32768 ? -32768 :
			want + before), "rescale_add", v, r.shift);
		check(over == (want + before != y), "rescale_add's count", v, r.shift);
		ops[i & 3]->rescale(&y, &v, r, 1, NULL);
		check(y == (want > 32767 ? 32767 : want < -32768 ? -32768 : want), "rescale", v,
			r.shift);
	}
}

int
main(void)
{
	for (int bits = POT_CODE_BITS_MIN; bits <= POT_CODE_BITS_MAX; bits++)
		for (size_t cols = 1; cols <= COLS_MAX; cols++)
			for (int i = 0; i < 24; i++)
				test_product(bits, (size_t)pick(1, 16), cols,
					i & 4 ? 0 : (size_t)pick(0, 17), i & 1, i & 2);
	test_rescale();
	return failures != 0;
}
