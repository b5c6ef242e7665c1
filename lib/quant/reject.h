/* SPDX-License-Identifier: MIT */
/*
 * reject - from logits to the probability that the label is right, and when it is too low
 *
 *	p = 1 / (1 + exp(-(margin (best - second) + best_logit best + offset)))
 *
 * by logistic regression on utterances that the net was not trained on: the positives are words
 * whose label it finds, the negatives words whose label it misses and sounds that are none. Each of
 * words and other sounds has half of the weight, so p is meant for a place where one is as likely
 * as the other. Targets are Platt's, (n + 1) / (n + 2) and 1 / (n + 2), so that data that can be
 * separated has a solution, too (J. Platt, "Probabilistic outputs for support vector machines",
 * 1999). Numbers are kept to 2^-10: no more is known of them, and what the last bits of another
 * machine's exp() decide is nothing.
 *
 * In a model it is the record `confidence` (formats/model.md), read by lib/fixed/confidence.h in
 * the units of that model's logits.
 */
#ifndef WHIT_REJECT_H
#define WHIT_REJECT_H

#include <stddef.h>

#include "confidence.h"
#include "stream/tensor.h"

/* Logits of one utterance, in their own unit 1 (not a model's integers). */
struct reject_sample {
	double margin, best;
	int word;			/* 1: a word; 0: another sound */
	int right;			/* the label found is the word's */
};

struct reject_curve {
	double margin, best, offset;
};

#define REJECT_BINS 10			/* of reject_ece(), equally wide */

/* 0, or -1 with err: without a right word, or without anything else. */
int reject_fit(struct reject_curve *c, const struct reject_sample *s, size_t n, char err[ERR_MAX]);

/*
 * Expected calibration error: the mean over utterances, words and other sounds of equal weight in
 * all, of |share of right ones - mean p| of their bin. p (n), right (n), word (n). Of words or
 * other sounds alone: -1.
 */
double reject_ece(const double *p, const int *right, const int *word, size_t n);

/* What c is in the unit of an integer model's logits, the metadata `scale` of its fc.bias. */
int reject_quantise(struct confidence *q, const struct reject_curve *c,
	const struct tensor_set *model, char err[ERR_MAX]);
/* That unit. 0, or -1 with err. */
int reject_scale(double *scale, const struct tensor_set *model, char err[ERR_MAX]);

/* Sets the record `confidence` of a model, in place of one that is there. */
void reject_store(struct tensor_set *model, const struct confidence *q);
/* 1 and *q when the model has one, 0 when not, -1 with err when it is none. */
int reject_load(struct confidence *q, const struct tensor_set *model, char err[ERR_MAX]);

#endif
