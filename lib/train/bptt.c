// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "bptt.h"
#include "math/kernel.h"
#include "math/pool.h"

#define TILE 16

/* Hands out parts of one block; with a NULL block it only adds up. */
static float *
take(float *block, size_t *used, size_t n)
{
	float *p = block ? block + *used : NULL;

	*used += (n + KERNEL_PAD - 1) / KERNEL_PAD * KERNEL_PAD;
	return p;
}

/* Lays a lane out; returns the floats needed. S rows of all steps, R utterances. */
static size_t
lane_layout(struct bptt_lane *w, const struct rnn *net, float *block, size_t S, size_t R,
	int dropout)
{
	size_t used = 0, H = (size_t)net->H, G = (size_t)rnn_gates(net), K = (size_t)net->K, start;
	size_t W = (size_t)rnn_outputs(net);

	for (int l = 0; l < net->layers; l++) {
		struct bptt_layer *y = &w->layer[l];
		size_t in = (size_t)(l ? rnn_outputs(net) : net->D);

		y->x = take(block, &used, S * in);
		y->keep = l && dropout ? take(block, &used, S * in) : NULL;
	}
	for (int p = 0; p < rnn_passes(net); p++) {
		struct bptt_pass *y = &w->pass[p];

		y->gates = take(block, &used, S * CELL_KEPT * H);
		y->c = net->cell->has_c ? take(block, &used, S * H) : NULL;
		y->tc = net->cell->has_c ? take(block, &used, S * H) : NULL;
		y->h_prev = take(block, &used, S * H);
	}
	w->h = take(block, &used, S * W);
	w->dh = take(block, &used, S * W);
	w->dx = net->directions > 1 ? take(block, &used, S * W) : w->dh;
	w->da = take(block, &used, S * kernel_ld(G));
	w->du = net->cell->joint ? w->da : take(block, &used, S * kernel_ld(G));
	w->u = take(block, &used, R * CELL_KEPT * H);
	w->carry = take(block, &used, R * H);
	w->zero = take(block, &used, R * H);
	w->pooled = take(block, &used, R * kernel_ld(W));
	w->dpooled = take(block, &used, R * W);
	w->logits = take(block, &used, R * K);
	w->dlogits = take(block, &used, R * K);
	start = used;
	w->grad = take(block, &used, 0);
	for (int p = 0; p < rnn_passes(net); p++) {
		w->gWx[p] = take(block, &used, (size_t)rnn_inputs(net, p) * G);
		w->gWh[p] = take(block, &used, H * G);
		w->gbx[p] = take(block, &used, G);
		w->gbh[p] = net->cell->joint ? w->gbx[p] : take(block, &used, G);
	}
	w->gWo = take(block, &used, K * W);
	w->gbo = take(block, &used, K);
	w->grad_n = used - start;
	return used;
}

static int
lane_init(struct bptt_lane *w, const struct rnn *net, int batch, int steps, float dropout)
{
	size_t R = ((size_t)batch + BPTT_LANES - 1) / BPTT_LANES, S = R * (size_t)steps, n;

	if (S > ((size_t)1 << 40) / (size_t)rnn_outputs(net))
		return -1;
	n = lane_layout(w, net, NULL, S, R, dropout > 0.0f);
	w->block = kernel_alloc(n);
	w->items = calloc(R, sizeof(*w->items));
	w->start = calloc((size_t)steps + 1, sizeof(*w->start));
	if (!w->block || !w->items || !w->start)
		return -1;
	lane_layout(w, net, w->block, S, R, dropout > 0.0f);
	return 0;
}

int
bptt_init(struct bptt *b, const struct rnn *net, int batch, int steps, float dropout, uint64_t seed,
	int jobs)
{
	size_t G = (size_t)rnn_gates(net), ldh = kernel_ld((size_t)net->H), at = 0;
	size_t ldw = kernel_ld((size_t)rnn_outputs(net));
	size_t n = (size_t)rnn_passes(net) * G * (ldh + ldw) + (size_t)net->K * ldw;

	memset(b, 0, sizeof(*b));
	b->net = net;
	b->dropout = dropout;
	b->grad = calloc(net->n, sizeof(*b->grad));
	b->logits = calloc((size_t)batch * (size_t)net->K, sizeof(*b->logits));
	b->order = calloc((size_t)batch, sizeof(*b->order));
	b->back = kernel_alloc(n);
	b->pool = pool_open(jobs);
	if (!b->pool || !b->grad || !b->logits || !b->order || !b->back ||
		rnn_pack_weights(&b->packed, net))
		goto fail;
	for (int p = 0; p < rnn_passes(net); p++) {
		b->WhT[p] = take(b->back, &at, G * ldh);
		b->WxT[p] = p < net->directions ? NULL : take(b->back, &at, G * ldw);
	}
	b->WoT = take(b->back, &at, (size_t)net->K * ldw);
	for (int i = 0; i < BPTT_LANES; i++) {
		if (lane_init(&b->lanes[i], net, batch, steps, dropout))
			goto fail;
		rng_init(&b->lanes[i].rng, seed, RNG_DROPOUT + (uint64_t)i);
	}
	return 0;
fail:
	bptt_free(b);
	return -1;
}

