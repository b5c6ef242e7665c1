/* SPDX-License-Identifier: MIT */
/*
 * cell - the kinds of recurrent cell: what a net must know to step through one
 *
 * A cell of H units has Wx, Wh, bx and bh of G = gates * H rows, blocks of H in
 * the order named. Outputs are h_t; what came before the first step is 0.
 *
 * lstm (cell_lstm.c): gates i, f, g, o
 *
 *	a_t = bx + bh + Wx x_t + Wh h_{t-1}
 *	i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o);  g = tanh(a_g)
 *	c_t = f c_{t-1} + i g;  h_t = o tanh(c_t)
 *
 * Equations and order are those of PyTorch's nn.LSTM. A net reads the table
 * alone; another kind is another entry of it.
 */
#ifndef WHIT_CELL_H
#define WHIT_CELL_H

#include <stddef.h>

#define CELL_KEPT 4		/* values a unit that a cell keeps of a step for its gradient */
#define CELL_NAMES "lstm"	/* for messages */

/* Where n rows of one step are, one row an utterance: dense, or as far apart as told. */
struct cell_step {
	int first;			/* 1: nothing before; h_prev and c_prev are 0 */
	float *a;			/* (n, G), rows CELL_KEPT * H apart: b + Wx x; used up */
	float *gates;			/* (n, CELL_KEPT * H) may be a itself */
	float *c, *tc;			/* (n, H) c_t and its tanh, with has_c */
	float *h;			/* (n, H), rows ldh apart */
	size_t ldh;			/* of h and dh */
	const float *h_prev, *c_prev;	/* (n, H) */
	/* gradient: */
	const float *dh;		/* (n, H), rows ldh apart: of h_t, but for the carry */
	float *carry;			/* (n, H) what flows back past the gates; in and out */
	float *da;			/* (n, G), packed rows: of a */
};

struct cell {
	const char *name;		/* in heads of models and names of tensors */
	int gates;
	int has_c;			/* keeps a c beside h */
	/* h and all that is kept, of n rows; Wh packed (H, G) */
	void (*forward)(const struct cell_step *s, const float *Wh, size_t n, size_t H);
	/* da and carry */
	void (*backward)(const struct cell_step *s, size_t n, size_t H);
};

extern const struct cell cell_lstm;

/* The kind of that name, or NULL. */
const struct cell *cell_find(const char *name);

#endif
