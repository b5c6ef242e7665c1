// SPDX-License-Identifier: MIT
/*
 * gradient: every gradient of bptt against central differences
 *
 * The loss is computed a second time, in double, straight from the equations
 * of rnn.h: one utterance at a time, libm's exp and tanh, no code shared with
 * lib/. Its differences (step 1e-5, error about 1e-9) must match each
 * parameter's gradient within 1e-4 of the tensor's largest. With dropout it
 * takes the factors that bptt drew.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "train/bptt.h"
#include "train/train.h"

#define STEP 1e-5
#define TOLERANCE 1e-4
#define N 6
#define T_MAX 9
#define UNITS_MAX 18		/* of D, W and K */

static const int lengths[N] = { 5, 1, 9, 3, 9, 4 };

struct test {
	int layers, D, W, K;			/* W: about */
	float dropout, smoothing, tau, alpha;	/* tau 0: no teacher */
};

static double
sigmoid(double x)
{
	return 1.0 / (1.0 + exp(-x));
}

/* Factor of dropout on output j at step t of an item in the inputs of layer l. */
static double
keep_of(const struct bptt *b, const struct bptt_item *item, int l, int t, int j)
{
	for (int i = 0; i < BPTT_LANES; i++) {
		const struct bptt_lane *w = &b->lanes[i];

		for (size_t r = 0; r < (size_t)w->R; r++)
			if (w->items[r] == item)
				return (double)w->layer[l].keep[(size_t)j +
					(w->start[t] + r) * (size_t)rnn_outputs(b->net)];
	}
	abort();
}

/* v (n) = b + W x */
static void
product(double *v, const double *W, const double *x, const double *b, int n, int in)
{
	for (int g = 0; g < n; g++) {
		v[g] = b[g];
		for (int d = 0; d < in; d++)
			v[g] += W[g * in + d] * x[d];
	}
}

/* One step of pass p: h and c of the step before become those of this one. */
static void
step(const struct rnn *net, const double *w, int p, const double *x, double *h, double *c)
{
	int H = net->H, G = rnn_gates(net), in = rnn_inputs(net, p);
	double a[4 * UNITS_MAX], u[4 * UNITS_MAX];

	product(a, w + (net->Wx[p] - net->w), x, w + (net->bx[p] - net->w), G, in);
	product(u, w + (net->Wh[p] - net->w), h, w + (net->bh[p] - net->w), G, H);
	for (int j = 0; j < H; j++) {
		if (net->cell == &cell_lstm) {
			double i = sigmoid(a[j] + u[j]), f = sigmoid(a[H + j] + u[H + j]);
			double g = tanh(a[2 * H + j] + u[2 * H + j]);

			c[j] = f * c[j] + i * g;
			h[j] = sigmoid(a[3 * H + j] + u[3 * H + j]) * tanh(c[j]);
		} else {
			double r = sigmoid(a[j] + u[j]), z = sigmoid(a[H + j] + u[H + j]);
			double n = tanh(a[2 * H + j] + r * u[2 * H + j]);

			h[j] = (1.0 - z) * n + z * h[j];
		}
	}
}

/* The loss with what a teacher's logits t say of z. */
static double
taught(const struct bptt *b, double loss, const double *z, const float *t)
{
	double sum_z = 0.0, sum_t = 0.0, kl = 0.0, tau = (double)b->tau, alpha = (double)b->alpha;

	for (int k = 0; k < b->net->K; k++) {
		sum_z += exp(z[k] / tau);
		sum_t += exp((double)t[k] / tau);
	}
	for (int k = 0; k < b->net->K; k++) {
		double p = exp((double)t[k] / tau) / sum_t;

		kl += p * (log(p) - (z[k] / tau - log(sum_z)));
	}
	return (1.0 - alpha) * loss + alpha * tau * tau * kl;
}

