// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "inputs.h"

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
free_texts(char **texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
	free(texts);
}

/* The names of all records that r still has, sorted; NULL and err when one cannot be read. */
static char **
read_names(struct tensor_reader *r, size_t *n, char err[ERR_MAX])
{
	struct tensor t = { 0 };
	char **names = NULL;
	size_t room = 0;
	int got;

	*n = 0;
	while ((got = tensor_read(r, &t)) > 0) {
		if (*n == room) {
			room = room ? 2 * room : 256;
			names = erealloc(names, room, sizeof *names);
		}
		names[(*n)++] = estrdup(t.name);
	}
	tensor_free(&t);
	if (got < 0 || *n == 0) {
		err_set(err, "%s%s", got < 0 ? r->err : r->input,
			got < 0 ? "" : ": expected records, got none");
		free_texts(names, *n);
		*n = 0;
		return NULL;
	}
	qsort(names, *n, sizeof *names, by_text);
	return names;
}

/* Keeps the items that are among the n sorted names; each of these must be one. */
static int
keep(struct inputs *in, char **names, size_t n, const char *input, char err[ERR_MAX])
{
	char *found = ecalloc(n, 1);
	size_t all = in->n, missing = 0;

	in->n = 0;
	for (size_t i = 0; i < all; i++) {
		struct input x = in->items[i];
		char **name = bsearch(&x.name, names, n, sizeof *names, by_text);

		if (name) {
			found[name - names] = 1;
			in->items[in->n++] = x;
		} else {
			free(x.path);
			free(x.name);
			free(x.label);
			free(x.group);
		}
	}
	while (missing < n && found[missing])
		missing++;
	free(found);
	if (missing == n)
		return 0;
	return err_set(err, "%.100s: '%.100s': expected a recording of that name, got none among "
		"%zu", input, names[missing], all);
}

/* A copy of the value of key in head, or NULL. */
static char *
copy_value(const struct meta *head, const char *key)
{
	char *value = ecalloc(TENSOR_META_MAX, 1);

	if (meta_get(head, key, value, TENSOR_META_MAX))
		return value;
	free(value);
	return NULL;
}

int
inputs_only(struct inputs *in, FILE *f, const char *input, char err[ERR_MAX])
{
	struct tensor_reader r = { 0 };
	char **names;
	size_t n;
	int bad;

	if (tensor_open(&r, f, input))
		return err_set(err, "%s", r.err);
	names = read_names(&r, &n, err);
	bad = !names || keep(in, names, n, input, err);
	if (!bad) {
		in->corpus = copy_value(&r.head, "corpus");
		in->labels = copy_value(&r.head, "labels");
	}
	free_texts(names, n);
	tensor_close(&r);
	return bad ? -1 : 0;
}
