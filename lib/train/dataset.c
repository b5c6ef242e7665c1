// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "dataset.h"
#include "math/rng.h"

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

void
dataset_from(struct dataset *s, FILE *f, const char *input)
{
	mapped_from(&s->map, f, input);
}

/* Appends name and source of t. 0, or -1 without memory. */
static int
note_names(struct dataset *s, const struct tensor *t)
{
	char source[TENSOR_NAME_MAX + 1] = "";
	size_t name_n = strlen(t->name) + 1, source_n;

	s->sources |= meta_get(&t->meta, "source", source, sizeof(source)) != NULL;
	source_n = strlen(source) + 1;
	if (reserve(&s->names, &s->names_room, s->names_n + name_n + source_n, 1))
		return -1;
	memcpy(s->names + s->names_n, t->name, name_n);
	memcpy(s->names + s->names_n + name_n, source, source_n);
	s->names_n += name_n + source_n;
	return 0;
}

int
dataset_add(struct dataset *s, const struct tensor *t, uint64_t payload, int K, char err[ERR_MAX])
{
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
	if (s->n >= INT32_MAX || reserve(&s->items, &s->items_room, s->n + 1, sizeof(*s->items)) ||
	    reserve(&s->at, &s->at_room, s->n + 1, sizeof(*s->at)) || note_names(s, t))
		return err_set(err, "not enough memory");
	if (mapped_put(&s->map, payload, t->f32, t->n * sizeof(*t->f32), &s->at[s->n], err))
		return -1;
	s->items[s->n].T = (int)t->dims[0];
	s->items[s->n++].label = t->label;
	if ((int)t->dims[0] > s->steps)
		s->steps = (int)t->dims[0];
	return 0;
}

/* Of dataset_finish(): a record, by the recording that it comes from. */
struct origin {
	const char *recording;
	uint32_t i;
};

static int
by_recording(const void *a, const void *b)
{
	const struct origin *x = a, *y = b;
	int order = strcmp(x->recording, y->recording);

	return order ? order : (x->i > y->i) - (x->i < y->i);
}

/* Sets s->recording. 0, or -1 without memory. */
static int
find_recordings(struct dataset *s)
{
	struct origin *o = malloc(s->n * sizeof(*o));
	const char *p = s->names;
	uint32_t first = 0;

	s->recording = malloc(s->n * sizeof(*s->recording));
	if (!o || !s->recording) {
		free(o);
		return -1;
	}
	for (size_t i = 0; i < s->n; i++) {
		const char *source = p + strlen(p) + 1;

		o[i] = (struct origin){ *source ? source : p, (uint32_t)i };
		p = source + strlen(source) + 1;
	}
	qsort(o, s->n, sizeof(*o), by_recording);
	for (size_t i = 0; i < s->n; i++) {
		if (!i || strcmp(o[i].recording, o[i - 1].recording))
			first = o[i].i;
		s->recording[o[i].i] = first;
	}
	free(o);
	return 0;
}

/* 0, or -1 with err when a name stands twice. */
static int
check_names(const struct dataset *s, char err[ERR_MAX])
{
	const char **names = malloc(s->n * sizeof(*names)), *twice, *p = s->names;

	if (!names)
		return err_set(err, "not enough memory");
	for (size_t i = 0; i < s->n; i++) {
		names[i] = p;
		p += strlen(p) + 1;
		p += strlen(p) + 1;
	}
	twice = names_twice(names, s->n);
	free(names);
	return twice ? err_set(err, "record %s: the name stands twice, expected each once",
		twice) : 0;
}

int
dataset_finish(struct dataset *s, char err[ERR_MAX])
{
	if (!s->n)
		return err_set(err, "no utterance in it");
	if (check_names(s, err))
		return -1;
	if (s->sources && find_recordings(s))
		return err_set(err, "not enough memory");
	if (mapped_finish(&s->map, err))
		return -1;
	for (size_t i = 0; i < s->n; i++)
		s->items[i].x = (const float *)(const void *)(s->map.p + s->at[i]);
	free(s->names);
	free(s->at);
	s->names = NULL;
	s->at = NULL;
	return 0;
}

/* sum (D) += x - shift over all frames, each feature's in the order of the frames; or squares. */
static size_t
add_up(const struct dataset *s, const double *shift, double *sum)
{
	size_t D = (size_t)s->D, frames = 0;

	memset(sum, 0, D * sizeof(*sum));
	for (size_t i = 0; i < s->n; i++) {
		const float *x = s->items[i].x;

		for (int t = 0; t < s->items[i].T; t++, x += D)
			for (size_t d = 0; d < D; d++) {
				double e = (double)x[d] - (shift ? shift[d] : 0.0);

				sum[d] += shift ? e * e : e;
			}
		frames += (size_t)s->items[i].T;
	}
	return frames;
}

void
dataset_moments(const struct dataset *s, float *mean, float *scale)
{
	double m[RNN_UNITS_MAX], squares[RNN_UNITS_MAX];
	size_t D = (size_t)s->D, frames = add_up(s, NULL, m);

	for (size_t d = 0; d < D; d++)
		m[d] /= (double)frames;
	add_up(s, m, squares);
	for (size_t d = 0; d < D; d++) {
		double sd = sqrt(squares[d] / (double)frames);

		mean[d] = (float)m[d];
		/*
		 * Rounding leaves a constant a tiny deviation: nothing that a float could tell
		 * apart.
		 */
		scale[d] = sd > fabs(m[d]) * 0x1p-24 &&
			isfinite((float)(1.0 / sd)) ? (float)(1.0 / sd) : 1.0f;
	}
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
			if (s->items[i].label == k && (!s->recording || s->recording[i] == i))
				of_label[n++] = (uint32_t)i;
		rng_shuffle(&g, of_label, n);
		take = (size_t)((double)n * share + 0.5);
		for (size_t i = 0; i < take && i + 1 < n; i++)
			out[of_label[i]] = 1;
	}
	taken->D = s->D;
	taken->steps = s->steps;
	for (size_t i = 0; i < s->n; i++) {
		if (out[s->recording ? s->recording[i] : i])
			taken->items[taken->n++] = s->items[i];
		else
			s->items[kept++] = s->items[i];
	}
	s->n = kept;
	free(s->recording);
	s->recording = NULL;		/* of numbers that are no longer theirs */
	free(of_label);
	free(out);
	if (!taken->n)
		return err_set(err, "a share of %g takes none of %zu utterances", share, s->n);
	return 0;
}

void
dataset_free(struct dataset *s)
{
	mapped_close(&s->map);
	free(s->items);
	free(s->recording);
	free(s->at);
	free(s->names);
	memset(s, 0, sizeof(*s));
}
