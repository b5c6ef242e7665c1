/* SPDX-License-Identifier: MIT */
/*
 * gru_s16 - the GRU of lib/fixed against its definition
 *
 * Products of int8 with int16 against 64-bit sums, their rescaling against requant_s32(), by the
 * device's and by the host's arithmetic; a net of two layers, one unit after another from the
 * equations of gru_s16.h, with weights that saturate gates; that counting, asking and the
 * utterance before change nothing, that h never leaves +-1, and a mean of more frames than enter
 * it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "act_s16.h"
#include "check.h"
#include "gru_s16.h"
#include "matvec_wide.h"
#include "net_int.h"

#define D_MAX 5
#define H_MAX 7
#define K_MAX 4
#define T_MAX 40

static void
test_product(const struct matvec_ops *mv, int wide)
{
	static int8_t W[12 * 70];
	static int16_t laid_out[12 * 80];
	int16_t *x;
	int32_t b[12], y[13];

	for (int i = 0; i < 12 * 70; i++)
		W[i] = (int8_t)pick(-127, 127);
	for (int k = 0; k < 12; k++)
		b[k] = pick(-1000000, 1000000);
	for (size_t cols = 1; cols <= 70; cols++) {
		x = malloc(cols * sizeof *x);		/* sanitizers see a value too many */
		if (!x)
			abort();
		for (size_t j = 0; j < cols; j++)
			x[j] = (int16_t)(pick(0, 3) ? pick(-32768, 32767) : -32768);
		if (wide)
			matvec_wide_init(laid_out, W, 12, cols);
		for (size_t row = 0; row < 4; row++) {
			y[8] = 12345;
			mv->product(y, b, wide ? (void *)laid_out : (void *)W, x, row, 8, cols);
			for (size_t k = 0; k < 8; k++) {
				int64_t sum = b[row + k];

				for (size_t j = 0; j < cols; j++)
					sum += (int64_t)W[(row + k) * cols + j] * x[j];
				check(y[k] == sum, "product", (long)row, (long)cols);
			}
			check(y[8] == 12345, "product writes beyond its rows", (long)row, 0);
		}
		free(x);
	}
}

static void
test_rescale(const struct matvec_ops *mv, int counts)
{
	for (int i = 0; i < 20000; i++) {
		struct requant r = { i % 7 ? pick(1 << 30, INT32_MAX) : 1 << 30, pick(-31, 2) };
		int32_t reach = INT32_MAX >> pick(0, 30), u = pick(-reach, reach), v;
		int16_t y, z = (int16_t)pick(-32768, 32767);
		uint32_t over = 0;
		int16_t sum = z;

		if (r.shift > 0)
			u >>= 5;
		v = requant_s32(u, r);
		mv->rescale(&y, &u, r, 1, &over);
		check(y == (v > 32767 ? 32767 : v < -32768 ? -32768 : v), "rescale", u, r.shift);
		check(!counts || over == (y != v), "rescale counts", u, r.shift);
		v = v > 1 << 30 ? 1 << 30 : v < -(1 << 30) ? -(1 << 30) : v;
		v += z;
		mv->rescale_add(&sum, &u, r, 1, NULL);
		check(sum == (v > 32767 ? 32767 : v < -32768 ? -32768 : v), "rescale_add", u,
			r.shift);
	}
}

