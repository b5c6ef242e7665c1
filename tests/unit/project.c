// SPDX-License-Identifier: MIT
/* project: training reads projected weights, changes the trained ones, leaves projected ones */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "math/rng.h"
#include "train/train.h"

#define N 12		/* utterances: three batches */
#define BATCH 4
#define STEPS 5
#define FEATURES 3
#define UNITS 4
#define LABELS 2

static int failed;
static struct bptt_item items[N];
static struct dataset set = { .items = items, .n = N, .D = FEATURES, .steps = STEPS };

static void
same(const char *what, const struct rnn *expected, const struct rnn *got)
{
	for (size_t i = 0; i < got->n; i++)
		if (memcmp(&expected->w[i], &got->w[i], sizeof(*got->w))) {
			printf("%s: weight %zu: expected %.9g, got %.9g\n", what, i,
				(double)expected->w[i], (double)got->w[i]);
			failed = 1;
			return;
		}
}

static void
copy(void *arg, const struct rnn *from, struct rnn *to)
{
	(void)arg;
	for (size_t i = 0; i < from->n; i++)
		to->w[i] = from->w[i];
}

/* To multiples of *unit. */
static void
grid(void *unit, const struct rnn *from, struct rnn *to)
{
	float u = *(const float *)unit;

	for (size_t i = 0; i < from->n; i++)
		to->w[i] = roundf(from->w[i] / u) * u;
}

static void
init(struct rnn *net)
{
	*net = (struct rnn){ .cell = &cell_lstm, .layers = 2, .directions = 1,
		.D = FEATURES, .H = UNITS, .K = LABELS, .pooling = RNN_MEAN };
	if (rnn_init(net, 0))
		printf("no memory\n"), failed = 1;
	train_init_weights(net, 3);
}

static void
silent(void *arg, struct train_epoch *e)
{
	(void)arg;
	(void)e;
}

static void
run(struct rnn *net, const struct train_options *o, const struct dataset *validation)
{
	char err[ERR_MAX];

	init(net);
	if (train(net, &set, validation, o, silent, NULL, err))
		printf("train: %s\n", err), failed = 1;
}

/* What train() says it does, step by step: the float net's gradient at P(w) moves w. */
static void
by_hand(struct rnn *kept, const struct train_options *o)
{
	struct rnn w;
	struct bptt b;
	struct adam adam;
	struct rng g;
	uint32_t order[N];
	struct bptt_item batch[BATCH];

	init(&w);
	init(kept);
	adam_init(&adam, w.n);
	bptt_init(&b, kept, BATCH, STEPS, 0.0f, o->seed, 1);
	rng_init(&g, o->seed, RNG_ORDER);
	for (uint32_t i = 0; i < N; i++)
		order[i] = i;
	for (int epoch = 0; epoch < o->epochs; epoch++) {
		rng_shuffle(&g, order, N);
		for (int at = 0; at < N; at += BATCH) {
			for (int i = 0; i < BATCH; i++)
				batch[i] = items[order[at + i]];
			grid(o->projection.arg, &w, kept);
			bptt_batch(&b, batch, BATCH, 1);
			adam_step(&adam, w.w, b.grad, o->schedule.rate);
		}
	}
	grid(o->projection.arg, &w, kept);
	bptt_free(&b);
	adam_free(&adam);
	rnn_free(&w);
}

int
main(void)
{
	static float x[N][STEPS * FEATURES];
	float unit = 0.125f;
	struct train_options o = { .epochs = 4, .batch = BATCH, .jobs = 1, .seed = 5,
		.schedule = { .kind = SCHEDULE_CONSTANT, .rate = 1e-2 } };
	struct rnn plain, got, expected;
	struct rng g;

	rng_init(&g, 1, 1);
	for (int i = 0; i < N; i++) {
		items[i] = (struct bptt_item){ x[i], i % STEPS + 1, i % LABELS };
		for (int j = 0; j < STEPS * FEATURES; j++)
			x[i][j] = 2.0f * rng_float(&g) - 1.0f;
	}

	run(&plain, &o, NULL);
	o.projection = (struct projection){ copy, NULL };
	run(&got, &o, NULL);
	same("a projection that changes nothing", &plain, &got);
	rnn_free(&got);

	o.projection = (struct projection){ grid, &unit };
	by_hand(&expected, &o);
	run(&got, &o, NULL);
	same("step by step", &expected, &got);
	rnn_free(&got);
	rnn_free(&expected);

	/* Projected whoever chooses: average, validation. */
	o.average = AVERAGE_EMA;
	o.average_decay = 0.5;
	for (int validated = 0; validated < 2; validated++) {
		run(&got, &o, validated ? &set : NULL);
		init(&expected);
		grid(&unit, &got, &expected);
		same("left projected", &expected, &got);
		rnn_free(&got);
		rnn_free(&expected);
	}
	rnn_free(&plain);
	return failed;
}
