/* SPDX-License-Identifier: MIT */
/*
 * fixed - the parts of lib/fixed against their definitions
 *
 * requant_s32 against 128-bit integers next to every tie, the table against
 * its formula, sigmoid and tanh against libm, the ways without 64 bits against
 * the one with 128, products and what a clamp counts.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act_s16.h"
#include "check.h"
#include "requant.h"
#include "vec_s8.h"

__extension__ typedef __int128 wide;

/* floor(v mult 2^(shift - 31) + 1/2) in integers that cannot overflow */
static wide
requant_wide(int64_t v, struct requant r)
{
	wide den = (wide)1 << (32 - r.shift);
	wide num = (wide)v * r.mult * 2 + den / 2;
	wide q = num / den, rest = num % den;

	return rest < 0 ? q - 1 : q;
}

static void
test_requant(void)
{
	static const int32_t mults[] = {
		0, 1 << 30, (1 << 30) + 1, 1342177280, 1431655765, 1610612736, 2147483646, INT32_MAX
	};
	long n = 0;

	for (int shift = REQUANT_SHIFT_MIN; shift <= REQUANT_SHIFT_MAX; shift++) {
		for (size_t m = 0; m < sizeof mults / sizeof *mults; m++) {
			struct requant r = { mults[m], shift };

			/* v next to (k + 1/2) / factor, k all over the range; plain values */
			for (int i = 0; i < 3000; i++) {
				double f = ldexp(r.mult ? r.mult : 1, shift - 31);
				double mid = i < 2000 ? (i - 1000 + .5) / f :
					i < 2500 ? (pick(INT32_MIN / 2, INT32_MAX / 2) + .5) / f :
					pick(INT32_MIN / 2, INT32_MAX / 2) * 2.;

				if (!(fabs(mid) < 2147483640.))
					continue;
				for (int64_t v = (int64_t)mid - 2; v <= (int64_t)mid + 2; v++) {
					wide want = requant_wide(v, r);

					if (want < INT32_MIN || want > INT32_MAX)
						continue;
					check(requant_s32((int32_t)v, r) == (int32_t)want,
						"requant", (long)v, shift);
					n++;
				}
			}
		}
	}
	check(requant_s32(INT32_MIN, (struct requant){ INT32_MAX, 0 }) == -2147483647,
		"requant: lowest", 0, 0);
	check(requant_s32(-1, (struct requant){ 1 << 30, 0 }) == 0, "requant: -1/2 is 0", 0, 0);
	check(requant_s32(1, (struct requant){ 1 << 30, 0 }) == 1, "requant: 1/2 is 1", 0, 0);
	check(n > 1000000, "too few requantisations were tried", n, 0);
	check((-5 >> 1) == -3 && ((int64_t)-5 >> 1) == -3, "right shifts are not arithmetic", 0, 0);
}

static double
sigmoid(double x)
{
	return 1 / (1 + exp(-x));
}

/* The formula of act_s16.h, and how far from the true functions interpolation may be. */
static void
test_act(void)
{
	static int16_t x[65536], y[65536], t[65536];
	double worst_s = 0, worst_t = 0;

	for (int i = 0; i < ACT_TABLE_N - 1; i++) {
		double a = sigmoid(i / 24.), b = sigmoid((i + 1) / 24.);
		double mid = sigmoid((i + .5) / 24.);
		double v = 65536 * (a + (mid - (a + b) / 2) / 2);

		check(act_table[i] == (int)floor(v + .5), "table", i, act_table[i]);
	}
	check(act_table[255] == 65535, "table's end", act_table[255], 0);

	for (int i = 0; i < 65536; i++)
		x[i] = (int16_t)(i - 32768);
	act_sigmoid_s16(y, x, 65536);
	act_tanh_s16(t, x, 65536, 0);
	for (int i = 0; i < 65536; i++) {
		worst_s = fmax(worst_s, fabs(y[i] - 32768 * sigmoid(x[i] / 4096.)));
		worst_t = fmax(worst_t, fabs(t[i] - 32768 * tanh(x[i] / 4096.)));
		check(y[i] >= 1, "sigmoid leaves 1..32767", x[i], y[i]);
		check(i == 0 || (y[i] >= y[i - 1] && t[i] >= t[i - 1]), "not monotonic", x[i], 0);
		check(i == 0 || t[i] == -t[65536 - i], "tanh is not odd", x[i], t[i]);
		check(i == 0 || abs(y[i] + y[65536 - i] - 32768) <= 1, "sigmoid(x) + sigmoid(-x)",
			x[i], 0);
	}
	/* half a chord's error, 0.7 of 2^16, and the roundings of node and result */
	check(worst_s <= 1.3 && worst_t <= 2.1, "error in units of 2^-15 x 1000",
		(long)(worst_s * 1000), (long)(worst_t * 1000));

	for (int e = -15; e <= 12; e++) {
		act_tanh_s16(t, x, 65536, e);
		worst_t = 0;
		for (int i = 0; i < 65536; i++)
			worst_t = fmax(worst_t, fabs(t[i] - 32768 * tanh(ldexp(x[i], e - 12))));
		/* below 0 the argument is rounded to 1/3 of 2^-12: slope 1 gives 8/6 more */
		check(worst_t <= (e < 0 ? 2.1 + 8 / 6. : 2.1), "tanh with e", e,
			(long)(worst_t * 1000));
	}
}

