/* SPDX-License-Identifier: MIT */
/*
 * dataset - labelled features in memory, checked on the way in
 *
 *	struct dataset set = { 0 };
 *
 *	while (etensor_read(&r, &t))
 *		if (dataset_add(&set, &t, K, err))
 *			die("%s: record %s: %s", r.input, t.name, err);
 *	if (dataset_finish(&set, err))
 *		die(...);
 *	dataset_free(&set);
 */
#ifndef WHIT_DATASET_H
#define WHIT_DATASET_H

#include "bptt.h"
#include "tensor.h"

struct dataset {
	int D;				/* features a frame; 0 while empty */
	int steps;			/* frames of the longest */
	size_t n;			/* utterances */
	struct bptt_item *items;	/* (n) owned; x is set by dataset_finish() */
	float *x;			/* (frames, D) owned */
	size_t frames;
	char *names;			/* NUL-terminated, until dataset_finish(); owned */
	size_t names_n;			/* bytes */
	size_t items_room, x_room, names_room;
};

/*
 * Appends one record: f32 (T, D), T >= 1, the D of the others, all finite,
 * a label in 0..K-1. 0, or -1 with err.
 */
int dataset_add(struct dataset *s, const struct tensor *t, int K, char err[ERR_MAX]);
/*
 * Call once after the last: refuses an empty set and a name that stands twice, sets the items. 0,
 * or -1 with err.
 */
int dataset_finish(struct dataset *s, char err[ERR_MAX]);
/*
 * mean (D) and scale (D) = 1 / standard deviation of each feature over all
 * frames (population, in double); a feature that never changes gets scale 1.
 */
void dataset_moments(const struct dataset *s, float *mean, float *scale);
/* x = (x - mean) * scale, as rnn_infer() does it. */
void dataset_normalise(struct dataset *s, const float *mean, const float *scale);
/* Labels that occur, 0..K-1. */
int dataset_classes(const struct dataset *s, int K);
/*
 * Moves share of each label's utterances (rounded to nearest, one at least
 * stays; chosen by stream RNG_VALIDATE of seed) to `taken`, which must be
 * zeroed. Both keep the order. x stays in s, which must outlive taken. 0, or
 * -1 with err: no memory or nothing to take.
 */
int dataset_take(struct dataset *s, struct dataset *taken, int K, double share, uint64_t seed,
	char err[ERR_MAX]);
void dataset_free(struct dataset *s);

#endif
