// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "bptt.h"
#include "kernel.h"

/* Hands out parts of one block; with a NULL block it only adds up. */
static float *
take(float *block, size_t *used, size_t n)
{
	float *p = block ? block + *used : NULL;

	*used += kernel_ld(n);
	return p;
}

/* Lays a lane out; returns the floats needed. S rows of all steps, R utterances. */
static size_t
lane_layout(struct bptt_lane *w, const struct rnn *net, float *block, size_t S, size_t R, int dropout)
{
	size_t used = 0, H = (size_t)net->H, G = 4 * H, K = (size_t)net->K, start;

	for (int l = 0; l < net->layers; l++) {
		struct bptt_layer *y = &w->layer[l];
		size_t in = (size_t)rnn_inputs(net, l);

		y->x = take(block, &used, S * in);
		y->keep = l && dropout ? take(block, &used, S * in) : NULL;
		y->gates = take(block, &used, S * G);
		y->c = take(block, &used, S * H);
		y->tc = take(block, &used, S * H);
		y->h_prev = take(block, &used, S * H);
		y->c_prev = take(block, &used, S * H);
	}
	w->h = take(block, &used, S * H);
	w->dh = take(block, &used, S * H);
	w->da = take(block, &used, S * kernel_ld(G));
	w->dc = take(block, &used, R * H);
	w->pooled = take(block, &used, R * kernel_ld(H));
	w->dpooled = take(block, &used, R * H);
	w->logits = take(block, &used, R * K);
	w->dlogits = take(block, &used, R * K);
	start = used;
	w->grad = take(block, &used, 0);
	for (int l = 0; l < net->layers; l++) {
		w->gWx[l] = take(block, &used, (size_t)rnn_inputs(net, l) * G);
		w->gWh[l] = take(block, &used, H * G);
		w->gb[l] = take(block, &used, G);
	}
	w->gWo = take(block, &used, K * H);
	w->gbo = take(block, &used, K);
	w->grad_n = used - start;
	return used;
}

static int
lane_init(struct bptt_lane *w, const struct rnn *net, int batch, int steps, float dropout)
{
	size_t R = ((size_t)batch + BPTT_LANES - 1) / BPTT_LANES, S = R * (size_t)steps, n;

	if (S > ((size_t)1 << 40) / (size_t)net->H)
		return -1;
	n = lane_layout(w, net, NULL, S, R, dropout > 0.0f);
	w->block = calloc(n, sizeof(*w->block));
	w->items = calloc(R, sizeof(*w->items));
	w->start = calloc((size_t)steps + 1, sizeof(*w->start));
	if (!w->block || !w->items || !w->start)
		return -1;
	lane_layout(w, net, w->block, S, R, dropout > 0.0f);
	return 0;
}

