// SPDX-License-Identifier: MIT
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "npy.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "npy.c moves numbers as they lie in memory: little-endian machines only"
#endif

#define ALIGN 64	/* numpy writes its data there, so that it can be mapped */
#define DIGITS_MAX 21	/* numpy leaves room for a first dimension that grows to this many digits */

static const char magic[6] = "\x93NUMPY";

/* NumPy's names for our types. */
static const struct {
	const char *name;
	enum tensor_dtype dtype;
} types[] = {
	{ "u1", TENSOR_U8 }, { "i1", TENSOR_S8 }, { "i2", TENSOR_S16 }, { "i4", TENSOR_S32 },
	{ "i8", TENSOR_S64 }, { "f4", TENSOR_F32 }, { "f8", TENSOR_F64 },
};

struct header {
	enum tensor_dtype dtype;
	int ndim;
	uint32_t dims[TENSOR_NDIM_MAX];
	int swap, fortran;
	int seen;		/* bits: descr 1, fortran_order 2, shape 4 */
};

static void
skip_space(const char **s)
{
	*s += strspn(*s, " \t\n\r");
}

/* 1 and past it when word is next. */
static int
accept(const char **s, const char *word)
{
	size_t n = strlen(word);

	skip_space(s);
	if (strncmp(*s, word, n) != 0)
		return 0;
	*s += n;
	return 1;
}

/* A quoted string without escapes into buf. */
static int
parse_string(const char **s, char *buf, size_t size)
{
	const char *end;
	size_t n;

	skip_space(s);
	if (**s != '\'' && **s != '"')
		return -1;
	end = strchr(*s + 1, **s);
	if (end == NULL)
		return -1;
	n = (size_t)(end - *s - 1);
	if (n >= size)
		return -1;
	memcpy(buf, *s + 1, n);
	buf[n] = '\0';
	*s = end + 1;
	return 0;
}

/* "()", "(3,)", "(2, 3)"; Python 2 wrote "3L". */
static int
parse_shape(const char **s, struct header *h)
{
	uint64_t v;

	h->ndim = 0;
	if (!accept(s, "("))
		return -1;
	while (!accept(s, ")")) {
		if (**s < '0' || **s > '9' || h->ndim == TENSOR_NDIM_MAX)
			return -1;
		for (v = 0; **s >= '0' && **s <= '9' && v <= UINT32_MAX; ++*s)
			v = v * 10 + (uint64_t)(**s - '0');
		if (v > UINT32_MAX)
			return -1;
		h->dims[h->ndim++] = (uint32_t)v;
		accept(s, "L");
		if (!accept(s, ",") && **s != ')')
			return -1;
	}
	return 0;
}

/* "<f4": byte order and type; '|' is for types of one byte. */
static int
parse_descr(const char *descr, struct header *h)
{
	if (strchr("<>|", descr[0]) == NULL || descr[0] == '\0')
		return -1;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(descr + 1, types[i].name) == 0) {
			h->dtype = types[i].dtype;
			h->swap = descr[0] == '>';
			return descr[0] == '|' && tensor_dtype_size(h->dtype) != 1 ? -1 : 0;
		}
	return -1;
}

/* The Python dictionary: three keys, each once, in any order. */
static int
parse_header(const char *s, struct header *h, const char *input, char err[ERR_MAX])
{
	char key[32], descr[32];
	int bit;

	if (!accept(&s, "{"))
		return err_at(err, input, "npy header: expected a dictionary");
	while (!accept(&s, "}")) {
		if (parse_string(&s, key, sizeof key) < 0 || !accept(&s, ":"))
			return err_at(err, input, "npy header: expected 'key': value");
		if (strcmp(key, "descr") == 0) {
			bit = 1;
			if (parse_string(&s, descr, sizeof descr) < 0)
				return err_at(err, input,
					"npy header: descr: expected a plain type, got a "
					"structure");
			if (parse_descr(descr, h) < 0)
				return err_at(err, input,
					"npy header: descr: expected u1, i1, i2, i4, i8, f4 or f8, "
					"got '%s'", descr);
		} else if (strcmp(key, "fortran_order") == 0) {
			bit = 2;
			h->fortran = accept(&s, "True");
			if (!h->fortran && !accept(&s, "False"))
				return err_at(err, input,
					"npy header: fortran_order: expected True or False");
		} else if (strcmp(key, "shape") == 0) {
			bit = 4;
			if (parse_shape(&s, h) < 0)
				return err_at(err, input,
					"npy header: shape: expected at most %d dimensions below "
					"2^32", TENSOR_NDIM_MAX);
		} else {
			return err_at(err, input, "npy header: unknown key '%s'", key);
		}
		if (h->seen & bit)
			return err_at(err, input, "npy header: key '%s' twice", key);
		h->seen |= bit;
		if (!accept(&s, ",") && *s != '}')
			return err_at(err, input, "npy header: expected ',' or '}' after '%s'",
				key);
	}
	skip_space(&s);
	if (*s != '\0' || h->seen != 7)
		return err_at(err, input,
			"npy header: expected descr, fortran_order, shape and no more");
	return 0;
}

