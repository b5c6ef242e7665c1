// SPDX-License-Identifier: MIT
/*
 * determinism [JOBS] - trains small nets and prints hashes of every bit of them: of two, and of one
 * trained for int8
 *
 * Made-up ragged utterances, batches with a short last one, dropout, clipping, a schedule, an
 * average, changes to the features, validation; sizes that leave tails in vectors of 4, 8 and 16
 * and sizes that leave none. Needs no more of lib/ than tests/determinism.bats
 * lists, so that a cross compiler can build it.
 * WHIT_ISA as in the tools.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/kernel.h"
#include "math/rng.h"
#include "quant/qat.h"
#include "train/train.h"

#define UTTERANCES 44
#define VALIDATION 9		/* of them, at the end */
#define STEPS 12
#define FEATURES 5
#define LABELS 3

#define HASH_START 0xcbf29ce484222325u	/* FNV-1a, 64 bits */

static uint64_t hash = HASH_START;

static void
add(const void *data, size_t bytes)
{
	const unsigned char *p = data;

	for (size_t i = 0; i < bytes; i++)
		hash = (hash ^ p[i]) * 0x100000001b3u;
}

static void
report(void *arg, struct train_epoch *e)
{
	(void)arg;
	add(&e->loss, sizeof(e->loss));
	add(&e->validation_loss, sizeof(e->validation_loss));
}

/* As lstm-train --qat int8 does. */
static int
round_for_int8(struct qat *q, struct train_options *o, const struct rnn *net,
	const struct bptt_item *items)
{
	struct quant_range x[FEATURES] = { { 0 } };
	struct quant_features features = { .x = x, .D = FEATURES };
	char err[ERR_MAX];

	for (int i = 0; i < UTTERANCES; i++)
		quant_features_add(&features, items[i].x, (size_t)items[i].T);
	if (qat_init(q, net, &features, err))
		return -1;
	o->projection = (struct projection){ qat_project, q };
	o->units = &q->units;
	return 0;
}

/* Trains 2 layers of net's other sizes, then adds the weights and the logits of all utterances. */
static int
run(struct rnn net, int rounded, struct bptt_item *items, int jobs)
{
	struct dataset set = {
		.items = items, .n = UTTERANCES - VALIDATION, .D = FEATURES, .steps = STEPS
	};
	struct dataset validation = {
		.items = items + set.n, .n = VALIDATION, .D = FEATURES, .steps = STEPS
	};
	struct train_options o = { .epochs = 4, .batch = 16, .jobs = jobs, .clip = 1.0,
		.dropout = 0.3, .smoothing = 0.1,
		.schedule = { .kind = SCHEDULE_ONE_CYCLE, .rate = 1e-2 },
		.average = AVERAGE_EMA, .average_decay = 0.9, .adamw = 1, .weight_decay = 0.01,
		.augment = { .stretch = 0.2, .noise = 0.1, .time_masks = 1, .time_mask_width = 3 },
		.seed = 7 };
	struct rnn_scratch s = { 0 };
	struct qat q = { 0 };
	char err[ERR_MAX];
	float logits[LABELS];

	net.layers = 2;
	net.D = FEATURES;
	net.K = LABELS;
	if (rnn_init(&net, 0) || (rounded && round_for_int8(&q, &o, &net, items)))
		return -1;
	train_init_weights(&net, o.seed);
	if (train(&net, &set, &validation, &o, report, NULL, err) || rnn_pack(&s, &net)) {
		fprintf(stderr, "determinism: %s\n", err);
		return -1;
	}
	add(net.w, net.n * sizeof(*net.w));
	for (int i = 0; i < UTTERANCES; i++) {
		if (rnn_infer(&net, &s, items[i].x, items[i].T, logits))
			return -1;
		add(logits, sizeof(logits));
	}
	rnn_scratch_free(&s);
	rnn_free(&net);
	qat_free(&q);
	return 0;
}

int
main(int argc, char *argv[])
{
	static float x[UTTERANCES][STEPS * FEATURES];
	const struct rnn small = {
		.cell = &cell_lstm, .directions = 1, .H = 11, .pooling = RNN_MEAN
	};
	const struct rnn large = { .cell = &cell_lstm, .directions = 1, .H = 24 };
	const struct rnn gru = { .cell = &cell_gru, .directions = 2, .H = 9 };
	const struct rnn max = {
		.cell = &cell_lstm, .directions = 2, .H = 7, .pooling = RNN_MAX
	};
	struct bptt_item items[UTTERANCES];
	struct rng g;
	char err[ERR_MAX];
	int jobs = argc > 1 ? atoi(argv[1]) : 1;

	if (kernel_use(getenv("WHIT_ISA"), err)) {
		fprintf(stderr, "determinism: WHIT_ISA: %s\n", err);
		return 1;
	}
	rng_init(&g, 1, 1);
	for (int i = 0; i < UTTERANCES; i++) {
		items[i] = (struct bptt_item){ x[i], (int)rng_below(&g, STEPS) + 1, i % LABELS };
		for (int j = 0; j < STEPS * FEATURES; j++)
			x[i][j] = (float)(i % LABELS) + 2.0f * rng_float(&g) - 2.0f;
	}
	if (run(small, 0, items, jobs) || run(large, 0, items, jobs))
		return 1;
	printf("%016llx\n", (unsigned long long)hash);
	hash = HASH_START;
	if (run(small, 1, items, jobs))
		return 1;
	printf("%016llx qat\n", (unsigned long long)hash);
	hash = HASH_START;
	if (run(gru, 0, items, jobs))
		return 1;
	printf("%016llx bigru\n", (unsigned long long)hash);
	hash = HASH_START;
	if (run(max, 0, items, jobs))
		return 1;
	printf("%016llx max\n", (unsigned long long)hash);
	return 0;
}