void
bptt_free(struct bptt *b)
{
	pool_close(b->pool);
	for (int i = 0; i < BPTT_LANES; i++) {
		free(b->lanes[i].block);
		free(b->lanes[i].items);
		free(b->lanes[i].start);
	}
	free(b->grad);
	free(b->logits);
	free(b->order);
	free(b->back);
	free(b->packed.block);
	memset(b, 0, sizeof(*b));
}

/* Copies the weights to the forms that both ways read. */
static void
pack(struct bptt *b)
{
	const struct rnn *net = b->net;
	size_t H = (size_t)net->H, G = (size_t)rnn_gates(net), W = (size_t)rnn_outputs(net);

	rnn_pack_weights(&b->packed, net);
	for (int p = 0; p < rnn_passes(net); p++) {
		kernel_pack(b->WhT[p], net->Wh[p], G, H);
		if (b->WxT[p])
			kernel_pack(b->WxT[p], net->Wx[p], G, W);
	}
	kernel_pack(b->WoT, net->Wo, (size_t)net->K, W);
}

static int
by_length(const void *a, const void *b)
{
	const struct bptt_item *x = *(const struct bptt_item *const *)a;
	const struct bptt_item *y = *(const struct bptt_item *const *)b;

	if (x->T != y->T)
		return x->T > y->T ? -1 : 1;
	return x < y ? -1 : x > y;	/* both in one array: their order in the batch */
}

/* Deals the items out: longest first, equal ones in their order, to the lanes in turn. */
static void
deal(struct bptt *b)
{
	for (int i = 0; i < b->n; i++)
		b->order[i] = &b->items[i];
	qsort(b->order, (size_t)b->n, sizeof(*b->order), by_length);
	for (int i = 0; i < BPTT_LANES; i++) {
		struct bptt_lane *w = &b->lanes[i];
		int r;

		w->R = 0;
		for (int j = i; j < b->n; j += BPTT_LANES)
			w->items[w->R++] = b->order[j];
		w->T = w->R ? w->items[0]->T : 0;
		w->start[0] = 0;
		r = w->R;
		for (int t = 0; t < w->T; t++) {
			while (w->items[r - 1]->T <= t)
				r--;
			w->start[t + 1] = w->start[t] + (size_t)r;
		}
	}
}

/* grad (rows, columns) = the lanes' sums (columns, rows), added in their order and transposed. */
static void
merge(float *grad, const float *const *lane, size_t rows, size_t columns)
{
	float tile[TILE][TILE];		/* both sides go by cache lines */

	for (size_t i = 0; i < rows; i += TILE) {
		size_t ni = rows - i < TILE ? rows - i : TILE;

		for (size_t j = 0; j < columns; j += TILE) {
			size_t nj = columns - j < TILE ? columns - j : TILE;

			for (size_t v = 0; v < nj; v++) {
				size_t at = (j + v) * rows + i;

				memcpy(tile[v], lane[0] + at, ni * sizeof(**tile));
				for (int k = 1; k < BPTT_LANES; k++)
					for (size_t u = 0; u < ni; u++)
						tile[v][u] += lane[k][at + u];
			}
			for (size_t u = 0; u < ni; u++)
				for (size_t v = 0; v < nj; v++)
					grad[(i + u) * columns + j + v] = tile[v][u];
		}
	}
}

/* Into b->grad: the gradients of pass p, or of the classifier where p is their number. */
static void
gather(void *bptt, int p)
{
	struct bptt *b = bptt;
	const struct rnn *net = b->net;
	const struct bptt_lane *w = b->lanes;
	size_t H = (size_t)net->H, G = (size_t)rnn_gates(net), K = (size_t)net->K;
	const float *Wx[BPTT_LANES], *Wh[BPTT_LANES], *bx[BPTT_LANES], *bh[BPTT_LANES];
	int last = p == rnn_passes(net);

	for (int k = 0; k < BPTT_LANES; k++) {
		Wx[k] = last ? w[k].gWo : w[k].gWx[p];
		Wh[k] = last ? NULL : w[k].gWh[p];
		bx[k] = last ? w[k].gbo : w[k].gbx[p];
		bh[k] = last ? NULL : w[k].gbh[p];
	}
	if (last) {
		merge(b->grad + (net->Wo - net->w), Wx, 1, K * (size_t)rnn_outputs(net));
		merge(b->grad + (net->bo - net->w), bx, 1, K);
		return;
	}
	merge(b->grad + (net->Wx[p] - net->w), Wx, G, (size_t)rnn_inputs(net, p));
	merge(b->grad + (net->Wh[p] - net->w), Wh, G, H);
	merge(b->grad + (net->bx[p] - net->w), bx, G, 1);
	merge(b->grad + (net->bh[p] - net->w), bh, G, 1);
}

static void
lane_work(void *bptt, int i)
{
	struct bptt *b = bptt;

	bptt_lane_forward(&b->lanes[i], b);
	if (b->train)
		bptt_lane_backward(&b->lanes[i], b);
}

void
bptt_batch(struct bptt *b, const struct bptt_item *items, int n, int train)
{
	b->items = items;
	b->n = n;
	b->train = train;
	pack(b);
	deal(b);
	pool_run(b->pool, lane_work, b, BPTT_LANES);
	b->loss = 0.0;
	b->correct = 0;
	for (int i = 0; i < BPTT_LANES; i++) {
		b->loss += b->lanes[i].loss;
		b->correct += b->lanes[i].correct;
	}
	b->loss /= n;
	if (train)
		pool_run(b->pool, gather, b, rnn_passes(b->net) + 1);
}
