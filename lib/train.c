// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "distill.h"
#include "pool.h"
#include "rng.h"
#include "train.h"

/* All that an epoch works on; owned but for the arguments of train(). */
struct state {
	struct rnn *net;		/* what is trained */
	struct rnn view;		/* projected; w NULL without projections */
	struct rnn *seen;		/* net or view: what bptt reads, what is kept */
	const struct dataset *set, *validation;
	const struct train_options *o;
	struct bptt bptt;
	struct adam adam;
	struct average average;		/* of the weights; w NULL without */
	struct prune prune;		/* keep NULL without a plan */
	struct distill distill;		/* zeroed without a teacher */
	struct schedule schedule;
	struct rng order_rng;
	uint32_t *order;		/* (set->n) */
	const uint32_t *batch;		/* the part of it at work */
	int batch_n, epoch;
	struct bptt_item *items;	/* (batch) */
	float *changed;			/* (batch, steps, D) their frames; NULL: as they are */
	int steps;			/* of the longest utterance, changes included */
	float *best;			/* (net->n) seen in the best epoch */
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

/* Each lane's share of the batch: the utterance, or what becomes of it in this epoch. */
static void
prepare(void *state, int lane)
{
	struct state *s = state;
	size_t room = (size_t)s->steps * (size_t)s->set->D;

	for (int i = lane; i < s->batch_n; i += BPTT_LANES) {
		struct bptt_item *item = &s->items[i];

		*item = s->set->items[s->batch[i]];
		if (!s->changed)
			continue;
		item->T = augment_apply(&s->o->augment, s->changed + (size_t)i * room, item->x,
			item->T, s->set->D, rng_key(s->o->seed, (uint64_t)s->epoch, s->batch[i]));
		item->x = s->changed + (size_t)i * room;
	}
}

/* One update of the weights by the batch in s->items; i counts them over all epochs. */
static double
step(struct state *s, long i)
{
	double rate = schedule_rate(&s->schedule, i);

	if (s->prune.keep)
		prune_mask(&s->prune, s->bptt.grad);
	if (s->o->clip > 0.0)
		clip_norm(s->bptt.grad, s->net->n, s->o->clip);
	s->adam.beta1 = schedule_beta1(&s->schedule, i);
	adam_step(&s->adam, s->net->w, s->bptt.grad, rate);
	if (s->average.w && (s->o->average == AVERAGE_EMA ||
	    s->epoch > s->o->epochs - s->o->average_epochs))
		average_add(&s->average, s->net->w);
	return rate;
}

/* Brings what is seen up to date with what is trained. */
static void
project(struct state *s)
{
	const struct projection *p = s->o->projections;
	const struct rnn *from = s->net;

	for (int i = 0; i < PROJECTIONS_MAX && p[i].apply; i++, from = &s->view)
		p[i].apply(p[i].arg, from, &s->view);
}

/* Takes away what the plan says for this epoch. */
static void
prune(struct state *s)
{
	double share = prune_share(&s->o->prune, s->epoch);

	if (share == 0.0)
		return;
	prune_more(&s->prune, s->net->w, share);
	prune_mask(&s->prune, s->adam.m);
	if (s->average.added)
		prune_mask(&s->prune, s->average.w);
}

static void
train_epoch(struct state *s, struct train_epoch *e)
{
	const struct dataset *set = s->set;
	long i = (e->epoch - 1) * s->schedule.updates;
	size_t correct = 0;

	s->epoch = e->epoch;
	prune(s);
	rng_shuffle(&s->order_rng, s->order, set->n);
	for (size_t at = 0; at < set->n; at += (size_t)s->o->batch) {
		s->batch = s->order + at;
		s->batch_n = batch_size(set, s->o, at);
		if (s->changed)
			pool_run(s->bptt.pool, prepare, s, BPTT_LANES);
		else
			for (int lane = 0; lane < BPTT_LANES; lane++)
				prepare(s, lane);
		project(s);
		if (s->o->teacher)
			s->bptt.teacher = distill_logits(&s->distill, s->items, s->batch_n);
		bptt_batch(&s->bptt, s->items, s->batch_n, 1);
		e->loss += s->bptt.loss * s->batch_n;
		correct += (size_t)s->bptt.correct;
		e->rate = step(s, i++);
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
	const struct train_options *o = s->o;
	const struct dataset *v = s->validation;
	size_t n = v && v->n > s->set->n ? v->n : s->set->n, batch = (size_t)o->batch;
	size_t w = s->net->n, room;

	batch = n < batch ? n : batch;
	s->steps = augment_steps(&o->augment, s->set->steps);
	room = (size_t)s->steps * (size_t)s->set->D;
	if (augment_any(&o->augment) && (room > (size_t)-1 / sizeof(*s->changed) / batch ||
	    !(s->changed = malloc(batch * room * sizeof(*s->changed)))))
		return -1;
	rng_init(&s->order_rng, o->seed, RNG_ORDER);
	s->seen = s->net;
	if (o->projections[0].apply) {
		s->view = *s->net;
		if (rnn_init(&s->view, 0))
			return -1;
		s->seen = &s->view;
	}
	s->order = malloc(s->set->n * sizeof(*s->order));
	s->items = malloc(batch * sizeof(*s->items));
	s->best = malloc(w * sizeof(*s->best));
	if (!s->order || !s->items || !s->best || adam_init(&s->adam, w) ||
	    (o->average && average_init(&s->average, w,
	    o->average == AVERAGE_EMA ? o->average_decay : 0)) ||
	    (o->prune.n && prune_init(&s->prune, s->net)) ||
	    (o->teacher && distill_init(&s->distill, o->teacher, s->net, (int)batch, s->steps,
	    o->jobs)) ||
	    bptt_init(&s->bptt, s->seen, (int)batch, v && v->steps > s->steps ? v->steps : s->steps,
	    (float)o->dropout, o->seed, o->jobs))
		return -1;
	s->bptt.smoothing = (float)o->smoothing;
	s->bptt.tau = (float)o->tau;
	s->bptt.alpha = (float)o->alpha;
	s->adam.decay = o->weight_decay;
	s->adam.decoupled = o->adamw;
	s->schedule = o->schedule;
	s->schedule.epochs = o->epochs;
	s->schedule.updates = (long)((s->set->n + (size_t)o->batch - 1) / (size_t)o->batch);
	for (size_t i = 0; i < s->set->n; i++)
		s->order[i] = (uint32_t)i;
	return 0;
}

static void
finish(struct state *s)
{
	bptt_free(&s->bptt);
	adam_free(&s->adam);
	average_free(&s->average);
	rnn_free(&s->view);
	prune_free(&s->prune);
	distill_free(&s->distill);
	free(s->changed);
	free(s->order);
	free(s->items);
	free(s->best);
}

int
train(struct rnn *net, const struct dataset *set, const struct dataset *validation,
	const struct train_options *o, void (*report)(void *, const struct train_epoch *),
	void *arg, char err[ERR_MAX])
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

		train_epoch(&s, &e);
		average_swap(&s.average, net->w);
		project(&s);
		if (validation)
			validate_epoch(&s, &e);
		if (!isfinite(e.loss) || !isfinite(e.validation_loss)) {
			snprintf(err, ERR_MAX, "epoch %d: the loss is not finite: "
				"a lower --rate or a --clip may help", e.epoch);
			rc = -1;
			break;
		}
		e.best = e.epoch >= prune_last(&o->prune) && (!best.epoch ||
			e.validation_accuracy > best.validation_accuracy ||
			(e.validation_accuracy == best.validation_accuracy &&
			e.validation_loss < best.validation_loss));
		if (e.best && validation)
			memcpy(s.best, s.seen->w, net->n * sizeof(*net->w));
		average_swap(&s.average, net->w);
		if (e.best)
			best = e;
		report(arg, &e);
		if (validation && o->patience && best.epoch && e.epoch - best.epoch >= o->patience)
			break;
	}
	if (!validation) {
		average_swap(&s.average, net->w);
		project(&s);
	}
	if (!rc && (validation || s.seen != net))
		memcpy(net->w, validation ? s.best : s.seen->w, net->n * sizeof(*net->w));
	finish(&s);
	return rc;
}
