// SPDX-License-Identifier: MIT
/* pot_code: bytes written by hand, every code of every width there and back, what is refused. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "quant/pot_code.h"

static int failed;

static void
expect(const char *what, long expected, long got)
{
	if (expected != got) {
		printf("%s: expected %ld, got %ld\n", what, expected, got);
		failed = 1;
	}
}

/* Bits from the right: codes one after the other, the first lowest. */
static void
check_bytes(void)
{
	/* 4 bits, high 0: 1 is k = 1, -1/2 is 8 + 2, 0, 1/64 is 7, -1/64 is 8 + 7 */
	static const float four[] = { 1, -.5f, 0, 1 / 64.f, -1 / 64.f };
	static const uint8_t four_codes[] = { 0xA1, 0x70, 0x0F };
	/* 3 bits, high 2: 4 -4 2 -1 0 1 2 -2 = 1 5 2 7 0 3 2 6, then 4 = 1 */
	static const float three[] = { 4, -4, 2, -1, 0, 1, 2, -2, 4 };
	static const uint8_t three_codes[] = { 1 | 5 << 3 | (2 << 6 & 255),
		2 >> 2 | 7 << 1 | (3 << 7 & 255),
		3 >> 1 | 2 << 2 | (6 << 5 & 255), 1 };
	/* 5 bits, high -3: 2^-3 -2^-17 2^-4 = 1 31 2 */
	static const float five[] = { .125f, -1 / 131072.f, .0625f };
	static const uint8_t five_codes[] = { 1 | (31 << 5 & 255), 31 >> 3 | 2 << 2 };
	/* 2 bits, rows with exponents of their own: 8 0 -8, 1/4 -1/4 0 */
	static const float two[] = { 8, 0, -8, .25f, -.25f, 0 };
	static const uint8_t two_codes[] = { 1 | 3 << 4, 1 | 3 << 2 };
	const struct {
		const float *w;
		const uint8_t *codes;
		size_t rows, cols, bytes;
		int bits, by_row;
		int8_t high[2];
	} cases[] = {
		{ four, four_codes, 1, 5, 3, 4, 0, { 0, 0 } },
		{ three, three_codes, 1, 9, 4, 3, 0, { 2, 0 } },
		{ five, five_codes, 1, 3, 2, 5, 0, { -3, 0 } },
		{ two, two_codes, 2, 3, 1, 2, 1, { 3, -2 } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t codes[8] = { 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF };
		float w[16];
		size_t n = cases[i].rows * cases[i].cols, bad = 99;

		expect("bytes of a row", (long)cases[i].bytes,
			(long)pot_code_bytes(cases[i].cols, cases[i].bits));
		expect("pack", 0, pot_code_pack(codes, cases[i].w, cases[i].rows, cases[i].cols,
			cases[i].bits, cases[i].high, cases[i].by_row, &bad));
		for (size_t b = 0; b < cases[i].rows * cases[i].bytes; b++)
			expect("byte", cases[i].codes[b], codes[b]);
		expect("a byte behind", 0xFF, codes[cases[i].rows * cases[i].bytes]);
		pot_code_unpack(w, cases[i].codes, cases[i].rows, cases[i].cols, cases[i].bits,
			cases[i].high, cases[i].by_row);
		for (size_t j = 0; j < n; j++)
			expect("value times 2^20", (long)ldexpf(cases[i].w[j], 20),
				(long)ldexpf(w[j], 20));
		expect("check", 0, pot_code_check(codes, cases[i].rows, cases[i].cols,
			cases[i].bits, &bad));
	}
}

static void
check_all_codes(void)
{
	for (int bits = POT_CODE_BITS_MIN; bits <= POT_CODE_BITS_MAX; bits++) {
		int n = pot_code_exponents(bits);
		int8_t high = 5, found = -99;
		uint8_t codes[32];
		size_t bad = 99;
		float w[32], back[32];

		expect("exponents", bits == 2 ? 1 : bits == 3 ? 3 : bits == 4 ? 7 : 15, n);
		for (int k = 0; k <= 2 * n; k++)
			w[k] = k == 0 ? 0 : k <= n ? ldexpf(1, high - k + 1) :
				-ldexpf(1, high - (k - n) + 1);
		expect("high", 1, pot_code_high(&found, w, 2 * (size_t)n + 1));
		expect("high", high, found);
		expect("pack", 0, pot_code_pack(codes, w, 1, 2 * (size_t)n + 1, bits, &high, 0,
			&bad));
		pot_code_unpack(back, codes, 1, 2 * (size_t)n + 1, bits, &high, 0);
		expect("there and back", 0, memcmp(w, back, (2 * (size_t)n + 1) * sizeof *w));
		for (int k = 0; k <= 2 * n; k++)
			expect("units", (long)ldexpf(w[k], n - 1 - high),
				pot_code_units(pot_code_at(codes, (size_t)k, bits), bits));
	}
}

static void
check_refused(void)
{
	static const float wrong[] = { 3, 1.5f, 128, 1 / 16.f, -.0625f, 1e-40f, INFINITY, NAN };
	const int8_t high = 6, rows_high[2] = { 6, 3 };
	float w[6] = { 64, 0, -8, 1, 0, 0 };
	uint8_t codes[6];
	int8_t found = -7;
	size_t bad;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		w[4] = wrong[i];
		bad = 99;
		expect("pack a wrong weight", -1, pot_code_pack(codes, w, 2, 3, 4, &high, 0, &bad));
		expect("its index", 4, (long)bad);
	}
	w[4] = 16;	/* in the tensor's range, above its row's */
	expect("pack", 0, pot_code_pack(codes, w, 2, 3, 4, &high, 0, &bad));
	expect("pack by row", -1, pot_code_pack(codes, w, 2, 3, 4, rows_high, 1, &bad));
	expect("its index", 4, (long)bad);

	memset(codes, 0, sizeof codes);
	expect("check", 0, pot_code_check(codes, 2, 3, 4, &bad));
	codes[2] = 0x80;
	expect("check a zero with a sign", -1, pot_code_check(codes, 2, 3, 4, &bad));
	expect("its index", 4, (long)bad);
	codes[2] = 0;
	codes[3] = 0x10;
	expect("check bits behind a row", -1, pot_code_check(codes, 2, 3, 4, &bad));
	expect("its index", 5, (long)bad);

	memset(w, 0, sizeof w);
	expect("high of zeros", 0, pot_code_high(&found, w, 6));
	expect("high of zeros", -7, found);
}

int
main(void)
{
	check_bytes();
	check_all_codes();
	check_refused();
	return failed;
}
