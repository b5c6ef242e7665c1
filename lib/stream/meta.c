// SPDX-License-Identifier: MIT
/* Metadata texts and the label list of a head; see tensor.h. */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "base/text.h"
#include "tensor.h"

static int
key_length(const char *line, const char *end)
{
	const char *p = line;

	while (p < end && (islower((unsigned char)*p) || isdigit((unsigned char)*p) ||
	    *p == '.' || *p == '_' || *p == '-'))
		p++;
	return p < end && *p == '=' ? (int)(p - line) : 0;
}

/* The line of key within m, or NULL; *length includes the newline. */
static char *
find_line(const struct meta *m, const char *key, size_t *length)
{
	size_t k = strlen(key);
	char *end = m->text ? m->text + m->size : NULL;

	for (char *line = m->text; line < end; line += *length) {
		char *newline = memchr(line, '\n', (size_t)(end - line));

		*length = (size_t)(newline - line) + 1;
		if (*length > k + 1 && line[k] == '=' && memcmp(line, key, k) == 0)
			return line;
	}
	return NULL;
}

const char *
meta_get(const struct meta *m, const char *key, char *buf, size_t size)
{
	size_t length, k = strlen(key), n;
	const char *line = find_line(m, key, &length);

	if (!line)
		return NULL;
	n = length - k - 2;
	if (n >= size)
		return NULL;
	memcpy(buf, line + k + 1, n);
	buf[n] = '\0';
	return buf;
}

int
meta_has(const struct meta *m, const char *key)
{
	size_t length;

	return find_line(m, key, &length) != NULL;
}

int
meta_get_double(const struct meta *m, const char *key, double *value)
{
	char buf[64];

	return meta_get(m, key, buf, sizeof buf) ? opt_number(buf, -1e308, 1e308, value) : -1;
}

int
meta_get_long(const struct meta *m, const char *key, long min, long max, long *value)
{
	char buf[64], *end;
	long v;

	if (!meta_get(m, key, buf, sizeof buf) || !(isdigit((unsigned char)*buf) || *buf == '-'))
		return -1;
	v = strtol(buf, &end, 10);
	if (*end || !(v >= min && v <= max))
		return -1;
	*value = v;
	return 0;
}

/* Sets key to value where it stands or at the end. */
static int
set_text(struct meta *m, const char *key, const char *value)
{
	size_t k = strlen(key), v = strlen(value), old = 0, at = m->size, size;
	char *line = find_line(m, key, &old), *text;

	if (line)
		at = (size_t)(line - m->text);
	else
		old = 0;
	size = m->size - old + k + v + 2;
	if (k > TENSOR_NAME_MAX || size > TENSOR_META_MAX)
		return -1;
	text = malloc(size + 1);
	if (!text)
		return -1;
	if (at)
		memcpy(text, m->text, at);
	memcpy(text + at, key, k);
	text[at + k] = '=';
	memcpy(text + at + k + 1, value, v);
	text[at + k + 1 + v] = '\n';
	if (m->size > at + old)
		memcpy(text + at + k + v + 2, m->text + at + old, m->size - at - old);
	text[size] = '\0';
	/*
	 * The rules hold for what was added: check the line alone, and that it is one line and its
	 * key this key ("a=" or a newline in the value would make others).
	 */
	if ((size_t)key_length(text + at, text + at + k + v + 2) != k || strchr(value, '\n') ||
	    meta_check(text + at, k + v + 2)) {
		free(text);
		return -1;
	}
	free(m->text);
	m->text = text;
	m->size = size;
	return 0;
}

static int
meta_vset(struct meta *m, const char *key, const char *fmt, va_list ap)
{
	va_list again;
	char *value;
	int n, rc;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	if (n < 0 || n > TENSOR_META_MAX || !(value = malloc((size_t)n + 1)))
		return -1;
	vsnprintf(value, (size_t)n + 1, fmt, ap);
	rc = set_text(m, key, value);
	free(value);
	return rc;
}

int
meta_set(struct meta *m, const char *key, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = meta_vset(m, key, fmt, ap);
	va_end(ap);
	return rc;
}

void
emeta_set(struct meta *m, const char *key, const char *fmt, ...)
{
	va_list ap;
	int rc;

	va_start(ap, fmt);
	rc = meta_vset(m, key, fmt, ap);
	va_end(ap);
	if (rc)
		die("metadata: key %s: no valid key, value or no room (at most %d bytes in all)",
			key, TENSOR_META_MAX);
}

int
meta_next(const struct meta *m, size_t *pos, char *key, size_t key_size, char *value,
	size_t value_size)
{
	const char *line, *newline;
	size_t k, v;

	if (*pos >= m->size)
		return 0;
	line = m->text + *pos;
	newline = memchr(line, '\n', m->size - *pos);
	k = (size_t)key_length(line, newline);
	v = (size_t)(newline - line) - k - 1;
	*pos += k + v + 2;
	if (k >= key_size)
		k = key_size - 1;
	if (v >= value_size)
		v = value_size - 1;
	memcpy(key, line, k);
	key[k] = '\0';
	memcpy(value, newline - v, v);
	value[v] = '\0';
	return 1;
}

/* The lines of src that start with prefix to dst, which is empty. */
static int
copy_lines(struct meta *dst, const struct meta *src, const char *prefix)
{
	size_t k = strlen(prefix), n;

	dst->text = malloc(src->size + 1);
	if (!dst->text)
		return -1;
	for (size_t at = 0; at < src->size; at += n) {
		const char *line = src->text + at;

		n = strcspn(line, "\n") + 1;
		if (n <= k || memcmp(line, prefix, k) != 0)
			continue;
		memcpy(dst->text + dst->size, line, n);
		dst->size += n;
	}
	dst->text[dst->size] = '\0';
	return 0;
}