int
bptt_init(struct bptt *b, const struct rnn *net, int batch, int steps, float dropout, uint64_t seed)
{
	size_t H = (size_t)net->H, ldh = kernel_ld(H), L = (size_t)net->layers;
	size_t n = (2 * L - 1) * 4 * H * ldh + (size_t)net->K * ldh, at = 0;

	memset(b, 0, sizeof(*b));
	b->net = net;
	b->dropout = dropout;
	b->batch = batch;
	b->steps = steps;
	b->grad = calloc(net->n, sizeof(*b->grad));
	b->logits = calloc((size_t)batch * (size_t)net->K, sizeof(*b->logits));
	b->order = calloc((size_t)batch, sizeof(*b->order));
	b->back = calloc(n, sizeof(*b->back));
	if (!b->grad || !b->logits || !b->order || !b->back || rnn_pack_weights(&b->packed, net))
		goto fail;
	for (size_t l = 0; l < L; l++) {
		b->WhT[l] = take(b->back, &at, 4 * H * ldh);
		b->WxT[l] = l ? take(b->back, &at, 4 * H * ldh) : NULL;
	}
	b->WoT = take(b->back, &at, (size_t)net->K * ldh);
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
	size_t H = (size_t)net->H;

	rnn_pack_weights(&b->packed, net);
	for (int l = 0; l < net->layers; l++) {
		kernel_pack(b->WhT[l], net->Wh[l], 4 * H, H);
		if (l)
			kernel_pack(b->WxT[l], net->Wx[l], 4 * H, H);
	}
	kernel_pack(b->WoT, net->Wo, (size_t)net->K, H);
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
deal(struct bptt *b, const struct bptt_item *items, int n)
{
	for (int i = 0; i < n; i++)
		b->order[i] = &items[i];
	qsort(b->order, (size_t)n, sizeof(*b->order), by_length);
	for (int i = 0; i < BPTT_LANES; i++) {
		struct bptt_lane *w = &b->lanes[i];
		int r;

		w->R = 0;
		for (int j = i; j < n; j += BPTT_LANES)
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

static size_t
rows_at(const struct bptt_lane *w, int t)
{
	return t < w->T ? w->start[t + 1] - w->start[t] : 0;
}

/* Inputs of layer l: the features, or the outputs below with dropout. */
static void
lane_inputs(struct bptt_lane *w, const struct bptt *b, int l, int train)
{
	struct bptt_layer *y = &w->layer[l];
	size_t D = (size_t)b->net->D, n = w->start[w->T] * (size_t)b->net->H;
	float scale = 1.0f / (1.0f - b->dropout);

	if (l) {
		memcpy(y->x, w->h, n * sizeof(*y->x));
		if (!y->keep || !train)
			return;
		for (size_t i = 0; i < n; i++)
			y->keep[i] = rng_float(&w->rng) < b->dropout ? 0.0f : scale;
		for (size_t i = 0; i < n; i++)
			y->x[i] *= y->keep[i];
		return;
	}
	for (int t = 0; t < w->T; t++)
		for (size_t r = 0; r < rows_at(w, t); r++)
			memcpy(y->x + (w->start[t] + r) * D, w->items[r]->x + (size_t)t * D,
				D * sizeof(*y->x));
}

static void
layer_forward(struct bptt_lane *w, const struct bptt *b, int l)
{
	struct bptt_layer *y = &w->layer[l];
	size_t H = (size_t)b->net->H, G = 4 * H, in = (size_t)rnn_inputs(b->net, l);
	size_t S = w->start[w->T], first = rows_at(w, 0);

	/* a = b + Wx x, all steps at once; then step by step a += Wh h_{t-1} */
	for (size_t s = 0; s < S; s++)
		memcpy(y->gates + s * G, b->packed.b[l], G * sizeof(*y->gates));
	kernel_gemm(y->gates, G, y->x, in, 1, b->packed.Wx[l], S, G, in);
	memset(y->h_prev, 0, first * H * sizeof(*y->h_prev));
	memset(y->c_prev, 0, first * H * sizeof(*y->c_prev));
	for (int t = 0; t < w->T; t++) {
		size_t s = w->start[t], n = rows_at(w, t), next = rows_at(w, t + 1);
		float *a = y->gates + s * G;

		kernel_gemm(a, G, y->h_prev + s * H, H, 1, b->packed.Wh[l], n, G, H);
		kernel_cell(a, y->c + s * H, y->tc + s * H, w->h + s * H, a, y->c_prev + s * H, n, H);
		memcpy(y->h_prev + (s + n) * H, w->h + s * H, next * H * sizeof(*w->h));
		memcpy(y->c_prev + (s + n) * H, y->c + s * H, next * H * sizeof(*w->h));
	}
}

/* p = h_{T-1} or the mean of h_t; sums in the order of t, as rnn_infer(). */
static void
lane_pool(struct bptt_lane *w, const struct bptt *b)
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

/* Adds the lane's losses; dlogits = (softmax - one-hot) / n, n utterances in the batch. */
static void
lane_loss(struct bptt_lane *w, const struct bptt *b, int n)
{
	int K = b->net->K;

	w->loss = 0.0;
	w->correct = 0;
	for (int r = 0; r < w->R; r++) {
		const float *z = w->logits + (size_t)r * (size_t)K;
		float *dz = w->dlogits + (size_t)r * (size_t)K, sum = 0.0f;
		int32_t y = w->items[r]->label;
		int best = 0;

		for (int k = 1; k < K; k++)
			best = z[k] > z[best] ? k : best;
		for (int k = 0; k < K; k++)
			sum += dz[k] = kernel_exp(z[k] - z[best]);
		w->loss += kernel_log(sum) - (z[y] - z[best]);
		w->correct += best == y;
		for (int k = 0; k < K; k++)
			dz[k] = (dz[k] / sum - (k == y ? 1.0f : 0.0f)) / (float)n;
	}
}

static void
lane_forward(struct bptt_lane *w, const struct bptt *b, int n, int train)
{
	size_t H = (size_t)b->net->H, K = (size_t)b->net->K;

	for (int l = 0; l < b->net->layers; l++) {
		lane_inputs(w, b, l, train);
		layer_forward(w, b, l);
	}
	lane_pool(w, b);
	for (int r = 0; r < w->R; r++)
		memcpy(w->logits + (size_t)r * K, b->packed.bo, K * sizeof(*w->logits));
	kernel_gemm(w->logits, K, w->pooled, kernel_ld(H), 1, b->packed.Wo, (size_t)w->R, K, H);
	for (int r = 0; r < w->R; r++)
		memcpy(b->logits + (size_t)(w->items[r] - b->items) * K, w->logits + (size_t)r * K,
			K * sizeof(*w->logits));
	lane_loss(w, b, n);
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
	size_t H = (size_t)b->net->H, G = 4 * H, ld = kernel_ld(G);
	size_t in = (size_t)rnn_inputs(b->net, l), S = w->start[w->T];

	memset(w->dc, 0, (size_t)w->R * H * sizeof(*w->dc));
	for (int t = w->T - 1; t >= 0; t--) {
		size_t s = w->start[t], n = rows_at(w, t), next = rows_at(w, t + 1);

		/* dh_t += Wh' da_{t+1} */
		kernel_gemm(w->dh + s * H, H, w->da + (s + n) * ld, ld, 1, b->WhT[l], next, H, G);
		kernel_cell_backward(w->da + s * ld, w->dc, w->dh + s * H, y->gates + s * G,
			y->tc + s * H, y->c_prev + s * H, n, H);
	}
	kernel_gemm(w->gWx[l], G, y->x, 1, in, w->da, in, G, S);
	kernel_gemm(w->gWh[l], G, y->h_prev, 1, H, w->da, H, G, S);
	for (size_t s = 0; s < S; s++)
		kernel_add(w->gb[l], w->da + s * ld, G);
	if (!l)
		return;
	/* dx = Wx' da: the gradient of the outputs below */
	memset(w->dh, 0, S * H * sizeof(*w->dh));
	kernel_gemm(w->dh, H, w->da, ld, 1, b->WxT[l], S, H, G);
	for (size_t i = 0; y->keep && i < S * H; i++)
		w->dh[i] *= y->keep[i];
}

/* grad (rows, columns) = the lanes' sums, added in their order and transposed from (columns, rows). */
static void
merge(float *grad, const float *const *lane, size_t rows, size_t columns)
{
	for (size_t i = 0; i < rows; i++) {
		for (size_t j = 0; j < columns; j++) {
			float sum = lane[0][j * rows + i];

			for (int k = 1; k < BPTT_LANES; k++)
				sum += lane[k][j * rows + i];
			grad[i * columns + j] = sum;
		}
	}
}

static void
gather(struct bptt *b)
{
	const struct rnn *net = b->net;
	const struct bptt_lane *w = b->lanes;
	size_t H = (size_t)net->H, G = 4 * H, K = (size_t)net->K;
	float *g = b->grad;
	const float *lane[BPTT_LANES];

	for (int l = 0; l < net->layers; l++) {
		size_t in = (size_t)rnn_inputs(net, l);

		for (int k = 0; k < BPTT_LANES; k++)
			lane[k] = w[k].gWx[l];
		merge(g, lane, G, in);
		for (int k = 0; k < BPTT_LANES; k++)
			lane[k] = w[k].gWh[l];
		merge(g += G * in, lane, G, H);
		for (int k = 0; k < BPTT_LANES; k++)
			lane[k] = w[k].gb[l];
		merge(g += G * H, lane, G, 1);
		merge(g += G, lane, G, 1);
		g += G;
	}
	for (int k = 0; k < BPTT_LANES; k++)
		lane[k] = w[k].gWo;
	merge(g, lane, 1, K * H);
	for (int k = 0; k < BPTT_LANES; k++)
		lane[k] = w[k].gbo;
	merge(g + K * H, lane, 1, K);
}

void
bptt_batch(struct bptt *b, const struct bptt_item *items, int n, int jobs, int train)
{
	b->items = items;
	pack(b);
	deal(b, items, n);
	#pragma omp parallel for num_threads(jobs) schedule(dynamic, 1) if (jobs > 1)
	for (int i = 0; i < BPTT_LANES; i++) {
		struct bptt_lane *w = &b->lanes[i];

		lane_forward(w, b, n, train);
		if (!train)
			continue;
		memset(w->grad, 0, w->grad_n * sizeof(*w->grad));
		output_backward(w, b);
		for (int l = b->net->layers - 1; l >= 0; l--)
			layer_backward(w, b, l);
	}
	b->loss = 0.0;
	b->correct = 0;
	for (int i = 0; i < BPTT_LANES; i++) {
		b->loss += b->lanes[i].loss;
		b->correct += b->lanes[i].correct;
	}
	b->loss /= n;
	if (train)
		gather(b);
}
