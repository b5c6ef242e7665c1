// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "pot_code.h"
#include "pot_train.h"

#define INT8_MAX_CODE 127
#define INT8_MIN_CODE (-128)

/* Published: rate, batch, clip and epochs 10 to 32 of the trainer. ste's: pipelines/params.mk. */
#define PUBLISHED(codes, epochs) codes, 5, epochs, 64, 5e-4, 1, SCHEDULE_CONSTANT
const struct pot_method pot_methods[POT_APPROACHES] = {
	{ "round", POT_ROUND, 1, 4, 0, 32, 0, 0, SCHEDULE_CONSTANT },
	{ "scale", POT_SCALE, 0, 0, 0, 32, 0, 0, SCHEDULE_CONSTANT },
	{ "ema", POT_EMA, PUBLISHED(1, 23) },
	{ "snap-epoch", POT_SNAP_EPOCH, PUBLISHED(1, 23) },
	{ "snap-step", POT_SNAP_STEP, PUBLISHED(1, 23) },
	{ "stochastic", POT_STOCHASTIC, PUBLISHED(1, 23) },
	{ "row-shared", POT_ROW_SHARED, PUBLISHED(1, 23) },
	{ "apot2", POT_APOT2, 0, 0, 23, 64, 5e-4, 1, SCHEDULE_CONSTANT },
	{ "mixed", POT_MIXED, PUBLISHED(0, 23) },
	{ "inq", POT_INQ_STAGED, PUBLISHED(1, 14) },
	{ "ste", POT_STE, 1, 4, 60, 32, 4e-3, 1, SCHEDULE_ONE_CYCLE },
};

static const struct {
	double share;			/* of each tensor, frozen from its beginning on */
	int epochs;
} inq_stages[POT_INQ_STAGES] = { { 0.3, 4 }, { 0.6, 4 }, { 1.0, 6 } };

static int
larger_first(const void *a, const void *b)
{
	const float *const *x = a, *const *y = b;
	float p = fabsf(**x), q = fabsf(**y);

	return p != q ? (p < q) - (p > q) : (*x > *y) - (*x < *y);
}

/* The next stage: its share of each tensor, the largest (of equal ones the earlier), is P(w). */
static void
inq_freeze(struct pot_train *p, struct rnn *net)
{
	struct pot_tensor t;

	for (int i = 0; pot_tensor(net, i, &t); i++) {
		size_t n = t.rows * t.columns;
		size_t go = (size_t)((double)n * inq_stages[p->stage].share);

		for (size_t j = 0; j < n; j++)
			p->order[j] = &t.w[j];
		qsort(p->order, n, sizeof(*p->order), larger_first);
		for (size_t j = 0; j < go; j++) {
			size_t at = (size_t)(p->order[j] - net->w);

			net->w[at] = p->kept[at] = pot_log2(net->w[at], POT_LOW, POT_TOP);
			p->frozen[at] = 1;
		}
	}
	p->stage++;
}

static void
inq_gradient(void *pot, float *grad)
{
	struct pot_train *p = pot;

	for (size_t i = 0; i < p->n; i++)
		grad[i] = p->frozen[i] ? 0.0f : grad[i];
}

static void
inq_updated(void *pot, struct rnn *net, int64_t i)
{
	struct pot_train *p = pot;

	(void)i;
	for (size_t j = 0; j < p->n; j++)
		net->w[j] = p->frozen[j] ? p->kept[j] : net->w[j];
}

static void
inq_ended(void *pot, struct rnn *net, int epoch)
{
	struct pot_train *p = pot;
	int until = 0;

	for (int s = 0; s < p->stage; s++)
		until += inq_stages[s].epochs;
	if (epoch >= until && p->stage < POT_INQ_STAGES)
		inq_freeze(p, net);
}

static int
ascending(const void *a, const void *b)
{
	float x = *(const float *)a, y = *(const float *)b;

	return (x > y) - (x < y);
}

/* One exponent a row: that of its lower median. */
static void
share_rows(const struct pot_tensor *t, float *row)
{
	for (size_t i = 0; i < t->rows; i++) {
		float *w = t->w + i * t->columns, shared;

		for (size_t j = 0; j < t->columns; j++)
			row[j] = fabsf(w[j]);
		qsort(row, t->columns, sizeof(*row), ascending);
		shared = row[(t->columns - 1) / 2];
		shared = shared > 0.0f ? pot_log2(shared, POT_LOW, POT_TOP) : ldexpf(1, POT_LOW);
		for (size_t j = 0; j < t->columns; j++)
			w[j] = w[j] == 0.0f ? 0.0f : copysignf(shared, w[j]);
	}
}