int
meta_copy(struct meta *dst, const struct meta *src, const char *prefix)
{
	char key[TENSOR_NAME_MAX + 1], *value = malloc(TENSOR_META_MAX + 1);
	size_t pos = 0;
	int rc = value ? 0 : -1;

	if (!rc && !dst->text && src->text) {
		free(value);
		return copy_lines(dst, src, prefix);
	}
	while (!rc && meta_next(src, &pos, key, sizeof key, value, TENSOR_META_MAX + 1))
		if (strncmp(key, prefix, strlen(prefix)) == 0)
			rc = set_text(dst, key, value);
	free(value);
	return rc;
}

static void
add_difference(char *diff, size_t size, const char *key, const char *a, const char *b)
{
	size_t n = strlen(diff);

	if ((size_t)snprintf(diff + n, size - n, "%s%s: expected %s, got %s", n ? "; " : "", key, a,
	    b)
	    >= size - n)
		strcpy(diff + size - sizeof "...", "...");
}

int
meta_is_history(const char *key)
{
	return strncmp(key, "history.", 8) == 0 || strncmp(key, "test.history.", 13) == 0;
}

/* Keys that start with prefix; parts: but the histories. */
static int
differ(const struct meta *a, const struct meta *b, const char *prefix, int parts, char *diff,
	size_t size)
{
	char key[TENSOR_NAME_MAX + 1], va[256], vb[256];
	size_t pos = 0, la = 0, lb = 0;

	*diff = '\0';
	if (a->size == b->size && (!a->size || memcmp(a->text, b->text, a->size) == 0))
		return 0;
	while (meta_next(a, &pos, key, sizeof key, va, sizeof va)) {
		const char *line_a = find_line(a, key, &la), *line_b = find_line(b, key, &lb);

		if (strncmp(key, prefix, strlen(prefix)) != 0 ||
		    (parts && meta_is_history(key)) ||
		    (line_b && la == lb && memcmp(line_a, line_b, la) == 0))
			continue;
		add_difference(diff, size, key, va, !line_b ? "none" :
			meta_get(b, key, vb, sizeof vb) ? vb : "another long text");
	}
	for (pos = 0; meta_next(b, &pos, key, sizeof key, vb, sizeof vb); )
		if (strncmp(key, prefix, strlen(prefix)) == 0 &&
		    !(parts && meta_is_history(key)) && !find_line(a, key, &la))
			add_difference(diff, size, key, "none", vb);
	return *diff != '\0';
}

int
meta_differ(const struct meta *a, const struct meta *b, const char *prefix, char *diff, size_t size)
{
	return differ(a, b, prefix, 0, diff, size);
}

int
meta_differ_parts(const struct meta *a, const struct meta *b, char *diff, size_t size)
{
	return differ(a, b, "", 1, diff, size);
}

void
emeta_kind(const struct meta *head, const char *input, const char *kind)
{
	char got[64];

	if (!meta_get(head, "kind", got, sizeof got))
		die("%s: expected a stream of kind=%s, got one without a kind", input, kind);
	if (strcmp(got, kind) != 0)
		die("%s: expected a stream of kind=%s, got kind=%s", input, kind, got);
}

void
meta_free(struct meta *m)
{
	free(m->text);
	m->text = NULL;
	m->size = 0;
}

/* Two lines key=value by their keys. */
static int
by_key(const void *a, const void *b)
{
	const char *x = *(const char *const *)a, *y = *(const char *const *)b;

	while (*x == *y && *x != '=') {
		x++;
		y++;
	}
	return (*x != '=' ? (unsigned char)*x : 0) - (*y != '=' ? (unsigned char)*y : 0);
}

const char *
meta_check(const char *text, size_t size)
{
	const char *end = text + size, *lines[TENSOR_META_MAX / sizeof "k="];	/* not of NULs */
	size_t n = 0;

	if (size > TENSOR_META_MAX)
		return "metadata is too long";
	if (size && text[size - 1] != '\n')
		return "metadata does not end in a newline";
	if (!text_ok(text, size, 1))
		return "metadata is not UTF-8 text";
	for (const char *line = text; line < end; ) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));
		int k = key_length(line, newline);

		if (k == 0 || k > TENSOR_NAME_MAX)
			return "a metadata line is not key=value";
		lines[n++] = line;
		line = newline + 1;
	}
	qsort(lines, n, sizeof *lines, by_key);
	for (size_t i = 1; i < n; i++)
		if (by_key(&lines[i - 1], &lines[i]) == 0)
			return "a metadata key stands twice";
	return NULL;
}

size_t
labels_count(const struct meta *head)
{
	size_t length, n = 1;
	const char *line = find_line(head, "labels", &length);

	if (!line || length == sizeof "labels=\n" - 1)
		return 0;
	for (size_t i = 0; i < length; i++)
		n += line[i] == ',';
	return n;
}

const char *
labels_name(const struct meta *head, int32_t i, char *buf, size_t size)
{
	size_t length, n;
	const char *p = find_line(head, "labels", &length);

	if (!p || i < 0 || (size_t)i >= labels_count(head))
		return NULL;
	for (p += sizeof "labels=" - 1; i > 0; i--)
		p = strchr(p, ',') + 1;
	n = strcspn(p, ",\n");
	if (n >= size)
		return NULL;
	memcpy(buf, p, n);
	buf[n] = '\0';
	return buf;
}
