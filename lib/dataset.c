// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset.h"
#include "rng.h"

/* Makes room for n items of size bytes; doubles. 0 or -1. */
static int
reserve(void *array, size_t *room, size_t n, size_t size)
{
	void **p = array, *q;
	size_t want = *room ? *room : 256;

	if (n <= *room)
		return 0;
	while (want < n)
		want *= 2;
	if (want > (size_t)-1 / 2 / size || !(q = realloc(*p, want * size)))
		return -1;
	*p = q;
	*room = want;
	return 0;
}

int
dataset_add(struct dataset *s, const struct tensor *t, int K, char err[ERR_MAX])
{
	size_t name_n;

	if (t->dtype != TENSOR_F32 || t->ndim != 2 || !t->dims[0] || !t->dims[1])
		return err_set(err, "expected f32 frames by features, got %s with %d dimensions%s",
			tensor_dtype_name(t->dtype), t->ndim, t->n ? "" : " and nothing in it");
	if (t->dims[1] > RNN_UNITS_MAX)
		return err_set(err, "features a frame: expected at most %d, got %u",
			RNN_UNITS_MAX, (unsigned)t->dims[1]);
	if (s->D && (uint32_t)s->D != t->dims[1])
		return err_set(err, "features a frame: expected %d as in the first record, got %u",
			s->D, (unsigned)t->dims[1]);
	if (t->label == -1)
		return err_set(err, "label: expected 0 to %d, got none (wav2mfcc --label)", K - 1);
	if (t->label < 0 || t->label >= K)
		return err_set(err, "label: expected 0 to %d, got %ld", K - 1, (long)t->label);
	for (size_t i = 0; i < t->n; i++)
		if (!isfinite(t->f32[i]))
			return err_set(err, "frame %zu, feature %zu: expected a finite number, got "
				"%g", i / t->dims[1], i % t->dims[1], (double)t->f32[i]);
	s->D = (int)t->dims[1];
	name_n = strlen(t->name) + 1;
	if (s->n >= INT32_MAX || reserve(&s->items, &s->items_room, s->n + 1, sizeof(*s->items)) ||
	    reserve(&s->x, &s->x_room, s->frames * (size_t)s->D + t->n, sizeof(*s->x)) ||
	    reserve(&s->names, &s->names_room, s->names_n + name_n, 1))
		return err_set(err, "not enough memory");
	memcpy(s->x + s->frames * (size_t)s->D, t->f32, t->n * sizeof(*s->x));
	memcpy(s->names + s->names_n, t->name, name_n);
	s->names_n += name_n;
	s->items[s->n].T = (int)t->dims[0];
	s->items[s->n++].label = t->label;
	s->frames += t->dims[0];
	if ((int)t->dims[0] > s->steps)
		s->steps = (int)t->dims[0];
	return 0;
}

int
dataset_finish(struct dataset *s, char err[ERR_MAX])
{
	const float *x = s->x;
	const char **names, *twice, *p = s->names;

	if (!s->n)
		return err_set(err, "no utterance in it");
	names = malloc(s->n * sizeof(*names));
	if (!names)
		return err_set(err, "not enough memory");
	for (size_t i = 0; i < s->n; i++, p += strlen(p) + 1)
		names[i] = p;
	twice = names_twice(names, s->n);
	free(names);
	if (twice)
		return err_set(err, "record %s: the name stands twice, expected each once", twice);
	free(s->names);
	s->names = NULL;
	for (size_t i = 0; i < s->n; i++) {
		s->items[i].x = x;
		x += (size_t)s->items[i].T * (size_t)s->D;
	}
	return 0;
}

void
dataset_moments(const struct dataset *s, float *mean, float *scale)
{
	size_t D = (size_t)s->D, frames = 0;

	for (size_t i = 0; i < s->n; i++)
		frames += (size_t)s->items[i].T;
	for (size_t d = 0; d < D; d++) {
		double sum = 0.0, squares = 0.0, m, sd;

		for (size_t i = 0; i < s->n; i++)
			for (int t = 0; t < s->items[i].T; t++)
				sum += (double)s->items[i].x[(size_t)t * D + d];
		m = sum / (double)frames;
		for (size_t i = 0; i < s->n; i++) {
			for (int t = 0; t < s->items[i].T; t++) {
				double e = (double)s->items[i].x[(size_t)t * D + d] - m;

				squares += e * e;
			}
		}
		sd = sqrt(squares / (double)frames);
		mean[d] = (float)m;
		/*
		 * Rounding leaves a constant a tiny deviation: nothing that a float could tell
		 * apart.
		 */
		scale[d] = sd > fabs(m) * 0x1p-24 &&
			isfinite((float)(1.0 / sd)) ? (float)(1.0 / sd) : 1.0f;
	}
}

void
dataset_normalise(struct dataset *s, const float *mean, const float *scale)
{
	size_t D = (size_t)s->D;

	for (size_t f = 0; f < s->frames; f++)
		for (size_t d = 0; d < D; d++)
			s->x[f * D + d] = (s->x[f * D + d] - mean[d]) * scale[d];
}

int
dataset_classes(const struct dataset *s, int K)
{
	char seen[RNN_UNITS_MAX] = { 0 };
	int n = 0;

	for (size_t i = 0; i < s->n; i++)
		seen[s->items[i].label] = 1;
	for (int k = 0; k < K; k++)
		n += seen[k];
	return n;
}

int
dataset_take(struct dataset *s, struct dataset *taken, int K, double share, uint64_t seed,
	char err[ERR_MAX])
{
	uint32_t *of_label = malloc(s->n * sizeof(*of_label));
	char *out = calloc(s->n, 1);
	size_t kept = 0;
	struct rng g;

	taken->items = malloc(s->n * sizeof(*taken->items));
	if (!of_label || !out || !taken->items) {
		free(of_label);
		free(out);
		return err_set(err, "not enough memory");
	}
	rng_init(&g, seed, RNG_VALIDATE);
	for (int k = 0; k < K; k++) {
		size_t n = 0, take;

		for (size_t i = 0; i < s->n; i++)
			if (s->items[i].label == k)
				of_label[n++] = (uint32_t)i;
		rng_shuffle(&g, of_label, n);
		take = (size_t)((double)n * share + 0.5);
		for (size_t i = 0; i < take && i + 1 < n; i++)
			out[of_label[i]] = 1;
	}
	/* frames of s still counts every frame of x: the normalisation reaches both. */
	taken->D = s->D;
	taken->steps = s->steps;
	for (size_t i = 0; i < s->n; i++) {
		if (out[i])
			taken->items[taken->n++] = s->items[i];
		else
			s->items[kept++] = s->items[i];
	}
	s->n = kept;
	free(of_label);
	free(out);
	if (!taken->n)
		return err_set(err, "a share of %g takes none of %zu utterances", share, s->n);
	return 0;
}

void
dataset_free(struct dataset *s)
{
	free(s->items);
	free(s->x);
	free(s->names);
	memset(s, 0, sizeof(*s));
}
