// SPDX-License-Identifier: MIT
#include <string.h>

#include "bptt.h"
#include "math/kernel.h"

/* p of every utterance, as rnn_infer() makes it. */
static void
pool(struct bptt_lane *w, const struct bptt *b)
{
	size_t W = (size_t)rnn_outputs(b->net), ld = kernel_ld(W);

	for (int t = 0; t < w->T; t++)
		for (size_t r = 0; r < bptt_rows(w, t); r++)
			rnn_pool(b->net, w->pooled + r * ld, w->h + (w->start[t] + r) * W, t,
				w->items[r]->T);
	for (int r = 0; b->net->pooling == RNN_MEAN && r < w->R; r++)
		for (size_t j = 0; j < W; j++)
			w->pooled[(size_t)r * ld + j] *= 1.0f / (float)w->items[r]->T;
}

/*
 * dh (W), 0 before, of h (W) at step t of T from dpooled (W): the way back of rnn_pool(). Of
 * RNN_MAX the first of equal steps takes it all, so that dpooled is 0 in the end.
 */
static void
unpool(const struct rnn *net, float *dh, float *dpooled, const float *h, const float *pooled,
	int t, int T)
{
	size_t H = (size_t)net->H, W = (size_t)rnn_outputs(net);
	float share = 1.0f / (float)T;

	if (net->pooling == RNN_LAST) {
		if (t == T - 1)
			memcpy(dh, dpooled, H * sizeof(*dh));
		if (t == 0)
			memcpy(dh + H, dpooled + H, (W - H) * sizeof(*dh));
	} else if (net->pooling == RNN_MEAN) {
		for (size_t j = 0; j < W; j++)
			dh[j] = dpooled[j] * share;
	} else {
		for (size_t j = 0; j < W; j++) {
			dh[j] = h[j] == pooled[j] ? dpooled[j] : 0.0f;
			dpooled[j] = h[j] == pooled[j] ? 0.0f : dpooled[j];
		}
	}
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
bptt_output_forward(struct bptt_lane *w, const struct bptt *b)
{
	size_t W = (size_t)rnn_outputs(b->net), K = (size_t)b->net->K;

	pool(w, b);
	for (int r = 0; r < w->R; r++)
		memcpy(w->logits + (size_t)r * K, b->packed.bo, K * sizeof(*w->logits));
	kernel_gemm(w->logits, K, w->pooled, kernel_ld(W), 1, b->packed.Wo, (size_t)w->R, K, W);
	for (int r = 0; r < w->R; r++)
		memcpy(b->logits + (size_t)(w->items[r] - b->items) * K, w->logits + (size_t)r * K,
			K * sizeof(*w->logits));
	loss(w, b);
}

void
bptt_output_backward(struct bptt_lane *w, const struct bptt *b)
{
	size_t W = (size_t)rnn_outputs(b->net), K = (size_t)b->net->K, R = (size_t)w->R;

	kernel_gemm(w->gWo, W, w->dlogits, 1, K, w->pooled, K, W, R);
	for (size_t r = 0; r < R; r++)
		kernel_add(w->gbo, w->dlogits + r * K, K);
	memset(w->dpooled, 0, R * W * sizeof(*w->dpooled));
	kernel_gemm(w->dpooled, W, w->dlogits, K, 1, b->WoT, R, W, K);
	memset(w->dh, 0, w->start[w->T] * W * sizeof(*w->dh));
	for (int t = 0; t < w->T; t++) {
		for (size_t r = 0; r < bptt_rows(w, t); r++) {
			size_t at = (w->start[t] + r) * W;

			unpool(b->net, w->dh + at, w->dpooled + r * W, w->h + at,
				w->pooled + r * kernel_ld(W), t, w->items[r]->T);
		}
	}
}