static int
read_header(struct header *h, FILE *f, const char *input, char err[ERR_MAX])
{
	unsigned char b[12];
	char text[NPY_HEADER_MAX + 1];
	size_t n, size_n, got;

	got = fread(b, 1, 8, f);
	if (got < 8 || memcmp(b, magic, sizeof magic) != 0)
		return ferror(f) ? err_at(err, input, "read: %s", strerror(errno)) :
			err_at(err, input, got == 0 ? "empty, expected an npy file" :
			"not an npy file");
	if (b[6] < 1 || b[6] > 3 || b[7] != 0)
		return err_at(err, input, "npy version: expected 1.0 to 3.0, got %d.%d", b[6],
			b[7]);
	size_n = b[6] == 1 ? 2 : 4;
	if (fread(b + 8, 1, size_n, f) != size_n)
		return err_at(err, input, "truncated in the npy header");
	n = (size_t)b[8] | (size_t)b[9] << 8;
	if (size_n == 4)
		n |= (size_t)b[10] << 16 | (size_t)b[11] << 24;
	if (n > NPY_HEADER_MAX)
		return err_at(err, input, "npy header: expected at most %d bytes, got %zu",
			NPY_HEADER_MAX, n);
	if (fread(text, 1, n, f) != n)
		return err_at(err, input, "truncated in the npy header");
	text[n] = '\0';
	if (strlen(text) != n)
		return err_at(err, input, "npy header: holds a NUL");
	return parse_header(text, h, input, err);
}

static void
swap_bytes(unsigned char *p, size_t n, size_t size)
{
	unsigned char c;

	for (size_t i = 0; i < n; i++, p += size)
		for (size_t j = 0; j < size / 2; j++) {
			c = p[j];
			p[j] = p[size - 1 - j];
			p[size - 1 - j] = c;
		}
}

/* First index fastest in src, last index fastest in dst. */
static void
transpose(unsigned char *dst, const unsigned char *src, const struct header *h, size_t n,
	size_t size)
{
	uint32_t at[TENSOR_NDIM_MAX] = { 0 };
	size_t from, stride;

	for (size_t i = 0; i < n; i++) {
		from = 0;
		stride = 1;
		for (int d = 0; d < h->ndim; d++) {
			from += at[d] * stride;
			stride *= h->dims[d];
		}
		memcpy(dst + i * size, src + from * size, size);
		for (int d = h->ndim - 1; d >= 0 && ++at[d] == h->dims[d]; d--)
			at[d] = 0;
	}
}

int
npy_read(struct tensor *t, FILE *f, const char *input, char err[ERR_MAX])
{
	struct header h = { 0 };
	unsigned char *copy;
	size_t size, got;

	if (read_header(&h, f, input, err) < 0)
		return -1;
	if (tensor_shape(t, h.dtype, h.ndim, h.dims) < 0)
		return err_at(err, input, "npy shape: expected at most %u bytes of elements",
			TENSOR_BYTES_MAX);
	size = tensor_dtype_size(h.dtype);
	got = fread(t->data, 1, t->n * size, f);
	if (got != t->n * size)
		return err_at(err, input, "truncated: expected %zu bytes of elements, got %zu",
			t->n * size, got);
	if (getc(f) != EOF)
		return err_at(err, input,
			"more bytes after the array, expected one array in a file");
	if (ferror(f))
		return err_at(err, input, "read failed");
	if (h.swap)
		swap_bytes(t->u8, t->n, size);
	if (h.fortran && h.ndim > 1 && t->n > 0) {
		copy = malloc(t->n * size);
		if (copy == NULL)
			return err_at(err, input, "no memory");
		memcpy(copy, t->data, t->n * size);
		transpose(t->data, copy, &h, t->n, size);
		free(copy);
	}
	return 0;
}

int
npy_write(FILE *f, const struct tensor *t)
{
	char text[256];
	unsigned char prefix[10];
	const char *type = NULL;
	size_t n, size, fill;

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (types[i].dtype == t->dtype)
			type = types[i].name;
	assert(type != NULL);
	size = tensor_dtype_size(t->dtype);
	n = (size_t)sprintf(text, "{'descr': '%c%s', 'fortran_order': False, 'shape': (",
		size == 1 ? '|' : '<', type);
	fill = n;
	for (int d = 0; d < t->ndim; d++) {
		n += (size_t)sprintf(text + n, d > 0 ? ", %u" : "%u", t->dims[d]);
		if (d == 0)
			fill = DIGITS_MAX - (n - fill);
	}
	if (t->ndim == 0)
		fill = 0;
	n += (size_t)sprintf(text + n, t->ndim == 1 ? ",), }" : "), }");
	fill = n + fill + sizeof prefix + 1;
	fill = (fill + ALIGN - 1) / ALIGN * ALIGN - sizeof prefix - 1;
	memset(text + n, ' ', fill - n);
	text[fill] = '\n';
	n = fill + 1;

	memcpy(prefix, magic, sizeof magic);
	prefix[6] = 1;
	prefix[7] = 0;
	prefix[8] = (unsigned char)(n & 255);
	prefix[9] = (unsigned char)(n >> 8);
	fwrite(prefix, 1, sizeof prefix, f);
	fwrite(text, 1, n, f);
	fwrite(t->data, size, t->n, f);
	return ferror(f) ? -1 : 0;
}
