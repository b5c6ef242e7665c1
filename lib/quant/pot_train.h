/* SPDX-License-Identifier: MIT */
/*
 * pot_train - ways to a net whose weights are powers of two
 *
 * Each begins with a float net and ends with a final exact projection, pot_land(). P is pot_log2()
 * on the exponents POT_LOW..POT_TOP, as published; "all" are matrices and biases.
 *
 *	round		nothing is trained
 *	scale		nothing is trained: matrices in 8 bits whose scale is a power of two,
 *			w = s clamp(round(w / s), -128, 127), s = 2^round(log2(max|w| / 127)), an s
 *			a tensor
 *	ema		after each epoch, all: w = a w + (1 - a) P(w), a = 0.85; never P(w) itself
 *	snap-epoch	after each epoch, all: w = P(w)
 *	snap-step	the same after every 100th update
 *	stochastic	after each epoch, all: w = pot_stochastic(w)
 *	row-shared	after each epoch, matrices: one |w| = 2^k a row, k = round of the (lower)
 *			median of its log2 |w|: one bit a weight
 *	apot2		after each epoch, all: w = pot_two(w), a sum of two powers
 *	mixed		after each epoch: w = P(w) in recurrent layers; the classifier stays float
 *	inq		three stages of 4, 4 and 6 epochs: the largest 30, 60 and 100 % of each
 *			tensor become P(w) and stay so; the others are trained on
 *	ste		the net sees pot_round() of its weights, and gradients go straight through
 *			(project.h)
 *
 * Sources. scale: the notebook experiment's last section. ema to mixed, and the stages of inq: the
 * unified FSDD trainer (README and defaults of its Task C: start at epoch 10, rate 5e-4, Adam,
 * batches of 64, 32 epochs, clip 1, exponents -8..8, distillation with tau 3 and alpha 0.6);
 * inq after Zhou et al. 2017 (arXiv 1702.03044). ste: Bengio et al. 2013 (arXiv 1308.3432); ours.
 *
 * What differs from that trainer, each to its favour: its nine epochs of float training at 1e-3
 * are the float model's whole own training, so that 23 epochs remain (a model of lstm-train
 * --epochs 9 --batch 64 --clip 1 gives its course from the first epoch on); apot2 adds or subtracts
 * its second power, where the trainer only adds; inq's frozen weights keep still, where Adam's
 * momentum moved them on; no epoch from before the first projection can be what is kept.
 *
 *	struct pot_train p;
 *
 *	pot_train_init(&p, &pot_methods[POT_EMA], &form, &net, seed);
 *	pot_train_options(&p, &o);
 *	train(&net, &set, NULL, &o, report, arg, err);
 *	pot_land(&p, &net, before);
 *	pot_train_free(&p);
 */
#ifndef WHIT_POT_TRAIN_H
#define WHIT_POT_TRAIN_H

#include "pot.h"
#include "train/train.h"

#define POT_LOW (-8)
#define POT_TOP 8
#define POT_EMA_KEPT 0.85
#define POT_SNAP_UPDATES 100
#define POT_INQ_STAGES 3

enum pot_approach { POT_ROUND, POT_SCALE, POT_EMA, POT_SNAP_EPOCH, POT_SNAP_STEP, POT_STOCHASTIC,
	POT_ROW_SHARED, POT_APOT2, POT_MIXED, POT_INQ_STAGED, POT_STE, POT_APPROACHES };

/* What each is when nothing else is asked for. */
struct pot_method {
	const char *name;
	enum pot_approach approach;
	int codes;			/* 0: not all of its weights are any */
	int bits;			/* of them; 0: none is */
	int epochs;			/* 0: it trains nothing */
	int batch;
	double rate, clip;
	enum schedule_kind schedule;
};

/* In the order of enum pot_approach; and their names, "round|scale|...". */
extern const struct pot_method pot_methods[POT_APPROACHES];
#define POT_NAMES "round|scale|ema|snap-epoch|snap-step|stochastic|row-shared|apot2|mixed|inq|ste"

struct pot_train {
	const struct pot_method *method;
	struct pot_form form;
	size_t n;			/* weights of the net */
	float *kept;			/* (n) owned: inq's frozen weights; ste's exact ones */
	unsigned char *frozen;		/* (n) owned; 1: inq trains it no more */
	const float **order;		/* (n) owned; room to sort in */
	int stage;			/* of inq: how many began */
	struct rng rng;			/* stochastic: stream RNG_POT */
};

/*
 * Begins with net, whose first weights inq freezes. 0, or -1 without memory. The caller frees; p
 * must not move while it trains.
 */
int pot_train_init(struct pot_train *p, const struct pot_method *method,
	const struct pot_form *form, struct rnn *net, uint64_t seed);
/* Sets o's projection or intervention. */
void pot_train_options(struct pot_train *p, struct train_options *o);
/*
 * The final exact projection of what was trained: what pot_round() makes of it, but scale and apot2
 * by their own rules above, and mixed leaves the classifier. before (net's kind) gets the state
 * without it.
 */
void pot_land(struct pot_train *p, struct rnn *net, struct rnn *before);
void pot_train_free(struct pot_train *p);

#endif
