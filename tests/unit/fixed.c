/* SPDX-License-Identifier: MIT */
/*
 * fixed - the parts of lib/fixed against their definitions
 *
 * requant_s32 against 128-bit integers next to every tie, the table against
 * its formula, sigmoid and tanh against libm, the ways without 64 bits against
 * the one with 128, pooling against 64-bit division,
 * and that an utterance leaves nothing behind.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act_s16.h"
#include "lstm_s8.h"
#include "net_int.h"
#include "requant.h"
#include "vec_s8.h"

__extension__ typedef __int128 wide;

static int failures;
static uint64_t seed = 1;

static void
check(int good, const char *what, long a, long b)
{
	if (!good && failures++ < 20)
		printf("%s (%ld, %ld)\n", what, a, b);
}

/* Knuth's MMIX generator, upper half: lo..hi */
static int
pick(int lo, int hi)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (int)(lo + (int64_t)((seed >> 33) % (uint64_t)((int64_t)hi - lo + 1)));
}

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

#define TWO_LAYERS_D 5
#define TWO_LAYERS_H 7
#define TWO_LAYERS_K 4

/* Random weights; gates that neither sleep nor saturate always. */
static void
make_net(struct net_int *net, struct lstm_s8 layer[2], enum net_int_pooling pooling)
{
	static int8_t W[2][8 * TWO_LAYERS_H * TWO_LAYERS_H], Wo[TWO_LAYERS_K * TWO_LAYERS_H];
	static int32_t b[2][8 * TWO_LAYERS_H], bo[TWO_LAYERS_K];

	for (int l = 0; l < 2; l++) {
		int D = l ? TWO_LAYERS_H : TWO_LAYERS_D, H = TWO_LAYERS_H;
		struct lstm_s8 *m = &layer[l];

		for (int i = 0; i < 8 * H * H; i++)
			W[l][i] = (int8_t)pick(-127, 127);
		*m = (struct lstm_s8){
			.D = (uint16_t)D, .H = (uint16_t)H, .Wx = W[l], .Wh = W[l] + 4 * H * D,
			.bx = b[l], .bh = b[l] + 4 * H, .r_fc = { 1 << 30, -14 },
			.r_ig = { 1 << 30, -17 }, .r_h = { 1 << 30, -22 },
			.cell_e = -12, .z_h = l ? -9 : 4,
		};
		for (int g = 0; g < LSTM_S8_GATES; g++)
			m->rx[g] = m->rh[g] =
				(struct requant){ pick(1 << 30, INT32_MAX), g ? -3 : 1 };
		for (int k = 0; k < 4 * H; k++) {
			b[l][k] = pick(-3000, 3000);
			b[l][4 * H + k] = 0;
			for (int j = 0; j < H; j++)
				b[l][4 * H + k] -= m->z_h * m->Wh[k * H + j];
		}
	}
	for (int i = 0; i < TWO_LAYERS_K * TWO_LAYERS_H; i++)
		Wo[i] = (int8_t)pick(-127, 127);
	for (int k = 0; k < TWO_LAYERS_K; k++)
		bo[k] = pick(-100000, 100000);
	*net = (struct net_int){ .cell = &lstm_s8_cell, .layer = layer,
		.layer_bytes = sizeof *layer, .linear = matvec_s8_s16, .Wo = Wo, .bo = bo,
		.layers = 2, .D = TWO_LAYERS_D, .H = TWO_LAYERS_H, .K = TWO_LAYERS_K,
		.pooling = (uint16_t)pooling, .z = layer[1].z_h };
}

