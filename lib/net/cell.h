/* SPDX-License-Identifier: MIT */
/*
 * cell - the kinds of recurrent cell: what a net must know to step through one
 *
 * A cell of H units has Wx, Wh, bx and bh of G = gates * H rows, blocks of H in
 * the order named. Outputs are h_t; what came before the first step is 0.
 *
 * lstm: gates i, f, g, o
 *
 *	a_t = bx + bh + Wx x_t + Wh h_{t-1}
 *	i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o);  g = tanh(a_g)
 *	c_t = f c_{t-1} + i g;  h_t = o tanh(c_t)
 *
 * gru: gates r, z, n
 *
 *	a_t = bx + Wx x_t;  u_t = bh + Wh h_{t-1}
 *	r, z = sigmoid(a_r + u_r), sigmoid(a_z + u_z);  n = tanh(a_n + r u_n)
 *	h_t = (1 - z) n + z h_{t-1}
 *
 * Equations and order are those of PyTorch's nn.LSTM and nn.GRU (Cho et al.,
 * arXiv 1406.1078, with r after the product: its two biases of n differ). A net
 * reads the table alone; another kind is another entry of it.
 */
#ifndef WHIT_CELL_H
#define WHIT_CELL_H

#include <stddef.h>

#define CELL_KEPT 4		/* values a unit that a cell keeps of a step for its gradient */
#define CELL_NAMES "lstm or gru"	/* for messages */

/* Where n rows of one step are, one row an utterance: dense, or as far apart as told. */
struct cell_step {
	int first;			/* 1: nothing before; h_prev and c_prev are 0 */
	float *a;			/* (n, G), rows CELL_KEPT * H apart */
	float *u;			/* (n, G) */
	float *gates;			/* (n, CELL_KEPT * H) may be a itself */
	float *c, *tc;			/* (n, H) c_t and its tanh, with has_c */
	float *h;			/* (n, H), rows ldh apart */
	size_t ldh;			/* of h and dh */
	const float *h_prev, *c_prev;	/* (n, H) */
	/* gradient: */
	const float *dh;		/* (n, H), rows ldh apart: of h_t, but for the carry */
	float *carry;			/* (n, H) what flows back past the gates; in and out */
	float *da, *du;			/* (n, G), packed rows: of a and u */
};

struct cell {
	const char *name;		/* in heads of models and names of tensors */
	int gates;
	int joint;			/* a is all: b = bx + bh; else b = bx, u the part of h */
	int has_c;			/* keeps a c beside h */
	/* from a, u and what was before: h and all that is kept */
	void (*forward)(const struct cell_step *s, size_t n, size_t H);
	/* da, du and carry */
	void (*backward)(const struct cell_step *s, size_t n, size_t H);
};

extern const struct cell cell_lstm, cell_gru;

/*
 * A step of n rows with a = b + Wx x: adds Wh h_{t-1} to a, which is used up, or puts bh + Wh
 * h_{t-1} in u; then the cell's forward. Wh packed (H, G), bh (G).
 */
void cell_forward(const struct cell *cell, const struct cell_step *s, const float *Wh,
	const float *bh, size_t n, size_t H);

/* The kind of that name, or NULL. */
const struct cell *cell_find(const char *name);

#endif
