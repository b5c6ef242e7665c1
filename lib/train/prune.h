/* SPDX-License-Identifier: MIT */
/*
 * prune - which weights go while a net is trained, and what the rest takes to store
 *
 * Magnitude pruning (Han et al., "Learning both Weights and Connections for Efficient Neural
 * Networks", 2015) by a plan: at the start of an epoch a share of the weights still there goes,
 * those closest to 0. Only matrices lose weights, never biases, and all matrices are one pool:
 * torch.nn.utils.prune.global_unstructured with L1Unstructured, called once an epoch of the plan.
 * round(share * left) go, halves to the even number; of equal magnitudes the earlier in rnn's
 * block. What went is 0 from then on.
 *
 *	struct prune_plan plan;
 *	struct prune p;
 *
 *	prune_parse(&plan, "10:.5,20:.25,30-50:.01", epochs, err);
 *	prune_init(&p, &net);
 *	prune_more(&p, net.w, prune_share(&plan, epoch));	(start of each epoch)
 *	prune_mask(&p, grad);					(before each update)
 *	prune_free(&p);
 *
 * Lightning's ModelPruning counts epochs from 0 and prunes when one ends; here epoch 1 is the first
 * and pruning comes before its first update: its epoch e is e + 2 here.
 */
#ifndef WHIT_PRUNE_H
#define WHIT_PRUNE_H

#include <stdint.h>

#include "base/err.h"
#include "net/rnn.h"

#define PRUNE_STEPS_MAX 64

/* In each of the epochs first..last (1, 2, ...) this share of the weights left goes. */
struct prune_step {
	int first, last;
	double share;			/* above 0, below 1 */
};

/* Zeroed = nothing goes. */
struct prune_plan {
	struct prune_step steps[PRUNE_STEPS_MAX];	/* (n) in the order of epochs */
	int n;
};

/*
 * Reads a plan: "FIRST[-LAST]:SHARE,...", epochs rising, at most `epochs`. 0, or -1 with err (no
 * input's name in it).
 */
int prune_parse(struct prune_plan *plan, const char *text, int epochs, char err[ERR_MAX]);
/* What goes at the start of an epoch: a share, or 0. */
double prune_share(const struct prune_plan *plan, int epoch);
/* The last epoch at whose start something goes; 0: none. */
int prune_last(const struct prune_plan *plan);

/* Zeroed = empty. */
struct prune {
	uint8_t *keep;			/* (n) owned; 0: pruned, 1: kept, 2: a bias */
	size_t n, left;			/* of net's block; kept weights of matrices */
	uint64_t *order;		/* (n) owned; room to sort in */
};

/* Nothing pruned yet. 0, or -1 without memory. The caller frees. */
int prune_init(struct prune *p, const struct rnn *net);
/* Takes a share of what is left, the smallest of w (n), and sets those to 0. */
void prune_more(struct prune *p, float *w, double share);
/* x (n) = 0 where a weight is pruned: a gradient, a moment, an average. */
void prune_mask(const struct prune *p, float *x);
void prune_free(struct prune *p);

/* Share of zeros in net's matrices. */
double prune_sparsity(const struct rnn *net);

/*
 * Bytes of a matrix of n weights of `size` bytes, `zeros` of them 0, stored as formats/model.md
 * ("Sparse") has it: a bit a weight in whole bytes, then the others; or as it is if that is less.
 */
size_t prune_bytes(size_t n, size_t zeros, size_t size);

#endif
