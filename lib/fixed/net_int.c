/* SPDX-License-Identifier: MIT */
#include "net_int.h"

/* Bytes of a layer's state. */
static size_t
state_size(const struct net_int *net)
{
	return ((size_t)net->H * net->cell->state_bytes + 3) / 4 * 4;
}

static size_t
sum_size(const struct net_int *net)
{
	return net->pooling == NET_INT_MEAN ? 4 * (size_t)net->H : 0;
}

size_t
net_int_memory_size(const struct net_int *net)
{
	return sum_size(net) + (size_t)net->H * net->cell->scratch_bytes +
		net->layers * state_size(net);
}

void
net_int_init(struct net_int_state *s, const struct net_int *net, void *memory)
{
	uint8_t *p = memory;

	s->net = net;
	s->sum = memory;
	s->scratch = p += sum_size(net);
	s->state = p + (size_t)net->H * net->cell->scratch_bytes;
	net_int_reset(s);
}

void
net_int_reset(struct net_int_state *s)
{
	const struct net_int *net = s->net;

	for (size_t l = 0; l < net->layers; l++)
		net->cell->reset(net_int_layer(net, l), s->state + l * state_size(net));
	if (net->pooling == NET_INT_MEAN)
		for (size_t k = 0; k < net->H; k++)
			s->sum[k] = 0;
	s->T = 0;
}

void *
net_int_h(const struct net_int_state *s, size_t l)
{
	const struct net_int *net = s->net;

	return s->state + l * state_size(net) +
		(size_t)net->H * (size_t)(net->cell->state_bytes - net->cell->value_bytes);
}

/* The top layer's h_k - z. */
static inline int32_t
top_at(const struct net_int *net, const void *h, size_t k)
{
	return net->cell->value_bytes == 1 ? ((const int8_t *)h)[k] - net->z :
		((const int16_t *)h)[k];
}

/* sum += h - z */
void
net_int_pool(struct net_int_state *s)
{
	const struct net_int *net = s->net;
	const void *h;

	if (net->pooling != NET_INT_MEAN || s->T == NET_INT_MEAN_T_MAX)
		return;
	h = net_int_h(s, net->layers - 1u);
	for (size_t k = 0; k < net->H; k++)
		s->sum[k] += top_at(net, h, k);
	s->T++;
}

void
net_int_step_count(struct net_int_state *s, const void *x, struct net_count *count)
{
	const struct net_int *net = s->net;

	for (size_t l = 0; l < net->layers; l++) {
		net->cell->step(net_int_layer(net, l), s->state + l * state_size(net), x,
			s->scratch, count ? &count[l] : NULL);
		x = net_int_h(s, l);
	}
	net_int_pool(s);
}

void
net_int_step(struct net_int_state *s, const void *x)
{
	net_int_step_count(s, x, NULL);
}

/* round(v / n), halves up; n in 1..65535, -2^31 <= v < 2^31 - n / 2 */
static int32_t
divide_round(int32_t v, int32_t n)
{
	int32_t q, r;

	v += n / 2;
	q = v / n;
	r = v % n;
	return r < 0 ? q - 1 : q;
}

void
net_int_logits(struct net_int_state *s, int32_t *logits)
{
	const struct net_int *net = s->net;
	int16_t *p = s->scratch;
	const void *h = net_int_h(s, net->layers - 1u);
	int32_t one = net->cell->value_bytes == 1 ? 1 << NET_INT_MEAN_BITS : 1;

	for (size_t k = 0; k < net->H; k++)
		if (net->pooling == NET_INT_LAST)
			p[k] = (int16_t)(top_at(net, h, k) + net->z);
		else
			p[k] = s->T == 0 ? 0 : (int16_t)divide_round(s->sum[k] * one,
				(int32_t)s->T);
	net->linear(logits, net->bo, net->Wo, p, 0, net->K, net->H);
}

size_t
net_int_argmax(const int32_t *logits, size_t K)
{
	size_t best = 0;

	for (size_t k = 1; k < K; k++)
		if (logits[k] > logits[best])
			best = k;
	return best;
}
