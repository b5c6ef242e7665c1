// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "rnn.h"

int
rnn_inputs(const struct rnn *net, int l)
{
	return l ? net->H : net->D;
}

size_t
rnn_layer_params(int layers, int D, int H, int K, int l)
{
	size_t h = (size_t)H, in = (size_t)(l ? H : D);

	if (l == layers)
		return (size_t)K * h + (size_t)K;
	return 4 * h * in + 4 * h * h + 8 * h;
}

size_t
rnn_params(int layers, int D, int H, int K)
{
	size_t n = 0;

	for (int l = 0; l <= layers; l++)
		n += rnn_layer_params(layers, D, H, K, l);
	return n;
}

int
rnn_init(struct rnn *net, int layers, int D, int H, int K, enum rnn_pooling pooling, int normalise)
{
	size_t h = (size_t)H;
	float *p;

	memset(net, 0, sizeof(*net));
	if (layers < 1 || layers > RNN_LAYERS_MAX || D < 1 || D > RNN_UNITS_MAX || H < 1 ||
	    H > RNN_UNITS_MAX || K < 1 || K > RNN_UNITS_MAX)
		return -1;
	net->layers = layers;
	net->D = D;
	net->H = H;
	net->K = K;
	net->pooling = pooling;
	net->n = rnn_params(layers, D, H, K);
	net->w = calloc(net->n + (normalise ? 2 * (size_t)D : 0), sizeof(*net->w));
	if (!net->w)
		return -1;
	p = net->w;
	for (int l = 0; l < layers; l++) {
		net->Wx[l] = p;
		net->Wh[l] = p += 4 * h * (size_t)rnn_inputs(net, l);
		net->bx[l] = p += 4 * h * h;
		net->bh[l] = p += 4 * h;
		p += 4 * h;
	}
	net->Wo = p;
	net->bo = p += (size_t)K * h;
	p += K;
	if (normalise) {
		net->mean = p;
		net->scale = p + D;
		for (int d = 0; d < D; d++)
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
rnn_solve_hidden(long budget_bytes, enum rnn_scope scope, int bytes_per_param, int layers, int D,
	int K)
{
	int H;

	for (H = 1; H <= RNN_UNITS_MAX; H++) {
		size_t worst = 0;

		for (int l = 0; l <= layers; l++) {
			size_t n = rnn_layer_params(layers, D, H, K, l);

			worst = scope == RNN_SCOPE_MODEL ? worst + n : n > worst ? n : worst;
		}
		if (worst * (size_t)bytes_per_param > (size_t)budget_bytes)
			break;
	}
	return H - 1;
}

int
rnn_pack_weights(struct rnn_packed *p, const struct rnn *net)
{
	size_t H = (size_t)net->H, G = 4 * H, ld = kernel_ld(G), K = (size_t)net->K;
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
			p->b[l][j] = net->bx[l][j] + net->bh[l][j];
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

/* Room for T steps: a, c, h of every layer, x, and one row each of gates, tanh c, zeros and pooled. */
static int
grow(struct rnn_scratch *s, const struct rnn *net, int T)
{
	size_t H = (size_t)net->H, D = (size_t)net->D, L = (size_t)net->layers, t = (size_t)T;
	float *p;

	if (T <= s->T)
		return 0;
	if (t > (size_t)-1 / sizeof(float) / 2 / (L * 6 * H + D + 7 * H))
		return -1;
	p = malloc((t * (L * 6 * H + D) + 7 * H) * sizeof(float));
	if (!p)
		return -1;
	free(s->steps);
	s->steps = p;
	s->T = T;
	for (size_t l = 0; l < L; l++) {
		s->a[l] = p;
		s->c[l] = p += t * 4 * H;
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

int
rnn_infer(const struct rnn *net, struct rnn_scratch *s, const float *x, int T, float *logits)
{
	size_t H = (size_t)net->H, G = 4 * H, D = (size_t)net->D, K = (size_t)net->K;
	float *gates, *tc, *zero;

	if (grow(s, net, T))
		return -1;
	gates = s->pooled + H;
	tc = gates + G;
	zero = tc + H;
	memset(zero, 0, H * sizeof(*zero));
	memcpy(s->x, x, (size_t)T * D * sizeof(*x));
	if (net->mean)
		for (size_t i = 0; i < (size_t)T * D; i++)
			s->x[i] = (s->x[i] - net->mean[i % D]) * net->scale[i % D];
	for (int l = 0; l < net->layers; l++) {
		size_t in = (size_t)rnn_inputs(net, l);
		float *a = s->a[l], *c = s->c[l], *h = s->h[l];

		for (int t = 0; t < T; t++)
			memcpy(a + (size_t)t * G, s->packed.b[l], G * sizeof(*a));
		kernel_gemm(a, G, l ? s->h[l - 1] : s->x, in, 1, s->packed.Wx[l], (size_t)T, G, in);
		for (size_t t = 0; t < (size_t)T; t++) {
			if (t)
				kernel_gemm(a + t * G, G, h + (t - 1) * H, H, 1, s->packed.Wh[l], 1, G, H);
			kernel_cell(gates, c + t * H, tc, h + t * H, a + t * G,
				t ? c + (t - 1) * H : zero, 1, H);
		}
	}
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
