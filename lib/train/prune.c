// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "prune.h"

enum { PRUNED, KEPT, BIAS };

double
prune_share(const struct prune_plan *plan, int epoch)
{
	for (int i = 0; i < plan->n; i++)
		if (epoch >= plan->steps[i].first && epoch <= plan->steps[i].last)
			return plan->steps[i].share;
	return 0.0;
}

int
prune_last(const struct prune_plan *plan)
{
	return plan->n ? plan->steps[plan->n - 1].last : 0;
}

/* The i-th run of matrices of net: where it starts, its length in *n. NULL after the last. */
static float *
matrices(const struct rnn *net, int i, size_t *n)
{
	int passes = rnn_passes(net);

	if (i < passes)		/* Wh follows Wx */
		return *n = (size_t)(net->bx[i] - net->Wx[i]), net->Wx[i];
	*n = (size_t)(net->bo - net->Wo);
	return i == passes ? net->Wo : NULL;
}

int
prune_init(struct prune *p, const struct rnn *net)
{
	const float *W;
	size_t n;

	memset(p, 0, sizeof(*p));
	p->keep = malloc(net->n);
	if (!p->keep)
		return -1;
	p->n = net->n;
	memset(p->keep, BIAS, net->n);
	for (int i = 0; (W = matrices(net, i, &n)); i++) {
		memset(p->keep + (W - net->w), KEPT, n);
		p->left += n;
	}
	p->order = malloc(p->n * sizeof(*p->order));
	if (p->order)
		return 0;
	prune_free(p);
	return -1;
}

void
prune_free(struct prune *p)
{
	free(p->keep);
	free(p->order);
	memset(p, 0, sizeof(*p));
}

static int
ascending(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

void
prune_more(struct prune *p, float *w, double share)
{
	size_t n = 0, go;

	/* The bits of |w| rise with it; then the place in the block, below 2^32. */
	for (size_t i = 0; i < p->n; i++) {
		uint32_t bits;

		if (p->keep[i] != KEPT)
			continue;
		memcpy(&bits, &w[i], sizeof(bits));
		p->order[n++] = (uint64_t)(bits & 0x7fffffff) << 32 | i;
	}
	go = (size_t)rint(share * (double)n);
	qsort(p->order, n, sizeof(*p->order), ascending);
	for (size_t j = 0; j < go; j++)
		p->keep[(uint32_t)p->order[j]] = PRUNED;
	p->left = n - go;
	prune_mask(p, w);
}

void
prune_mask(const struct prune *p, float *x)
{
	for (size_t i = 0; i < p->n; i++)
		x[i] = p->keep[i] == PRUNED ? 0.0f : x[i];
}

double
prune_sparsity(const struct rnn *net)
{
	size_t n, all = 0, zeros = 0;
	const float *W;

	for (int i = 0; (W = matrices(net, i, &n)); i++, all += n)
		for (size_t j = 0; j < n; j++)
			zeros += W[j] == 0.0f;
	return (double)zeros / (double)all;
}

size_t
prune_bytes(size_t n, size_t zeros, size_t size)
{
	size_t sparse = (n + 7) / 8 + (n - zeros) * size;

	return sparse < n * size ? sparse : n * size;
}
