// SPDX-License-Identifier: MIT
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "distill.h"
#include "math/rng.h"
#include "train.h"

/* All that an epoch works on; owned but for the arguments of train(). */
struct state {
	struct rnn *net;		/* what is trained */
	struct rnn view;		/* projected; w NULL without a projection */
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
	struct batch batch;
	int epoch;			/* 1, 2, ... */
	struct train_epoch *epochs;	/* (o->epochs) */
	int64_t done;			/* of them */
	const struct train_epoch *best;	/* one of them; NULL before the first */
	float *best_w;			/* (net->n) seen in the best epoch */
};

void
train_init_weights(struct rnn *net, uint64_t seed)
{
	float cells = 1.0f / sqrtf((float)net->H);
	float classifier = 1.0f / sqrtf((float)rnn_outputs(net));
	struct rng g;

	rng_init(&g, seed, RNG_WEIGHTS);
	for (size_t i = 0; i < net->n; i++)
		net->w[i] = (2.0f * rng_float(&g) - 1.0f) *
			(net->w + i < net->Wo ? cells : classifier);
}

static int
batch_size(const struct dataset *s, const struct train_options *o, size_t at)
{
	return s->n - at < (size_t)o->batch ? (int)(s->n - at) : o->batch;
}

/* One update of the weights by the batch; i counts them over all epochs. */
static double
step(struct state *s, long i)
{
	double rate = schedule_rate(&s->schedule, i);
	const struct intervention *v = &s->o->intervention;

	if (v->gradient)
		v->gradient(v->arg, s->bptt.grad);
	if (s->prune.keep)
		prune_mask(&s->prune, s->bptt.grad);
	if (s->o->clip > 0.0)
		clip_norm(s->bptt.grad, s->net->n, s->o->clip);
	s->adam.beta1 = schedule_beta1(&s->schedule, i);
	adam_step(&s->adam, s->net->w, s->bptt.grad, rate);
	if (v->updated)
		v->updated(v->arg, s->net, s->adam.steps);
	if (s->average.w && (s->o->average == AVERAGE_EMA ||
	    s->epoch > s->o->epochs - s->o->average_epochs))
		average_add(&s->average, s->net->w);
	return rate;
}

/* Brings what is seen up to date with what is trained. */
static void
project(struct state *s)
{
	const struct projection *p = &s->o->projection;

	if (p->apply)
		p->apply(p->arg, s->net, &s->view);
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
	long i = (long)s->done * s->schedule.updates;
	size_t correct = 0;

	s->epoch = (int)s->done + 1;
	prune(s);
	rng_shuffle(&s->order_rng, s->order, set->n);
	for (size_t at = 0; at < set->n; at += (size_t)s->o->batch) {
		batch_train(&s->batch, s->bptt.pool, set, s->order + at,
			batch_size(set, s->o, at), s->epoch);
		project(s);
		if (s->o->teacher)
			s->bptt.teacher = distill_logits(&s->distill, s->batch.items,
				s->batch.n);
		bptt_batch(&s->bptt, s->batch.items, s->batch.n, 1);
		e->loss += s->bptt.loss * s->batch.n;
		correct += (size_t)s->bptt.correct;
		e->rate = step(s, i++);
	}
	if (s->o->intervention.ended)
		s->o->intervention.ended(s->o->intervention.arg, s->net, s->epoch);
	e->loss /= (double)set->n;
	e->accuracy = (double)correct / (double)set->n;
}

