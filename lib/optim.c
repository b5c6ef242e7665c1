// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"
#include "optim.h"

#define CLIP_EPS 1e-6		/* torch.nn.utils.clip_grad_norm_ */

int
adam_init(struct adam *o, size_t n)
{
	o->n = n;
	o->power1 = o->power2 = 1.0;
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

KERNEL_CLONES
static void
update(float *restrict w, float *restrict m, float *restrict v, const float *restrict g, size_t n,
	float size, float correction)
{
	const float b1 = (float)ADAM_BETA1, b2 = (float)ADAM_BETA2;
	const float r1 = (float)(1.0 - ADAM_BETA1), r2 = (float)(1.0 - ADAM_BETA2);

	for (size_t i = 0; i < n; i++) {
		m[i] = b1 * m[i] + r1 * g[i];
		v[i] = b2 * v[i] + r2 * g[i] * g[i];
		w[i] = w[i] - size * (m[i] / (sqrtf(v[i]) / correction + (float)ADAM_EPS));
	}
}

void
adam_step(struct adam *o, float *w, const float *g, double rate)
{
	o->power1 *= ADAM_BETA1;
	o->power2 *= ADAM_BETA2;
	update(w, o->m, o->v, g, o->n, (float)(rate / (1.0 - o->power1)),
		(float)sqrt(1.0 - o->power2));
}

double
clip_norm(float *g, size_t n, double limit)
{
	double sum[8] = { 0 }, norm;

	for (size_t i = 0; i < n; i++)
		sum[i % 8] += (double)g[i] * (double)g[i];
	norm = sqrt(((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7])));
	if (limit < norm + CLIP_EPS) {
		float scale = (float)(limit / (norm + CLIP_EPS));

		for (size_t i = 0; i < n; i++)
			g[i] *= scale;
	}
	return norm;
}

double
schedule_rate(enum schedule s, double rate, int e, int epochs)
{
	if (s == SCHEDULE_CONSTANT)
		return rate;
	return rate * 0.5 * (1.0 + kernel_cospi((double)e / epochs));
}
