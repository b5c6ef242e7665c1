/* SPDX-License-Identifier: MIT */
/*
 * lstm_s8_step - the body of lstm_s8_step() and lstm_s8_step_count()
 *
 * Inlined into both, so that with count == NULL nothing of the counting is
 * left. Included by lstm_s8.c and lstm_s8_count.c only.
 */
#ifndef WHIT_LSTM_S8_STEP_H
#define WHIT_LSTM_S8_STEP_H

#include "act_s16.h"
#include "lstm_s8.h"
#include "vec_s8.h"

/* a (H) = gate G before its activation, Q3.12 */
static inline void
gate_sum(const struct lstm_s8 *m, int gate, int16_t *a, const int8_t *x, const int8_t *h,
	struct lstm_s8_count *count)
{
	size_t D = m->D, H = m->H, row = (size_t)gate * H;
	uint32_t *over = count ? &count->gate[gate] : NULL;

	for (size_t k = 0; k < H; k++)
		a[k] = 0;
	matvec_add_s8_s16(a, m->Wx + row * D, x, m->bx + row, m->rx[gate], H, D, over);
	matvec_add_s8_s16(a, m->Wh + row * H, h, m->bh + row, m->rh[gate], H, H, over);
}

static inline void
step(const struct lstm_s8 *m, int8_t *h, int16_t *c, const int8_t *x, int16_t *scratch,
	struct lstm_s8_count *count)
{
	size_t H = m->H;
	int16_t *u = scratch, *v = scratch + H;
	uint32_t *over = count ? &count->cell : NULL;
	int32_t hi = m->cell_clip > 0 ? m->cell_clip : INT16_MAX;
	int32_t lo = m->cell_clip > 0 ? -m->cell_clip : INT16_MIN;

	/* c = f*c */
	gate_sum(m, LSTM_S8_F, u, x, h, count);
	act_sigmoid_s16(u, u, H);
	mul_s16(c, u, c, m->r_fc, H, over);

	/* c += i*g */
	gate_sum(m, LSTM_S8_I, u, x, h, count);
	act_sigmoid_s16(u, u, H);
	gate_sum(m, LSTM_S8_G, v, x, h, count);
	act_tanh_s16(v, v, H, 0);
	mul_add_s16(c, u, v, m->r_ig, lo, hi, H, over);

	/* h = o*tanh(c) */
	gate_sum(m, LSTM_S8_O, u, x, h, count);
	act_sigmoid_s16(u, u, H);
	act_tanh_s16(v, c, H, m->cell_e + 12);
	mul_s16_s8(h, u, v, m->r_h, m->z_h, H, count ? &count->h : NULL);
}

#endif