/* One number, everywhere in -2^bits..2^bits but more often near the ends and 0. */
static int32_t
pick_near(int bits)
{
	int32_t end = pick(0, 1) ? 1 << pick(0, bits) : 0, v = end + pick(-3, 3);

	if (pick(0, 1))
		v = pick(-(1 << bits), 1 << bits);
	return v > 1 << bits ? 1 << bits : v < -(1 << bits) ? -(1 << bits) : v;
}

static wide
clamp_wide(wide v, int lo, int hi)
{
	return v < lo ? lo : v > hi ? hi : v;
}

/* An r for which v r is next to a half, k + 1/2: a floor forgotten on the way shows. */
static struct requant
pick_tie(int32_t v)
{
	double f = fabs((pick(-128, 127) + .5) / (v ? v : 1));
	int e;
	double m = ldexp(frexp(f, &e), 31) + pick(-1, 1);

	return (struct requant){ m >= ldexp(1, 30) && m < ldexp(1, 31) ? (int32_t)m : 1 << 30,
		e < REQUANT_SHIFT_MIN ? REQUANT_SHIFT_MIN : e };
}

/* The ways without 64 bits against requantisation in 128, next to where one way ends. */
static void
test_scaling(void)
{
	long n = 0;

	for (int i = 0; i < 2000000; i++) {
		struct requant r = { pick(0, 9) ? pick(1 << 30, INT32_MAX) : 1 << 30,
			pick(REQUANT_SHIFT_MIN, REQUANT_SHIFT_MAX) };
		int32_t u = pick_near(22), before = pick(-32768, 32767), z = pick(-128, 127);
		int16_t p = (int16_t)pick(-32767, 32767), q = (int16_t)pick(-32768, 32767);
		int16_t y = (int16_t)before, pq;
		int8_t h;
		wide want;

		if (i % 3 == 0)
			r = pick_tie(u);
		want = requant_wide(u, r);
		if (want > -INT32_MAX / 2 && want < INT32_MAX / 2) {
			requant_add_s16(&y, &u, r, 1, NULL);
			check(y == clamp_wide(before + want, -32768, 32767), "requant_add_s16", u,
				r.shift);
			requant_s16(&y, &u, r, 1, NULL);
			check(y == clamp_wide(want, -32768, 32767), "requant_s16", u, r.shift);
			n++;
		}
		if (i % 2)
			r = pick_tie(p * q);
		want = requant_wide(p * q, r);
		if (want < -INT32_MAX / 2 || want > INT32_MAX / 2)
			continue;
		mul_s16(&pq, &p, &q, r, 1, NULL);
		check(pq == clamp_wide(want, -32768, 32767), "mul_s16", p * q, r.shift);
		y = (int16_t)before;
		mul_add_s16(&y, &p, &q, r, -30000, 30000, 1, NULL);
		check(y == clamp_wide(before + want, -30000, 30000), "mul_add_s16", p * q, r.shift);
		mul_s16_s8(&h, &p, &q, r, z, 1, NULL);
		check(h == clamp_wide(want + z, -128, 127), "mul_s16_s8", p * q, r.shift);
		n++;
	}
	check(n > 1000000, "too few scalings were tried", n, 0);
}

static void
test_vec(void)
{
	static int8_t W[9 * 40], x[40];
	static int32_t b[9], y[10];
	static const struct requant one = { 1 << 30, 1 }, half = { 1 << 30, 0 };
	int16_t u[3] = { 32767, -32767, 3 }, v[3] = { 32767, -32768, -1 }, w[3] = { 1, 1, 1 };
	int32_t s[2] = { 40000, -40000 };
	int16_t a[2] = { 32000, -32000 };
	uint32_t over = 0;

	for (int i = 0; i < 9 * 40; i++)
		W[i] = (int8_t)pick(-128, 127);
	for (int j = 0; j < 40; j++)
		x[j] = (int8_t)pick(-128, 127);
	for (size_t rows = 1; rows <= 9; rows++)
		for (size_t cols = 1; cols <= 40; cols++) {
			for (size_t k = 0; k <= rows; k++)
				y[k] = b[k % 9] = pick(-1000000, 1000000);
			b[0] = y[rows];
			matvec_s8(y, b, W, x, rows, cols);
			for (size_t k = 0; k < rows; k++) {
				int32_t sum = b[k];

				for (size_t j = 0; j < cols; j++)
					sum += W[k * cols + j] * x[j];
				check(y[k] == sum, "matvec_s8", (long)rows, (long)cols);
			}
			check(y[rows] == b[0], "matvec_s8 writes beyond its rows", (long)rows, 0);
		}

	requant_add_s16(a, s, one, 2, &over);
	check(a[0] == 32767 && a[1] == -32768 && over == 2, "requant_add_s16 saturates", a[0],
		a[1]);
	requant_s16(a, s, one, 2, &over);
	check(a[0] == 32767 && a[1] == -32768 && over == 4, "requant_s16 saturates", a[0], a[1]);
	mul_add_s16(w, u, v, half, -100, 100, 3, NULL);
	check(w[0] == 100 && w[1] == 100 && w[2] == 0, "multiply and add, clamped", w[0], w[2]);
	mul_s16(u, u, v, (struct requant){ 1 << 30, -14 }, 3, NULL);
	check(u[0] == 32766 && u[1] == 32767 && u[2] == 0, "multiply in Q0.15", u[0], u[1]);
}

int
main(void)
{
	test_requant();
	test_act();
	test_vec();
	test_scaling();
	printf("%d failures\n", failures);
	return failures > 0;
}
