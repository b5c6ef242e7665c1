// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "math/float_bits.h"
#include "math/num.h"
#include "pot.h"
#include "pot_code.h"

/* Bits of a float32: where its exponent begins, what is added to that, and its parts. */
#define EXPONENT_AT 23
#define EXPONENT_BIAS 127
#define MAGNITUDE 0x7fffffffu
#define ONE (1u << EXPONENT_AT)
#define HALF_UP (ONE / 2)		/* carries a mantissa of 1.5 or more into the exponent */
#define ROOT_UP (ONE - 0x3504f4u)	/* one above sqrt(2): sqrt(2) is 1 + 0x3504f3.. / 2^23 */

/* +-2^k, with the sign of w. */
static float
power(float w, int k)
{
	uint32_t b = (float_to_bits(w) & ~MAGNITUDE) | (uint32_t)(k + EXPONENT_BIAS) << EXPONENT_AT;

	return bits_to_float(b);
}

static int
clamp(int k, int low, int high)
{
	return k < low ? low : k > high ? high : k;
}

/* floor(log2 |w|) of a normal w, one more where its mantissa and `up` make a carry. */
static int
exponent(float w, uint32_t up)
{
	return (int)(((float_to_bits(w) & MAGNITUDE) + up) >> EXPONENT_AT) - EXPONENT_BIAS;
}

float
pot_nearest(float w, int low, int high)
{
	float q = power(w, clamp(exponent(w, HALF_UP), low, high));

	return fabsf(w) < 0.5f * power(1.0f, low) ? 0.0f : q;
}

float
pot_log2(float w, int low, int high)
{
	return w == 0.0f ? 0.0f : power(w, clamp(exponent(w, ROOT_UP), low, high));
}

float
pot_stochastic(float w, int low, int high, float u)
{
	int k = exponent(w, 0);
	double m;

	if (w == 0.0f)
		return 0.0f;
	m = (double)fabsf(w) / (double)power(1.0f, clamp(k, -126, 127));
	k += (double)u < num_log(m) / NUM_LN2;
	return power(w, clamp(k, low, high));
}

float
pot_two(float w, int low, int high)
{
	float q = pot_nearest(w, low, high);

	return q + pot_nearest(w - q, low, high);
}

static double
squared_error(const float *w, size_t n, int low, int high)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		double d = (double)w[i] - (double)pot_nearest(w[i], low, high);

		sum += d * d;
	}
	return sum;
}

int
pot_high(const float *w, size_t n, int bits, enum pot_high how)
{
	int exponents = pot_code_exponents(bits), top, best;
	double error, least;
	float max = 0;

	for (size_t i = 0; i < n; i++)
		max = fabsf(w[i]) > max ? fabsf(w[i]) : max;
	if (max == 0.0f)
		return 0;
	top = clamp(exponent(max, HALF_UP), -POT_CODE_HIGH_MAX, POT_CODE_HIGH_MAX);
	best = top;
	if (how == POT_INQ || n == 1)
		return best;
	least = squared_error(w, n, top - exponents + 1, top);
	for (int high = top - 1; high >= top - POT_SEARCH && high >= -POT_CODE_HIGH_MAX; high--) {
		error = squared_error(w, n, high - exponents + 1, high);
		if (error < least) {
			least = error;
			best = high;
		}
	}
	return best;
}

int
pot_tensor(const struct rnn *net, int i, struct pot_tensor *t)
{
	int p = i / 4, cells = 4 * rnn_passes(net);
	size_t G = (size_t)rnn_gates(net), K = (size_t)net->K;

	if (i >= cells + 2)
		return 0;
	if (i < cells) {
		float *const at[] = { net->Wx[p], net->Wh[p], net->bx[p], net->bh[p] };
		size_t columns[] = { (size_t)rnn_inputs(net, p), (size_t)net->H, G, G };

		*t = (struct pot_tensor){ at[i % 4], i % 4 < 2 ? G : 1, columns[i % 4], i % 4 > 1,
			1 };
	} else if (i == cells) {
		*t = (struct pot_tensor){ net->Wo, K, (size_t)rnn_outputs(net), 0, 0 };
	} else {
		*t = (struct pot_tensor){ net->bo, 1, K, 1, 0 };
	}
	return 1;
}

void
pot_round_tensor(const struct pot_form *form, const struct pot_tensor *t, float *to)
{
	size_t n = form->by_row ? t->columns : t->rows * t->columns;

	for (size_t at = 0; at < t->rows * t->columns; at += n) {
		int high = pot_high(t->w + at, n, form->bits, form->high);
		int low = high - pot_code_exponents(form->bits) + 1;

		for (size_t i = at; i < at + n; i++)
			to[i] = pot_nearest(t->w[i], low, high);
	}
}

void
pot_round(void *arg, const struct rnn *from, struct rnn *to)
{
	const struct pot_form *form = arg;
	struct pot_tensor t;

	for (int i = 0; pot_tensor(from, i, &t); i++) {
		float *at = to->w + (t.w - from->w);

		if (!t.bias || form->biases)
			pot_round_tensor(form, &t, at);
		else if (at != t.w)
			memcpy(at, t.w, t.columns * sizeof(*at));
	}
}

void
pot_scales(struct rnn *net)
{
	size_t D = (size_t)net->D, G = (size_t)rnn_gates(net);

	for (size_t d = 0; net->mean && d < D; d++) {
		float scale = pot_log2(net->scale[d], -POT_CODE_HIGH_MAX, POT_CODE_HIGH_MAX);
		double ratio = (double)net->scale[d] / (double)scale;

		if (scale == 0.0f)	/* a model may say so: the feature is not read */
			continue;
		net->scale[d] = scale;
		for (int p = 0; p < net->directions; p++)
			for (size_t i = 0; i < G; i++)
				net->Wx[p][i * D + d] = (float)(net->Wx[p][i * D + d] * ratio);
	}
}

int
pot_normalise(struct rnn *net, const float *mean, const float *scale)
{
	struct rnn with = *net;
	size_t D = (size_t)net->D, G = (size_t)rnn_gates(net);

	if (rnn_init(&with, 1))
		return -1;
	memcpy(with.w, net->w, net->n * sizeof(*net->w));
	memcpy(with.mean, mean, D * sizeof(*mean));
	memcpy(with.scale, scale, D * sizeof(*scale));
	for (int p = 0; p < net->directions; p++)
		for (size_t i = 0; i < G; i++) {
			float *w = with.Wx[p] + i * D;
			double b = with.bx[p][i];

			/* w x + b = (w / scale) ((x - mean) scale) + (b + w mean) */
			for (size_t d = 0; d < D; d++) {
				b += (double)w[d] * mean[d];
				w[d] = (float)((double)w[d] / scale[d]);
			}
			with.bx[p][i] = (float)b;
		}
	rnn_free(net);
	*net = with;
	return 0;
}

struct pot_shares
pot_shares(const struct rnn *net)
{
	size_t n[2] = { 0 }, pot[2] = { 0 }, zeros = 0;
	struct pot_tensor t;

	for (int i = 0; pot_tensor(net, i, &t); i++)
		for (size_t j = 0; j < t.rows * t.columns; j++) {
			int e;

			n[t.bias]++;
			pot[t.bias] += t.w[j] == 0.0f || fabsf(frexpf(t.w[j], &e)) == 0.5f;
			zeros += !t.bias && t.w[j] == 0.0f;
		}
	return (struct pot_shares){ (double)pot[0] / (double)n[0], (double)pot[1] / (double)n[1],
		(double)zeros / (double)n[0] };
}
