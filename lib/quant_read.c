/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "quant_read.h"

int
quant_read_fail(char err[ERR_MAX], const char *name, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(err, ERR_MAX, "record %s: ", name);

	if (n < 0 || n >= ERR_MAX)
		return -1;
	va_start(ap, fmt);
	vsnprintf(err + n, (size_t)(ERR_MAX - n), fmt, ap);
	va_end(ap);
	return -1;
}

static int
head_word(const struct meta *head, const char *key, const char *want, char err[ERR_MAX])
{
	char value[64];
	const char *got = meta_get(head, key, value, sizeof value);

	if (got && strcmp(got, want) == 0)
		return 0;
	snprintf(err, ERR_MAX, "head: expected %s=%s, got %s", key, want, got ? got : "none");
	return -1;
}

static int
head_size(const struct meta *head, const char *key, long max, int *value, char err[ERR_MAX])
{
	long v;

	if (meta_get_long(head, key, 1, max, &v)) {
		snprintf(err, ERR_MAX, "head: expected %s in 1..%ld", key, max);
		return -1;
	}
	*value = (int)v;
	return 0;
}

int
quant_read_shape(struct quant_shape *s, const struct tensor_set *set, const char *precision,
	char err[ERR_MAX])
{
	const struct meta *head = &set->head;
	char pooling[16];
	size_t K = labels_count(head);

	memset(s, 0, sizeof *s);
	if (head_word(head, "kind", "model", err) || head_word(head, "cell", "lstm", err) ||
		head_word(head, "precision", precision, err) ||
		head_size(head, "layers", RNN_LAYERS_MAX, &s->layers, err) ||
		head_size(head, "inputs", RNN_UNITS_MAX, &s->D, err) ||
		head_size(head, "hidden", RNN_UNITS_MAX, &s->H, err))
		return -1;
	if (!meta_get(head, "pooling", pooling, sizeof pooling) ||
		(strcmp(pooling, "last") != 0 && strcmp(pooling, "mean") != 0)) {
		snprintf(err, ERR_MAX, "head: expected pooling=last or mean");
		return -1;
	}
	s->pooling = strcmp(pooling, "mean") == 0 ? RNN_MEAN : RNN_LAST;
	if (K < 1 || K > RNN_UNITS_MAX) {
		snprintf(err, ERR_MAX, "head: expected 1 to %d labels, got %zu", RNN_UNITS_MAX, K);
		return -1;
	}
	s->K = (int)K;
	return 0;
}

const struct tensor *
quant_read_tensor(struct quant_shape *s, const struct tensor_set *set, const char *name,
	enum tensor_dtype d, size_t rows, size_t cols, char err[ERR_MAX])
{
	const struct tensor *t = tensor_find(set, name);
	int ndim = cols ? 2 : 1;

	if (!t) {
		quant_read_fail(err, name, "expected one, got none");
		return NULL;
	}
	if (t->dtype != d || t->ndim != ndim || t->dims[0] != rows ||
		(cols && t->dims[1] != cols)) {
		quant_read_fail(err, name,
			"expected %s (%zu%s%.0zu), got %s of %d dimensions (%u, %u)",
			tensor_dtype_name(d), rows, cols ? ", " : "", cols,
			tensor_dtype_name(t->dtype), t->ndim, t->dims[0], t->dims[1]);
		return NULL;
	}
	for (size_t i = 0; d == TENSOR_F32 && i < t->n; i++) {
		if (!isfinite(t->f32[i])) {
			quant_read_fail(err, name, "expected finite numbers, got %g at %zu",
				(double)t->f32[i], i);
			return NULL;
		}
	}
	s->found++;
	return t;
}

const struct tensor *
quant_read_layer(struct quant_shape *s, const struct tensor_set *set, const char *what, int l,
	enum tensor_dtype d, size_t rows, size_t cols, char err[ERR_MAX])
{
	char name[64];

	snprintf(name, sizeof name, "lstm.%s_l%d", what, l);
	return quant_read_tensor(s, set, name, d, rows, cols, err);
}

int
quant_read_end(const struct quant_shape *s, const struct tensor_set *set, char err[ERR_MAX])
{
	if (set->n == s->found)
		return 0;
	snprintf(err, ERR_MAX, "expected %zu tensors, each once, got %zu", s->found, set->n);
	return -1;
}
