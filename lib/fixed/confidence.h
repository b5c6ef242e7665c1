/* SPDX-License-Identifier: MIT */
/*
 * confidence - how sure a net's label is, and whether it is one at all
 *
 *	t = sat16(RQ_margin(best - second) + RQ_best(best) + offset)	Q3.12
 *	p = sigmoid(t)							Q0.15
 *
 * with the curve of act_s16.h; best is the largest logit of a word, second the largest of all
 * others. The label none, where a model has it, is no word, so where its logit is the largest the
 * margin is negative. The three numbers are fitted by logistic regression (tools/confidence.c) so
 * that p is the probability that there was a word of the model's and best is its; a word with p
 * below the threshold is none.
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

/*
 * Best of logits (K), K >= 1, and *second; none: the index of the label none, -1 where there is no
 * such or no other. Of one label alone both are its.
 */
int32_t confidence_best(int32_t *second, const int32_t *logits, size_t K, int none);

/* p of logits (K), in 1..32767; none as above. */
int16_t confidence_q15(const struct confidence *c, const int32_t *logits, size_t K, int none);

#endif
