// SPDX-License-Identifier: MIT
/* Whole streams in memory; see tensor.h. */
#include <sha2.h>
#include <stdlib.h>
#include <string.h>

#include "tensor.h"

static int
grow(struct tensor_set *s)
{
	size_t capacity = s->capacity ? 2 * s->capacity : 16;
	struct tensor *items;

	if (s->n < s->capacity)
		return 0;
	items = realloc(s->items, capacity * sizeof *items);
	if (!items)
		return -1;
	s->items = items;
	s->capacity = capacity;
	return 0;
}

int
tensor_load(struct tensor_set *s, FILE *f, const char *input, char err[ERR_MAX])
{
	struct tensor_reader r = { 0 };
	SHA2_CTX sha256;
	int more;

	memset(s, 0, sizeof *s);
	SHA256Init(&sha256);
	r.sha256 = &sha256;
	if (tensor_open(&r, f, input)) {
		memcpy(err, r.err, ERR_MAX);
		return -1;
	}
	for (;;) {
		if (grow(s)) {
			snprintf(err, ERR_MAX, "%.200s: out of memory", input);
			more = -1;
			break;
		}
		memset(&s->items[s->n], 0, sizeof *s->items);
		more = tensor_read(&r, &s->items[s->n]);
		if (more < 0)
			memcpy(err, r.err, ERR_MAX);
		if (more <= 0)
			break;
		s->n++;
	}
	/* What the last, failed or ended, read may have allocated. */
	if (s->n < s->capacity)
		tensor_free(&s->items[s->n]);
	if (more < 0) {
		tensor_close(&r);
		tensor_set_free(s);
		return -1;
	}
	s->head = r.head;
	SHA256End(&sha256, s->sha256);
	return 0;
}

void
etensor_load(struct tensor_set *s, FILE *f, const char *input)
{
	char err[ERR_MAX];

	if (tensor_load(s, f, input, err))
		die("%s", err);
}

void
etensor_load_path(struct tensor_set *s, const char *path)
{
	FILE *f = efopen(path, "rb");

	etensor_load(s, f, path);
	fclose(f);
}

int
tensor_save(const struct tensor_set *s, FILE *f, const char *output, char err[ERR_MAX])
{
	struct tensor_writer w;
	int rc = tensor_create(&w, f, output, &s->head);

	for (size_t i = 0; !rc && i < s->n; i++)
		rc = tensor_write(&w, &s->items[i]);
	if (!rc)
		rc = tensor_end(&w);
	if (rc)
		memcpy(err, w.err, ERR_MAX);
	return rc;
}

void
etensor_save(const struct tensor_set *s, FILE *f, const char *output)
{
	struct tensor_writer w;

	etensor_create(&w, f, output, &s->head);
	for (size_t i = 0; i < s->n; i++)
		etensor_write(&w, &s->items[i]);
	etensor_end(&w);
}

struct tensor *
tensor_find(const struct tensor_set *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->items[i].name, name) == 0)
			return &s->items[i];
	return NULL;
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *
names_twice(const char **names, size_t n)
{
	qsort(names, n, sizeof *names, by_text);
	for (size_t i = 1; i < n; i++)
		if (strcmp(names[i - 1], names[i]) == 0)
			return names[i];
	return NULL;
}

int
names_unique(const struct tensor_set *s, const char *input, char err[ERR_MAX])
{
	const char **names = malloc((s->n + 1) * sizeof *names), *twice;

	if (!names)
		return err_at(err, input, "out of memory");
	for (size_t i = 0; i < s->n; i++)
		names[i] = s->items[i].name;
	twice = names_twice(names, s->n);
	free(names);
	return twice ? err_at(err, input,
		"record %.100s: the name stands twice, expected each once", twice) : 0;
}

struct tensor *
etensor_add(struct tensor_set *s, const char *name, enum tensor_dtype d, int ndim,
	const uint32_t *dims)
{
	struct tensor *t;

	if (grow(s))
		die("out of memory");
	t = &s->items[s->n++];
	memset(t, 0, sizeof *t);
	etensor_name(t, "%s", name);
	etensor_shape(t, d, ndim, dims);
	return t;
}

void
tensor_set_free(struct tensor_set *s)
{
	for (size_t i = 0; i < s->n; i++)
		tensor_free(&s->items[i]);
	free(s->items);
	meta_free(&s->head);
	memset(s, 0, sizeof *s);
}