static void
validate_epoch(struct state *s, struct train_epoch *e)
{
	const struct dataset *set = s->validation;
	size_t correct = 0;

	for (size_t at = 0; at < set->n; at += (size_t)s->o->batch) {
		batch_plain(&s->batch, set, at, batch_size(set, s->o, at));
		bptt_batch(&s->bptt, s->batch.items, s->batch.n, 0);
		e->validation_loss += s->bptt.loss * s->batch.n;
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
	size_t w = s->net->n;

	batch = n < batch ? n : batch;
	if (batch_init(&s->batch, s->net, &o->augment, o->seed, (int)batch, s->set->steps,
	    v ? v->steps : 0))
		return -1;
	rng_init(&s->order_rng, o->seed, RNG_ORDER);
	s->seen = s->net;
	if (o->projection.apply) {
		s->view = *s->net;
		if (rnn_init(&s->view, 0))
			return -1;
		s->seen = &s->view;
	}
	s->order = malloc(s->set->n * sizeof(*s->order));
	s->best_w = calloc(w, sizeof(*s->best_w));
	s->epochs = calloc((size_t)o->epochs, sizeof(*s->epochs));
	if (!s->order || !s->best_w || !s->epochs || adam_init(&s->adam, w) ||
	    (o->average && average_init(&s->average, w,
	    o->average == AVERAGE_EMA ? o->average_decay : 0)) ||
	    (o->prune.n && prune_init(&s->prune, s->net)) ||
	    (o->teacher && distill_init(&s->distill, o->teacher, s->net, (int)batch,
	    s->batch.steps, o->jobs)) ||
	    bptt_init(&s->bptt, s->seen, (int)batch, s->batch.steps, (float)o->dropout, o->seed,
	    o->jobs))
		return -1;
	s->bptt.units = o->units;
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
	batch_free(&s->batch);
	free(s->order);
	free(s->best_w);
	free(s->epochs);
}

/*
 * All that the next epoch needs of those before it, into m (TRAIN_MEMORY_MAX); returns how many.
 * What follows from options and data is made anew.
 */
static size_t
remember(struct state *s, struct train_memory *m)
{
	size_t n = 0, w = s->net->n;

	m[n++] = (struct train_memory){ "epochs.done", TENSOR_S64, 1, 1, &s->done };
	m[n++] = (struct train_memory){ "epochs.figures", TENSOR_F64, (size_t)s->o->epochs,
		sizeof(*s->epochs) / sizeof(double), s->epochs };
	m[n++] = (struct train_memory){ "net.w", TENSOR_F32, w, 1, s->net->w };
	m[n++] = (struct train_memory){ "adam.m", TENSOR_F32, w, 1, s->adam.m };
	m[n++] = (struct train_memory){ "adam.v", TENSOR_F32, w, 1, s->adam.v };
	m[n++] = (struct train_memory){ "adam.steps", TENSOR_S64, 1, 1, &s->adam.steps };
	m[n++] = (struct train_memory){ "order", TENSOR_S32, s->set->n, 1, s->order };
	m[n++] = (struct train_memory){ "order.rng", TENSOR_S64, 2, 1, &s->order_rng };
	for (int i = 0; i < BPTT_LANES; i++, n++) {
		m[n] = (struct train_memory){ "", TENSOR_S64, 2, 1, &s->bptt.lanes[i].rng };
		snprintf(m[n].name, sizeof(m[n].name), "dropout.rng.%d", i);
	}
	if (s->average.w) {
		m[n++] = (struct train_memory){ "average.w", TENSOR_F32, w, 1, s->average.w };
		m[n++] = (struct train_memory){ "average.added", TENSOR_S64, 1, 1,
			&s->average.added };
	}
	if (s->prune.keep)
		m[n++] = (struct train_memory){ "prune.keep", TENSOR_U8, w, 1, s->prune.keep };
	if (s->validation)
		m[n++] = (struct train_memory){ "best.w", TENSOR_F32, w, 1, s->best_w };
	assert(n + s->o->more_n <= TRAIN_MEMORY_MAX);
	for (size_t i = 0; i < s->o->more_n; i++)
		m[n++] = s->o->more[i];
	return n;
}

/* Whether g can be of that stream: another generator might draw one number for ever. */
static int
is_of(const struct rng *g, uint64_t stream)
{
	struct rng fresh;

	rng_init(&fresh, 0, stream);
	return g->increment == fresh.increment;
}

/* What was put back is used as an index or counts loops: it must be what training can have left. */
static int
check(const struct state *s, char err[ERR_MAX])
{
	size_t n = s->set->n;
	char *seen;
	int rc = 0;

	if (s->done < 0 || s->done > s->o->epochs ||
	    s->adam.steps != s->done * s->schedule.updates ||
	    s->average.added < 0 || s->average.added > s->adam.steps)
		return snprintf(err, ERR_MAX, "checkpoint: expected at most %d epochs of %ld "
			"steps, got %lld, %lld, %lld averaged", s->o->epochs, s->schedule.updates,
			(long long)s->done, (long long)s->adam.steps,
			(long long)s->average.added), -1;
	for (int i = 0; i < BPTT_LANES; i++)
		rc |= !is_of(&s->bptt.lanes[i].rng, RNG_DROPOUT + (uint64_t)i);
	if (rc || !is_of(&s->order_rng, RNG_ORDER))
		return snprintf(err, ERR_MAX, "checkpoint: order.rng, dropout.rng: expected the "
			"increments of their streams"), -1;
	if (!(seen = calloc(n, 1)))
		return snprintf(err, ERR_MAX, "not enough memory"), -1;
	for (size_t i = 0; i < n && !rc; i++)
		rc = s->order[i] >= n || seen[s->order[i]]++;
	free(seen);
	if (rc)
		snprintf(err, ERR_MAX, "checkpoint: order: expected each of 0 to %zu once", n - 1);
	return rc ? -1 : 0;
}

/* One more epoch: a row of s->epochs, and the best weights. 0, or -1 with err. */
static int
go_on(struct state *s, char err[ERR_MAX])
{
	struct train_epoch *e = &s->epochs[s->done];
	const struct train_epoch *b = s->best;

	e->epoch = (double)(s->done + 1);
	train_epoch(s, e);
	average_swap(&s->average, s->net->w);
	project(s);
	if (s->validation)
		validate_epoch(s, e);
	if (!isfinite(e->loss) || !isfinite(e->validation_loss))
		return snprintf(err, ERR_MAX, "epoch %d: the loss is not finite: "
			"a lower --rate or a --clip may help", s->epoch), -1;
	e->best = s->epoch >= prune_last(&s->o->prune) && (!b ||
		e->validation_accuracy > b->validation_accuracy ||
		(e->validation_accuracy == b->validation_accuracy &&
		e->validation_loss < b->validation_loss));
	if (e->best) {
		s->best = e;
		if (s->validation)
			memcpy(s->best_w, s->seen->w, s->net->n * sizeof(*s->best_w));
	}
	average_swap(&s->average, s->net->w);
	s->done++;
	return 0;
}

static int
ended(const struct state *s)
{
	return s->done >= s->o->epochs || (s->validation && s->o->patience && s->best &&
		s->epochs + s->done - 1 - s->best >= s->o->patience);
}

int
train(struct rnn *net, const struct dataset *set, const struct dataset *validation,
	const struct train_options *o, void (*report)(void *, struct train_epoch *),
	void *arg, char err[ERR_MAX])
{
	struct state s = { .net = net, .set = set, .validation = validation, .o = o };
	struct train_memory memory[TRAIN_MEMORY_MAX];
	int rc = init(&s);

	if (rc)
		snprintf(err, ERR_MAX, "not enough memory");
	else if (o->remember)
		rc = o->remember(arg, memory, remember(&s, memory), err) || check(&s, err) ? -1 : 0;
	for (int64_t i = 0; !rc && i < s.done; i++) {
		s.best = s.epochs[i].best > 0 ? &s.epochs[i] : s.best;
		report(arg, &s.epochs[i]);
	}
	while (!rc && !ended(&s) && !(rc = go_on(&s, err)))
		report(arg, &s.epochs[s.done - 1]);
	if (!rc && !validation) {
		average_swap(&s.average, net->w);
		project(&s);
	}
	if (!rc && (validation || s.seen != net))
		memcpy(net->w, validation ? s.best_w : s.seen->w, net->n * sizeof(*net->w));
	finish(&s);
	return rc;
}
