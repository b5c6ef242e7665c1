// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/kernel.h"
#include "rnn.h"

const char *const rnn_pooling_names[RNN_POOLINGS] = { "last", "mean", "max" };

int
rnn_passes(const struct rnn *net)
{
	return net->layers * net->directions;
}

int
rnn_outputs(const struct rnn *net)
{
	return net->directions * net->H;
}

int
rnn_inputs(const struct rnn *net, int p)
{
	return p < net->directions ? net->D : rnn_outputs(net);
}

void
rnn_name(char name[RNN_NAME_MAX], const struct rnn *net, const char *what, int p)
{
	snprintf(name, RNN_NAME_MAX, "%s.%s_l%d%s", net->cell->name, what, p / net->directions,
		p % net->directions ? "_reverse" : "");
}

int
rnn_gates(const struct rnn *net)
{
	return net->cell->gates * net->H;
}

size_t
rnn_layer_params(const struct rnn *net, int l)
{
	size_t H = (size_t)net->H, G = (size_t)rnn_gates(net), K = (size_t)net->K;

	if (l == net->layers)
		return K * (size_t)rnn_outputs(net) + K;
	return (size_t)net->directions * G * ((size_t)(l ? rnn_outputs(net) : net->D) + H + 2);
}

size_t
rnn_params(const struct rnn *net)
{
	size_t n = 0;

	for (int l = 0; l <= net->layers; l++)
		n += rnn_layer_params(net, l);
	return n;
}

static int
outside(int v, int max)
{
	return v < 1 || v > max;
}

int
rnn_init(struct rnn *net, int normalise)
{
	size_t H = (size_t)net->H, G, D = (size_t)net->D;
	float *p;

	net->w = net->mean = net->scale = NULL;
	if (outside(net->layers, RNN_LAYERS_MAX) || outside(net->directions, 2) ||
	    outside(net->D, RNN_UNITS_MAX) ||
	    outside(net->H, RNN_UNITS_MAX) || outside(net->K, RNN_UNITS_MAX))
		return -1;
	G = (size_t)rnn_gates(net);
	net->n = rnn_params(net);
	net->w = calloc(net->n + (normalise ? 2 * D : 0), sizeof(*net->w));
	if (!net->w)
		return -1;
	p = net->w;
	for (int i = 0; i < rnn_passes(net); i++) {
		net->Wx[i] = p;
		net->Wh[i] = p += G * (size_t)rnn_inputs(net, i);
		net->bx[i] = p += G * H;
		net->bh[i] = p += G;
		p += G;
	}
	net->Wo = p;
	net->bo = p += (size_t)net->K * (size_t)rnn_outputs(net);
	p += net->K;
	if (normalise) {
		net->mean = p;
		net->scale = p + D;
		for (size_t d = 0; d < D; d++)
			net->scale[d] = 1.0f;
	}
	return 0;
}

void
rnn_free(struct rnn *net)
{
	free(net->w);
	memset(net, 0, sizeof(*net));
}

size_t
rnn_float_bytes(const struct rnn *net, int l)
{
	return l < 0 ? 0 : rnn_layer_params(net, l) * sizeof(float);
}

int
rnn_solve_hidden(const struct rnn *net, long budget_bytes, enum rnn_scope scope,
	size_t (*bytes)(const struct rnn *net, int l))
{
	struct rnn try = *net;

	for (try.H = 1; try.H <= RNN_UNITS_MAX; try.H++) {
		size_t worst = 0;

		for (int l = -1; l <= try.layers; l++) {
			size_t n = bytes(&try, l);

			worst = scope == RNN_SCOPE_MODEL ? worst + n : n > worst ? n : worst;
		}
		if (worst > (size_t)budget_bytes)
			break;
	}
	return try.H - 1;
}

int
rnn_pack_weights(struct rnn_packed *p, const struct rnn *net)
{
	size_t H = (size_t)net->H, W = (size_t)rnn_outputs(net), K = (size_t)net->K;
	size_t G = (size_t)rnn_gates(net), ld = kernel_ld(G);
	float *at;

	if (!p->block) {
		size_t n = W * kernel_ld(K) + K;

		for (int i = 0; i < rnn_passes(net); i++)
			n += ((size_t)rnn_inputs(net, i) + H) * ld + ld;
		p->block = kernel_alloc(n);
		if (!p->block)
			return -1;
	}
	at = p->block;
	for (int i = 0; i < rnn_passes(net); i++) {
		size_t in = (size_t)rnn_inputs(net, i);

		p->Wx[i] = at;
		p->Wh[i] = at += in * ld;
		p->b[i] = at += H * ld;
		at += ld;
		kernel_pack_transposed(p->Wx[i], net->Wx[i], in, G);
		kernel_pack_transposed(p->Wh[i], net->Wh[i], H, G);
		for (size_t j = 0; j < G; j++)
			p->b[i][j] = net->bx[i][j] + (net->cell->joint ? net->bh[i][j] : 0.0f);
	}
	p->Wo = at;
	p->bo = at + W * kernel_ld(K);
	kernel_pack_transposed(p->Wo, net->Wo, W, K);
	memcpy(p->bo, net->bo, K * sizeof(float));
	return 0;
}

