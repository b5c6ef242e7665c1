/* SPDX-License-Identifier: MIT */
/*
 * batch - utterances of a set as the net sees them: normalised, and changed for training
 *
 * The set's own frames stay as they are, perhaps in a file (mapped.h); what the net sees is made
 * for one batch at a time: (x - mean) * scale, then augment.h's changes.
 *
 *	struct batch b;
 *
 *	batch_init(&b, &net, &augment, seed, 32, set.steps, validation.steps);
 *	batch_train(&b, pool, &set, order, 32, epoch);		(b.items, b.n)
 *	batch_plain(&b, &validation, 0, 32);
 *	batch_free(&b);
 */
#ifndef WHIT_BATCH_H
#define WHIT_BATCH_H

#include "augment.h"
#include "dataset.h"
#include "math/pool.h"
#include "net/rnn.h"

struct batch {
	struct bptt_item *items;	/* (size) owned; the last batch */
	int n;				/* of it */
	int steps;			/* the most that an utterance can have */
	/* inside */
	const struct rnn *net;		/* its normalisation is read */
	const struct augment *augment;	/* NULL: changes nothing */
	uint64_t seed;
	float *frames;			/* (size, steps, D) owned; NULL: the set's own */
	float *plain;			/* (BPTT_LANES, steps, D) owned; before changes */
	const struct dataset *set;	/* of the last batch */
	const uint32_t *which;
	int epoch;
};

/*
 * Room for batches of `size` utterances: of up to train_steps frames for batch_train(), up to
 * plain_steps for batch_plain(). net and augment must outlive b. 0, or -1 without memory; the
 * caller frees in either case.
 */
int batch_init(struct batch *b, const struct rnn *net, const struct augment *augment,
	uint64_t seed, int size, int train_steps, int plain_steps);
/* Utterances which[0] ... which[n - 1] of set as epoch 1, 2, ... has them, by p's threads. */
void batch_train(struct batch *b, struct pool *p, const struct dataset *set,
	const uint32_t *which, int n, int epoch);
/* Utterances first ... first + n - 1 of set, unchanged. */
void batch_plain(struct batch *b, const struct dataset *set, size_t first, int n);
void batch_free(struct batch *b);

#endif