/* Outputs (T, W) of layer l from its inputs x. */
static void
layer(const struct rnn *net, const double *w, int l, double x[][UNITS_MAX],
	double out[][UNITS_MAX], int T)
{
	for (int d = 0; d < net->directions; d++) {
		double h[UNITS_MAX] = { 0 }, c[UNITS_MAX] = { 0 };

		for (int i = 0; i < T; i++) {
			int t = d ? T - 1 - i : i;

			step(net, w, l * net->directions + d, x[t], h, c);
			memcpy(out[t] + d * net->H, h, (size_t)net->H * sizeof(*h));
		}
	}
}

/* What the classifier reads of output j. */
static double
pooled(const struct rnn *net, double out[][UNITS_MAX], int j, int T)
{
	double sum = 0.0, max = out[0][j];

	if (net->pooling == RNN_LAST)
		return out[j < net->H ? T - 1 : 0][j];
	for (int t = 0; t < T; t++) {
		sum += out[t][j];
		max = fmax(max, out[t][j]);
	}
	return net->pooling == RNN_MEAN ? sum / T : max;
}

/* Logits' loss of one utterance by the equations; w: the block in double. */
static double
loss_of(const struct bptt *b, const double *w, const struct bptt_item *item)
{
	const struct rnn *net = b->net;
	double x[T_MAX][UNITS_MAX], out[T_MAX][UNITS_MAX], z[UNITS_MAX], sum = 0.0, loss = 0.0;
	int W = rnn_outputs(net), T = item->T;

	for (int t = 0; t < T; t++)
		for (int d = 0; d < net->D; d++)
			x[t][d] = (double)item->x[t * net->D + d];
	for (int l = 0; l < net->layers; l++) {
		layer(net, w, l, x, out, T);
		for (int t = 0; t < T; t++)
			for (int j = 0; j < W; j++)
				x[t][j] = out[t][j] * (b->dropout > 0.0f && l + 1 < net->layers ?
					keep_of(b, item, l + 1, t, j) : 1.0);
	}
	for (int k = 0; k < net->K; k++) {
		z[k] = w[net->bo - net->w + k];
		for (int j = 0; j < W; j++)
			z[k] += w[net->Wo - net->w + k * W + j] * pooled(net, out, j, T);
		sum += exp(z[k]);
	}
	/* -sum_k q_k log p_k */
	for (int k = 0; k < net->K; k++) {
		double e = (double)b->smoothing;
		double q = e / net->K + (k == item->label ? 1.0 - e : 0.0);

		loss += q * (log(sum) - z[k]);
	}
	return b->teacher ? taught(b, loss, z, b->teacher + (item - b->items) * net->K) : loss;
}

static double
loss(const struct bptt *b, const double *w, const struct bptt_item *items)
{
	double sum = 0.0;

	for (int i = 0; i < N; i++)
		sum += loss_of(b, w, &items[i]);
	return sum / N;
}

static int
check_tensor(const char *name, const struct bptt *b, double *w, const struct bptt_item *items,
	size_t first, size_t n)
{
	const float *grad = b->grad;
	double worst = 0.0, largest = 0.0;

	for (size_t i = first; i < first + n; i++) {
		double keep = w[i], up, down, error;

		w[i] = keep + STEP;
		up = loss(b, w, items);
		w[i] = keep - STEP;
		down = loss(b, w, items);
		w[i] = keep;
		error = fabs((up - down) / (2 * STEP) - (double)grad[i]);
		worst = error > worst ? error : worst;
		largest = fabs((double)grad[i]) > largest ? fabs((double)grad[i]) : largest;
	}
	if (worst <= TOLERANCE * largest)
		return 0;
	printf("%s, %d layers, %d directions, %s, H %d, %s: off by %g, largest %g\n",
		b->net->cell->name, b->net->layers, b->net->directions,
		rnn_pooling_names[b->net->pooling], b->net->H, name, worst, largest);
	return 1;
}

