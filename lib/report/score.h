/* SPDX-License-Identifier: MIT */
/*
 * score - how good predictions are
 *
 *	struct score s;
 *
 *	score_init(&s, K);
 *	score_add(&s, truth, predicted);	once an utterance
 *	score_finish(&s);
 *	... s.accuracy.f1, s.macro.f1, s.f1[k] ...
 *	score_free(&s);
 *
 * With C the confusion matrix, of class k (TP = C[k][k]):
 *
 *	precision = TP / sum over rows of C[.][k]	recall = TP / sum over columns of C[k][.]
 *	f1 = 2 precision recall / (precision + recall)
 *
 * and 0 where a denominator is 0. These are scikit-learn 1.2's
 * precision_recall_fscore_support(), to the last bit: same formulas, numpy's
 * order of summation. As there, classes that are neither truth nor prediction
 * of any utterance are left out of the averages.
 */
#ifndef WHIT_SCORE_H
#define WHIT_SCORE_H

#include <stddef.h>
#include <stdint.h>

#define SCORE_K_MAX 4096	/* classes; the matrix has K * K cells */
#define SCORE_Z95 1.959963984540054	/* normal quantile of 0.975 */

struct score_average {
	double precision, recall, f1;
};

struct score {
	size_t K, N, correct;
	uint32_t *confusion;		/* (K, K): row = truth, column = prediction */
	size_t *support, *predicted;	/* (K) sums of rows and of columns */
	double *precision, *recall, *f1;	/* (K) */
	size_t present;			/* classes with support or predictions */
	struct score_average accuracy, macro, weighted;	/* accuracy = micro average */
	void *block;			/* owned: all arrays above */
};

/* 0, or -1 without memory or when K is not in 1..SCORE_K_MAX. */
int score_init(struct score *s, size_t K);
/* Counts one utterance; both in 0..K-1. */
void score_add(struct score *s, size_t truth, size_t predicted);
/* Computes everything but confusion, N and correct. All 0 when N is 0. */
void score_finish(struct score *s);
void score_free(struct score *s);
/* 1 when class k occurs as truth or prediction. */
int score_present(const struct score *s, size_t k);

/*
 * Wilson's interval for correct out of n > 0 at normal quantile z: the share
 * lies in *low .. *high. E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212.
 */
void score_wilson(size_t correct, size_t n, double z, double *low, double *high);
/* Quantile q in 0..1 of n > 0 ascending values: linear between ranks, to numpy's last bit. */
double score_quantile(const double *ascending, size_t n, double q);

#endif