/* gain: of the gates; large ones saturate. */
static void
make_net(struct net_int *net, struct gru_s16 layer[2], enum net_int_pooling pooling, int gain)
{
	static int8_t W[2][6 * H_MAX * H_MAX], Wo[K_MAX * H_MAX];
	static int32_t b[2][6 * H_MAX], bo[K_MAX];

	for (int l = 0; l < 2; l++) {
		int D = l ? H_MAX : D_MAX, H = H_MAX;
		struct gru_s16 *m = &layer[l];

		for (int i = 0; i < 6 * H * H; i++)
			W[l][i] = (int8_t)pick(-127, 127);
		*m = (struct gru_s16){ .D = (uint16_t)D, .H = (uint16_t)H, .mv = &matvec_ops_s8,
			.Wx = W[l], .Wh = W[l] + 3 * H * D, .bx = b[l], .bh = b[l] + 3 * H };
		for (int g = 0; g < GRU_S16_GATES; g++) {
			m->rx[g] = (struct requant){ pick(1 << 30, INT32_MAX),
				(l ? -9 : -1) + gain };
			m->rh[g] = (struct requant){ pick(1 << 30, INT32_MAX), -9 + gain };
		}
		for (int k = 0; k < 6 * H; k++)
			b[l][k] = pick(-3000, 3000) * (k < 3 * H && l == 0 ? 1 : 100);
	}
	for (int i = 0; i < K_MAX * H_MAX; i++)
		Wo[i] = (int8_t)pick(-127, 127);
	for (int k = 0; k < K_MAX; k++)
		bo[k] = pick(-100000, 100000);
	*net = (struct net_int){ .cell = &gru_s16_cell, .layer = layer,
		.layer_bytes = sizeof *layer, .linear = matvec_s8_s16, .Wo = Wo, .bo = bo,
		.layers = 2, .D = D_MAX, .H = H_MAX, .K = K_MAX, .pooling = (uint16_t)pooling };
}

static int64_t
sat16(int64_t v)
{
	return v > 32767 ? 32767 : v < -32768 ? -32768 : v;
}

/* floor(v / 2^15 + 1/2) by division */
static int64_t
round15(int64_t v)
{
	int64_t num = 2 * v + 32768, q = num / 65536;

	return q - (num % 65536 < 0);
}

/* RQ of row `row` of b + W v */
static int64_t
row_of(const struct gru_s16 *m, int of_h, const int16_t *v, int row)
{
	int n = of_h ? m->H : m->D;
	const int8_t *W = of_h ? m->Wh : m->Wx;
	const int32_t *b = of_h ? m->bh : m->bx;
	const struct requant *r = of_h ? m->rh : m->rx;
	int64_t sum = b[row];

	for (int j = 0; j < n; j++)
		sum += W[row * n + j] * v[j];
	return requant_s32((int32_t)sum, r[row / m->H]);
}

static int64_t
sigmoid(int64_t v)
{
	int16_t y = (int16_t)v;

	act_sigmoid_s16(&y, &y, 1);
	return y;
}

/* One unit after another; saturated: counts of the gates. */
static void
step_by_hand(const struct gru_s16 *m, int16_t *h, const int16_t *x, uint32_t *saturated)
{
	int16_t next[H_MAX], y;
	int H = m->H;

	for (int k = 0; k < H; k++) {
		int64_t a[3], u[3], r, z, n;

		for (int g = 0; g < 3; g++) {
			a[g] = row_of(m, 0, x, g * H + k);
			u[g] = row_of(m, 1, h, g * H + k);
			saturated[g] += g < 2 ? (a[g] != sat16(a[g])) +
				(sat16(a[g]) + u[g] != sat16(sat16(a[g]) + u[g])) :
				u[g] != sat16(u[g]);
		}
		r = sigmoid(sat16(sat16(a[0]) + u[0]));
		z = sigmoid(sat16(sat16(a[1]) + u[1]));
		n = round15(r * sat16(u[2])) + a[2];
		saturated[2] += n != sat16(n);
		y = (int16_t)sat16(n);
		act_tanh_s16(&y, &y, 1, 0);
		n = y + round15(z * (h[k] - y));
		check(n <= 32767 && n >= -32767, "h leaves +-1", (long)n, k);
		next[k] = (int16_t)n;
	}
	memcpy(h, next, sizeof next);
}

static void
logits_by_hand(int32_t *logits, const struct net_int *net, const int16_t *x, int T,
	uint32_t saturated[2][3])
{
	const struct gru_s16 *m = net->layer;
	const int8_t *Wo = net->Wo;
	const int32_t *bo = net->bo;
	int16_t h[2][H_MAX] = { { 0 } };
	int64_t sum[H_MAX] = { 0 };

	for (int t = 0; t < T; t++) {
		step_by_hand(&m[0], h[0], x + t * D_MAX, saturated[0]);
		step_by_hand(&m[1], h[1], h[0], saturated[1]);
		for (int k = 0; k < H_MAX; k++)
			sum[k] += h[1][k];
	}
	for (int k = 0; k < K_MAX; k++) {
		int64_t acc = bo[k];

		for (int j = 0; j < H_MAX; j++) {
			int64_t num = 2 * sum[j] + T, den = 2 * T;	/* floor(sum / T + 1/2) */
			int64_t p = T == 0 ? 0 : num / den - (num % den < 0);

			acc += Wo[k * H_MAX + j] * (net->pooling == NET_INT_MEAN ? p : h[1][j]);
		}
		logits[k] = (int32_t)acc;
	}
}

