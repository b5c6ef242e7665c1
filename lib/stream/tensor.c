// SPDX-License-Identifier: MIT
/* Tensors in memory and the functions that die; see tensor.h. */
#include "tensor.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "tensor_bytes.h"

static const struct {
	const char *name;
	size_t size;
} dtypes[] = {
	[TENSOR_U8] = { "u8", 1 }, [TENSOR_S8] = { "s8", 1 }, [TENSOR_S16] = { "s16", 2 },
	[TENSOR_S32] = { "s32", 4 }, [TENSOR_S64] = { "s64", 8 }, [TENSOR_F32] = { "f32", 4 },
	[TENSOR_F64] = { "f64", 8 },
};

size_t
tensor_dtype_size(enum tensor_dtype d)
{
	return d >= TENSOR_U8 && d <= TENSOR_F64 ? dtypes[d].size : 0;
}

const char *
tensor_dtype_name(enum tensor_dtype d)
{
	return tensor_dtype_size(d) ? dtypes[d].name : "?";
}

int64_t
tensor_count(enum tensor_dtype d, int ndim, const uint32_t *dims)
{
	uint64_t n = tensor_dtype_size(d), max = TENSOR_BYTES_MAX;

	if (n == 0 || ndim < 0 || ndim > TENSOR_NDIM_MAX)
		return -1;
	/* A zero hides no overflow: the other sizes are bounded too. */
	for (int i = 0; i < ndim; i++) {
		if (dims[i] > max)
			return -1;
		if (dims[i])
			n *= dims[i];
		if (n > max)
			return -1;
	}
	for (int i = 0; i < ndim; i++)
		if (dims[i] == 0)
			return 0;
	return (int64_t)(n / tensor_dtype_size(d));
}

int
tensor_shape(struct tensor *t, enum tensor_dtype d, int ndim, const uint32_t *dims)
{
	int64_t n = tensor_count(d, ndim, dims);
	size_t bytes;

	if (n < 0)
		return -1;
	bytes = ((size_t)n * tensor_dtype_size(d) + 63) / 64 * 64;
	if (bytes > t->capacity || !t->data) {
		void *data = aligned_alloc(64, bytes ? bytes : 64);

		if (!data)
			return -1;
		free(t->data);
		t->data = data;
		t->capacity = bytes;
	}
	t->dtype = d;
	t->ndim = ndim;
	for (int i = 0; i < TENSOR_NDIM_MAX; i++)
		t->dims[i] = i < ndim ? dims[i] : 1;
	t->n = (size_t)n;
	return 0;
}

void
etensor_shape(struct tensor *t, enum tensor_dtype d, int ndim, const uint32_t *dims)
{
	if (tensor_shape(t, d, ndim, dims))
		die("record %s: a tensor of more than %u bytes, or no memory", t->name,
			TENSOR_BYTES_MAX);
}

void
etensor_name(struct tensor *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->name, sizeof t->name, fmt, ap);
	va_end(ap);
	if (n < 1 || (size_t)n >= sizeof t->name)
		die("record %s: expected a name of 1..%d bytes, got %d", t->name,
			TENSOR_NAME_MAX, n);
	if (!text_ok(t->name, (size_t)n, 0))
		die("record %s: the name is not UTF-8 without control characters", t->name);
	t->group[0] = '\0';
	t->label = -1;
	meta_free(&t->meta);
}

double
tensor_get(const struct tensor *t, size_t i)
{
	switch (t->dtype) {
	case TENSOR_U8:  return t->u8[i];
	case TENSOR_S8:  return t->s8[i];
	case TENSOR_S16: return t->s16[i];
	case TENSOR_S32: return t->s32[i];
	case TENSOR_S64: return (double)t->s64[i];
	case TENSOR_F32: return t->f32[i];
	case TENSOR_F64: return t->f64[i];
	}
	return 0;
}

void
tensor_free(struct tensor *t)
{
	free(t->data);
	meta_free(&t->meta);
	memset(t, 0, sizeof *t);
}

/* ---- streams, or exit ---- */

void
etensor_open(struct tensor_reader *r, FILE *f, const char *input)
{
	if (tensor_open(r, f, input))
		die("%s", r->err);
}

int
etensor_read(struct tensor_reader *r, struct tensor *t)
{
	int more = tensor_read(r, t);

	if (more < 0)
		die("%s", r->err);
	return more;
}

void
etensor_create(struct tensor_writer *w, FILE *f, const char *output, const struct meta *head)
{
	if (isatty(fileno(f)))
		usage_die("%s: a tensor stream is binary: redirect it, or look at it with tensor "
			"show", output);
	if (tensor_create(w, f, output, head))
		die("%s", w->err);
}

void
etensor_write(struct tensor_writer *w, const struct tensor *t)
{
	if (tensor_write(w, t))
		die("%s", w->err);
}

void
etensor_end(struct tensor_writer *w)
{
	if (tensor_end(w))
		die("%s", w->err);
}
