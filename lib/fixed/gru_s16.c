/* SPDX-License-Identifier: MIT */
#include "gru_s16.h"

#include "act_s16.h"
#include "vec_s8.h"

static void
reset(const void *layer, void *state)
{
	const struct gru_s16 *m = layer;
	int16_t *h = state;

	for (size_t k = 0; k < m->H; k++)
		h[k] = 0;
}

/* sum (H) = one gate's rows of bx + Wx x, or of bh + Wh h */
static void
product_x(int32_t *sum, const struct gru_s16 *m, size_t gate, const int16_t *x)
{
	m->mv->product(sum, m->bx, m->Wx, x, gate * m->H, m->H, m->D);
}

static void
product_h(int32_t *sum, const struct gru_s16 *m, size_t gate, const int16_t *h)
{
	m->mv->product(sum, m->bh, m->Wh, h, gate * m->H, m->H, m->H);
}

/* a (H) = sigmoid of gate r or z; sum (H) is scratch */
static void
gate_open(int16_t *a, const struct gru_s16 *m, size_t gate, const int16_t *x, const int16_t *h,
	int32_t *sum, uint32_t *over)
{
	product_x(sum, m, gate, x);
	m->mv->rescale(a, sum, m->rx[gate], m->H, over);
	product_h(sum, m, gate, h);
	m->mv->rescale_add(a, sum, m->rh[gate], m->H, over);
	act_sigmoid_s16(a, a, m->H);
}

static void
step(const void *layer, void *state, const void *x, void *scratch, struct net_count *count)
{
	const struct gru_s16 *m = layer;
	const struct requant to_q12 = { 1 << 30, -14 };		/* 2^-15 */
	size_t H = m->H;
	int32_t *sum = scratch;
	int16_t *h = state, *n = (int16_t *)(sum + H), *z = n + H;
	uint32_t *over[GRU_S16_GATES] = { NULL, NULL, NULL };

	for (size_t g = 0; count && g < GRU_S16_GATES; g++)
		over[g] = &count->gate[g];
	/* n = tanh(Wx_n x + r*(Wh_n h)): r in n, the product with h in z */
	gate_open(n, m, GRU_S16_R, x, h, sum, over[GRU_S16_R]);
	product_h(sum, m, GRU_S16_N, h);
	m->mv->rescale(z, sum, m->rh[GRU_S16_N], H, over[GRU_S16_N]);
	mul_s16(n, n, z, to_q12, H, NULL);
	product_x(sum, m, GRU_S16_N, x);
	m->mv->rescale_add(n, sum, m->rx[GRU_S16_N], H, over[GRU_S16_N]);
	act_tanh_s16(n, n, H, 0);

	/* h = n + z*(h - n): |h - n| < 2^16, 0 < z < 2^15 */
	gate_open(z, m, GRU_S16_Z, x, h, sum, over[GRU_S16_Z]);
	for (size_t k = 0; k < H; k++)
		h[k] = (int16_t)(n[k] + shift_round(z[k] * (h[k] - n[k]), 14));
}

const struct net_cell gru_s16_cell = { reset, step, 2, 2, 8 };
