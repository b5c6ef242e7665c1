/* SPDX-License-Identifier: MIT */
/*
 * optim - Adam, gradient clipping, learning rate schedules
 *
 * Adam is torch.optim.Adam with its defaults (Kingma and Ba 2015, algorithm 1):
 *
 *	m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2
 *	w = w - rate / (1 - b1^n) * m / (sqrt(v) / sqrt(1 - b2^n) + eps)	(step n = 1, 2, ...)
 */
#ifndef WHIT_OPTIM_H
#define WHIT_OPTIM_H

#include <stddef.h>

#define ADAM_BETA1 0.9
#define ADAM_BETA2 0.999
#define ADAM_EPS 1e-8

struct adam {
	float *m, *v;			/* (n) owned */
	size_t n;
	double power1, power2;		/* b1^steps, b2^steps, by repeated multiplication */
};

enum schedule { SCHEDULE_CONSTANT, SCHEDULE_COSINE };

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

/* Rate of epoch e in 0..epochs-1. cosine: rate (1 + cos(pi e / epochs)) / 2, torch's CosineAnnealingLR. */
double schedule_rate(enum schedule s, double rate, int e, int epochs);

#endif
