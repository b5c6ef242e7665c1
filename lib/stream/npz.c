// SPDX-License-Identifier: MIT
#include "npz.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#include "base/text.h"
#include "json.h"
#include "npy.h"

#define DOS_DATE 0x21			/* 1980-01-01, the earliest that ZIP can say */
#define MEMBER_MAX (TENSOR_BYTES_MAX + NPY_HEADER_MAX + 12)
#define STEP_BYTES 65536

/* ---- writing ---- */

static int
add_member(zip_t *z, const struct tensor *t)
{
	char name[TENSOR_NAME_MAX + 5], *p = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&p, &n);
	zip_source_t *source = NULL;
	zip_int64_t i;
	int ok;

	if (!f)
		return -1;
	ok = npy_write(f, t) == 0;
	ok &= fclose(f) == 0;
	if (ok)
		source = zip_source_buffer(z, p, n, 1);		/* frees p */
	if (!source) {
		free(p);
		return -1;
	}
	snprintf(name, sizeof name, "%s.npy", t->name);
	i = zip_file_add(z, name, source, ZIP_FL_ENC_UTF_8);
	if (i < 0) {
		zip_source_free(source);
		return -1;
	}
	return zip_set_file_compression(z, (zip_uint64_t)i, ZIP_CM_STORE, 0) ||
		zip_file_set_dostime(z, (zip_uint64_t)i, 0, DOS_DATE, 0) ? -1 : 0;
}

static int
add_notes(zip_t *z, const struct tensor_set *s)
{
	cJSON *o = cJSON_CreateObject(), *head = meta_to_json(&s->head);
	cJSON *records = records_to_json(s);
	struct tensor t = { 0 };
	char *text = NULL;
	uint32_t n;
	int rc = -1;

	if (o && head && records && cJSON_AddItemToObject(o, "head", head) &&
	    cJSON_AddItemToObject(o, "records", records))
		text = cJSON_PrintUnformatted(o);
	n = text ? (uint32_t)strlen(text) : 0;
	strcpy(t.name, NPZ_NOTES);
	if (text && tensor_shape(&t, TENSOR_U8, 1, &n) == 0) {
		memcpy(t.data, text, n);
		rc = add_member(z, &t);
	}
	tensor_free(&t);
	free(text);
	cJSON_Delete(o);
	return rc;
}

/* Copies the finished archive to f. */
static int
copy_out(zip_source_t *source, FILE *f)
{
	char buf[STEP_BYTES];
	zip_int64_t n;

	if (zip_source_open(source))
		return -1;
	while ((n = zip_source_read(source, buf, sizeof buf)) > 0)
		fwrite(buf, 1, (size_t)n, f);
	zip_source_close(source);
	return n < 0 || ferror(f) ? -1 : 0;
}

int
npz_save(const struct tensor_set *s, FILE *f, const char *input, char err[ERR_MAX])
{
	zip_error_t e;
	zip_source_t *archive;
	zip_t *z = NULL;
	int rc = 0;

	if (names_unique(s, input, err))
		return -1;
	zip_error_init(&e);
	archive = zip_source_buffer_create(NULL, 0, 0, &e);
	if (archive)
		z = zip_open_from_source(archive, ZIP_CREATE | ZIP_TRUNCATE, &e);
	if (!z) {
		rc = err_at(err, input, "npz: %s", zip_error_strerror(&e));
		zip_source_free(archive);
		zip_error_fini(&e);
		return rc;
	}
	zip_source_keep(archive);
	for (size_t i = 0; i < s->n && !rc; i++)
		rc = strcmp(s->items[i].name, NPZ_NOTES) == 0 ?
			err_at(err, input, "record " NPZ_NOTES ": the name is taken in npz files") :
			add_member(z, &s->items[i]) ? err_at(err, input, "npz: %s",
			zip_strerror(z)) : 0;
	if (!rc && (add_notes(z, s) || zip_close(z)))
		rc = err_at(err, input, "npz: %s", zip_strerror(z));
	else if (!rc)
		z = NULL;
	if (!rc && copy_out(archive, f))
		rc = err_at(err, input, "npz: write failed");
	if (z)
		zip_discard(z);
	zip_source_free(archive);
	zip_error_fini(&e);
	return rc;
}

/* ---- reading ---- */

/*
 * Reads all of m, which must be size bytes, in steps: a size that lies costs what the file holds.
 * libzip compares the CRC when it is asked for more than there is.
 */
