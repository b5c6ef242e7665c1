/* SPDX-License-Identifier: MIT */
/*
 * gru_s16 - one layer of GRU in integers
 *
 * No GRU of TensorFlow Lite's is in integers; this one is built as its LSTM is
 * (lstm_s8.h). h is a mean of values of +-1, weighted by z, and so never leaves
 * +-1: its unit is fixed and 16 bits wide, no range of it need be measured, and
 * nothing of it can saturate.
 *
 *	value		type	scale
 *	x_t		int16	s_x
 *	h_t		int16	2^-15 (Q0.15); the x of the layer above
 *	Wx, Wh, bx, bh	as mv reads them, one scale a gate and matrix
 *	a, u		int16	2^-12 (Q3.12, +-8)
 *	r, z, n		int16	2^-15 (Q0.15)
 *
 * with RQ = mv's rescale and gates in the order r, z, n in memory:
 *
 *	a_r, a_z = sat16(sat16(RQ_x(bx + Wx x_t)) + RQ_h(bh + Wh h_{t-1}))
 *	r, z = sigmoid(a_r), sigmoid(a_z)
 *	u    = sat16(RQ_h(bh_n + Wh_n h_{t-1}))
 *	n    = tanh(sat16(floor(r u / 2^15 + 1/2) + RQ_x(bx_n + Wx_n x_t)))
 *	h_t  = n + floor(z (h_{t-1} - n) / 2^15 + 1/2)
 *
 * h = 0 is the state of silence. r comes after the product as in PyTorch's
 * nn.GRU (cell.h), so that the products of a step need not wait for r.
 */
#ifndef WHIT_GRU_S16_H
#define WHIT_GRU_S16_H

#include <stddef.h>
#include <stdint.h>

#include "matvec.h"
#include "net_cell.h"

enum { GRU_S16_R, GRU_S16_Z, GRU_S16_N, GRU_S16_GATES };

/* Constant for a model; may lie in flash. Pointers are borrowed. */
struct gru_s16 {
	uint16_t D, H;			/* inputs, units */
	const struct matvec_ops *mv;	/* of both matrices */
	const void *Wx, *Wh;		/* (3H, D), (3H, H) */
	const void *bx, *bh;		/* (3H) */
	struct requant rx[GRU_S16_GATES];	/* s_x s_Wx / 2^-12, a gate */
	struct requant rh[GRU_S16_GATES];	/* 2^-15 s_Wh / 2^-12, a gate */
};

/* A net's layers of it: struct gru_s16; the state is h. net_count: gates r, z, n. */
extern const struct net_cell gru_s16_cell;

#endif
