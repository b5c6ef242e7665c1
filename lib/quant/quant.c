/* SPDX-License-Identifier: MIT */
/* What the static int8 model is made from: ranges and multipliers. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gru_s16.h"
#include "input_s8.h"
#include "mfcc_s16.h"
#include "quant.h"

int
quant_features_fixed(const struct meta *head)
{
	char front_end[64];

	return meta_get(head, "feature.front_end", front_end, sizeof(front_end)) &&
		strncmp(front_end, "fixed ", 6) == 0;
}

void
quant_features_whole(int32_t *c, const float *x, int D)
{
	for (int d = 0; d < D; d++) {
		double v = floor(ldexp((double)x[d], INPUT_S8_UNIT_BITS) + 0.5);
		double end = INPUT_S8_C_END - 1;

		c[d] = (int32_t)(v > end ? end : v > -end ? v : -end);
	}
}

int
quant_device_hop(const struct meta *head, int D)
{
	char front_end[64];
	long hop, coefs, frames;

	if (!meta_get(head, "feature.front_end", front_end, sizeof front_end) ||
		strcmp(front_end, "fixed mfcc 1") != 0 ||
		meta_get_long(head, "feature.hop_n", 1, MFCC_S16_HOP_MAX, &hop) ||
		meta_get_long(head, "feature.coefs", 1, MFCC_S16_COEFS_MAX, &coefs) ||
		coefs != D || meta_get_long(head, "feature.frames", 0, 0, &frames))
		return 0;
	return (int)hop;
}

int
quant_calib_init(struct quant_calib *cal, const struct rnn *net)
{
	memset(cal, 0, sizeof *cal);
	cal->net = net;
	cal->features.D = (size_t)net->D;
	cal->features.x = calloc(cal->features.D, sizeof *cal->features.x);
	if (!cal->features.x || rnn_pack(&cal->scratch, net)) {
		quant_calib_free(cal);
		return -1;
	}
	return 0;
}

/*
 * Pre-activations of a GRU's layer l: a (T, CELL_KEPT H) of the last inference is bx + Wx x alone.
 * Gate n: both what r is multiplied with and the sum. For people, so libm will do.
 */
static void
add_gru(struct quant_calib *cal, int l, size_t T)
{
	const struct rnn *net = cal->net;
	size_t H = (size_t)net->H;

	for (size_t t = 0; t < T; t++) {
		const float *a = cal->scratch.a[l] + t * CELL_KEPT * H;
		const float *before = t ? cal->scratch.h[l] + (t - 1) * H : NULL;

		for (size_t k = 0; k < H; k++) {
			float u[GRU_S16_GATES];

			for (size_t g = 0; g < GRU_S16_GATES; g++) {
				size_t row = g * H + k;

				u[g] = net->bh[l][row];
				for (size_t j = 0; before && j < H; j++)
					u[g] += net->Wh[l][row * H + j] * before[j];
			}
			quant_range_add(&cal->a[l][GRU_S16_N], &u[GRU_S16_N], 1, 1);
			u[GRU_S16_R] += a[k];
			u[GRU_S16_Z] += a[H + k];
			u[GRU_S16_N] = a[2 * H + k] +
				u[GRU_S16_N] / (1 + expf(-u[GRU_S16_R]));
			for (size_t g = 0; g < GRU_S16_GATES; g++)
				quant_range_add(&cal->a[l][g], &u[g], 1, 1);
		}
	}
}

/* Likewise of an LSTM's, where a is all, and its cell. */
static void
add_lstm(struct quant_calib *cal, int l, size_t T)
{
	size_t H = (size_t)cal->net->H;
	const float *a = cal->scratch.a[l];

	for (size_t t = 0; t < T; t++)
		for (size_t g = 0; g < LSTM_S8_GATES; g++)
			quant_range_add(&cal->a[l][g], a + (t * 4 + g) * H, H, 1);
	quant_range_add(&cal->c[l], cal->scratch.c[l], T * H, 1);
}

int
quant_calib_add(struct quant_calib *cal, const float *x, int T)
{
	const struct rnn *net = cal->net;
	size_t H = (size_t)net->H, n = (size_t)T;
	float logits[RNN_UNITS_MAX];

	if (rnn_infer(net, &cal->scratch, x, T, logits))
		return -1;
	quant_features_add(&cal->features, x, n);
	for (int l = 0; l < net->layers; l++) {
		if (net->cell == &cell_gru)
			add_gru(cal, l, n);
		else
			add_lstm(cal, l, n);
		quant_range_add(&cal->h[l], cal->scratch.h[l], n * H, 1);
	}
	cal->utterances++;
	return 0;
}

void
quant_calib_free(struct quant_calib *cal)
{
	rnn_scratch_free(&cal->scratch);
	free(cal->features.x);
	memset(cal, 0, sizeof *cal);
}

int
quant_requant(double f, struct requant *r)
{
	double m, mult;
	int e;

	r->mult = 0;
	r->shift = 0;
	if (!(f >= 0 && f < ldexp(1, REQUANT_SHIFT_MAX)))
		return -1;
	m = frexp(f, &e);		/* f = m 2^e, 1/2 <= m < 1, or 0 */
	mult = floor(ldexp(m, 31) + .5);
	if (mult == ldexp(1, 31) && e == REQUANT_SHIFT_MAX) {
		mult--;			/* the largest there is */
	} else if (mult == ldexp(1, 31)) {
		mult /= 2;
		e++;
	}
	if (mult == 0 || e < REQUANT_SHIFT_MIN)
		return 0;
	r->mult = (int32_t)mult;
	r->shift = e;
	return 0;
}
