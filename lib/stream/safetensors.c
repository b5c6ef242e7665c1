// SPDX-License-Identifier: MIT
#include "safetensors.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "json.h"

#define INTEGER_MAX 9007199254740992.0	/* 2^53: JSON numbers are doubles here */

static const struct {
	const char *name;
	enum tensor_dtype dtype;
} types[] = {
	{ "F32", TENSOR_F32 }, { "F64", TENSOR_F64 }, { "I8", TENSOR_S8 }, { "I16", TENSOR_S16 },
	{ "I32", TENSOR_S32 }, { "I64", TENSOR_S64 }, { "U8", TENSOR_U8 },
};

/* Where a tensor's bytes lie. */
struct span {
	size_t i;		/* index into the set */
	uint64_t from, to;	/* in the data */
	enum tensor_dtype dtype;
	int ndim;
	uint32_t dims[TENSOR_NDIM_MAX];
};

/* Reads n bytes, a NUL behind them, in steps: a header that lies costs what the file holds. */
static char *
read_bytes(FILE *f, size_t n)
{
	size_t have = 0, room = 0, step;
	char *p = NULL, *q;

	do {
		room = room ? 2 * room : 65536;
		if (room > n)
			room = n;
		q = realloc(p, room + 1);
		if (!q)
			break;
		p = q;
		step = fread(p + have, 1, room - have, f);
		have += step;
	} while (have == room && have < n);
	if (!p || have < n) {
		free(p);
		return NULL;
	}
	p[n] = '\0';
	return p;
}

static int
parse_shape(struct span *p, const cJSON *shape)
{
	const cJSON *j;
	int64_t v;

	if (!cJSON_IsArray(shape))
		return -1;
	cJSON_ArrayForEach(j, shape) {
		v = json_integer(j, UINT32_MAX);
		if (v < 0 || p->ndim == TENSOR_NDIM_MAX)
			return -1;
		p->dims[p->ndim++] = (uint32_t)v;
	}
	return 0;
}

/* One entry of the header into p. */
static int
parse_entry(struct span *p, const cJSON *j, const char *input, char err[ERR_MAX])
{
	const cJSON *dtype = cJSON_GetObjectItemCaseSensitive(j, "dtype");
	const cJSON *at = cJSON_GetObjectItemCaseSensitive(j, "data_offsets");
	int64_t from, to;
	size_t n = strlen(j->string);

	if (n < 1 || n > TENSOR_NAME_MAX || !text_ok(j->string, n, 0))
		return err_at(err, input,
			"record %.100s: expected a name of 1..%d bytes of UTF-8 without control "
			"characters", j->string, TENSOR_NAME_MAX);
	if (!cJSON_IsString(dtype))
		return err_at(err, input, "record %.100s: no dtype", j->string);
	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(dtype->valuestring, types[i].name) == 0)
			p->dtype = types[i].dtype;
	if (!p->dtype)
		return err_at(err, input,
			"record %.100s: dtype: expected F32, F64, I8, I16, I32, I64 or U8, got "
			"%.20s", j->string, dtype->valuestring);
	if (parse_shape(p, cJSON_GetObjectItemCaseSensitive(j, "shape")))
		return err_at(err, input,
			"record %.100s: shape: expected at most %d dimensions below 2^32",
			j->string, TENSOR_NDIM_MAX);
	if (!cJSON_IsArray(at) || cJSON_GetArraySize(at) != 2)
		return err_at(err, input, "record %.100s: no data_offsets", j->string);
	from = json_integer(at->child, INTEGER_MAX);
	to = json_integer(at->child->next, INTEGER_MAX);
	if (from < 0 || to < from)
		return err_at(err, input, "record %.100s: data_offsets are no range", j->string);
	p->from = (uint64_t)from;
	p->to = (uint64_t)to;
	return 0;
}

static int
by_place(const void *a, const void *b)
{
	const struct span *p = a, *q = b;

	if (p->from != q->from)
		return p->from < q->from ? -1 : 1;
	if (p->to != q->to)
		return p->to < q->to ? -1 : 1;
	return p->i < q->i ? -1 : 1;
}

