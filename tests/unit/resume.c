// SPDX-License-Identifier: MIT
/*
 * resume - training that goes on from what it remembered after any epoch ends with the same bits
 *
 * Every kind of state there is, in several trainings; each is stopped after each of its epochs and
 * gone on with in another train(). Then with one thing of train()'s list forgotten: that must be
 * seen in at least one training, or the thing need not be remembered.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/rng.h"
#include "train/train.h"

#define N 30		/* utterances, the last of them for validation */
#define VALIDATION 10
#define STEPS 6
#define FEATURES 3
#define UNITS 5
#define LABELS 3
#define EPOCHS 7
#define ROW (sizeof(struct train_epoch) / sizeof(double))

static int failed;
static struct bptt_item items[N];
static struct dataset set = { .items = items, .n = N - VALIDATION, .D = FEATURES, .steps = STEPS };
static struct dataset validation = { .items = items + N - VALIDATION, .n = VALIDATION,
	.D = FEATURES, .steps = STEPS };

/* One training as train() sees it from outside. */
struct run {
	const struct train_memory *m;	/* train()'s list */
	size_t n, bytes;		/* of all of it */
	char *kept[EPOCHS + 1];		/* after that epoch, one thing behind the other; owned */
	const char *from;		/* what to go on from, or NULL */
	const char *forgotten;		/* the thing not to put back, or NULL */
	struct train_epoch epochs[EPOCHS];	/* as reported */
	int reported;
	float w[1024];			/* the weights at the end */
	int refused;
};

static char forgettable[TRAIN_MEMORY_MAX][32];	/* names seen; "" once its loss was noticed */

static size_t
size_of(const struct train_memory *m)
{
	return m->rows * m->columns * tensor_dtype_size(m->dtype);
}

static int
remember(void *arg, const struct train_memory *m, size_t n, char err[ERR_MAX])
{
	struct run *r = arg;
	const char *p = r->from;

	(void)err;
	r->m = m;
	r->n = n;
	r->bytes = 0;
	for (size_t i = 0; i < n; r->bytes += size_of(&m[i++])) {
		if (p && !(r->forgotten && !strcmp(r->forgotten, m[i].name)))
			memcpy(m[i].data, p, size_of(&m[i]));
		p = p ? p + size_of(&m[i]) : NULL;
	}
	return 0;
}

static void
report(void *arg, struct train_epoch *e)
{
	struct run *r = arg;
	char *p;

	e->seconds = 1.0;
	if (r->reported < EPOCHS)
		r->epochs[r->reported++] = *e;
	if (r->from)
		return;
	p = r->kept[r->reported] = malloc(r->bytes);
	for (size_t i = 0; i < r->n; p += size_of(&r->m[i++]))
		memcpy(p, r->m[i].data, size_of(&r->m[i]));
}

static void
init(struct rnn *net, uint64_t seed)
{
	*net = (struct rnn){ .cell = &cell_lstm, .layers = 2, .directions = 1,
		.D = FEATURES, .H = UNITS, .K = LABELS, .pooling = RNN_MEAN };
	if (rnn_init(net, 0))
		abort();
	train_init_weights(net, seed);
}

static void
run(struct run *r, const struct train_options *o, int validated)
{
	struct train_options with = *o;
	struct rnn net;
	char err[ERR_MAX];

	with.remember = remember;
	init(&net, o->seed);
	if (net.n * sizeof(*net.w) > sizeof(r->w))
		abort();
	r->refused = train(&net, &set, validated ? &validation : NULL, &with, report, r, err) != 0;
	memcpy(r->w, net.w, net.n * sizeof(*net.w));
	rnn_free(&net);
}

static int
same(const struct run *a, const struct run *b)
{
	return !b->refused && a->reported == b->reported && !memcmp(a->w, b->w, sizeof(a->w)) &&
		!memcmp(a->epochs, b->epochs, sizeof(a->epochs));
}

/* Notes every name once. */
static void
note_names(const struct train_memory *m, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t j = 0;

		while (j < TRAIN_MEMORY_MAX && forgettable[j][0] &&
			strcmp(forgettable[j], m[i].name))
			j++;
		if (j < TRAIN_MEMORY_MAX)
			strcpy(forgettable[j], m[i].name);
	}
}

