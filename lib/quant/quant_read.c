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
quant_read_pass(struct quant_shape *s, const struct tensor_set *set, const char *what, int p,
	enum tensor_dtype d, size_t rows, size_t cols, char err[ERR_MAX])
{
	char name[RNN_NAME_MAX];

	rnn_name(name, &s->net, what, p);
	return quant_read_tensor(s, set, name, d, rows, cols, err);
}

int
quant_read_end(const struct quant_shape *s, const struct tensor_set *set, char err[ERR_MAX])
{
	size_t expected = s->found + (tensor_find(set, "confidence") != NULL);	/* reject.h */

	if (set->n == expected)
		return 0;
	snprintf(err, ERR_MAX, "expected %zu tensors, each once, got %zu", expected, set->n);
	return -1;
}
