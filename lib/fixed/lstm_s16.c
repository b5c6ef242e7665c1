/* SPDX-License-Identifier: MIT */
#include "lstm_s16.h"

#include "act_s16.h"
#include "vec_s8.h"

enum { I, F, G, O, GATES };

static void
reset(const void *layer, void *state)
{
	const struct lstm_s16 *m = layer;
	int16_t *c = state, *h = c + m->H;

	for (size_t k = 0; k < m->H; k++)
		c[k] = h[k] = 0;
}

/* 2^e as a requant that is a shift */
static inline struct requant
power(int32_t e)
{
	return (struct requant){ 1 << 30, e + 1 };
}

static void
step(const void *layer, void *state, const void *x, void *scratch, struct net_count *count)
{
	const struct lstm_s16 *m = layer;
	const struct matvec_ops *ops = m->ops;
	size_t H = m->H;
	int16_t *c = state, *h = c + H;
	/* all gates at a time: what a product prepares of its input is shared by its rows */
	int32_t *sum = scratch;
	int16_t *a[GATES + 1];
	uint32_t *over = count ? &count->cell : NULL;

	a[I] = (int16_t *)(sum + GATES * H);
	for (int g = I; g < GATES; g++)
		a[g + 1] = a[g] + H;
	ops->product(sum, m->bx, m->Wx, x, 0, GATES * H, m->D);
	for (int g = I; g < GATES; g++)
		ops->rescale(a[g], sum + (a[g] - a[I]), m->rx, H, count ? &count->gate[g] : NULL);
	ops->product(sum, m->bh, m->Wh, h, 0, GATES * H, H);
	for (int g = I; g < GATES; g++)
		ops->rescale_add(a[g], sum + (a[g] - a[I]), m->rh, H,
			count ? &count->gate[g] : NULL);

	/* c = f*c + i*g */
	act_sigmoid_s16(a[I], a[I], 2 * H);
	mul_s16(c, a[F], c, power(-15), H, over);
	act_tanh_s16(a[G], a[G], H, 0);
	mul_add_s16(c, a[I], a[G], power(-30 - m->cell_e), INT16_MIN, INT16_MAX, H, over);

	/* h = o*tanh(c) */
	act_sigmoid_s16(a[O], a[O], H);
	act_tanh_s16(a[G], c, H, m->cell_e + 12);
	mul_s16(h, a[O], a[G], power(-15), H, count ? &count->h : NULL);
}

const struct net_cell lstm_s16_cell = { reset, step, 2, 4, 24 };