/* Logits of x (T, D), layer by layer, and the mean by 64-bit floor division. */
static void
logits_by_hand(int32_t *logits, const struct net_int *net, const int8_t *x, int T)
{
	const struct lstm_s8 *layer = net->layer;
	const int8_t *Wo = net->Wo;
	const int32_t *bo = net->bo;
	int8_t h[2][TWO_LAYERS_H];
	int16_t c[2][TWO_LAYERS_H];
	int32_t scratch[2 * TWO_LAYERS_H];
	int64_t sum[TWO_LAYERS_H] = { 0 };

	for (int l = 0; l < 2; l++)
		lstm_s8_reset(&layer[l], h[l], c[l]);
	for (int t = 0; t < T; t++) {
		lstm_s8_step(&layer[0], h[0], c[0], x + t * TWO_LAYERS_D, scratch);
		lstm_s8_step(&layer[1], h[1], c[1], h[0], scratch);
		for (int k = 0; k < TWO_LAYERS_H; k++)
			sum[k] += h[1][k] - layer[1].z_h;
	}
	for (int k = 0; k < TWO_LAYERS_K; k++) {
		int64_t acc = bo[k];

		for (int j = 0; j < TWO_LAYERS_H; j++) {
			int64_t num = 256 * sum[j] + T, den = 2 * T; /* floor(128 sum / T + 1/2) */
			int64_t p = T == 0 ? 0 : num / den - (num % den < 0);

			acc += Wo[k * TWO_LAYERS_H + j] *
				(net->pooling == NET_INT_MEAN ? p : h[1][j]);
		}
		logits[k] = (int32_t)acc;
	}
}

static void
test_net(enum net_int_pooling pooling)
{
	struct lstm_s8 layer[2];
	struct net_int net;
	struct net_int_state s;
	struct net_count count[2];
	int8_t x[40 * TWO_LAYERS_D];
	int32_t want[TWO_LAYERS_K], got[TWO_LAYERS_K], again[TWO_LAYERS_K];
	unsigned char *memory;
	size_t size;

	make_net(&net, layer, pooling);
	size = net_int_memory_size(&net);
	check(size % 4 == 0, "memory size", (long)size, 0);
	memory = malloc(size);		/* exactly: sanitizers see a byte too many */
	if (!memory)
		abort();
	net_int_init(&s, &net, memory);
	memset(count, 0, sizeof count);
	for (int T = 0; T <= 40; T++) {
		for (int i = 0; i < T * TWO_LAYERS_D; i++)
			x[i] = (int8_t)pick(-128, 127);
		logits_by_hand(want, &net, x, T);
		net_int_reset(&s);
		for (int t = 0; t < T; t++)
			net_int_step(&s, x + t * TWO_LAYERS_D);
		net_int_logits(&s, got);
		net_int_logits(&s, again);
		check(memcmp(want, got, sizeof want) == 0, "net by hand", T, pooling);
		check(memcmp(got, again, sizeof want) == 0, "asking twice changes the logits", T,
			pooling);
		net_int_reset(&s);
		for (int t = 0; t < T; t++)
			net_int_step_count(&s, x + t * TWO_LAYERS_D, count);
		net_int_logits(&s, got);
		check(memcmp(want, got, sizeof want) == 0, "counting changes the logits", T,
			pooling);
	}
	check(count[0].gate[0] > 0, "no gate saturated, the counting is not tested", 0, 0);
	free(memory);
}

/* 66,000 frames at the end of the range: the mean stays in 32 bits and stays right. */
static void
test_long_mean(void)
{
	struct lstm_s8 layer[2];
	struct net_int net;
	struct net_int_state s;
	uint32_t memory[256];
	int32_t logits[TWO_LAYERS_K];

	make_net(&net, layer, NET_INT_MEAN);
	check(net_int_memory_size(&net) <= sizeof memory, "memory", 0, 0);
	net.z = -128;
	net_int_init(&s, &net, memory);
	memset(net_int_h(&s, 1), 127, TWO_LAYERS_H);
	for (int t = 0; t < 66000; t++)
		net_int_pool(&s);
	net_int_logits(&s, logits);
	for (int k = 0; k < TWO_LAYERS_K; k++) {
		int32_t want = ((const int32_t *)net.bo)[k];

		for (int j = 0; j < TWO_LAYERS_H; j++)
			want += ((const int8_t *)net.Wo)[k * TWO_LAYERS_H + j] * 255 * 128;
		check(logits[k] == want, "mean of 66000 frames", logits[k], want);
	}
}

int
main(void)
{
	static const int32_t equal[3] = { -7, 4, 4 };

	test_requant();
	test_act();
	test_vec();
	test_scaling();
	test_net(NET_INT_LAST);
	test_net(NET_INT_MEAN);
	test_long_mean();
	check(net_int_argmax(equal, 3) == 1, "argmax takes the first of equals", 0, 0);
	printf("%d failures\n", failures);
	return failures > 0;
}