int
rnn_pack(struct rnn_scratch *s, const struct rnn *net)
{
	return rnn_pack_weights(&s->packed, net);
}

/*
 * Room for T steps: a, c of every pass, h of every layer, x; and a row each of pooled, gates,
 * tanh c, zeros, u.
 */
static int
grow(struct rnn_scratch *s, const struct rnn *net, int T)
{
	size_t H = (size_t)net->H, D = (size_t)net->D, W = (size_t)rnn_outputs(net), t = (size_t)T;
	size_t step = (size_t)net->layers * W * (CELL_KEPT + 2) + D;
	size_t rest = W + (2 * CELL_KEPT + 2) * H;
	float *p;

	if (T <= s->T)
		return 0;
	if (t > (size_t)-1 / sizeof(float) / 2 / (step + rest))
		return -1;
	p = malloc((t * step + rest) * sizeof(float));
	if (!p)
		return -1;
	free(s->steps);
	s->steps = p;
	s->T = T;
	for (int i = 0; i < rnn_passes(net); i++) {
		s->a[i] = p;
		s->c[i] = p += t * CELL_KEPT * H;
		p += t * H;
	}
	for (int l = 0; l < net->layers; l++, p += t * W)
		s->h[l] = p;
	s->x = p;
	s->pooled = p + t * D;
	return 0;
}

/* a, c and h of one pass from its inputs x (T, in). */
static void
run_pass(const struct rnn *net, struct rnn_scratch *s, int p, const float *x, int T)
{
	int l = p / net->directions, d = p % net->directions;
	size_t H = (size_t)net->H, G = (size_t)rnn_gates(net), W = (size_t)rnn_outputs(net);
	size_t in = (size_t)rnn_inputs(net, p), lda = CELL_KEPT * H;
	float *a = s->a[p], *h = s->h[l] + (size_t)d * H;
	float *gates = s->pooled + W, *tc = gates + lda, *zero = tc + H;
	struct cell_step step = { .first = 1, .u = zero + H, .gates = gates, .tc = tc, .ldh = W,
		.h_prev = zero, .c_prev = zero };

	memset(zero, 0, H * sizeof(*zero));
	for (size_t t = 0; t < (size_t)T; t++)
		memcpy(a + t * lda, s->packed.b[p], G * sizeof(*a));
	kernel_gemm(a, lda, x, in, 1, s->packed.Wx[p], (size_t)T, G, in);
	for (int i = 0; i < T; i++) {
		size_t t = (size_t)(d ? T - 1 - i : i);

		step.a = a + t * lda;
		step.c = s->c[p] + t * H;
		step.h = h + t * W;
		cell_forward(net->cell, &step, s->packed.Wh[p], net->bh[p], 1, H);
		step.first = 0;
		step.h_prev = step.h;
		step.c_prev = step.c;
	}
}

void
rnn_pool(const struct rnn *net, float *pooled, const float *h, int t, int T)
{
	size_t H = (size_t)net->H, W = (size_t)rnn_outputs(net);

	if (net->pooling == RNN_LAST) {
		if (t == T - 1)
			memcpy(pooled, h, H * sizeof(*h));
		if (t == 0)		/* where reverse ends */
			memcpy(pooled + H, h + H, (W - H) * sizeof(*h));
	} else if (t == 0) {
		memcpy(pooled, h, W * sizeof(*h));
	} else if (net->pooling == RNN_MEAN) {
		kernel_add(pooled, h, W);
	} else {
		for (size_t j = 0; j < W; j++)
			pooled[j] = h[j] > pooled[j] ? h[j] : pooled[j];
	}
}

void
rnn_normalise(const struct rnn *net, float *y, const float *x, int T)
{
	size_t D = (size_t)net->D;

	if (!net->mean && y != x)
		memcpy(y, x, (size_t)T * D * sizeof(*y));
	for (int t = 0; net->mean && t < T; t++, x += D, y += D)
		for (size_t d = 0; d < D; d++)
			y[d] = (x[d] - net->mean[d]) * net->scale[d];
}

int
rnn_infer(const struct rnn *net, struct rnn_scratch *s, const float *x, int T, float *logits)
{
	size_t W = (size_t)rnn_outputs(net), K = (size_t)net->K;

	if (grow(s, net, T))
		return -1;
	rnn_normalise(net, s->x, x, T);
	for (int p = 0; p < rnn_passes(net); p++) {
		int l = p / net->directions;

		run_pass(net, s, p, l ? s->h[l - 1] : s->x, T);
	}
	for (int t = 0; t < T; t++)
		rnn_pool(net, s->pooled, s->h[net->layers - 1] + (size_t)t * W, t, T);
	for (size_t j = 0; net->pooling == RNN_MEAN && j < W; j++)
		s->pooled[j] *= 1.0f / (float)T;
	memcpy(logits, s->packed.bo, K * sizeof(*logits));
	kernel_gemm(logits, K, s->pooled, W, 1, s->packed.Wo, 1, K, W);
	return 0;
}

void
rnn_scratch_free(struct rnn_scratch *s)
{
	free(s->steps);
	free(s->packed.block);
	memset(s, 0, sizeof(*s));
}
