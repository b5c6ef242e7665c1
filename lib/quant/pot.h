/* SPDX-License-Identifier: MIT */
/*
 * pot - weights that are 0 or a power of two, and which one a weight becomes
 *
 * A grid is what codes can say (pot_code.h): the exponents low..high, 1, 3, 7 or 15 of them for 2
 * to 5 bits, and a true zero. A weight goes to the nearest value, halfway between two being 1.5
 * times the smaller ("arithmetic midpoint"); what is below half of the smallest goes to 0, a half
 * itself upwards. Rounding log2 |w| instead, with sqrt(2) between, is what LogNet (Miyashita, Lee
 * and Murmann 2016, arXiv 1603.01025) and the published experiments do: pot_log2(), which knows no
 * zero.
 *
 * `high` is chosen for a whole tensor or for each row of a matrix, in one of two ways:
 *
 *	fit	the smallest sum of squared errors; of equal ones the largest. It is looked for from
 *		inq's on down, POT_SEARCH further
 *	inq	floor(log2(4 max|w| / 3)), the power nearest to the largest weight (Zhou et al.
 *		2017, "Incremental Network Quantization", arXiv 1702.03044, equation 4)
 *
 * Of a net all matrices are rounded, and its biases or not. PyTorch's two biases a gate stay two,
 * so that what a gate adds is a sum of two powers. A net that normalises sees (x - mean) * scale:
 * pot_scales() makes those factors powers of two, too, and no answer changes, before anything is
 * trained for it.
 *
 *	struct pot_form form = { .bits = 4, .biases = 1 };
 *
 *	pot_scales(&net);
 *	pot_round(&form, &net, &rounded);
 */
#ifndef WHIT_POT_H
#define WHIT_POT_H

#include <stddef.h>

#include "net/rnn.h"

#define POT_SEARCH 7

enum pot_high { POT_FIT, POT_INQ };

struct pot_form {
	int bits;			/* of a code (pot_code.h) */
	int by_row;			/* exponent range: 0 per tensor, 1 per row of a matrix */
	int biases;			/* 1: rounded, too, each tensor by its own range; 0: left */
	enum pot_high high;
};

/* The value of the grid low..high nearest to w, -126 <= low <= high <= 127. */
float pot_nearest(float w, int low, int high);
/* sign(w) 2^k, k = round(log2 |w|) clamped to low..high; 0 for w = 0. */
float pot_log2(float w, int low, int high);
/*
 * The same with k = floor(log2 |w|), or one more when u, uniform in [0, 1), is below the rest: k is
 * log2 |w| on average.
 */
float pot_stochastic(float w, int low, int high, float u);
/* The nearest value of the grid, and the nearest to what remains of w: +-2^a +- 2^b, or fewer. */
float pot_two(float w, int low, int high);

/* `high` for the n weights w; all 0: 0. */
int pot_high(const float *w, size_t n, int bits, enum pot_high how);

/* One tensor of a net: a matrix of rows, or a bias, which is one row. */
struct pot_tensor {
	float *w;
	size_t rows, columns;
	int bias, recurrent;		/* recurrent: of a cell, not of the classifier */
};

/* The i-th tensor of net into t, in the order of its block. 0 after the last. */
int pot_tensor(const struct rnn *net, int i, struct pot_tensor *t);

/* to = from rounded; both of one kind, or the same. form: a struct pot_form. */
void pot_round(void *form, const struct rnn *from, struct rnn *to);
/* One tensor of it; to (t->rows, t->columns) may be t->w. */
void pot_round_tensor(const struct pot_form *form, const struct pot_tensor *t, float *to);

/*
 * Rounds net's scales (round(log2)) and takes the difference into the weights that read them.
 * Nothing where net does not normalise.
 */
void pot_scales(struct rnn *net);
/*
 * Has net, which does not normalise, normalise by mean and scale (D), its first layer changed so
 * that no answer is. 0, or -1 without memory.
 */
int pot_normalise(struct rnn *net, const float *mean, const float *scale);

/* How much of a net is a power of two, whatever the range: shares of 0..1. */
struct pot_shares {
	double weights, biases;		/* 0 or +-2^k, of matrices and of biases */
	double zeros;			/* 0, of the matrices */
};

struct pot_shares pot_shares(const struct rnn *net);

#endif
