/* SPDX-License-Identifier: MIT */
/*
 * split - which utterance goes into which part
 *
 * Whatever order the records come in, they are sorted by name (bytewise)
 * first; so a split depends on the set of names alone. Names must be unique.
 *
 * sklearn	One permutation of the sorted names by RandomState(seed), cut into runs: first
 *		"test", then the others as listed, "train" (without one, the first listed) last.
 *		Every part takes ceil(share * n) names, computed in doubles, and the last one the
 *		rest. With train and test these are the members, in the order, of scikit-learn's
 *		train_test_split(sorted(names), test_size=share, random_state=seed).
 * stratified	Label by label (records without one are a label of their own): a permutation by
 *		RandomState([seed, label + 1]), cut into runs as listed. Sizes by largest remainder:
 *		floor(share * n) each, what is left by one to the largest fractions, ties to the
 *		earlier part; then, while a part has none and another more than one, the largest
 *		gives it one. Within a part names are sorted.
 * takes	FSDD's own rule: the number after the last '_' of a name is the take; takes 0-4 are
 *		test, the rest train. Sorted.
 * group	One group (speaker) is test, the others train. Sorted.
 *
 * Functions return 0, or -1 and one line in err.
 */
#ifndef WHIT_SPLIT_H
#define WHIT_SPLIT_H

#include <stddef.h>
#include <stdint.h>

#include "tensor.h"

#define SPLIT_PARTS_MAX 16
#define SPLIT_NAME_MAX 63
#define SPLIT_TEST_TAKES 5	/* takes 0..4: README of the Free Spoken Digit Dataset, "Usage" */

struct split_parts {
	size_t n;
	struct {
		char name[SPLIT_NAME_MAX + 1];
		double share;		/* (0, 1], together 1 */
	} part[SPLIT_PARTS_MAX];
};

/* Zeroed = empty. Part p is order[first[p]] ... order[first[p] + size[p] - 1]: record numbers. */
struct split {
	size_t *order;			/* (N), owned */
	size_t first[SPLIT_PARTS_MAX], size[SPLIT_PARTS_MAX];
};

/* "train=.7,val=.15,test=.15" */
int split_parts_parse(struct split_parts *p, const char *text, char err[ERR_MAX]);
/* train and test; test is the latter's share, in (0, 1). */
void split_parts_test(struct split_parts *p, double test);
/* Number of the part of that name, or p->n. */
size_t split_parts_find(const struct split_parts *p, const char *name);

int split_sklearn(struct split *s, const struct tensor_set *set, const struct split_parts *p,
	uint32_t seed, char err[ERR_MAX]);
int split_stratified(struct split *s, const struct tensor_set *set, const struct split_parts *p,
	uint32_t seed, char err[ERR_MAX]);
/* p must have the parts train and test. */
int split_takes(struct split *s, const struct tensor_set *set, const struct split_parts *p,
	char err[ERR_MAX]);
/* An unknown group is an error that lists the groups. */
int split_group(struct split *s, const struct tensor_set *set, const struct split_parts *p,
	const char *group, char err[ERR_MAX]);
void split_free(struct split *s);

#endif
