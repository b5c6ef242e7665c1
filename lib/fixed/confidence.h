/* SPDX-License-Identifier: MIT */
/*
 * confidence - how sure a net's label is, and whether it is one at all
 *
 *	t = sat16(RQ_margin(best - second) + RQ_best(best) + offset)	Q3.12
 *	p = sigmoid(t)							Q0.15
 *
 * of the largest and the second largest logit, with the curve of act_s16.h. The three numbers are
 * fitted by logistic regression (tools/confidence.c) so that p is the probability that there was a
 * word of the model's and the label is its; a word with p below the threshold is none.
 *
 * The margin tells words that are alike, the best logit sounds that are none: of noise all logits
 * may be low and still one far above the others.
 */
#ifndef WHIT_CONFIDENCE_H
#define WHIT_CONFIDENCE_H

#include <stddef.h>
#include <stdint.h>

#include "requant.h"

#define CONFIDENCE_ONE 32768	/* p of a certainty, which is not reached */
#define CONFIDENCE_OFFSET_MAX (1 << 24)

/* Constant for a model; part of it in flash. */
struct confidence {
	struct requant margin, best;	/* from a logit's unit to Q3.12; either may be negative */
	int32_t offset;			/* Q3.12, |offset| <= CONFIDENCE_OFFSET_MAX */
	int32_t threshold;		/* 0..CONFIDENCE_ONE */
};

/* p of logits (K), K >= 1, in 1..32767. Of one label alone the margin is 0. */
int16_t confidence_q15(const struct confidence *c, const int32_t *logits, size_t K);

#endif
