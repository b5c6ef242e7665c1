/* SPDX-License-Identifier: MIT */
/*
 * net_int - a whole net of two layers against its layers stepped by hand, pooling against 64-bit
 * division, and that an utterance leaves nothing behind
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "lstm_s8.h"
#include "net_int.h"
#include "vec_s8.h"

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

	test_net(NET_INT_LAST);
	test_net(NET_INT_MEAN);
	test_long_mean();
	check(net_int_argmax(equal, 3) == 1, "argmax takes the first of equals", 0, 0);
	printf("%d failures\n", failures);
	return failures > 0;
}
