// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "rnn.h"

const char *const rnn_pooling_names[RNN_POOLINGS] = { "last", "mean" };

int
rnn_inputs(const struct rnn *net, int l)
{
	return l ? net->H : net->D;
}

void
rnn_name(char name[RNN_NAME_MAX], const struct rnn *net, const char *what, int l)
{
	snprintf(name, RNN_NAME_MAX, "%s.%s_l%d", net->cell->name, what, l);
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
		return K * H + K;
	return G * ((size_t)rnn_inputs(net, l) + H + 2);
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
	if (outside(net->layers, RNN_LAYERS_MAX) || outside(net->D, RNN_UNITS_MAX) ||
	    outside(net->H, RNN_UNITS_MAX) || outside(net->K, RNN_UNITS_MAX))
		return -1;
	G = (size_t)rnn_gates(net);
	net->n = rnn_params(net);
	net->w = calloc(net->n + (normalise ? 2 * D : 0), sizeof(*net->w));
	if (!net->w)
		return -1;
	p = net->w;
	for (int l = 0; l < net->layers; l++) {
		net->Wx[l] = p;
		net->Wh[l] = p += G * (size_t)rnn_inputs(net, l);
		net->bx[l] = p += G * H;
		net->bh[l] = p += G;
		p += G;
	}
	net->Wo = p;
	net->bo = p += (size_t)net->K * H;
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

int
rnn_solve_hidden(const struct rnn *net, long budget_bytes, enum rnn_scope scope,
	int bytes_per_param)
{
	struct rnn try = *net;

	for (try.H = 1; try.H <= RNN_UNITS_MAX; try.H++) {
		size_t worst = 0;

		for (int l = 0; l <= try.layers; l++) {
			size_t n = rnn_layer_params(&try, l);

			worst = scope == RNN_SCOPE_MODEL ? worst + n : n > worst ? n : worst;
		}
		if (worst * (size_t)bytes_per_param > (size_t)budget_bytes)
			break;
	}
	return try.H - 1;
}

int
rnn_pack_weights(struct rnn_packed *p, const struct rnn *net)
{
	size_t H = (size_t)net->H, K = (size_t)net->K;
	size_t G = (size_t)rnn_gates(net), ld = kernel_ld(G);
	float *at;

	if (!p->block) {
		size_t n = H * kernel_ld(K) + K;

		for (int l = 0; l < net->layers; l++)
			n += ((size_t)rnn_inputs(net, l) + H) * ld + ld;
		p->block = kernel_alloc(n);
		if (!p->block)
			return -1;
	}
	at = p->block;
	for (int l = 0; l < net->layers; l++) {
		size_t in = (size_t)rnn_inputs(net, l);

		p->Wx[l] = at;
		p->Wh[l] = at += in * ld;
		p->b[l] = at += H * ld;
		at += ld;
		kernel_pack_transposed(p->Wx[l], net->Wx[l], in, G);
		kernel_pack_transposed(p->Wh[l], net->Wh[l], H, G);
		for (size_t j = 0; j < G; j++)
			p->b[l][j] = net->bx[l][j] + (net->cell->joint ? net->bh[l][j] : 0.0f);
	}
	p->Wo = at;
	p->bo = at + H * kernel_ld(K);
	kernel_pack_transposed(p->Wo, net->Wo, H, K);
	memcpy(p->bo, net->bo, K * sizeof(float));
	return 0;
}

int
rnn_pack(struct rnn_scratch *s, const struct rnn *net)
{
	return rnn_pack_weights(&s->packed, net);
}

/* Room for T steps: a, c, h of every layer, x; a row each of pooled, gates, tanh c, zeros, u. */
static int
grow(struct rnn_scratch *s, const struct rnn *net, int T)
{
	size_t H = (size_t)net->H, D = (size_t)net->D, L = (size_t)net->layers, t = (size_t)T;
	size_t step = L * (CELL_KEPT + 2) * H + D, rest = (2 * CELL_KEPT + 3) * H;
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
	for (size_t l = 0; l < L; l++) {
		s->a[l] = p;
		s->c[l] = p += t * CELL_KEPT * H;
		s->h[l] = p += t * H;
		p += t * H;
	}
	s->x = p;
	s->pooled = p + t * D;
	return 0;
}

static void
pool(float *p, const float *h, size_t T, size_t H, enum rnn_pooling pooling)
{
	memcpy(p, pooling == RNN_LAST ? h + (T - 1) * H : h, H * sizeof(*p));
	if (pooling == RNN_LAST)
		return;
	for (size_t t = 1; t < T; t++)
		kernel_add(p, h + t * H, H);
	for (size_t j = 0; j < H; j++)
		p[j] *= 1.0f / (float)T;
}

/* a, c, h of layer l from its inputs x (T, in). */
static void
run_layer(const struct rnn *net, struct rnn_scratch *s, int l, const float *x, size_t T)
{
	size_t H = (size_t)net->H, G = (size_t)rnn_gates(net), in = (size_t)rnn_inputs(net, l);
	float *a = s->a[l], *gates = s->pooled + H, *tc = gates + CELL_KEPT * H, *zero = tc + H;

	memset(zero, 0, H * sizeof(*zero));
	for (size_t t = 0; t < T; t++)
		memcpy(a + t * CELL_KEPT * H, s->packed.b[l], G * sizeof(*a));
	kernel_gemm(a, CELL_KEPT * H, x, in, 1, s->packed.Wx[l], T, G, in);
	for (size_t t = 0; t < T; t++) {
		struct cell_step step = { .first = !t, .a = a + t * CELL_KEPT * H, .gates = gates,
			.u = zero + H, .c = s->c[l] + t * H, .tc = tc,
			.h = s->h[l] + t * H, .ldh = H,
			.h_prev = t ? s->h[l] + (t - 1) * H : zero,
			.c_prev = t ? s->c[l] + (t - 1) * H : zero };

		cell_forward(net->cell, &step, s->packed.Wh[l], net->bh[l], 1, H);
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
	size_t H = (size_t)net->H, K = (size_t)net->K;

	if (grow(s, net, T))
		return -1;
	rnn_normalise(net, s->x, x, T);
	for (int l = 0; l < net->layers; l++)
		run_layer(net, s, l, l ? s->h[l - 1] : s->x, (size_t)T);
	pool(s->pooled, s->h[net->layers - 1], (size_t)T, H, net->pooling);
	memcpy(logits, s->packed.bo, K * sizeof(*logits));
	kernel_gemm(logits, K, s->pooled, H, 1, s->packed.Wo, 1, K, H);
	return 0;
}

void
rnn_scratch_free(struct rnn_scratch *s)
{
	free(s->steps);
	free(s->packed.block);
	memset(s, 0, sizeof(*s));
}
