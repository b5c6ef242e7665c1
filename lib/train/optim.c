// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "math/kernel.h"
#include "optim.h"

#define CLIP_EPS 1e-6		/* torch.nn.utils.clip_grad_norm_ */

/* torch.optim.lr_scheduler.OneCycleLR */
#define ONE_CYCLE_RISE 0.3	/* pct_start: share of the updates */
#define ONE_CYCLE_FIRST 25.0	/* div_factor */
#define ONE_CYCLE_LAST 1e4	/* final_div_factor: of the first rate */
#define ONE_CYCLE_BETA1_MIN 0.85
#define ONE_CYCLE_BETA1_MAX 0.95

int
adam_init(struct adam *o, size_t n)
{
	memset(o, 0, sizeof(*o));
	o->n = n;
	o->beta1 = ADAM_BETA1;
	o->m = calloc(2 * n, sizeof(*o->m));
	o->v = o->m ? o->m + n : NULL;
	return o->m ? 0 : -1;
}

void
adam_free(struct adam *o)
{
	free(o->m);
	memset(o, 0, sizeof(*o));
}

/* w = keep w first, g = g + l2 w: weight decay of AdamW, of Adam. */
KERNEL_CLONES
static void
update(float *restrict w, float *restrict m, float *restrict v, const float *restrict g, size_t n,
	float b1, float r1, float size, float correction, float keep, float l2)
{
	const float b2 = (float)ADAM_BETA2, r2 = (float)(1.0 - ADAM_BETA2);

	for (size_t i = 0; i < n; i++) {
		float g_i = g[i] + l2 * w[i];

		m[i] = b1 * m[i] + r1 * g_i;
		v[i] = b2 * v[i] + r2 * g_i * g_i;
		w[i] = keep * w[i] - size * (m[i] / (sqrtf(v[i]) / correction + (float)ADAM_EPS));
	}
}

/* x^n by squaring: pow() has other bits on other systems. */
static double
power(double x, int64_t n)
{
	double y = 1.0;

	for (; n; n >>= 1, x *= x)
		if (n & 1)
			y *= x;
	return y;
}

void
adam_step(struct adam *o, float *w, const float *g, double rate)
{
	o->steps++;
	update(w, o->m, o->v, g, o->n, (float)o->beta1, (float)(1.0 - o->beta1),
		(float)(rate / (1.0 - power(o->beta1, o->steps))),
		(float)sqrt(1.0 - power(ADAM_BETA2, o->steps)),
		(float)(o->decoupled ? 1.0 - rate * o->decay : 1.0),
		(float)(o->decoupled ? 0.0 : o->decay));
}

double
clip_norm(float *g, size_t n, double limit)
{
	double sum[8] = { 0 }, norm;

	for (size_t i = 0; i < n; i++)
		sum[i % 8] += (double)g[i] * (double)g[i];
	norm = sqrt(((sum[0] + sum[1]) + (sum[2] + sum[3])) +
		((sum[4] + sum[5]) + (sum[6] + sum[7])));
	if (limit < norm + CLIP_EPS) {
		float scale = (float)(limit / (norm + CLIP_EPS));

		for (size_t i = 0; i < n; i++)
			g[i] *= scale;
	}
	return norm;
}

/* From a to b along half a cosine, x in 0..1. */
static double
anneal(double a, double b, double x)
{
	return b + (a - b) * 0.5 * (1.0 + kernel_cospi(x));
}

/* What goes from first to top to last in one cycle. */
static double
one_cycle(const struct schedule *s, long i, double first, double top, double last)
{
	double end = (double)s->epochs * (double)s->updates - 1.0;
	double peak = ONE_CYCLE_RISE * (end + 1.0) - 1.0, at = (double)i;

	if (at <= peak)
		return anneal(first, top, at / peak);
	return anneal(top, last, (at - peak) / (end - peak));
}

double
schedule_rate(const struct schedule *s, long i)
{
	long epoch = i / s->updates;

	switch (s->kind) {
	case SCHEDULE_COSINE:
		return anneal(s->rate, 0.0, (double)epoch / s->epochs);
	case SCHEDULE_STEP:
		return s->rate * power(s->factor, epoch / s->every);
	case SCHEDULE_ONE_CYCLE:
		return one_cycle(s, i, s->rate / ONE_CYCLE_FIRST, s->rate,
			s->rate / ONE_CYCLE_FIRST / ONE_CYCLE_LAST);
	default:
		return s->rate;
	}
}

double
schedule_beta1(const struct schedule *s, long i)
{
	if (s->kind != SCHEDULE_ONE_CYCLE)
		return ADAM_BETA1;
	return one_cycle(s, i, ONE_CYCLE_BETA1_MAX, ONE_CYCLE_BETA1_MIN, ONE_CYCLE_BETA1_MAX);
}

int
average_init(struct average *a, size_t n, double decay)
{
	memset(a, 0, sizeof(*a));
	a->n = n;
	a->decay = decay;
	a->w = malloc(n * sizeof(*a->w));
	return a->w ? 0 : -1;
}

void
average_add(struct average *a, const float *w)
{
	/* avg += share (w - avg) */
	float share = (float)(a->decay > 0 ? 1.0 - a->decay : 1.0 / (double)(a->added + 1));

	if (!a->added++)
		memcpy(a->w, w, a->n * sizeof(*w));
	else
		for (size_t i = 0; i < a->n; i++)
			a->w[i] += share * (w[i] - a->w[i]);
}

void
average_swap(struct average *a, float *w)
{
	for (size_t i = 0; a->added && i < a->n; i++) {
		float t = w[i];

		w[i] = a->w[i];
		a->w[i] = t;
	}
}

void
average_free(struct average *a)
{
	free(a->w);
	memset(a, 0, sizeof(*a));
}
