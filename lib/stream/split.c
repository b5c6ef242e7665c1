// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "math/mt19937.h"
#include "split.h"

#define NAME_CHARS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
#define SHARE_SLACK 1e-9	/* shares are typed in decimal: ten of .1 are not quite 1 */

/* A record's place among the sorted names, and where it goes. */
struct entry {
	const struct tensor *t;
	size_t record, part;
};

static int
fail(char err[ERR_MAX], const char *what, const char *key)
{
	snprintf(err, ERR_MAX, "%s%s", what, key);
	return -1;
}

int
split_parts_parse(struct split_parts *p, const char *text, char err[ERR_MAX])
{
	double sum = 0;

	p->n = 0;
	for (const char *s = text;; s++) {
		size_t len = strcspn(s, ","), name_len = strcspn(s, "=,");
		char item[128];
		double share;

		snprintf(item, sizeof(item), "%.*s", (int)(len < 127 ? len : 127), s);
		if (p->n == SPLIT_PARTS_MAX)
			return fail(err, "more than 16 parts in ", text);
		if (name_len == 0 || name_len > SPLIT_NAME_MAX || name_len == len ||
		    strspn(s, NAME_CHARS) < name_len)
			return fail(err, "a part is NAME=SHARE, its name of letters, digits, _, -, "
				"got ", item);
		if (len >= sizeof(item) || opt_number(item + name_len + 1, 0, 1, &share) != 0 ||
		    share == 0)
			return fail(err, "a share must be above 0 and at most 1, got ", item);
		item[name_len] = '\0';
		if (split_parts_find(p, item) < p->n)
			return fail(err, "this part is there twice: ", item);
		memcpy(p->part[p->n].name, item, name_len + 1);
		p->part[p->n++].share = share;
		sum += share;
		s += len;
		if (*s == '\0')
			break;
	}
	if (fabs(sum - 1) > SHARE_SLACK) {
		snprintf(err, ERR_MAX, "the shares must sum to 1, %s sums to %g", text, sum);
		return -1;
	}
	return 0;
}

void
split_parts_test(struct split_parts *p, double test)
{
	*p = (struct split_parts){ 2, { { "train", 1 - test }, { "test", test } } };
}

size_t
split_parts_find(const struct split_parts *p, const char *name)
{
	size_t i;

	for (i = 0; i < p->n && strcmp(p->part[i].name, name) != 0; i++)
		;
	return i;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->t->name, ((const struct entry *)b)->t->name);
}

/* All records sorted by name, and room for the answer. The caller frees; NULL on failure. */
static struct entry *
sorted(struct split *s, const struct tensor_set *set, char err[ERR_MAX])
{
	struct entry *e = calloc(set->n + 1, sizeof(*e));

	*s = (struct split){ .order = calloc(set->n + 1, sizeof(*s->order)) };
	if (e == NULL || s->order == NULL) {
		fail(err, "out of memory", "");
		free(e);
		return NULL;
	}
	for (size_t i = 0; i < set->n; i++)
		e[i] = (struct entry){ &set->items[i], i, 0 };
	qsort(e, set->n, sizeof(*e), by_name);
	for (size_t i = 1; i < set->n; i++)
		if (by_name(&e[i - 1], &e[i]) == 0) {
			snprintf(err, ERR_MAX,
				"record %s: the name must be unique, records %zu and %zu have it",
				e[i].t->name, e[i - 1].record, e[i].record);
			free(e);
			return NULL;
		}
	return e;
}

/* Fills the answer from .part, each part in sorted order; frees e. */
static int
gather(struct split *s, size_t n_parts, struct entry *e, size_t n)
{
	size_t k = 0;

	for (size_t p = 0; p < n_parts; p++) {
		s->first[p] = k;
		for (size_t i = 0; i < n; i++)
			if (e[i].part == p)
				s->order[k++] = e[i].record;
		s->size[p] = k - s->first[p];
	}
	free(e);
	return 0;
}

int
split_sklearn(struct split *s, const struct tensor_set *set, const struct split_parts *p,
	uint32_t seed, char err[ERR_MAX])
{
	struct entry *e = sorted(s, set, err);
	size_t test = split_parts_find(p, "test"), rest = split_parts_find(p, "train");
	size_t cut[SPLIT_PARTS_MAX], n_cut = 0, k = 0;
	struct mt19937 r;

	if (e == NULL)
		return -1;
	if (rest == p->n)
		rest = test == 0 && p->n > 1 ? 1 : 0;
	if (test < p->n && test != rest)
		cut[n_cut++] = test;
	for (size_t i = 0; i < p->n; i++)
		if (i != test && i != rest)
			cut[n_cut++] = i;
	cut[n_cut++] = rest;

	for (size_t c = 0; c < n_cut; c++) {
		double want = ceil(p->part[cut[c]].share * (double)set->n);
		size_t left = set->n - k;

		s->first[cut[c]] = k;
		s->size[cut[c]] = c + 1 == n_cut || want > (double)left ? left : (size_t)want;
		k += s->size[cut[c]];
	}
	mt19937_seed(&r, seed);
	mt19937_permutation(&r, s->order, set->n);
	for (size_t i = 0; i < set->n; i++)
		s->order[i] = e[s->order[i]].record;
	free(e);
	return 0;
}