/* Reads the data into the tensors in the order it lies; the spans must be one after the other. */
static int
read_data(struct tensor_set *s, struct span *spans, FILE *f, const char *input, char err[ERR_MAX])
{
	uint64_t at = 0;
	size_t n;

	qsort(spans, s->n, sizeof *spans, by_place);
	for (size_t i = 0; i < s->n; i++) {
		const struct span *p = &spans[i];
		struct tensor *t = &s->items[p->i];

		if (p->from != at)
			return err_at(err, input,
				"record %.100s: data_offsets %s: expected to start at byte %llu, "
				"got %llu", t->name, p->from < at ? "overlap" : "leave a hole",
				(unsigned long long)at, (unsigned long long)p->from);
		if (p->to - p->from > TENSOR_BYTES_MAX || tensor_shape(t, p->dtype, p->ndim,
		    p->dims))
			return err_at(err, input,
				"record %.100s: expected at most %u bytes of elements", t->name,
				TENSOR_BYTES_MAX);
		n = t->n * tensor_dtype_size(t->dtype);
		if (n != p->to - p->from)
			return err_at(err, input,
				"record %.100s: expected %zu bytes for this shape, got %llu",
				t->name, n, (unsigned long long)(p->to - p->from));
		if (fread(t->data, 1, n, f) != n)
			return err_at(err, input, "record %.100s: truncated, expected %zu bytes",
				t->name, n);
		at = p->to;
	}
	if (getc(f) != EOF)
		return err_at(err, input, "more bytes after the last tensor");
	return ferror(f) ? err_at(err, input, "read failed") : 0;
}

/* "__metadata__" into the head and out of it what records_to_json() had to say. */
static int
read_metadata(struct tensor_set *s, cJSON *o, const char *input, char err[ERR_MAX])
{
	cJSON *notes = NULL, *a;
	int rc;

	if (cJSON_IsObject(o))
		notes = cJSON_DetachItemFromObjectCaseSensitive(o, SAFETENSORS_RECORDS);
	rc = meta_from_json(&s->head, o, input, err);
	if (rc == 0 && notes) {
		a = cJSON_IsString(notes) ? cJSON_Parse(notes->valuestring) : NULL;
		rc = records_from_json(s, a, input, err);
		cJSON_Delete(a);
	}
	cJSON_Delete(notes);
	return rc;
}

static int
load(struct tensor_set *s, cJSON *header, FILE *f, const char *input, char err[ERR_MAX])
{
	const cJSON *j;
	cJSON *metadata = NULL;
	struct span *spans;
	size_t n = 0;
	int rc = 0;

	if (!cJSON_IsObject(header))
		return err_at(err, input, "the header is not a JSON object");
	spans = calloc((size_t)cJSON_GetArraySize(header) + 1, sizeof *spans);
	if (!spans)
		return err_at(err, input, "out of memory");
	cJSON_ArrayForEach(j, header) {
		if (strcmp(j->string, "__metadata__") == 0) {
			if (metadata)
				rc = err_at(err, input, "__metadata__ stands twice");
			metadata = (cJSON *)j;
		} else {
			spans[n].i = n;
			rc = parse_entry(&spans[n], j, input, err);
			if (rc == 0)
				etensor_add(s, j->string, spans[n++].dtype, 1, &(uint32_t){ 0 });
		}
		if (rc)
			break;
	}
	if (rc == 0)
		rc = names_unique(s, input, err);
	if (rc == 0)
		rc = read_data(s, spans, f, input, err);
	if (rc == 0)
		rc = read_metadata(s, metadata, input, err);
	free(spans);
	return rc;
}

int
safetensors_load(struct tensor_set *s, FILE *f, const char *input, char err[ERR_MAX])
{
	unsigned char b[8];
	uint64_t n = 0;
	const char *end;
	size_t got;
	char *text;
	cJSON *header;
	int rc;

	memset(s, 0, sizeof *s);
	got = fread(b, 1, sizeof b, f);
	if (got < sizeof b)
		return ferror(f) ? err_at(err, input, "read: %s", strerror(errno)) :
			err_at(err, input, got ? "truncated in the header size" :
			"empty, expected a safetensors file");
	for (int i = 7; i >= 0; i--)
		n = n << 8 | b[i];
	if (n < 2 || n > SAFETENSORS_HEADER_MAX)
		return err_at(err, input,
			"not a safetensors file: header size: expected 2..%d, got %llu",
			SAFETENSORS_HEADER_MAX, (unsigned long long)n);
	text = read_bytes(f, (size_t)n);
	if (!text)
		return err_at(err, input, "truncated in the header: expected %llu bytes",
			(unsigned long long)n);
	/* A NUL, plain or escaped, would end a name here that goes on for other readers. */
	header = text[0] == '{' && strlen(text) == n && !strstr(text, "\\u0000") ?
		cJSON_ParseWithLengthOpts(text, (size_t)n, &end, 0) : NULL;
	if (!header || strspn(end, " \t\r\n") != n - (size_t)(end - text))
		rc = err_at(err, input, "the header is not JSON");
	else
		rc = load(s, header, f, input, err);
	cJSON_Delete(header);
	free(text);
	if (rc)
		tensor_set_free(s);
	return rc;
}