static void
check(const char *what, const struct train_options *o, int validated,
	char noticed[TRAIN_MEMORY_MAX])
{
	static const struct run zero;
	struct run whole = zero, part;

	run(&whole, o, validated);
	if (whole.refused || whole.reported < 2)
		printf("%s: too short\n", what), failed = 1;
	for (int k = 1; k <= whole.reported; k++) {
		part = zero;
		part.from = whole.kept[k];
		run(&part, o, validated);
		if (!same(&whole, &part))
			printf("%s: other bits when resumed after epoch %d\n", what, k), failed = 1;
		for (size_t i = 0; i < TRAIN_MEMORY_MAX && forgettable[i][0]; i++) {
			part = zero;
			part.from = whole.kept[k];
			part.forgotten = forgettable[i];
			run(&part, o, validated);
			noticed[i] |= (char)!same(&whole, &part);
		}
	}
	for (int k = 1; k <= EPOCHS; k++)
		free(whole.kept[k]);
}

/* Every kind once, to learn the names. */
static int
learn(void *unused, const struct train_memory *m, size_t n, char err[ERR_MAX])
{
	(void)unused;
	note_names(m, n);
	return snprintf(err, ERR_MAX, "enough"), -1;
}

/* Halves, as a projection that has a state of its own: how often it was applied in training. */
static void
halve(void *arg, const struct rnn *from, struct rnn *to)
{
	int64_t *count = arg;

	++*count;
	for (size_t i = 0; i < to->n; i++)
		to->w[i] = from->w[i] * (*count % 3 ? 0.5f : 1.0f);
}

int
main(void)
{
	static float x[N][STEPS * FEATURES];
	int64_t count = 0;
	const struct train_memory more = { "halve.count", TENSOR_S64, 1, 1, &count };
	const struct train_options plain = { .epochs = EPOCHS, .batch = 8, .jobs = 2, .seed = 5,
		.schedule = { .kind = SCHEDULE_CONSTANT, .rate = 3e-2 } };
	struct train_options o[9];
	char noticed[TRAIN_MEMORY_MAX] = { 0 }, err[ERR_MAX], what[32];
	struct rng g;
	struct rnn net;
	int n = 0;

	rng_init(&g, 1, 1);
	for (int i = 0; i < N; i++) {
		items[i] = (struct bptt_item){ x[i], i % STEPS + 1, i % LABELS };
		for (int j = 0; j < STEPS * FEATURES; j++)
			x[i][j] = 2.0f * rng_float(&g) - 1.0f + 0.3f * (float)(i % LABELS);
	}
	for (int i = 0; i < 9; i++)
		o[i] = plain;
	o[n++].dropout = 0.4;
	o[n].schedule.kind = SCHEDULE_ONE_CYCLE;
	o[n].clip = 1;
	o[n].adamw = 1;
	o[n++].weight_decay = 0.1;
	o[n].average = AVERAGE_EMA;
	o[n].average_decay = 0.8;
	o[n++].schedule.kind = SCHEDULE_COSINE;
	o[n].average = AVERAGE_TAIL;
	o[n++].average_epochs = 3;
	o[n].schedule = (struct schedule){ .kind = SCHEDULE_STEP, .rate = 0.1, .every = 2,
		.factor = 0.3 };
	o[n].patience = 2;
	o[n++].smoothing = 0.1;
	o[n++].augment = (struct augment){ 0.3, 0.2, 0.5, 0.2, 1, 2, 1, 2 };
	o[n].projection = (struct projection){ halve, &count };
	o[n].more = &more;
	o[n].more_n = 1;
	o[n].average = AVERAGE_EMA;
	o[n++].average_decay = 0.5;
	prune_parse(&o[n].prune, "2:.5,4-5:.1", EPOCHS, err);
	o[n++].dropout = 0.1;

	init(&net, 1);
	for (int i = 0; i < n; i++) {
		struct train_options with = o[i];

		with.remember = learn;
		train(&net, &set, &validation, &with, report, NULL, err);
	}
	rnn_free(&net);
	for (int i = 0; i < n; i++)
		for (int validated = 0; validated < 2; validated++) {
			snprintf(what, sizeof(what), "training %d%s", i,
				validated ? ", validated" : "");
			count = 0;
			check(what, &o[i], validated, noticed);
		}
	for (size_t i = 0; i < TRAIN_MEMORY_MAX && forgettable[i][0]; i++)
		if (!noticed[i])
			printf("%s: remembered for nothing\n", forgettable[i]), failed = 1;
	return failed;
}
