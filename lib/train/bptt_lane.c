// SPDX-License-Identifier: MIT
#include <math.h>
#include <string.h>

#include "bptt.h"
#include "math/kernel.h"

size_t
bptt_rows(const struct bptt_lane *w, int t)
{
	return t >= 0 && t < w->T ? w->start[t + 1] - w->start[t] : 0;
}

/* Rows that are in both of two steps: the first ones. */
static size_t
shared(const struct bptt_lane *w, int t, int u)
{
	size_t a = bptt_rows(w, t), b = bptt_rows(w, u);

	return a < b ? a : b;
}

/* The i-th step that direction d takes. */
static int
nth(const struct bptt_lane *w, int d, int i)
{
	return d ? w->T - 1 - i : i;
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

/* The nearest of lo + unit q, q = 0..255, halves up. What is no number stays none. */
static inline float
nearest(float v, float lo, float unit)
{
	float q = (v - lo) / unit + 0.5f, whole;

	whole = q > 0.0f ? q : 0.0f;
	whole = whole < 255.0f ? whole : 255.0f;
	whole = lo + unit * (float)(int)whole;
	return q == q ? whole : q;
}

/* Inputs of layer l: the features, or the outputs below with dropout. */
static void
inputs(struct bptt_lane *w, const struct bptt *b, int l)
{
	struct bptt_layer *y = &w->layer[l];
	size_t D = (size_t)b->net->D, n = w->start[w->T] * (size_t)rnn_outputs(b->net);

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
		for (size_t r = 0; r < bptt_rows(w, t); r++)
			memcpy(y->x + (w->start[t] + r) * D, w->items[r]->x + (size_t)t * D,
				D * sizeof(*y->x));
	for (size_t i = 0; b->units && i < w->start[w->T] * D; i++)
		y->x[i] = nearest(y->x[i], b->units->x_lo[i % D], b->units->x_unit[i % D]);
}

/*
 * Rows of step t in pass p: the first ones, which were in step prev before; or those from `from`
 * on, which begin, with prev = -1.
 */
static struct cell_step
step_of(const struct bptt_lane *w, const struct bptt *b, int p, int t, int prev, size_t from)
{
	const struct bptt_pass *y = &w->pass[p];
	const struct rnn *net = b->net;
	size_t H = (size_t)net->H, W = (size_t)rnn_outputs(net), s = w->start[t] + from;
	size_t ld = kernel_ld((size_t)rnn_gates(net));
	size_t h = s * W + (size_t)(p % net->directions) * H;
	struct cell_step step = { .first = prev < 0, .u = w->u,
		.a = y->gates + s * CELL_KEPT * H, .gates = y->gates + s * CELL_KEPT * H,
		.h = w->h + h, .ldh = W, .h_prev = y->h_prev + s * H,
		.dh = w->dh + h, .carry = w->carry + from * H,
		.da = w->da + s * ld, .du = w->du + s * ld };

	if (net->cell->has_c) {
		step.c = y->c + s * H;
		step.tc = y->tc + s * H;
		step.c_prev = prev < 0 ? w->zero : y->c + w->start[prev] * H;
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

/* to (n, H) = from (n, H), rows ld apart. */
static void
copy_rows(float *to, const float *from, size_t ld, size_t n, size_t H)
{
	if (ld == H) {
		memcpy(to, from, n * H * sizeof(*to));
		return;
	}
	for (size_t r = 0; r < n; r++)
		memcpy(to + r * H, from + r * ld, H * sizeof(*to));
}

static void
pass_forward(struct bptt_lane *w, const struct bptt *b, int p)
{
	const struct rnn *net = b->net;
	int l = p / net->directions, d = p % net->directions;
	struct bptt_pass *y = &w->pass[p];
	size_t H = (size_t)net->H, G = (size_t)rnn_gates(net), lda = CELL_KEPT * H;
	size_t W = (size_t)rnn_outputs(net), S = w->start[w->T], in = (size_t)rnn_inputs(net, p);
	float *h = w->h + (size_t)d * H;

	/* a = b + Wx x, all steps at once; then the cell, step by step */
	for (size_t s = 0; s < S; s++)
		memcpy(y->gates + s * lda, b->packed.b[p], G * sizeof(*y->gates));
	kernel_gemm(y->gates, lda, w->layer[l].x, in, 1, b->packed.Wx[p], S, G, in);
	for (int i = 0; i < w->T; i++) {
		int t = nth(w, d, i), prev = nth(w, d, i - 1);
		size_t s = w->start[t], n = bptt_rows(w, t), on = shared(w, t, prev);

		if (on)
			copy_rows(y->h_prev + s * H, h + w->start[prev] * W, W, on, H);
		memset(y->h_prev + (s + on) * H, 0, (n - on) * H * sizeof(*y->h_prev));
		for (size_t from = 0, to = on ? on : n; from < n; from = to, to = n) {
			struct cell_step step = step_of(w, b, p, t, from < on ? prev : -1, from);

			cell_forward(net->cell, &step, b->packed.Wh[p], net->bh[p], to - from, H);
		}
		if (b->units && b->units->h_unit > 0)
			round_rows(h + s * W, W, n, H, b->units);
	}
}

void
bptt_lane_forward(struct bptt_lane *w, const struct bptt *b)
{
	for (int l = 0; l < b->net->layers; l++) {
		inputs(w, b, l);
		for (int d = 0; d < b->net->directions; d++)
			pass_forward(w, b, l * b->net->directions + d);
	}
	bptt_output_forward(w, b);
}

static void
pass_backward(struct bptt_lane *w, const struct bptt *b, int p)
{
	const struct rnn *net = b->net;
	int l = p / net->directions, d = p % net->directions;
	size_t H = (size_t)net->H, G = (size_t)rnn_gates(net), ld = kernel_ld(G);
	size_t W = (size_t)rnn_outputs(net), S = w->start[w->T], in = (size_t)rnn_inputs(net, p);
	float *dh = w->dh + (size_t)d * H;

	memset(w->carry, 0, (size_t)w->R * H * sizeof(*w->carry));
	for (int i = w->T - 1; i >= 0; i--) {
		int t = nth(w, d, i), prev = nth(w, d, i - 1), next = nth(w, d, i + 1);
		size_t n = bptt_rows(w, t), on = shared(w, t, prev), more = shared(w, t, next);

		if (more)	/* dh_t += Wh' du_next */
			kernel_gemm(dh + w->start[t] * W, W, w->du + w->start[next] * ld, ld, 1,
				b->WhT[p], more, H, G);
		for (size_t from = 0, to = on ? on : n; from < n; from = to, to = n) {
			struct cell_step step = step_of(w, b, p, t, from < on ? prev : -1, from);

			net->cell->backward(&step, to - from, H);
		}
	}
	kernel_gemm(w->gWx[p], G, w->layer[l].x, 1, in, w->da, in, G, S);
	kernel_gemm(w->gWh[p], G, w->pass[p].h_prev, 1, H, w->du, H, G, S);
	for (size_t s = 0; s < S; s++)
		kernel_add(w->gbx[p], w->da + s * ld, G);
	for (size_t s = 0; s < S && w->du != w->da; s++)
		kernel_add(w->gbh[p], w->du + s * ld, G);
	if (!l)
		return;
	/* dx = Wx' da of all directions */
	if (!d)
		memset(w->dx, 0, S * W * sizeof(*w->dx));
	kernel_gemm(w->dx, W, w->da, ld, 1, b->WxT[p], S, W, G);
}

void
bptt_lane_backward(struct bptt_lane *w, const struct bptt *b)
{
	size_t n = w->start[w->T] * (size_t)rnn_outputs(b->net);

	memset(w->grad, 0, w->grad_n * sizeof(*w->grad));
	bptt_output_backward(w, b);
	for (int l = b->net->layers - 1; l >= 0; l--) {
		const float *keep = w->layer[l].keep;
		float *dx = w->dx;

		for (int d = 0; d < b->net->directions; d++)
			pass_backward(w, b, l * b->net->directions + d);
		for (size_t i = 0; keep && i < n; i++)
			dx[i] *= keep[i];
		w->dx = w->dh;
		w->dh = dx;
	}
}
