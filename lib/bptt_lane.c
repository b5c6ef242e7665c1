// SPDX-License-Identifier: MIT
#include <math.h>
#include <string.h>

#include "bptt.h"
#include "kernel.h"

static size_t
rows_at(const struct bptt_lane *w, int t)
{
	return t < w->T ? w->start[t + 1] - w->start[t] : 0;
}

/* Factors of dropout (n): 0 where rng_float() would be below p, else 1 / (1 - p). */
static void
draw(float *keep, size_t n, float p, struct rng *state)
{
	struct rng g = *state;
	/* a branch would be guessed wrong */
	const float factor[2] = { 0.0f, 1.0f / (1.0f - p) };
	uint32_t below = (uint32_t)ceilf(p * 0x1p24f);

	for (size_t i = 0; i < n; i++)
		keep[i] = factor[rng_u32(&g) >> 8 >= below];
	*state = g;
}

/* The nearest of lo + unit q, q = 0..255, halves up. */
static inline float
nearest(float v, float lo, float unit)
{
	float q = (v - lo) / unit + 0.5f;

	q = q < 0.0f ? 0.0f : q > 255.0f ? 255.0f : q;
	return lo + unit * (float)(int)q;
}

/* Inputs of layer l: the features, or the outputs below with dropout. */
static void
inputs(struct bptt_lane *w, const struct bptt *b, int l)
{
	struct bptt_layer *y = &w->layer[l];
	size_t D = (size_t)b->net->D, n = w->start[w->T] * (size_t)b->net->H;

	if (l && y->keep && b->train) {
		draw(y->keep, n, b->dropout, &w->rng);
		for (size_t i = 0; i < n; i++)
			y->x[i] = w->h[i] * y->keep[i];
		return;
	}
	if (l) {
		memcpy(y->x, w->h, n * sizeof(*y->x));
		return;
	}
	for (int t = 0; t < w->T; t++)
		for (size_t r = 0; r < rows_at(w, t); r++)
			memcpy(y->x + (w->start[t] + r) * D, w->items[r]->x + (size_t)t * D,
				D * sizeof(*y->x));
	for (size_t i = 0; b->units && i < w->start[w->T] * D; i++)
		y->x[i] = nearest(y->x[i], b->units->x_lo[i % D], b->units->x_unit[i % D]);
}

/* Step t of layer l. */
static struct cell_step
step_of(const struct bptt_lane *w, const struct bptt *b, int l, int t)
{
	const struct bptt_layer *y = &w->layer[l];
	size_t H = (size_t)b->net->H, s = w->start[t], ld = kernel_ld((size_t)rnn_gates(b->net));
	struct cell_step step = { .first = !t, .u = w->u,
		.a = y->gates + s * CELL_KEPT * H, .gates = y->gates + s * CELL_KEPT * H,
		.h = w->h + s * H, .ldh = H, .h_prev = y->h_prev + s * H,
		.dh = w->dh + s * H, .carry = w->carry,
		.da = w->da + s * ld, .du = w->du + s * ld };

	if (b->net->cell->has_c) {
		step.c = y->c + s * H;
		step.tc = y->tc + s * H;
		step.c_prev = t ? y->c + w->start[t - 1] * H : w->zero;
	}
	return step;
}

/* h (n, H), rows ldh apart, becomes what an int8 net would hold. */
static void
round_rows(float *h, size_t ldh, size_t n, size_t H, const struct bptt_units *u)
{
	for (size_t r = 0; r < n; r++, h += ldh)
		for (size_t j = 0; j < H; j++)
			h[j] = nearest(h[j], u->h_lo, u->h_unit);
}

static void
layer_forward(struct bptt_lane *w, const struct bptt *b, int l)
{
	struct bptt_layer *y = &w->layer[l];
	size_t H = (size_t)b->net->H, G = (size_t)rnn_gates(b->net), lda = CELL_KEPT * H;
	size_t S = w->start[w->T], in = (size_t)rnn_inputs(b->net, l);

	/* a = b + Wx x, all steps at once; then the cell, step by step */
	for (size_t s = 0; s < S; s++)
		memcpy(y->gates + s * lda, b->packed.b[l], G * sizeof(*y->gates));
	kernel_gemm(y->gates, lda, y->x, in, 1, b->packed.Wx[l], S, G, in);
	memset(y->h_prev, 0, rows_at(w, 0) * H * sizeof(*y->h_prev));
	for (int t = 0; t < w->T; t++) {
		size_t s = w->start[t], n = rows_at(w, t), next = rows_at(w, t + 1);
		struct cell_step step = step_of(w, b, l, t);

		cell_forward(b->net->cell, &step, b->packed.Wh[l], b->net->bh[l], n, H);
		if (b->units)
			round_rows(step.h, step.ldh, n, H, b->units);
		memcpy(y->h_prev + (s + n) * H, w->h + s * H, next * H * sizeof(*w->h));
	}
}