static void
test_net(enum net_int_pooling pooling, int gain)
{
	struct gru_s16 layer[2];
	struct net_int net;
	struct net_int_state s;
	struct net_count count[2] = { 0 };
	uint32_t saturated[2][3] = { { 0 } };
	int16_t x[T_MAX * D_MAX];
	int32_t want[K_MAX], got[K_MAX], again[K_MAX];
	void *memory;

	make_net(&net, layer, pooling, gain);
	memory = malloc(net_int_memory_size(&net));	/* sanitizers see a byte too many */
	if (!memory)
		abort();
	net_int_init(&s, &net, memory);
	for (int T = 0; T <= T_MAX; T++) {
		for (int i = 0; i < T * D_MAX; i++)
			x[i] = (int16_t)pick(-128, 127);
		logits_by_hand(want, &net, x, T, saturated);
		net_int_reset(&s);
		for (int t = 0; t < T; t++)
			net_int_step(&s, x + t * D_MAX);
		net_int_logits(&s, got);
		net_int_logits(&s, again);
		check(memcmp(want, got, sizeof want) == 0, "net by hand", T, pooling);
		check(memcmp(got, again, sizeof want) == 0, "asking changes the logits", T, 0);
		net_int_reset(&s);
		for (int t = 0; t < T; t++)
			net_int_step_count(&s, x + t * D_MAX, count);
		net_int_logits(&s, got);
		check(memcmp(want, got, sizeof want) == 0, "counting changes the logits", T, 0);
	}
	for (int l = 0; l < 2; l++)
		for (int g = 0; g < 3; g++) {
			check(count[l].gate[g] == saturated[l][g], "counts", (long)count[l].gate[g],
				(long)saturated[l][g]);
			check(gain == 0 || count[l].gate[g] > 0, "no gate saturated", l, g);
		}
	check(count[0].cell + count[1].cell + count[0].h + count[1].h == 0, "counts", 0, 0);
	free(memory);
}

/* 66,000 frames at both ends of the range. */
static void
test_long_mean(int end)
{
	struct gru_s16 layer[2];
	struct net_int net;
	struct net_int_state s;
	uint32_t memory[256];
	int32_t logits[K_MAX];
	int16_t *h;

	make_net(&net, layer, NET_INT_MEAN, 0);
	check(net_int_memory_size(&net) <= sizeof memory, "memory", 0, 0);
	net_int_init(&s, &net, memory);
	h = net_int_h(&s, 1);
	for (int k = 0; k < H_MAX; k++)
		h[k] = (int16_t)end;
	for (int t = 0; t < 66000; t++)
		net_int_pool(&s);
	net_int_logits(&s, logits);
	for (int k = 0; k < K_MAX; k++) {
		int32_t want = ((const int32_t *)net.bo)[k];

		for (int j = 0; j < H_MAX; j++)
			want += ((const int8_t *)net.Wo)[k * H_MAX + j] * end;
		check(logits[k] == want, "mean of 66000 frames", logits[k], want);
	}
}

int
main(void)
{
	test_product(&matvec_ops_s8, 0);
	test_product(&matvec_ops_wide, 1);
	test_rescale(&matvec_ops_s8, 1);
	test_rescale(&matvec_ops_wide, 0);
	for (int gain = 0; gain <= 3; gain += 3) {
		test_net(NET_INT_LAST, gain);
		test_net(NET_INT_MEAN, gain);
	}
	test_long_mean(32767);
	test_long_mean(-32768);
	printf("%d failures\n", failures);
	return failures > 0;
}