static void
change(struct pot_train *p, const struct pot_tensor *t)
{
	for (size_t j = 0; j < t->rows * t->columns; j++) {
		float w = t->w[j], to = pot_log2(w, POT_LOW, POT_TOP);

		switch (p->method->approach) {
		case POT_EMA:
			to = (float)(POT_EMA_KEPT * w + (1 - POT_EMA_KEPT) * to);
			break;
		case POT_STOCHASTIC:
			to = pot_stochastic(w, POT_LOW, POT_TOP, rng_float(&p->rng));
			break;
		case POT_APOT2:
			to = pot_two(w, POT_LOW, POT_TOP);
			break;
		default:
			break;
		}
		t->w[j] = to;
	}
}

/* What an approach does to all of a net when its moment has come. */
static void
change_all(struct pot_train *p, struct rnn *net)
{
	struct pot_tensor t;

	for (int i = 0; pot_tensor(net, i, &t); i++) {
		if (p->method->approach == POT_ROW_SHARED && !t.bias)
			share_rows(&t, p->kept);
		else if (p->method->approach != POT_ROW_SHARED &&
		    (p->method->approach != POT_MIXED || t.recurrent))
			change(p, &t);
	}
}

static void
epoch_ended(void *pot, struct rnn *net, int epoch)
{
	(void)epoch;
	change_all(pot, net);
}

static void
step_updated(void *pot, struct rnn *net, int64_t i)
{
	if (i % POT_SNAP_UPDATES == 0)
		change_all(pot, net);
}

/* As pot_round(), and remembers what was rounded last. */
static void
see(void *pot, const struct rnn *from, struct rnn *to)
{
	struct pot_train *p = pot;

	memcpy(p->kept, from->w, p->n * sizeof(*p->kept));
	pot_round(&p->form, from, to);
}

int
pot_train_init(struct pot_train *p, const struct pot_method *method, const struct pot_form *form,
	struct rnn *net, uint64_t seed)
{
	*p = (struct pot_train){ .method = method, .form = *form, .n = net->n };
	p->kept = malloc(p->n * sizeof(*p->kept));
	p->frozen = calloc(p->n, 1);
	p->order = malloc(p->n * sizeof(*p->order));
	if (!p->kept || !p->frozen || !p->order) {
		pot_train_free(p);
		return -1;
	}
	rng_init(&p->rng, seed, RNG_POT);
	memcpy(p->kept, net->w, p->n * sizeof(*p->kept));
	if (method->approach == POT_INQ_STAGED)
		inq_freeze(p, net);
	return 0;
}

void
pot_train_free(struct pot_train *p)
{
	free(p->kept);
	free(p->frozen);
	free(p->order);
	memset(p, 0, sizeof(*p));
}

void
pot_train_options(struct pot_train *p, struct train_options *o)
{
	o->intervention.arg = p;
	switch (p->method->approach) {
	case POT_STE:
		o->projection = (struct projection){ see, p };
		break;
	case POT_INQ_STAGED:
		o->intervention.gradient = inq_gradient;
		o->intervention.updated = inq_updated;
		o->intervention.ended = inq_ended;
		break;
	case POT_SNAP_STEP:
		o->intervention.updated = step_updated;
		break;
	default:
		o->intervention.ended = epoch_ended;
	}
}

/* 8 bits of a power of two each. */
static void
land_scale(const struct pot_tensor *t)
{
	float max = 0, s;

	for (size_t j = 0; j < t->rows * t->columns; j++)
		max = fabsf(t->w[j]) > max ? fabsf(t->w[j]) : max;
	if (max == 0.0f)
		return;
	s = pot_log2(max / INT8_MAX_CODE, -POT_CODE_HIGH_MAX, POT_CODE_HIGH_MAX);
	for (size_t j = 0; j < t->rows * t->columns; j++)
		t->w[j] = s * fmaxf(INT8_MIN_CODE, fminf(INT8_MAX_CODE, rintf(t->w[j] / s)));
}

void
pot_land(struct pot_train *p, struct rnn *net, struct rnn *before)
{
	enum pot_approach approach = p->method->approach;
	struct pot_tensor t;

	/* ste's train() leaves what the net saw; it was made of what is kept. */
	memcpy(before->w, approach == POT_STE ? p->kept : net->w, p->n * sizeof(*before->w));
	for (int i = 0; pot_tensor(net, i, &t); i++) {
		if (approach == POT_SCALE && !t.bias)
			land_scale(&t);
		else if (approach == POT_APOT2 && (!t.bias || p->form.biases))
			change(p, &t);
		else if (approach != POT_SCALE && approach != POT_APOT2 &&
		    (approach != POT_MIXED || t.recurrent) && (!t.bias || p->form.biases))
			pot_round_tensor(&p->form, &t, t.w);
	}
}
