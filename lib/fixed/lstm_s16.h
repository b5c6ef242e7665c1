/* SPDX-License-Identifier: MIT */
/*
 * lstm_s16 - one layer of LSTM in integers with 16-bit input and output
 *
 * lstm_s8.h with h in 16 bits and without zero points, its matrices behind a
 * struct matvec_ops: for weights that are powers of two (pot_s16.h), whose few
 * levels deserve an input without more rounding. One scale for all gates.
 *
 *	value		type	scale			zero point
 *	x_t		int16	s_x, in rx		0
 *	h_t		int16	2^-15 (Q0.15)		0
 *	a (gates)	int16	2^-12 (Q3.12, +-8)	0
 *	i, f, g, o	int16	2^-15 (Q0.15)		0
 *	c_t		int16	2^cell_e		0
 *
 * with RQ = ops' rescale, RS(v, t) = floor(v 2^t + 1/2) and gates in the order i, f, g, o:
 *
 *	a  = sat16(sat16(RQ_x(bx + Wx x_t)) + RQ_h(bh + Wh h_{t-1}))
 *	i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o);  g = tanh(a_g)
 *	c_t = sat16(sat16(RS(f c_{t-1}, -15)) + RS(i g, -30 - cell_e))
 *	h_t = RS(o tanh(c_t), -15)
 */
#ifndef WHIT_LSTM_S16_H
#define WHIT_LSTM_S16_H

#include <stdint.h>

#include "matvec.h"
#include "net_cell.h"

/* Constant for a model; may lie in flash. Pointers are borrowed. */
struct lstm_s16 {
	uint16_t D, H;			/* inputs, units */
	const struct matvec_ops *ops;
	const void *Wx, *Wh;		/* (4H, D), (4H, H) as ops reads them */
	const void *bx, *bh;		/* (4H), likewise */
	struct requant rx, rh;		/* sums to gates */
	int32_t cell_e;			/* -27..0 */
};

/* A net's layers of it: struct lstm_s16; the state is c, then h. */
extern const struct net_cell lstm_s16_cell;

#endif