/* Sizes of the parts of n records of one label; see split.h. */
static void
largest_remainder(size_t size[], const struct split_parts *p, size_t n)
{
	double fraction[SPLIT_PARTS_MAX];
	size_t left = n;

	for (size_t i = 0; i < p->n; i++) {
		double want = p->part[i].share * (double)n;

		size[i] = (size_t)want;
		if (size[i] > left)
			size[i] = left;
		fraction[i] = want - (double)size[i];
		left -= size[i];
	}
	for (; left > 0; left--) {
		size_t best = 0;

		for (size_t i = 1; i < p->n; i++)
			if (fraction[i] > fraction[best])
				best = i;
		size[best]++;
		fraction[best]--;
	}
	for (size_t i = 0; i < p->n; i++) {
		size_t most = 0;

		for (size_t j = 1; j < p->n; j++)
			if (size[j] > size[most])
				most = j;
		if (size[i] == 0 && size[most] > 1) {
			size[most]--;
			size[i]++;
		}
	}
}

int
split_stratified(struct split *s, const struct tensor_set *set, const struct split_parts *p,
	uint32_t seed, char err[ERR_MAX])
{
	struct entry *e = sorted(s, set, err);
	size_t *same = calloc(set->n + 1, sizeof(*same)), *perm = calloc(set->n + 1, sizeof(*perm));
	unsigned char *done = calloc(set->n + 1, 1);

	if (e == NULL || same == NULL || perm == NULL || done == NULL) {
		if (e != NULL)
			fail(err, "out of memory", "");
		free(e);
		free(same);
		free(perm);
		free(done);
		return -1;
	}
	for (size_t i = 0; i < set->n; i++) {
		uint32_t key[2] = { seed, (uint32_t)e[i].t->label + 1 };
		size_t size[SPLIT_PARTS_MAX], n = 0, k = 0;
		struct mt19937 r;

		if (done[i])
			continue;
		for (size_t j = i; j < set->n; j++)
			if (e[j].t->label == e[i].t->label) {
				same[n++] = j;
				done[j] = 1;
			}
		mt19937_seed_array(&r, key, 2);
		mt19937_permutation(&r, perm, n);
		largest_remainder(size, p, n);
		for (size_t part = 0; part < p->n; part++)
			for (size_t j = 0; j < size[part]; j++)
				e[same[perm[k++]]].part = part;
	}
	free(same);
	free(perm);
	free(done);
	return gather(s, p->n, e, set->n);
}

int
split_takes(struct split *s, const struct tensor_set *set, const struct split_parts *p,
	char err[ERR_MAX])
{
	struct entry *e = sorted(s, set, err);
	size_t test = split_parts_find(p, "test"), train = split_parts_find(p, "train");

	if (e == NULL)
		return -1;
	for (size_t i = 0; i < set->n; i++) {
		const char *take = strrchr(e[i].t->name, '_');
		double number;

		if (take == NULL || take[1 + strspn(take + 1, "0123456789")] != '\0' ||
		    opt_number(take + 1, 0, 1e9, &number) != 0) {
			snprintf(err, ERR_MAX,
				"record %s: expected a name that ends in _TAKE, a number",
				e[i].t->name);
			free(e);
			return -1;
		}
		e[i].part = number < SPLIT_TEST_TAKES ? test : train;
	}
	return gather(s, p->n, e, set->n);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "no group X; there are a, b, c" */
static void
list_groups(const struct entry *e, size_t n, const char *group, char err[ERR_MAX])
{
	const char **g = calloc(n + 1, sizeof(*g));
	size_t len;

	snprintf(err, ERR_MAX, "no record of group %s", group);
	if (g == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		g[i] = e[i].t->group;
	qsort(g, n, sizeof(*g), by_text);
	for (size_t i = 0, listed = 0; i < n; i++) {
		if (g[i][0] == '\0' || (i > 0 && strcmp(g[i], g[i - 1]) == 0))
			continue;
		len = strlen(err);
		if (len + strlen(g[i]) + 16 > ERR_MAX / 2) {
			snprintf(err + len, ERR_MAX - len, ", ...");
			break;
		}
		snprintf(err + len, ERR_MAX - len, "%s%s",
			listed++ ? ", " : ", expected one of ", g[i]);
	}
	len = strlen(err);
	if (n > 0 && g[n - 1][0] == '\0')
		snprintf(err + len, ERR_MAX - len, "; the records have no groups");
	free(g);
}

int
split_group(struct split *s, const struct tensor_set *set, const struct split_parts *p,
	const char *group, char err[ERR_MAX])
{
	struct entry *e = sorted(s, set, err);
	size_t test = split_parts_find(p, "test"), train = split_parts_find(p, "train"), n = 0;

	if (e == NULL)
		return -1;
	for (size_t i = 0; i < set->n; i++) {
		int held = strcmp(e[i].t->group, group) == 0;

		e[i].part = held ? test : train;
		n += held;
	}
	if (n == 0) {
		list_groups(e, set->n, group, err);
		free(e);
		return -1;
	}
	return gather(s, p->n, e, set->n);
}

void
split_free(struct split *s)
{
	free(s->order);
	*s = (struct split){ 0 };
}
