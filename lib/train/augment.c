// SPDX-License-Identifier: MIT
#include <limits.h>
#include <math.h>
#include <string.h>

#include "augment.h"
#include "math/kernel.h"
#include "math/rng.h"

int
augment_normalised(const struct augment *a)
{
	return a->offset > 0 || a->noise > 0 || a->time_masks || a->coef_masks;
}

int
augment_any(const struct augment *a)
{
	return a->stretch > 0 || a->drop_steps > 0 || a->offset > 0 || a->noise > 0 ||
		a->time_masks > 0 || a->coef_masks > 0;
}

int
augment_steps(const struct augment *a, int T)
{
	return (int)fmin((double)T * (1.0 + a->stretch) + 0.5, INT_MAX);
}

/* Two independent normal numbers by Marsaglia's polar method. */
static void
normals(struct rng *g, float n[2])
{
	float u, v, s, r;

	do {
		u = 2.0f * rng_float(g) - 1.0f;
		v = 2.0f * rng_float(g) - 1.0f;
		s = u * u + v * v;
	} while (s >= 1.0f || s == 0.0f);
	r = sqrtf(-2.0f * kernel_log(s) / s);
	n[0] = u * r;
	n[1] = v * r;
}

static int
stretch(const struct augment *a, float *y, const float *x, int T, size_t D, uint64_t key)
{
	struct rng g;
	int n;

	rng_init(&g, key, RNG_STRETCH);
	n = (int)((double)T * (1.0 + a->stretch * (2.0 * (double)rng_float(&g) - 1.0)) + 0.5);
	n = n < 1 ? 1 : n;
	for (int j = 0; j < n; j++) {
		double at = n > 1 ? (double)j * (T - 1) / (n - 1) : 0.0;
		size_t i = (size_t)at, next = i + 1 < (size_t)T ? i + 1 : i;
		float f = (float)(at - (double)i);

		for (size_t d = 0; d < D; d++)
			y[(size_t)j * D + d] = x[i * D + d] + f * (x[next * D + d] - x[i * D + d]);
	}
	return n;
}

static int
drop_steps(const struct augment *a, float *y, int T, size_t D, uint64_t key)
{
	struct rng g;
	int n = 0;

	rng_init(&g, key, RNG_DROP_STEPS);
	for (int t = 0; t < T; t++) {
		if ((double)rng_float(&g) < a->drop_steps && (n || t + 1 < T))
			continue;
		if (n < t)
			memcpy(y + (size_t)n * D, y + (size_t)t * D, D * sizeof(*y));
		n++;
	}
	return n;
}

static void
add_offset(const struct augment *a, float *y, int T, size_t D, uint64_t key)
{
	struct rng g;
	float n[2];

	rng_init(&g, key, RNG_OFFSET);
	for (size_t d = 0; d < D; d++) {
		if (d % 2 == 0)
			normals(&g, n);
		for (size_t t = 0; t < (size_t)T; t++)
			y[t * D + d] += (float)a->offset * n[d % 2];
	}
}

static void
add_noise(const struct augment *a, float *y, int T, size_t D, uint64_t key)
{
	struct rng g;
	float n[2];

	rng_init(&g, key, RNG_NOISE);
	for (size_t i = 0; i < (size_t)T * D; i++) {
		if (i % 2 == 0)
			normals(&g, n);
		y[i] += (float)a->noise * n[i % 2];
	}
}

/* Where a mask of up to W of n places lies: its width, and *from its first. */
static int
mask(struct rng *g, int W, int n, int *from)
{
	double u = (double)rng_float(g), v = (double)rng_float(g);
	int width = (int)(u * (W + 1));

	width = width > n / 2 ? n / 2 : width;
	*from = (int)(v * (n - width + 1));
	return width;
}

static void
mask_time(const struct augment *a, float *y, int T, size_t D, uint64_t key)
{
	struct rng g;
	int from;

	rng_init(&g, key, RNG_TIME_MASKS);
	for (int i = 0; i < a->time_masks; i++) {
		int width = mask(&g, a->time_mask_width, T, &from);

		memset(y + (size_t)from * D, 0, (size_t)width * D * sizeof(*y));
	}
}

static void
mask_coefs(const struct augment *a, float *y, int T, size_t D, uint64_t key)
{
	struct rng g;
	int from;

	rng_init(&g, key, RNG_COEF_MASKS);
	for (int i = 0; i < a->coef_masks; i++) {
		int width = mask(&g, a->coef_mask_width, (int)D, &from);

		for (size_t t = 0; t < (size_t)T; t++)
			memset(y + t * D + (size_t)from, 0, (size_t)width * sizeof(*y));
	}
}

int
augment_apply(const struct augment *a, float *y, const float *x, int T, int D, uint64_t key)
{
	size_t d = (size_t)D;

	if (a->stretch > 0)
		T = stretch(a, y, x, T, d, key);
	else
		memcpy(y, x, (size_t)T * d * sizeof(*y));
	if (a->drop_steps > 0)
		T = drop_steps(a, y, T, d, key);
	if (a->offset > 0)
		add_offset(a, y, T, d, key);
	if (a->noise > 0)
		add_noise(a, y, T, d, key);
	if (a->time_masks > 0)
		mask_time(a, y, T, d, key);
	if (a->coef_masks > 0)
		mask_coefs(a, y, T, d, key);
	return T;
}
