/* SPDX-License-Identifier: MIT */
#include "lstm_s8.h"

#include "act_s16.h"
#include "vec_s8.h"

void
lstm_s8_reset(const struct lstm_s8 *m, int8_t *h, int16_t *c)
{
	for (size_t k = 0; k < m->H; k++) {
		h[k] = (int8_t)m->z_h;
		c[k] = 0;
	}
}

/* a (H) = one gate before its activation, Q3.12; sum (H) is scratch */
static void
gate_sum(int16_t *a, const struct lstm_s8 *m, int gate, const int8_t *x, const int8_t *h,
	int32_t *sum, struct net_count *count)
{
	size_t D = m->D, H = m->H, row = (size_t)gate * H;
	uint32_t *over = count ? &count->gate[gate] : NULL;

	matvec_s8(sum, m->bx + row, m->Wx + row * D, x, H, D);
	requant_s16(a, sum, m->rx[gate], H, over);
	matvec_s8(sum, m->bh + row, m->Wh + row * H, h, H, H);
	requant_add_s16(a, sum, m->rh[gate], H, over);
}

void
lstm_s8_step_count(const struct lstm_s8 *m, int8_t *h, int16_t *c, const int8_t *x,
	int32_t *scratch, struct net_count *count)
{
	size_t H = m->H;
	int32_t *sum = scratch;
	int16_t *u = (int16_t *)(sum + H), *v = u + H;
	uint32_t *over = count ? &count->cell : NULL;
	int32_t hi = m->cell_clip > 0 ? m->cell_clip : INT16_MAX;
	int32_t lo = m->cell_clip > 0 ? -m->cell_clip : INT16_MIN;

	/* c = f*c */
	gate_sum(u, m, LSTM_S8_F, x, h, sum, count);
	act_sigmoid_s16(u, u, H);
	mul_s16(c, u, c, m->r_fc, H, over);

	/* c += i*g */
	gate_sum(u, m, LSTM_S8_I, x, h, sum, count);
	act_sigmoid_s16(u, u, H);
	gate_sum(v, m, LSTM_S8_G, x, h, sum, count);
	act_tanh_s16(v, v, H, 0);
	mul_add_s16(c, u, v, m->r_ig, lo, hi, H, over);

	/* h = o*tanh(c) */
	gate_sum(u, m, LSTM_S8_O, x, h, sum, count);
	act_sigmoid_s16(u, u, H);
	act_tanh_s16(v, c, H, m->cell_e + 12);
	mul_s16_s8(h, u, v, m->r_h, m->z_h, H, count ? &count->h : NULL);
}

void
lstm_s8_step(const struct lstm_s8 *m, int8_t *h, int16_t *c, const int8_t *x, int32_t *scratch)
{
	lstm_s8_step_count(m, h, c, x, scratch, NULL);
}

static void
cell_reset(const void *layer, void *state)
{
	const struct lstm_s8 *m = layer;
	int16_t *c = state;

	lstm_s8_reset(m, (int8_t *)(c + m->H), c);
}

static void
cell_step(const void *layer, void *state, const void *x, void *scratch, struct net_count *count)
{
	const struct lstm_s8 *m = layer;
	int16_t *c = state;

	lstm_s8_step_count(m, (int8_t *)(c + m->H), c, x, scratch, count);
}

const struct net_cell lstm_s8_cell = { cell_reset, cell_step, 1, 3, 8 };