/* p = h_{T-1} or the mean of h_t; sums in the order of t, as rnn_infer(). */
static void
pool(struct bptt_lane *w, const struct bptt *b)
{
	size_t H = (size_t)b->net->H, ld = kernel_ld(H);
	int mean = b->net->pooling == RNN_MEAN;

	for (int t = 0; t < w->T; t++) {
		for (size_t r = 0; r < rows_at(w, t); r++) {
			const float *h = w->h + (w->start[t] + r) * H;

			if (t && mean)
				kernel_add(w->pooled + r * ld, h, H);
			else
				memcpy(w->pooled + r * ld, h, H * sizeof(*h));
		}
	}
	for (int r = 0; mean && r < w->R; r++)
		for (size_t j = 0; j < H; j++)
			w->pooled[(size_t)r * ld + j] *= 1.0f / (float)w->items[r]->T;
}

/* log sum_k exp((z_k - z_best) / tau) */
static float
log_sum(const float *z, float best, int K, float tau)
{
	float sum = 0.0f;

	for (int k = 0; k < K; k++)
		sum += kernel_exp((z[k] - best) / tau);
	return kernel_log(sum);
}

/*
 * Mixes what teacher t (K) says into loss and gradient dz (K) of z (K). With p = softmax(t / tau)
 * and s = softmax(z / tau): loss = (1 - alpha) loss + alpha tau^2 sum_k p_k log(p_k / s_k), whose
 * gradient is (1 - alpha) dz + alpha tau (s - p).
 */
static double
distil(double loss, float *dz, const float *z, const float *t, const struct bptt *b)
{
	int K = b->net->K;
	float best_z = z[0], best_t = t[0], log_z, log_t, kl = 0.0f;

	for (int k = 1; k < K; k++) {
		best_z = z[k] > best_z ? z[k] : best_z;
		best_t = t[k] > best_t ? t[k] : best_t;
	}
	log_z = log_sum(z, best_z, K, b->tau);
	log_t = log_sum(t, best_t, K, b->tau);
	for (int k = 0; k < K; k++) {
		float log_s = (z[k] - best_z) / b->tau - log_z;
		float log_p = (t[k] - best_t) / b->tau - log_t, p = kernel_exp(log_p);

		kl += p * (log_p - log_s);
		dz[k] = (1.0f - b->alpha) * dz[k] + b->alpha * b->tau * (kernel_exp(log_s) - p);
	}
	return (1.0 - (double)b->alpha) * loss + (double)b->alpha * b->tau * b->tau * kl;
}

/*
 * Adds the lane's losses; with targets q = rest + (1 - e on the label), rest = e / K:
 * loss = log sum_k exp(z_k) - sum_k q_k z_k, dlogits = (softmax - q) / utterances of the batch.
 */
static void
loss(struct bptt_lane *w, const struct bptt *b)
{
	int K = b->net->K;
	float e = b->train ? b->smoothing : 0.0f, rest = e / (float)K;

	w->loss = 0.0;
	w->correct = 0;
	for (int r = 0; r < w->R; r++) {
		const float *z = w->logits + (size_t)r * (size_t)K;
		float *dz = w->dlogits + (size_t)r * (size_t)K, sum = 0.0f, all = 0.0f;
		int32_t y = w->items[r]->label;
		double row;
		int best = 0;

		for (int k = 1; k < K; k++)
			best = z[k] > z[best] ? k : best;
		for (int k = 0; k < K; k++) {
			sum += dz[k] = kernel_exp(z[k] - z[best]);
			all += z[k] - z[best];
		}
		row = kernel_log(sum) - ((1.0f - e) * (z[y] - z[best]) + rest * all);
		w->correct += best == y;
		for (int k = 0; k < K; k++)
			dz[k] = dz[k] / sum - (k == y ? 1.0f - e + rest : rest);
		if (b->train && b->teacher)
			row = distil(row, dz, z, b->teacher + (size_t)(w->items[r] - b->items) *
				(size_t)K, b);
		w->loss += row;
		for (int k = 0; k < K; k++)
			dz[k] /= (float)b->n;
	}
}