/* Every tensor of the gradient; w: the weights in double. */
static int
check_tensors(const struct bptt *b, double *w, const struct bptt_item *items)
{
	static const char *const names[] = { "Wx", "Wh", "bx", "bh" };
	const struct rnn *net = b->net;
	size_t H = (size_t)net->H, G = (size_t)rnn_gates(net), K = (size_t)net->K;
	int failed = 0;

	for (int p = 0; p < rnn_passes(net); p++) {
		const float *const at[] = { net->Wx[p], net->Wh[p], net->bx[p], net->bh[p] };
		size_t in = (size_t)rnn_inputs(net, p);
		size_t n[] = { G * in, G * H, G, G };

		for (int i = 0; i < 4; i++)
			failed |= check_tensor(names[i], b, w, items, (size_t)(at[i] - net->w),
				n[i]);
	}
	failed |= check_tensor("Wo", b, w, items, (size_t)(net->Wo - net->w),
		K * (size_t)rnn_outputs(net));
	failed |= check_tensor("bo", b, w, items, (size_t)(net->bo - net->w), K);
	return failed;
}

static int
check(const struct cell *cell, int directions, enum rnn_pooling pooling, const struct test *o)
{
	struct rnn net = { .cell = cell, .layers = o->layers, .directions = directions, .D = o->D,
		.H = (o->W + directions - 1) / directions, .K = o->K, .pooling = pooling };
	float x[N * T_MAX * 8], teacher[N * 8];
	struct bptt_item items[N];
	struct bptt b;
	struct rng g;
	double *w, expected;
	int failed = 0;
	size_t at = 0;

	rng_init(&g, 7, 99);
	for (int i = 0; i < N; i++) {
		items[i] = (struct bptt_item){ x + at, lengths[i],
			(int32_t)rng_below(&g, (uint32_t)o->K) };
		for (int j = 0; j < lengths[i] * o->D; j++)
			x[at++] = 4.0f * rng_float(&g) - 2.0f;
	}
	if (rnn_init(&net, 0))
		return 1;
	train_init_weights(&net, 5);
	for (size_t i = 0; i < net.n; i++)
		net.w[i] *= 1.5f;
	if (bptt_init(&b, &net, N, T_MAX, o->dropout, 1, 1) || !(w = malloc(net.n * sizeof(*w))))
		return 1;
	for (size_t i = 0; i < net.n; i++)
		w[i] = (double)net.w[i];
	b.smoothing = o->smoothing;
	b.tau = o->tau;
	b.alpha = o->alpha;
	for (int i = 0; i < N * o->K; i++)
		teacher[i] = 8.0f * rng_float(&g) - 4.0f;
	b.teacher = o->tau > 0.0f ? teacher : NULL;
	bptt_batch(&b, items, N, 1);
	expected = loss(&b, w, items);
	/* tau^2 times a difference of logarithms in float */
	if (fabs(b.loss - expected) > 1e-6 * fmax(1.0, (double)(o->tau * o->tau))) {
		printf("loss %g, expected %g\n", b.loss, expected);
		failed = 1;
	}
	failed |= check_tensors(&b, w, items);
	free(w);
	bptt_free(&b);
	rnn_free(&net);
	return failed;
}

int
main(void)
{
	static const struct test tests[] = {
		{ 1, 3, 5, 4, 0.0f, 0.0f, 0.0f, 0.0f }, { 2, 4, 3, 3, 0.0f, 0.0f, 0.0f, 0.0f },
		{ 3, 2, 9, 2, 0.0f, 0.3f, 0.0f, 0.0f }, { 3, 3, 6, 3, 0.4f, 0.1f, 0.0f, 0.0f },
		{ 2, 3, 4, 5, 0.0f, 0.0f, 3.0f, 0.6f }, { 1, 4, 6, 3, 0.0f, 0.2f, 0.7f, 0.3f },
		{ 2, 3, 5, 4, 0.3f, 0.1f, 20.0f, 1.0f }
	};

	for (size_t i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		for (int directions = 1; directions <= 2; directions++)
			for (enum rnn_pooling pooling = 0; pooling < RNN_POOLINGS; pooling++)
				if (check(&cell_lstm, directions, pooling, &tests[i]) ||
				    check(&cell_gru, directions, pooling, &tests[i]))
					return 1;
	return 0;
}
