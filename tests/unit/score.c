// SPDX-License-Identifier: MIT
/* score: the example of scikit-learn's manual, intervals and quantiles of closed form. */
#include <math.h>
#include <stdio.h>

#include "report/score.h"

static int failed;

static void
check(const char *what, double expected, double got, double tolerance)
{
	if (!(fabs(expected - got) <= tolerance)) {
		printf("%s: expected %.17g, got %.17g\n", what, expected, got);
		failed = 1;
	}
}

static void
check_manual(void)
{
	/* sklearn.metrics.classification_report, first example; class 3 occurs nowhere. */
	static const int truth[5] = { 0, 1, 2, 2, 2 }, predicted[5] = { 0, 0, 2, 2, 1 };
	struct score s;

	if (score_init(&s, 4) != 0) {
		failed = 1;
		return;
	}
	for (int i = 0; i < 5; i++)
		score_add(&s, (size_t)truth[i], (size_t)predicted[i]);
	for (int twice = 0; twice < 2; twice++)
		score_finish(&s);
	check("present", 3, (double)s.present, 0);
	check("precision of 0", 0.5, s.precision[0], 0);
	check("precision of 1", 0, s.precision[1], 0);
	check("f1 of 1", 0, s.f1[1], 0);
	check("recall of 2", 2.0 / 3, s.recall[2], 0);
	check("f1 of 3", 0, s.f1[3], 0);
	check("accuracy", 0.6, s.accuracy.recall, 0);
	check("macro recall", (1 + 0 + 2.0 / 3) / 3, s.macro.recall, 1e-16);
	check("weighted precision", (0.5 + 3) / 5, s.weighted.precision, 1e-16);
	check("confusion[2][1]", 1, s.confusion[2 * 4 + 1], 0);
	check("support of 2", 3, (double)s.support[2], 0);
	score_free(&s);

	if (score_init(&s, 3) != 0) {
		failed = 1;
		return;
	}
	score_finish(&s);
	check("macro f1 of nothing", 0, s.macro.f1, 0);
	score_free(&s);
	check("no classes", -1, score_init(&s, 0), 0);
	check("too many classes", -1, score_init(&s, SCORE_K_MAX + 1), 0);
}

int
main(void)
{
	static const double x[5] = { 1, 2, 4, 8, 16 };
	double low, high;

	check_manual();
	/* R: prop.test(81, 263, correct = FALSE); Newcombe (1998), table I, method 3. */
	score_wilson(81, 263, SCORE_Z95, &low, &high);
	check("Wilson low of 81/263", 0.2553, low, 5e-5);
	check("Wilson high of 81/263", 0.3662, high, 5e-5);
	score_wilson(0, 20, SCORE_Z95, &low, &high);
	check("Wilson low of 0/20", 0, low, 0);
	check("Wilson high of 0/20", 0.1611, high, 5e-5);
	score_wilson(29, 29, SCORE_Z95, &low, &high);
	check("Wilson low of 29/29", 0.8830, low, 5e-5);
	check("Wilson high of 29/29", 1, high, 0);

	check("median", 4, score_quantile(x, 5, 0.5), 0);
	check("lowest", 1, score_quantile(x, 5, 0), 0);
	check("highest", 16, score_quantile(x, 5, 1), 0);
	check("p95", 14.4, score_quantile(x, 5, 0.95), 1e-14);
	check("median of four", 3, score_quantile(x, 4, 0.5), 0);
	check("p95 of one", 2, score_quantile(x + 1, 1, 0.95), 0);
	return failed;
}
