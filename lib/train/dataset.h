/* SPDX-License-Identifier: MIT */
/*
 * dataset - labelled features, checked on the way in, mapped from a file
 *
 *	struct dataset set = { 0 };
 *
 *	dataset_from(&set, f, r.input);			(before etensor_open(&r, f, ...))
 *	while (etensor_read(&r, &t))
 *		if (dataset_add(&set, &t, r.payload, K, err))
 *			die("%s: record %s: %s", r.input, t.name, err);
 *	if (dataset_finish(&set, err))
 *		die(...);
 *	dataset_free(&set);
 *
 * Memory holds a few bytes an utterance; their frames are the file's (mapped.h).
 */
#ifndef WHIT_DATASET_H
#define WHIT_DATASET_H

#include "base/mapped.h"
#include "bptt.h"
#include "stream/tensor.h"

/* Must not move between dataset_finish() and dataset_free(). */
struct dataset {
	int D;				/* features a frame; 0 while empty */
	int steps;			/* frames of the longest */
	size_t n;			/* utterances */
	struct bptt_item *items;	/* (n) owned; x is set by dataset_finish() */
	/* (n) owned: the first of the same recording, varied or not; NULL: each is its own */
	uint32_t *recording;
	struct mapped map;		/* owned; what x points into */
	/* until dataset_finish(), owned: */
	size_t *at;			/* (n) bytes of map before the frames */
	char *names;			/* name and source ("": none) of each, NUL-terminated */
	size_t names_n;			/* bytes */
	int sources;			/* 1: there is one */
	size_t items_room, at_room, names_room;
};

/* The records will be read from f, named input, which nothing was read of yet. */
void dataset_from(struct dataset *s, FILE *f, const char *input);
/*
 * Appends one record: f32 (T, D), T >= 1, the D of the others, all finite,
 * a label in 0..K-1; payload: where its elements began in f. 0, or -1 with err.
 */
int dataset_add(struct dataset *s, const struct tensor *t, uint64_t payload, int K,
	char err[ERR_MAX]);
/*
 * Call once after the last: refuses an empty set and a name that stands twice, maps the frames,
 * sets the items. 0, or -1 with err.
 */
int dataset_finish(struct dataset *s, char err[ERR_MAX]);
/*
 * mean (D) and scale (D) = 1 / standard deviation of each feature over all
 * frames (population, in double); a feature that never changes gets scale 1.
 */
void dataset_moments(const struct dataset *s, float *mean, float *scale);
/* Labels that occur, 0..K-1. */
int dataset_classes(const struct dataset *s, int K);
/*
 * Moves share of each label's recordings (rounded to nearest, one at least
 * stays; chosen by stream RNG_VALIDATE of seed) to `taken`, which must be
 * zeroed. A recording goes with all that was made of it: records whose `source`
 * (vary.h) is its name. Both keep the order. x stays in s, which must outlive
 * taken. 0, or -1 with err: no memory or nothing to take.
 */
int dataset_take(struct dataset *s, struct dataset *taken, int K, double share, uint64_t seed,
	char err[ERR_MAX]);
void dataset_free(struct dataset *s);

/*
 * All of it at once, for tools: reads the stream f of labelled features into set, its head's keys
 * into head (added to), the SHA-256 of all its bytes in hex into sha256. Dies of what is no such
 * stream.
 */
void edataset_load(struct dataset *set, struct meta *head, FILE *f, const char *input,
	char sha256[65]);

#endif
