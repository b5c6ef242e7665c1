// SPDX-License-Identifier: MIT
/* Streams of predictions that become one report, and their utterances one by one; see report.h. */
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "report.h"

#define SHA256 ".sha256"

/* What models alike differ in. */
static int
is_own(const char *key)
{
	size_t n = strlen(key), k = sizeof(SHA256) - 1;

	return meta_is_history(key) || strcmp(key, "model.sparse") == 0 ||
		strcmp(key, "reject") == 0 ||
		(n > k && strcmp(key + n - k, SHA256) == 0);
}

/* What the model had to do with the features of the stream, or NULL. */
static const char *
find_leak(const struct tensor_set *set)
{
	static const char *const keys[][2] = {
		{ "train.sha256", "trained on" }, { "validate.sha256", "chosen on" },
		{ "calibration.sha256", "calibrated on" }, { "pot.train.sha256", "trained on" },
		{ "confidence.words.sha256", "taught its confidence on" },
		{ "confidence.others.sha256", "taught its confidence on" },
		{ "teacher.train.sha256", "taught by one that was trained on" },
	};
	char a[65], b[65];

	for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
		for (size_t i = 0; meta_get(&set->head, keys[k][0], a, sizeof(a)) && i < set->n;
		    i++)
			if (meta_get(&set->items[i].meta, "test.sha256", b, sizeof(b)) &&
			    strcmp(a, b) == 0)
				return keys[k][1];
	return NULL;
}

/*
 * Splits head: the keys that all streams must share to `shared`, of the others those that agree
 * with other (NULL: all) to `own`; a history that does not is its tool's name.
 */
static void
divide(const struct meta *head, const struct meta *other, struct meta *shared, struct meta *own)
{
	char key[TENSOR_NAME_MAX + 1], *value = ecalloc(2, TENSOR_META_MAX);
	char *theirs = value + TENSOR_META_MAX;

	for (size_t pos = 0; meta_next(head, &pos, key, sizeof(key), value, TENSOR_META_MAX);) {
		int same = other == NULL ||
			(meta_get(other, key, theirs, TENSOR_META_MAX) != NULL &&
			strcmp(value, theirs) == 0);

		if (!is_own(key))
			emeta_set(shared, key, "%s", value);
		else if (same)
			emeta_set(own, key, "%s", value);
		else if (meta_is_history(key))
			emeta_set(own, key, "%.*s (differs)", (int)strcspn(value, " "), value);
	}
	free(value);
}

static int
merge_heads(struct meta *head, const struct meta *other, const char *input, char err[ERR_MAX])
{
	struct meta a = { 0 }, b = { 0 }, own = { 0 }, rest = { 0 };
	char diff[ERR_MAX / 2];
	int rc = 0;

	divide(head, other, &a, &own);
	divide(other, NULL, &b, &rest);
	if (meta_differ(&a, &b, "", diff, sizeof(diff)))
		rc = err_at(err, input, "not like the first stream: %s", diff);
	else if (meta_copy(&a, &own, ""))
		rc = err_at(err, input, "out of memory");
	meta_free(&b);
	meta_free(&own);
	meta_free(&rest);
	if (rc) {
		meta_free(&a);
		return rc;
	}
	meta_free(head);
	*head = a;
	return 0;
}

static void
count_model(struct report_pool *p, const struct meta *head)
{
	char sha256[65];

	if (meta_get(head, "model.sha256", sha256, sizeof(sha256)) == NULL)
		sha256[0] = '\0';
	for (size_t i = 0; i < p->n_models; i++)
		if (strcmp(p->models[i], sha256) == 0)
			return;
	p->models = erealloc(p->models, p->n_models + 1, sizeof(*p->models));
	strcpy(p->models[p->n_models++], sha256);
}

int
report_pool_add(struct report_pool *p, struct tensor_set *set, const char *input, char err[ERR_MAX])
{
	const char *leak = find_leak(set);

	count_model(p, &set->head);
	p->leak = p->leak != NULL ? p->leak : leak;
	if (p->streams++ == 0) {
		p->set = *set;
		memset(set, 0, sizeof(*set));
		return 0;
	}
	if (merge_heads(&p->set.head, &set->head, input, err) != 0)
		return -1;
	p->set.items = erealloc(p->set.items, p->set.n + set->n, sizeof(*p->set.items));
	memcpy(p->set.items + p->set.n, set->items, set->n * sizeof(*set->items));
	p->set.n += set->n;
	p->set.capacity = p->set.n;
	set->n = 0;
	tensor_set_free(set);
	return 0;
}

void
report_pool_free(struct report_pool *p)
{
	tensor_set_free(&p->set);
	free(p->models);
	memset(p, 0, sizeof(*p));
}

/* How far the logit at best is above the largest of the others. */
static double
margin(const struct tensor *t, size_t best)
{
	double second = 0;
	int found = 0;

	for (size_t k = 0; k < t->n; k++)
		if (k != best && (!found || tensor_get(t, k) > second)) {
			second = tensor_get(t, k);
			found = 1;
		}
	return found ? tensor_get(t, best) - second : 0;
}

void
report_list(FILE *out, const struct report *r, const struct tensor_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct tensor *t = &set->items[i];
		int rejected = 0;
		long best = report_label(t, &rejected);

		fprintf(out, "%s\t%s\t%s\t", t->name, t->label < 0 ? "-" : r->label[t->label],
			rejected ? "none" : r->label[best]);
		fprintf(out, t->dtype == TENSOR_S32 ? "%.0f\n" : "%.6g\n", margin(t, (size_t)best));
	}
}
