// SPDX-License-Identifier: MIT
/* What rejection does to predictions; see report.h. */
#include <stdlib.h>

#include "quant/reject.h"
#include "report.h"

long
report_label(const struct tensor *t, int *rejected)
{
	long predicted, best = 0;

	if (meta_get_long(&t->meta, "predicted", -1, (long)t->n - 1, &predicted) != 0)
		return -1;
	if (rejected != NULL)
		*rejected = predicted < 0;
	if (predicted >= 0)
		return predicted;
	for (size_t k = 1; k < t->n; k++)
		if (tensor_get(t, k) > tensor_get(t, (size_t)best))
			best = (long)k;
	return best;
}

int
report_read_reject(struct report *r, const struct tensor_set *set, char err[ERR_MAX])
{
	struct report_reject *j = &r->reject;
	double *p = ecalloc(set->n, sizeof(*p));
	int *right = ecalloc(set->n, sizeof(*right)), *word = ecalloc(set->n, sizeof(*word));
	int32_t none = labels_none(&set->head);
	size_t known = 0;
	int rc = 0;

	j->ece = j->threshold = -1;
	if (meta_has(&r->head, "reject") &&
	    (meta_get_double(&r->head, "reject", &j->threshold) != 0 ||
	    !(j->threshold >= 0 && j->threshold <= 1)))
		rc = err_set(err, "head: reject: expected a number of 0 to 1");
	for (size_t i = 0; i < set->n && rc == 0; i++) {
		const struct tensor *t = &set->items[i];
		int rejected = 0;
		long best = report_label(t, &rejected);

		if (rejected && j->threshold < 0)
			rc = err_set(err, "record %s: predicted=-1: expected the threshold in the "
				"head, reject=", t->name);
		rejected = rejected || best == none;
		word[i] = t->label >= 0 && t->label != none;
		right[i] = word[i] && t->label == best;
		j->words += (size_t)word[i];
		j->right += (size_t)right[i];
		j->refused += word[i] && rejected;
		j->refused_right += right[i] && rejected;
		j->others += !word[i];
		j->others_refused += !word[i] && rejected;
		if (meta_get_double(&t->meta, "confidence", &p[i]) == 0 && p[i] >= 0 && p[i] <= 1)
			known++;
	}
	if (rc == 0 && known == set->n)
		j->ece = reject_ece(p, right, word, set->n);
	free(p);
	free(right);
	free(word);
	return rc;
}
