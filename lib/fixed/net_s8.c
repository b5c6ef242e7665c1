/* SPDX-License-Identifier: MIT */
#include "net_s8.h"
#include "vec_s8.h"

/* Units of all layers, and of the widest. */
static size_t
units(const struct net_s8 *net, size_t *widest)
{
	size_t n = 0;

	*widest = 0;
	for (size_t l = 0; l < net->layers; l++) {
		size_t H = net->layer[l].H;

		n += H;
		if (H > *widest)
			*widest = H;
	}
	return n;
}

static const struct lstm_s8 *
top(const struct net_s8 *net)
{
	return &net->layer[net->layers - 1];
}

size_t
net_s8_memory_size(const struct net_s8 *net)
{
	size_t widest, n = units(net, &widest);
	size_t sum = net->pooling == NET_S8_MEAN ? top(net)->H : 0;

	/* sum and scratch, then c, then h: largest alignment first */
	return (4 * (sum + 2 * widest) + 2 * n + n + 3) / 4 * 4;
}

void
net_s8_init(struct net_s8_state *s, const struct net_s8 *net, void *memory)
{
	size_t widest, n = units(net, &widest);
	size_t sum = net->pooling == NET_S8_MEAN ? top(net)->H : 0;

	s->net = net;
	s->sum = memory;
	s->scratch = s->sum + sum;
	s->c = (int16_t *)(s->scratch + 2 * widest);
	s->h = (int8_t *)(s->c + n);
	net_s8_reset(s);
}

void
net_s8_reset(struct net_s8_state *s)
{
	const struct net_s8 *net = s->net;
	size_t at = 0;

	for (size_t l = 0; l < net->layers; at += net->layer[l].H, l++)
		lstm_s8_reset(&net->layer[l], s->h + at, s->c + at);
	if (net->pooling == NET_S8_MEAN)
		for (size_t k = 0; k < top(net)->H; k++)
			s->sum[k] = 0;
	s->T = 0;
}

/* h (H) of the top layer */
static const int8_t *
top_h(const struct net_s8_state *s)
{
	size_t at = 0;

	for (size_t l = 0; l + 1 < s->net->layers; l++)
		at += s->net->layer[l].H;
	return s->h + at;
}

/* sum += h - z_h */
void
net_s8_pool(struct net_s8_state *s)
{
	const struct lstm_s8 *m = top(s->net);
	const int8_t *h = top_h(s);

	if (s->net->pooling != NET_S8_MEAN || s->T == NET_S8_MEAN_T_MAX)
		return;
	for (size_t k = 0; k < m->H; k++)
		s->sum[k] += h[k] - m->z_h;
	s->T++;
}

void
net_s8_step_count(struct net_s8_state *s, const int8_t *x, struct lstm_s8_count *count)
{
	size_t at = 0;

	for (size_t l = 0; l < s->net->layers; l++) {
		lstm_s8_step_count(&s->net->layer[l], s->h + at, s->c + at, x, s->scratch,
			count ? &count[l] : NULL);
		x = s->h + at;
		at += s->net->layer[l].H;
	}
	net_s8_pool(s);
}

void
net_s8_step(struct net_s8_state *s, const int8_t *x)
{
	net_s8_step_count(s, x, NULL);
}

/* round(v / n), halves up; n in 1..65535, |v| < 2^31 - 2^15 */
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
net_s8_logits(struct net_s8_state *s, int32_t *logits)
{
	const struct net_s8 *net = s->net;
	const struct lstm_s8 *m = top(net);
	size_t H = m->H;
	int16_t *p = (int16_t *)s->scratch;

	if (net->pooling == NET_S8_LAST) {
		for (size_t k = 0; k < net->K; k++)
			logits[k] = dot_s8(net->bo[k], net->Wo + k * H, top_h(s), H);
		return;
	}
	for (size_t k = 0; k < H; k++)
		p[k] = s->T == 0 ? 0 : (int16_t)divide_round(
			s->sum[k] * (1 << NET_S8_MEAN_BITS), (int32_t)s->T);
	for (size_t k = 0; k < net->K; k++)
		logits[k] = dot_s8_s16(net->bo[k], net->Wo + k * H, p, H);
}

size_t
net_s8_argmax(const int32_t *logits, size_t K)
{
	size_t best = 0;

	for (size_t k = 1; k < K; k++)
		if (logits[k] > logits[best])
			best = k;
	return best;
}
