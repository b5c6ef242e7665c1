/* SPDX-License-Identifier: MIT */
/*
 * optim - Adam and AdamW, gradient clipping, course of the rate, averaged weights
 *
 * Adam is torch.optim.Adam (Kingma and Ba 2015, algorithm 1), step n = 1, 2, ...:
 *
 *	g = g + decay w						(Adam with weight decay)
 *	w = w - rate decay w					(AdamW: Loshchilov and Hutter 2019)
 *	m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 *	w = w - rate / (1 - b1^n) * m / (sqrt(v) / sqrt(1 - b2^n) + eps)
 *
 *	struct adam o;
 *
 *	adam_init(&o, n);
 *	o.decoupled = 1, o.decay = 0.01;				(AdamW)
 *	o.beta1 = schedule_beta1(&s, update);				(each time)
 *	adam_step(&o, w, g, schedule_rate(&s, update));
 *	average_add(&mean, w);
 *	adam_free(&o);
 */
#ifndef WHIT_OPTIM_H
#define WHIT_OPTIM_H

#include <stddef.h>
#include <stdint.h>

#define ADAM_BETA1 0.9
#define ADAM_BETA2 0.999
#define ADAM_EPS 1e-8

struct adam {
	float *m, *v;			/* (n) owned */
	size_t n;
	int64_t steps;
	double beta1;			/* of the next step; ADAM_BETA1 from adam_init() */
	double decay;			/* weight decay; 0 from adam_init() */
	int decoupled;			/* 1: AdamW */
};

/* 0, or -1 without memory. The caller frees. */
int adam_init(struct adam *o, size_t n);
/* One step on w (n) along g (n). */
void adam_step(struct adam *o, float *w, const float *g, double rate);
void adam_free(struct adam *o);

/*
 * Scales g so that its Euclidean norm is at most `limit`, as
 * torch.nn.utils.clip_grad_norm_: times min(1, limit / (norm + 1e-6)).
 * Returns the norm before.
 */
double clip_norm(float *g, size_t n, double limit);

/*
 * constant	rate
 * cosine	rate (1 + cos(pi e / epochs)) / 2 in epoch e = 0, 1, ...: torch's CosineAnnealingLR
 * step		rate factor^floor(e / every): torch's StepLR
 * one-cycle	torch's OneCycleLR as it is by default, a new rate each update: up from rate / 25
 *		to rate over the first 30 % of all updates, down to rate / 250000 over the rest,
 *		each half a cosine; beta1 the other way, 0.95 to 0.85 to 0.95
 */
enum schedule_kind { SCHEDULE_CONSTANT, SCHEDULE_COSINE, SCHEDULE_ONE_CYCLE, SCHEDULE_STEP };

struct schedule {
	enum schedule_kind kind;
	double rate;
	int epochs;
	long updates;			/* an epoch */
	int every;			/* step: epochs */
	double factor;			/* step */
};

/* Rate and beta1 of update i in 0..epochs*updates-1. */
double schedule_rate(const struct schedule *s, long i);
double schedule_beta1(const struct schedule *s, long i);

/* Averaged weights: torch's swa_utils.AveragedModel. */
struct average {
	float *w;			/* (n) owned */
	size_t n;
	int64_t added;
	/* 0: plain mean of all added; else w = decay w + (1 - decay) new */
	double decay;
};

/* 0, or -1 without memory. The caller frees. */
int average_init(struct average *a, size_t n, double decay);
/* Takes w (n) in; the first as it is. */
void average_add(struct average *a, const float *w);
/* Exchanges w (n) and the average; does nothing before the first average_add(). */
void average_swap(struct average *a, float *w);
void average_free(struct average *a);

#endif
