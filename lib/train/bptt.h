/* SPDX-License-Identifier: MIT */
/*
 * bptt - loss and gradients of a batch, by backpropagation through time
 *
 * A batch is dealt out to BPTT_LANES lanes, a fixed number, so that its
 * gradient does not depend on how many threads work on it: a lane sums over
 * its utterances in a fixed order, then lanes are added in order. Within a
 * lane the utterances are sorted by length, longest first; step t has rows for
 * those of more than t steps only, one after another ("packed" as PyTorch's
 * PackedSequence), so nothing beyond a true length is read or computed. The
 * reverse direction starts each utterance at its own last step: going back,
 * rows are added to a step's.
 *
 * With units, features and h are rounded, and the gradient of h goes straight through.
 *
 * Dropout is PyTorch's: between layers, not after the last; each output is 0
 * with probability p, else times 1 / (1 - p).
 *
 * Loss: cross-entropy, mean over the batch: -sum_k q_k log softmax(logits)[k] with
 * q = 1 for the label, else 0. While training with smoothing e > 0, PyTorch's
 * label_smoothing: q = 1 - e + e / K for the label, else e / K. While training with a teacher's
 * logits (distill.h), with p and s the softmax of teacher's and own logits divided by tau:
 *
 *	(1 - alpha) cross-entropy + alpha tau^2 KL(p || s),  KL = sum_k p_k log(p_k / s_k)
 *
 *	struct bptt b;
 *
 *	bptt_init(&b, &net, batch, steps, p, seed, jobs);
 *	bptt_batch(&b, items, n, 1);			(b.loss, b.correct, b.grad)
 *	bptt_free(&b);
 */
#ifndef WHIT_BPTT_H
#define WHIT_BPTT_H

#include <stdint.h>

#include "math/rng.h"
#include "net/rnn.h"

#define BPTT_LANES 4

/* One utterance: x (T, D) as the net sees it, already normalised; label in 0..K-1. */
struct bptt_item {
	const float *x;
	int T;
	int32_t label;
};

/* Values of an int8 net, lo + unit q with whole q in 0..255: features, h of every layer (qat.h). */
struct bptt_units {
	const float *x_lo, *x_unit;	/* (D) */
	float h_lo, h_unit;		/* unit 0: h stays as it is */
};

/* What a layer's inputs were, S packed rows. */
struct bptt_layer {
	float *x;			/* (S, D_l) inputs */
	/* (S, D_l) factors of dropout on them; layer 0 and p = 0: NULL */
	float *keep;
};

/* What one of its passes (rnn.h) leaves of the way forward. */
struct bptt_pass {
	float *gates;			/* (S, CELL_KEPT * H) what the cell keeps */
	float *c, *tc;			/* (S, H) cell and its tanh; NULL without has_c */
	float *h_prev;			/* (S, H) output of the step before, 0 at the first */
};

struct bptt_lane {
	struct rng rng;			/* dropout */
	struct bptt_layer layer[RNN_LAYERS_MAX];
	struct bptt_pass pass[RNN_PASSES_MAX];
	float *h, *dh;			/* (S, W) outputs of the layer at work and their gradient */
	float *dx;			/* (S, W) of the outputs below; one direction: dh itself */
	float *da, *du;			/* (S, ld(G)) gradients of a and u; of a joint cell one */
	float *u;			/* (R, CELL_KEPT * H) */
	float *carry;			/* (R, H) see cell.h */
	float *zero;			/* (R, H) of 0: what is before the first step */
	float *pooled;			/* (R, ld(W)) */
	float *dpooled;			/* (R, W) */
	float *logits, *dlogits;	/* (R, K) */
	float *gWx[RNN_PASSES_MAX];	/* (D_l, G): transposed, as the kernels make it */
	float *gWh[RNN_PASSES_MAX];	/* (H, G) */
	float *gbx[RNN_PASSES_MAX];	/* (G) */
	float *gbh[RNN_PASSES_MAX];	/* (G); of a joint cell gbx */
	float *gWo, *gbo;		/* (K, W), (K) */
	float *grad;			/* all of these */
	size_t grad_n;
	float *block;			/* owned; all of the above */
	const struct bptt_item **items;	/* (R) owned; longest first */
	size_t *start;			/* (steps + 1) owned; first row of each step */
	int R, T;			/* of this batch: utterances, steps of the longest */
	double loss;			/* sum over the lane */
	int correct;
};

struct bptt {
	const struct rnn *net;
	float dropout;
	float smoothing;		/* of labels, 0..1; 0 from bptt_init() */
	const float *teacher;		/* (n, K) its logits of the next batch, or NULL */
	float tau, alpha;		/* of the loss with a teacher: above 0; 0..1 */
	/* to the nearest of which features and h are rounded; NULL from bptt_init(): to none */
	const struct bptt_units *units;
	float *grad;			/* (net->n) in the order of net->w; owned */
	double loss;			/* mean of the last batch */
	int correct;			/* right answers in it */
	float *logits;			/* (batch, K) of the last batch, in its order; owned */
	struct rnn_packed packed;	/* owned */
	float *WxT[RNN_PASSES_MAX];	/* packed (G, W), for the way back; NULL in layer 0 */
	float *WhT[RNN_PASSES_MAX];	/* packed (G, H) */
	float *WoT;			/* packed (K, W) */
	float *back;			/* owned; all three */
	struct bptt_lane lanes[BPTT_LANES];
	struct pool *pool;		/* owned */
	const struct bptt_item *items;	/* (n) of the last batch */
	int n, train;
	const struct bptt_item **order;	/* (batch) owned; longest first */
};

/*
 * Makes room for batches of up to `batch` utterances of up to `steps` steps of
 * net, which must outlive b; jobs: threads, which change no bit. 0, or -1
 * without memory. The caller frees.
 */
int bptt_init(struct bptt *b, const struct rnn *net, int batch, int steps, float dropout,
	uint64_t seed, int jobs);
/*
 * Forward pass over items (n <= batch). train: with dropout, smoothing and teacher, and b->grad
 * = gradient of the mean loss. Reads net's weights anew each time.
 */
void bptt_batch(struct bptt *b, const struct bptt_item *items, int n, int train);
void bptt_free(struct bptt *b);

/* Inside: what one thread does to one lane, layer by layer (bptt_lane.c). */
void bptt_lane_forward(struct bptt_lane *w, const struct bptt *b);
void bptt_lane_backward(struct bptt_lane *w, const struct bptt *b);
/* Its end: from h of the top layer to the loss; and back, to its dh (bptt_output.c). */
void bptt_output_forward(struct bptt_lane *w, const struct bptt *b);
void bptt_output_backward(struct bptt_lane *w, const struct bptt *b);
/* Rows of step t; of any other step than 0..T-1 none. */
size_t bptt_rows(const struct bptt_lane *w, int t);

#endif