static char *
read_member(zip_file_t *m, size_t size)
{
	size_t have = 0, room = 0;
	char *p = NULL, *q;
	zip_int64_t n = -1;

	do {
		if (have == room) {
			room = room ? 2 * room : STEP_BYTES;
			if (room > size + 1)
				room = size + 1;
			q = realloc(p, room);
			if (!q)
				break;
			p = q;
		}
		n = zip_fread(m, p + have, room - have);
		if (n > 0)
			have += (size_t)n;
	} while (n > 0 && have <= size);
	if (!p || n != 0 || have != size) {
		free(p);
		return NULL;
	}
	return p;
}

/* Member i, which holds one array, into t. */
static int
load_member(struct tensor *t, zip_t *z, const zip_stat_t *st, const char *input, char err[ERR_MAX])
{
	zip_file_t *m = zip_fopen_index(z, st->index, 0);
	size_t size = (size_t)st->size;
	char *p = m ? read_member(m, size) : NULL;
	FILE *f = p ? fmemopen(p, size, "rb") : NULL;
	char inner[ERR_MAX];
	int rc = 0;

	if (!m)
		rc = err_at(err, input, "member %.100s: %s", st->name, zip_strerror(z));
	else if (!f)
		rc = err_at(err, input, "member %.100s: damaged or truncated", st->name);
	else if (npy_read(t, f, st->name, inner))
		rc = err_at(err, input, "member %.250s", inner);
	if (f)
		fclose(f);
	free(p);
	if (m)
		zip_fclose(m);
	return rc;
}

/* Restores what add_notes() wrote. */
static int
apply_notes(struct tensor_set *s, const struct tensor *t, const char *input, char err[ERR_MAX])
{
	cJSON *o = t->dtype == TENSOR_U8 ? cJSON_ParseWithLength((const char *)t->u8, t->n) : NULL;
	int rc = 0;

	if (!cJSON_IsObject(o))
		rc = err_at(err, input, "member " NPZ_NOTES ".npy: expected JSON text");
	if (!rc)
		rc = meta_from_json(&s->head, cJSON_GetObjectItemCaseSensitive(o, "head"), input,
			err);
	if (!rc)
		rc = records_from_json(s, cJSON_GetObjectItemCaseSensitive(o, "records"), input,
			err);
	cJSON_Delete(o);
	return rc;
}

static int
load(struct tensor_set *s, struct tensor *notes, zip_t *z, const char *path, char err[ERR_MAX])
{
	zip_int64_t n = zip_get_num_entries(z, 0);
	char name[TENSOR_NAME_MAX + 1];
	zip_stat_t st;
	size_t k;

	for (zip_int64_t i = 0; i < n; i++) {
		if (zip_stat_index(z, (zip_uint64_t)i, 0, &st) || !(st.valid & ZIP_STAT_NAME) ||
		    !(st.valid & ZIP_STAT_SIZE))
			return err_at(err, path, "member %lld: %s", (long long)i, zip_strerror(z));
		k = strlen(st.name);
		if (k < 5 || k - 4 > TENSOR_NAME_MAX || strcmp(st.name + k - 4, ".npy") != 0 ||
		    !text_ok(st.name, k, 0))
			return err_at(err, path, "member %.100s: expected NAME.npy, the name 1..%d "
				"bytes without control characters", st.name, TENSOR_NAME_MAX);
		if (st.size > MEMBER_MAX)
			return err_at(err, path, "member %.100s: expected at most %u bytes, got "
				"%llu", st.name, MEMBER_MAX, (unsigned long long)st.size);
		memcpy(name, st.name, k - 4);
		name[k - 4] = '\0';
		if (load_member(strcmp(name, NPZ_NOTES) == 0 ? notes :
		    etensor_add(s, name, TENSOR_U8, 1, &(uint32_t){ 0 }), z, &st, path, err))
			return -1;
	}
	return names_unique(s, path, err) || (notes->data && apply_notes(s, notes, path, err)) ?
		-1 : 0;
}

int
npz_load(struct tensor_set *s, const char *path, char err[ERR_MAX])
{
	struct tensor notes = { 0 };
	zip_error_t e;
	int code, rc;
	zip_t *z = zip_open(path, ZIP_RDONLY | ZIP_CHECKCONS, &code);

	memset(s, 0, sizeof *s);
	if (!z) {
		zip_error_init_with_code(&e, code);
		rc = err_at(err, path, "npz: %s", zip_error_strerror(&e));
		zip_error_fini(&e);
		return rc;
	}
	rc = load(s, &notes, z, path, err);
	zip_discard(z);
	tensor_free(&notes);
	if (rc)
		tensor_set_free(s);
	return rc;
}
