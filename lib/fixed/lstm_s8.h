/* SPDX-License-Identifier: MIT */
/*
 * lstm_s8 - one layer of LSTM in integers
 *
 * The arithmetic of TensorFlow Lite's fully quantised LSTM as CMSIS-NN's
 * arm_lstm_unidirectional_s8() computes it with single rounding, bit for bit
 * (tests/golden/lstm-s8.txt): int8 input, output and weights, 16-bit gates and
 * cell, 32-bit sums. Method: Li and Alvarez, arXiv 2101.05453.
 *
 *	value		type	scale			zero point
 *	x_t		int8	s_x			z_x (folded into bx)
 *	h_t		int8	s_h			z_h
 *	Wx, Wh		int8	one a gate and matrix	0
 *	a (gates)	int16	2^-12 (Q3.12, +-8)	0
 *	i, f, g, o	int16	2^-15 (Q0.15)		0
 *	c_t		int16	s_c = 2^cell_e		0
 *
 * with RQ = requant_s32 and gates in the order i, f, g, o in memory:
 *
 *	a  = sat16(sat16(RQ_x(bx + Wx x_t)) + RQ_h(bh + Wh h_{t-1}))
 *	i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o);  g = tanh(a_g)
 *	c_t = clamp(sat16(RQ_fc(f c_{t-1})) + RQ_ig(i g), -cell_clip, cell_clip)
 *	h_t = sat8(RQ_h(o tanh(c_t)) + z_h)
 *
 * bx and bh are effective biases: bx = b / (s_x s_Wx) - z_x sum_j Wx_j and
 * bh = -z_h sum_j Wh_j. So h = z_h, c = 0 is the state of silence, and the sums
 * need no zero points.
 */
#ifndef WHIT_LSTM_S8_H
#define WHIT_LSTM_S8_H

#include <stddef.h>
#include <stdint.h>

#include "net_cell.h"
#include "requant.h"

enum { LSTM_S8_I, LSTM_S8_F, LSTM_S8_G, LSTM_S8_O, LSTM_S8_GATES };

/* Constant for a model; may lie in flash. Pointers are borrowed. */
struct lstm_s8 {
	uint16_t D, H;			/* inputs, units */
	const int8_t *Wx;		/* (4H, D) */
	const int8_t *Wh;		/* (4H, H) */
	const int32_t *bx, *bh;		/* (4H) effective biases */
	struct requant rx[LSTM_S8_GATES];	/* s_x s_Wx / 2^-12, a gate */
	struct requant rh[LSTM_S8_GATES];	/* s_h s_Wh / 2^-12, a gate */
	struct requant r_fc;		/* f c -> c: 2^-15 */
	struct requant r_ig;		/* i g -> c: 2^-30 / s_c */
	struct requant r_h;		/* o tanh(c) -> h: 2^-30 / s_h */
	int32_t cell_e;			/* s_c = 2^cell_e, -27..0 */
	int32_t cell_clip;		/* in units of s_c; <= 0: only int16's own range */
	int32_t z_h;			/* -128..127 */
};

/* The cell's unit, s_c = 2^e with e in -27..0, and the factors that follow from it. */
static inline void
lstm_s8_set_cell(struct lstm_s8 *m, int32_t e)
{
	m->cell_e = e;
	m->r_fc = (struct requant){ 1 << 30, -14 };		/* 2^-15 */
	m->r_ig = (struct requant){ 1 << 30, -29 - e };		/* 2^-30 / s_c */
}

/* h (H) = z_h, c (H) = 0: what every utterance starts from. */
void lstm_s8_reset(const struct lstm_s8 *m, int8_t *h, int16_t *c);

/*
 * One step: x (D) in; h (H) and c (H) in and out; scratch (2H).
 * No other state: two streams need two pairs of h and c.
 */
void lstm_s8_step(const struct lstm_s8 *m, int8_t *h, int16_t *c, const int8_t *x,
	int32_t *scratch);

/* The same, adding to count unless it is NULL. */
void lstm_s8_step_count(const struct lstm_s8 *m, int8_t *h, int16_t *c, const int8_t *x,
	int32_t *scratch, struct net_count *count);

/* A net's layers of it: struct lstm_s8; the state is c, then h. */
extern const struct net_cell lstm_s8_cell;

#endif
