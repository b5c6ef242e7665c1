// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rng.h"
#include "train.h"

/* All that an epoch works on; owned but for the arguments of train(). */
struct state {
	struct rnn *net;
	const struct dataset *set, *validation;
	const struct train_options *o;
	struct bptt bptt;
	struct adam adam;
	struct rng order_rng;
	uint32_t *order;		/* (set->n) */
	struct bptt_item *items;	/* (batch) */
	float *best;			/* (net->n) weights of the best epoch */
};

void
train_init_weights(struct rnn *net, uint64_t seed)
{
	float bound = 1.0f / sqrtf((float)net->H);
	struct rng g;

	rng_init(&g, seed, RNG_WEIGHTS);
	for (size_t i = 0; i < net->n; i++)
		net->w[i] = (2.0f * rng_float(&g) - 1.0f) * bound;
}

static int
batch_size(const struct dataset *s, const struct train_options *o, size_t at)
{
	return s->n - at < (size_t)o->batch ? (int)(s->n - at) : o->batch;
}

static void
train_epoch(struct state *s, struct train_epoch *e)
{
	const struct dataset *set = s->set;
	size_t correct = 0;

	rng_shuffle(&s->order_rng, s->order, set->n);
	for (size_t at = 0; at < set->n; at += (size_t)s->o->batch) {
		int n = batch_size(set, s->o, at);

		for (int i = 0; i < n; i++)
			s->items[i] = set->items[s->order[at + (size_t)i]];
		bptt_batch(&s->bptt, s->items, n, 1);
		e->loss += s->bptt.loss * n;
		correct += (size_t)s->bptt.correct;
		if (s->o->clip > 0.0)
			clip_norm(s->bptt.grad, s->net->n, s->o->clip);
		adam_step(&s->adam, s->net->w, s->bptt.grad, e->rate);
	}
	e->loss /= (double)set->n;
	e->accuracy = (double)correct / (double)set->n;
}

static void
validate_epoch(struct state *s, struct train_epoch *e)
{
	const struct dataset *set = s->validation;
	size_t correct = 0;

	for (size_t at = 0; at < set->n; at += (size_t)s->o->batch) {
		int n = batch_size(set, s->o, at);

		bptt_batch(&s->bptt, set->items + at, n, 0);
		e->validation_loss += s->bptt.loss * n;
		correct += (size_t)s->bptt.correct;
	}
	e->validation_loss /= (double)set->n;
	e->validation_accuracy = (double)correct / (double)set->n;
}

static int
init(struct state *s)
{
	const struct dataset *v = s->validation;
	size_t n = v && v->n > s->set->n ? v->n : s->set->n, batch = (size_t)s->o->batch;
	int steps = v && v->steps > s->set->steps ? v->steps : s->set->steps;

	batch = n < batch ? n : batch;
	rng_init(&s->order_rng, s->o->seed, RNG_ORDER);
	s->order = malloc(s->set->n * sizeof(*s->order));
	s->items = malloc(batch * sizeof(*s->items));
	s->best = malloc(s->net->n * sizeof(*s->best));
	if (!s->order || !s->items || !s->best || adam_init(&s->adam, s->net->n) ||
	    bptt_init(&s->bptt, s->net, (int)batch, steps, (float)s->o->dropout, s->o->seed,
	    s->o->jobs))
		return -1;
	for (size_t i = 0; i < s->set->n; i++)
		s->order[i] = (uint32_t)i;
	return 0;
}

static void
finish(struct state *s)
{
	bptt_free(&s->bptt);
	adam_free(&s->adam);
	free(s->order);
	free(s->items);
	free(s->best);
}

int
train(struct rnn *net, const struct dataset *set, const struct dataset *validation,
	const struct train_options *o, void (*report)(void *, const struct train_epoch *), void *arg,
	char err[ERR_MAX])
{
	struct state s = { .net = net, .set = set, .validation = validation, .o = o };
	struct train_epoch best = { 0 };
	int rc = 0;

	if (init(&s)) {
		finish(&s);
		return snprintf(err, ERR_MAX, "not enough memory"), -1;
	}
	for (int i = 0; i < o->epochs; i++) {
		struct train_epoch e = { .epoch = i + 1 };

		e.rate = schedule_rate(o->schedule, o->rate, i, o->epochs);
		train_epoch(&s, &e);
		if (validation)
			validate_epoch(&s, &e);
		if (!isfinite(e.loss) || !isfinite(e.validation_loss)) {
			snprintf(err, ERR_MAX, "epoch %d: the loss is not finite: "
				"a lower --rate or a --clip may help", e.epoch);
			rc = -1;
			break;
		}
		e.best = !best.epoch || e.validation_accuracy > best.validation_accuracy ||
			(e.validation_accuracy == best.validation_accuracy &&
			e.validation_loss < best.validation_loss);
		if (e.best && validation)
			memcpy(s.best, net->w, net->n * sizeof(*net->w));
		if (e.best)
			best = e;
		report(arg, &e);
		if (validation && o->patience && e.epoch - best.epoch >= o->patience)
			break;
	}
	if (validation && !rc)
		memcpy(net->w, s.best, net->n * sizeof(*net->w));
	finish(&s);
	return rc;
}
