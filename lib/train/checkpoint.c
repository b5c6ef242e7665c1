// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "checkpoint.h"

/* The value of o as text in key, or nothing for a text that is not there. */
static int
set_option(struct meta *head, const char *key, const struct opt *o)
{
	const struct opt_range *range = o->value;
	const char *text;
	char real[32];

	switch (o->type) {
	case OPT_FLAG:
		return meta_set(head, key, "%d", *(const int *)o->value);
	case OPT_INT:
	case OPT_BYTES:
		return meta_set(head, key, "%ld", *(const long *)o->value);
	case OPT_REAL:
		snprintf(real, sizeof(real), "%.15g", *(const double *)o->value);
		if (strtod(real, NULL) != *(const double *)o->value)
			snprintf(real, sizeof(real), "%.17g", *(const double *)o->value);
		return meta_set(head, key, "%s", real);
	case OPT_RANGE:
		return meta_set(head, key, "%.17g %.17g", range->low, range->high);
	default:
		text = *(const char *const *)o->value;
		return text ? meta_set(head, key, "%s", text) : 0;
	}
}

/* A list has a key for each of its texts. */
static int
set_list(struct meta *head, const char *key, const struct opt *o)
{
	const struct opt_list *list = o->value;
	char numbered[96];
	int rc = 0;

	for (size_t i = 0; !rc && i < list->n; i++) {
		snprintf(numbered, sizeof(numbered), "%s.%zu", key, i + 1);
		rc = meta_set(head, numbered, "%s", list->items[i]);
	}
	return rc;
}

int
checkpoint_of(struct checkpoint *c, const struct meta *head, const struct opt *options,
	char err[ERR_MAX])
{
	struct meta *m = &c->head;
	char key[64];
	int rc = meta_copy(m, head, "") || meta_set(m, "kind", "checkpoint") ||
		meta_set(m, "tool", "%s " WHIT_VERSION, prog);

	for (const struct opt *o = options; !rc && o->name; o++) {
		snprintf(key, sizeof(key), "option.%s", o->name);
		if (o->type == OPT_LIST)
			rc = set_list(m, key, o);
		else if (o->type != OPT_FILE && !(o->type & OPT_NO_TRACE))
			rc = set_option(m, key, o);
	}
	return rc ? err_set(err, "the head has no room for the options") : 0;
}

int
checkpoint_load(struct checkpoint *c, FILE *f, const char *input, char err[ERR_MAX])
{
	char diff[ERR_MAX / 2];

	if (tensor_load(&c->set, f, input, err))
		return -1;
	c->loaded = 1;
	if (meta_differ_parts(&c->head, &c->set.head, diff, sizeof(diff)))
		return err_at(err, input, "of another training: %s", diff);
	return 0;
}

static int
shape(const struct train_memory *m, uint32_t dims[2])
{
	dims[0] = (uint32_t)m->rows;
	dims[1] = (uint32_t)m->columns;
	return m->columns > 1 ? 2 : 1;
}

static size_t
bytes(const struct train_memory *m)
{
	return m->rows * m->columns * tensor_dtype_size(m->dtype);
}

static int
put_back(struct checkpoint *c, const struct train_memory *m, char err[ERR_MAX])
{
	const struct tensor *t = tensor_find(&c->set, m->name);
	uint32_t dims[2];
	int ndim = shape(m, dims);

	if (!t)
		return err_set(err, "tensor %s: expected one, got none", m->name);
	if (t->dtype != m->dtype || t->ndim != ndim || t->dims[0] != dims[0] ||
	    t->dims[1] != dims[1])
		return err_set(err, "tensor %s: expected %d dimensions %ux%u of %s, got %d "
			"dimensions %ux%u of %s", m->name, ndim, (unsigned)dims[0],
			(unsigned)dims[1], tensor_dtype_name(m->dtype), t->ndim,
			(unsigned)t->dims[0], (unsigned)t->dims[1], tensor_dtype_name(t->dtype));
	memcpy(m->data, t->data, bytes(m));
	return 0;
}

int
checkpoint_begin(struct checkpoint *c, const struct train_memory *memory, size_t n,
	char err[ERR_MAX])
{
	c->memory = memory;
	c->n = n;
	for (size_t i = 0; i < n; i++)
		if (bytes(&memory[i]) > TENSOR_BYTES_MAX)
			return err_set(err, "tensor %s: expected at most %u bytes, got %zu",
				memory[i].name, TENSOR_BYTES_MAX, bytes(&memory[i]));
	if (!c->loaded)
		return 0;
	for (size_t i = 0; i < n; i++)
		if (put_back(c, &memory[i], err))
			return -1;
	if (c->set.n != n)	/* each is there once at least */
		return err_set(err, "expected %zu tensors, got %zu", n, c->set.n);
	tensor_set_free(&c->set);
	c->loaded = 0;
	return 0;
}

void
echeckpoint_save(const struct checkpoint *c, const char *path)
{
	FILE *f = eopen_atomic(path);
	struct tensor_writer w;

	etensor_create(&w, f, path, &c->head);
	for (size_t i = 0; i < c->n; i++) {
		const struct train_memory *m = &c->memory[i];
		/* Borrows the data: written as they lie. */
		struct tensor t = { .label = -1, .dtype = m->dtype, .data = m->data,
			.n = m->rows * m->columns };

		strcpy(t.name, m->name);
		t.ndim = shape(m, t.dims);
		etensor_write(&w, &t);
	}
	etensor_end(&w);
	eclose_atomic(f, path);
}

void
checkpoint_free(struct checkpoint *c)
{
	meta_free(&c->head);
	tensor_set_free(&c->set);
	memset(c, 0, sizeof(*c));
}
