/* SPDX-License-Identifier: MIT */
/*
 * quant_grid - the values that the input of an int8 matrix has, and the matrix rounded for them
 *
 * An input u (n) of a matrix is u_d = o_d + s_d q_d with int8 q: features with a
 * unit each (normalisation included), outputs h with one; of a GRU's h q is int16. Units go into
 * the matrix before it is rounded, W'_d = W_d s_d, so that one scale S is left for
 * all rows that are rounded together, those of a gate:
 *
 *	S = max|W'| / 127,  Wq = round(W' / S)		(halves away from 0)
 *
 * The bias is chosen so that W u + b is exact at u = m whatever rounding did.
 * For h, m = 0: that is TensorFlow Lite's bias. For features m is their mean,
 * or what padding is where there are frames of zeros: a net that sees ten such
 * frames in a row adds the same error ten times.
 *
 * Both the int8 model (quant_make.c) and training for it (qat.h) go by these.
 */
#ifndef WHIT_QUANT_GRID_H
#define WHIT_QUANT_GRID_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "net/rnn.h"
#include "stream/tensor.h"

/*
 * Whether integers alone run a net of net's kind: so far one of one direction, the last or
 * mean of its outputs. 0, or -1 with err.
 */
int quant_grid_takes(const struct rnn *net, char err[ERR_MAX]);

/* Smallest, largest and mean value of one kind. */
struct quant_range {
	double min, max, sum;
	size_t n;
};

/* Widens r by n values `stride` apart. */
void quant_range_add(struct quant_range *r, const float *v, size_t n, size_t stride);

/* What there is of features before normalisation. Zeroed but for x, D and fixed = empty. */
struct quant_features {
	int fixed;			/* quant_features_fixed() of them */
	struct quant_range *x;		/* (D) */
	size_t D, frames;
	size_t zero_frames;		/* frames of nothing but zeros: padding */
};

/* Adds x (T, D). */
void quant_features_add(struct quant_features *f, const float *x, size_t T);

struct quant_grid {
	size_t n;
	double *o, *s, *m;		/* (n) each; o owned, with the others behind it */
};

/* Room for n values. 0, or -1 without memory. */
int quant_grid_init(struct quant_grid *g, size_t n);
void quant_grid_free(struct quant_grid *g);

/*
 * Features as the net sees them, (x - mean) * k (NULL: 0 and 1). The int8 net
 * takes floor((x - offset) * scale + 1/2), (D) each: the smallest is -128, the
 * largest 127, a constant has unit 1. Of fixed features offset and scale are
 * whole numbers of 2^-10 and 2^-6 (input_s8.h), the scale rounded down; then
 * that is exact in integers and in float. -1 when a range is not finite, or of
 * fixed features too large.
 */
int quant_grid_features(struct quant_grid *g, float *offset, float *scale,
	const struct quant_features *f, const float *mean, const float *k);

/* H outputs within lo..hi; 0 is always a value of theirs. Returns it: the zero point. */
int quant_grid_output(struct quant_grid *g, size_t H, double lo, double hi);

/* H outputs of 16 bits within +-1: units of 2^-15, no zero point. */
void quant_grid_wide_output(struct quant_grid *g, size_t H);

/* q (rows, n) = Wq of W (rows, n); returns S. All zero: S = 1. What is no number becomes 0. */
double quant_grid_round(int8_t *q, const float *W, const struct quant_grid *g, size_t rows);

/* One row's effective bias in units of S, unrounded: (b + sum W m) / S - sum Wq (m - o) / s */
double quant_grid_bias(double b, const float *W, const int8_t *q, double S,
	const struct quant_grid *g);

#endif