void
bptt_lane_forward(struct bptt_lane *w, const struct bptt *b)
{
	size_t H = (size_t)b->net->H, K = (size_t)b->net->K;

	for (int l = 0; l < b->net->layers; l++) {
		inputs(w, b, l);
		layer_forward(w, b, l);
	}
	pool(w, b);
	for (int r = 0; r < w->R; r++)
		memcpy(w->logits + (size_t)r * K, b->packed.bo, K * sizeof(*w->logits));
	kernel_gemm(w->logits, K, w->pooled, kernel_ld(H), 1, b->packed.Wo, (size_t)w->R, K, H);
	for (int r = 0; r < w->R; r++)
		memcpy(b->logits + (size_t)(w->items[r] - b->items) * K, w->logits + (size_t)r * K,
			K * sizeof(*w->logits));
	loss(w, b);
}

/* The classifier: gWo, gbo, and dh of the top layer. */
static void
output_backward(struct bptt_lane *w, const struct bptt *b)
{
	size_t H = (size_t)b->net->H, K = (size_t)b->net->K, R = (size_t)w->R;
	int mean = b->net->pooling == RNN_MEAN;

	kernel_gemm(w->gWo, H, w->dlogits, 1, K, w->pooled, K, H, R);
	for (size_t r = 0; r < R; r++)
		kernel_add(w->gbo, w->dlogits + r * K, K);
	memset(w->dpooled, 0, R * H * sizeof(*w->dpooled));
	kernel_gemm(w->dpooled, H, w->dlogits, K, 1, b->WoT, R, H, K);
	memset(w->dh, 0, w->start[w->T] * H * sizeof(*w->dh));
	for (size_t r = 0; r < R; r++) {
		int T = w->items[r]->T;
		float share = mean ? 1.0f / (float)T : 1.0f;

		for (int t = mean ? 0 : T - 1; t < T; t++)
			for (size_t j = 0; j < H; j++)
				w->dh[(w->start[t] + r) * H + j] = w->dpooled[r * H + j] * share;
	}
}

static void
layer_backward(struct bptt_lane *w, const struct bptt *b, int l)
{
	struct bptt_layer *y = &w->layer[l];
	size_t H = (size_t)b->net->H, G = (size_t)rnn_gates(b->net), ld = kernel_ld(G);
	size_t in = (size_t)rnn_inputs(b->net, l), S = w->start[w->T];

	memset(w->carry, 0, (size_t)w->R * H * sizeof(*w->carry));
	for (int t = w->T - 1; t >= 0; t--) {
		size_t s = w->start[t], n = rows_at(w, t), next = rows_at(w, t + 1);
		struct cell_step step = step_of(w, b, l, t);

		/* dh_t += Wh' du_{t+1} */
		kernel_gemm(w->dh + s * H, H, w->du + (s + n) * ld, ld, 1, b->WhT[l], next, H, G);
		b->net->cell->backward(&step, n, H);
	}
	kernel_gemm(w->gWx[l], G, y->x, 1, in, w->da, in, G, S);
	kernel_gemm(w->gWh[l], G, y->h_prev, 1, H, w->du, H, G, S);
	for (size_t s = 0; s < S; s++)
		kernel_add(w->gbx[l], w->da + s * ld, G);
	for (size_t s = 0; s < S && w->du != w->da; s++)
		kernel_add(w->gbh[l], w->du + s * ld, G);
	if (!l)
		return;
	/* dx = Wx' da: the gradient of the outputs below */
	memset(w->dh, 0, S * H * sizeof(*w->dh));
	kernel_gemm(w->dh, H, w->da, ld, 1, b->WxT[l], S, H, G);
	for (size_t i = 0; y->keep && i < S * H; i++)
		w->dh[i] *= y->keep[i];
}

void
bptt_lane_backward(struct bptt_lane *w, const struct bptt *b)
{
	memset(w->grad, 0, w->grad_n * sizeof(*w->grad));
	output_backward(w, b);
	for (int l = b->net->layers - 1; l >= 0; l--)
		layer_backward(w, b, l);
}