/* Adds the entry of t, whose bytes begin at from. */
static int
add_entry(cJSON *header, const struct tensor *t, uint64_t from)
{
	cJSON *o = cJSON_AddObjectToObject(header, t->name), *shape, *at;
	const char *dtype = NULL;

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i].dtype == t->dtype)
			dtype = types[i].name;
	if (!o || !cJSON_AddStringToObject(o, "dtype", dtype))
		return -1;
	shape = cJSON_AddArrayToObject(o, "shape");
	for (int d = 0; d < t->ndim; d++)
		if (!cJSON_AddItemToArray(shape, cJSON_CreateNumber(t->dims[d])))
			return -1;
	at = cJSON_AddArrayToObject(o, "data_offsets");
	return cJSON_AddItemToArray(at, cJSON_CreateNumber((double)from)) &&
		cJSON_AddItemToArray(at, cJSON_CreateNumber((double)(from + t->n *
		tensor_dtype_size(t->dtype)))) ? 0 : -1;
}

/* Head metadata and, where the set has labels, groups or metadata, the notes on the records. */
static int
add_metadata(cJSON *header, const struct tensor_set *s)
{
	cJSON *o = meta_to_json(&s->head), *a;
	int noteworthy = 0, ok;
	char *text;

	for (size_t i = 0; i < s->n; i++)
		noteworthy |= s->items[i].label != -1 || s->items[i].group[0] ||
			s->items[i].meta.size;
	if (!o || !cJSON_AddItemToObject(header, "__metadata__", o))
		return -1;
	if (!noteworthy)
		return 0;
	a = records_to_json(s);
	text = a ? cJSON_PrintUnformatted(a) : NULL;
	ok = text && cJSON_AddStringToObject(o, SAFETENSORS_RECORDS, text);
	free(text);
	cJSON_Delete(a);
	return ok ? 0 : -1;
}

int
safetensors_save(const struct tensor_set *s, FILE *f, const char *input, char err[ERR_MAX])
{
	static const char spaces[8] = "        ";
	cJSON *header = cJSON_CreateObject();
	/* where the next tensor with elements of that many bytes begins */
	uint64_t before[9] = { 0 };
	char *text = NULL, key[TENSOR_META_MAX];
	size_t n, fill;
	unsigned char b[8];
	int rc = 0;

	rc = names_unique(s, input, err);
	if (!rc && meta_get(&s->head, SAFETENSORS_RECORDS, key, sizeof key))
		rc = err_at(err, input, "metadata key " SAFETENSORS_RECORDS ": the name is taken "
			"in safetensors");
	for (size_t i = 0; i < s->n; i++)
		for (size_t size = 1; size < tensor_dtype_size(s->items[i].dtype); size *= 2)
			before[size] += s->items[i].n * tensor_dtype_size(s->items[i].dtype);
	if (!rc && (!header || add_metadata(header, s)))
		rc = err_at(err, input, "out of memory");
	for (size_t i = 0; i < s->n && !rc; i++) {
		const struct tensor *t = &s->items[i];
		size_t size = tensor_dtype_size(t->dtype);

		if (strcmp(t->name, "__metadata__") == 0)
			rc = err_at(err, input, "record __metadata__: no such name in safetensors");
		else if (add_entry(header, t, before[size]))
			rc = err_at(err, input, "out of memory");
		before[size] += t->n * size;
	}
	if (!rc && !(text = cJSON_PrintUnformatted(header)))
		rc = err_at(err, input, "out of memory");
	cJSON_Delete(header);
	if (rc)
		return -1;
	n = strlen(text);
	fill = -n & 7;
	for (int i = 0; i < 8; i++)
		b[i] = (unsigned char)((uint64_t)(n + fill) >> 8 * i);
	fwrite(b, 1, sizeof b, f);
	fwrite(text, 1, n, f);
	fwrite(spaces, 1, fill, f);
	free(text);
	for (size_t size = 8; size > 0; size /= 2)
		for (size_t i = 0; i < s->n; i++)
			if (tensor_dtype_size(s->items[i].dtype) == size)
				fwrite(s->items[i].data, size, s->items[i].n, f);
	return ferror(f) ? err_at(err, input, "safetensors: write failed") : 0;
}
