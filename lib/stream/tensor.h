/* SPDX-License-Identifier: MIT */
/*
 * tensor - the stream of named tensors that all tools read and write
 *
 * The bytes are described in formats/tensor.md; this is the only code that
 * reads or writes them. A stream is a head (key=value metadata), any number
 * of tensors and an end; streams may be concatenated.
 *
 *	struct tensor_reader r = { 0 };
 *	struct tensor_writer w;
 *	struct tensor t = { 0 };
 *
 *	etensor_open(&r, stdin, "stdin");
 *	etensor_create(&w, stdout, "stdout", &r.head);
 *	while (etensor_read(&r, &t))
 *		etensor_write(&w, &t);
 *	etensor_end(&w);
 *	tensor_close(&r);
 *	tensor_free(&t);
 *
 * Functions that return int give 0 (or 1 where said) on success and -1 on
 * failure with one line in .err, "INPUT: record N: what, expected, got". The
 * same functions with an e in front print that line and exit 1.
 */
#ifndef WHIT_TENSOR_H
#define WHIT_TENSOR_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "base/err.h"

#define TENSOR_NAME_MAX 255		/* bytes of a name or a group */
#define TENSOR_META_MAX 65536		/* bytes of one metadata text */
#define TENSOR_NDIM_MAX 4
#define TENSOR_BYTES_MAX (256u << 20)	/* payload of one tensor */

enum tensor_dtype {			/* numbers as in the stream */
	TENSOR_U8 = 1, TENSOR_S8, TENSOR_S16, TENSOR_S32, TENSOR_S64, TENSOR_F32, TENSOR_F64
};

/* key=value lines: keys unique, in the order they were first set. Zeroed = empty. Owns text. */
struct meta {
	char *text;			/* "key=value\n" ..., NUL-terminated, or NULL */
	size_t size;			/* bytes without the NUL */
};

struct tensor {
	char name[TENSOR_NAME_MAX + 1];
	char group[TENSOR_NAME_MAX + 1];	/* speaker, or "" */
	int32_t label;			/* index into the head's labels, or -1 */
	enum tensor_dtype dtype;
	int ndim;			/* 0 (a scalar) to 4 */
	uint32_t dims[TENSOR_NDIM_MAX];	/* unused ones 1 */
	struct meta meta;
	/* row-major, last index fastest; owned, grows, 64-byte aligned */
	union {
		void *data;
		float *f32; double *f64;
		uint8_t *u8; int8_t *s8; int16_t *s16; int32_t *s32; int64_t *s64;
	};
	size_t n;			/* elements */
	size_t capacity;		/* bytes allocated */
};

struct tensor_reader {
	FILE *f;
	const char *input;		/* for messages */
	/* of the first part; later parts must agree (formats/tensor.md) */
	struct meta head;
	uint64_t offset;		/* bytes read so far */
	uint64_t record;		/* tensors read so far, all parts */
	uint64_t part_record;		/* tensors read in this part */
	uint64_t payload;		/* byte at which the last tensor's elements began */
	void *sha256;			/* NULL, or libmd's SHA2_CTX to feed with every byte read */
	char err[ERR_MAX];
};

struct tensor_writer {
	FILE *f;
	const char *output;
	uint64_t record;
	char err[ERR_MAX];
};

/* A whole stream in memory: a model, a training set. */
struct tensor_set {
	struct meta head;
	struct tensor *items;
	size_t n, capacity;
	char sha256[65];		/* of all bytes read, hex; "" when built in memory */
};

/* ---- metadata ---- */

/*
 * The value of key, valid until m changes, or NULL. It is NOT NUL-terminated in m: meta_get copies
 * it into buf (size bytes with the NUL) and returns buf; NULL too when it does not fit.
 */
const char *meta_get(const struct meta *m, const char *key, char *buf, size_t size);
/* Whether there is a value, however long. */
int meta_has(const struct meta *m, const char *key);
/* The value of key as a whole number in min..max: 0, or -1 when absent or none. */
int meta_get_long(const struct meta *m, const char *key, long min, long max, long *value);
int meta_get_double(const struct meta *m, const char *key, double *value);
/*
 * Sets or replaces key. -1 when key or value breaks the rules of formats/tensor.md or m grows too
 * large.
 */
int meta_set(struct meta *m, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void emeta_set(struct meta *m, const char *key, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Copies every key that starts with prefix ("" = all) from src to dst. */
int meta_copy(struct meta *dst, const struct meta *src, const char *prefix);
/*
 * Compares the keys that start with prefix. 0 when equal, else 1 and in diff
 * "KEY: expected A, got B; KEY: ..." (a: expected, b: got, "none" for absent).
 */
int meta_differ(const struct meta *a, const struct meta *b, const char *prefix,
	char *diff, size_t size);
/* The same over all keys but the history's: 0 when streams with these heads may be joined. */
int meta_differ_parts(const struct meta *a, const struct meta *b, char *diff, size_t size);
/* Whether key says how a stream was made: history.*, test.history.*. */
int meta_is_history(const char *key);
/* Walks the lines: *pos starts 0; 1 and key, value (NUL-terminated copies), or 0 at the end. */
int meta_next(const struct meta *m, size_t *pos, char *key, size_t key_size,
	char *value, size_t value_size);
/* Dies unless head's "kind" is kind: "INPUT: expected a stream of features, got a model". */
void emeta_kind(const struct meta *head, const char *input, const char *kind);
void meta_free(struct meta *m);

/* ---- labels ---- */

/* Head key "labels": names joined by ','. Number of names, 0 when absent. */
size_t labels_count(const struct meta *head);
/* Name of label i into buf, or NULL when i is none of them. */
const char *labels_name(const struct meta *head, int32_t i, char *buf, size_t size);
/* The label `none`, no word (formats/model.md); -1 where there is no other, or no such. */
int32_t labels_none(const struct meta *head);
/* All names, each ended by a 0, *n bytes in all; the caller frees them. NULL: there are none. */
char *elabels_names(const struct meta *head, size_t *n);

/* ---- tensors ---- */

size_t tensor_dtype_size(enum tensor_dtype d);		/* bytes an element; 0 for no dtype */
const char *tensor_dtype_name(enum tensor_dtype d);	/* "f32" ... */
/*
 * (Re)shapes t and makes room; elements are not set. Name, label, group, metadata stay. -1: too
 * large or no memory.
 */
int tensor_shape(struct tensor *t, enum tensor_dtype d, int ndim, const uint32_t *dims);
void etensor_shape(struct tensor *t, enum tensor_dtype d, int ndim, const uint32_t *dims);
/* Names t and clears label (-1), group and metadata. Dies when the name is too long. */
void etensor_name(struct tensor *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Element i of any dtype as double. */
double tensor_get(const struct tensor *t, size_t i);
void tensor_free(struct tensor *t);

/* ---- streams ---- */

/*
 * Reads magic and head. input names the stream in messages and must outlive r; r->sha256 is kept
 * as the caller set it (zero r first). On failure nothing is left to close.
 */
int tensor_open(struct tensor_reader *r, FILE *f, const char *input);
/* Next tensor: 1; 0 at the true end; -1. t is reused and grows. */
int tensor_read(struct tensor_reader *r, struct tensor *t);
void tensor_close(struct tensor_reader *r);		/* frees; f stays open */

int tensor_create(struct tensor_writer *w, FILE *f, const char *output, const struct meta *head);
int tensor_write(struct tensor_writer *w, const struct tensor *t);
int tensor_end(struct tensor_writer *w);		/* end chunk, flush, check */

void etensor_open(struct tensor_reader *r, FILE *f, const char *input);
int etensor_read(struct tensor_reader *r, struct tensor *t);		/* 1 or 0 */
/* Also refuses to write to a terminal (exit 2). */
void etensor_create(struct tensor_writer *w, FILE *f, const char *output, const struct meta *head);
void etensor_write(struct tensor_writer *w, const struct tensor *t);
void etensor_end(struct tensor_writer *w);

/* ---- whole streams ---- */

/* Reads all of f. On -1 the message is in err. The caller frees with tensor_set_free(). */
int tensor_load(struct tensor_set *s, FILE *f, const char *input, char err[ERR_MAX]);
void etensor_load(struct tensor_set *s, FILE *f, const char *input);
void etensor_load_path(struct tensor_set *s, const char *path);
int tensor_save(const struct tensor_set *s, FILE *f, const char *output, char err[ERR_MAX]);
void etensor_save(const struct tensor_set *s, FILE *f, const char *output);
/* The tensor of that name or NULL. */
struct tensor *tensor_find(const struct tensor_set *s, const char *name);
/*
 * A stream may repeat names; where each must stand for itself (predictions, a training set, a file
 * of names): 0, or -1 and "INPUT: record NAME: ..." in err.
 */
int names_unique(const struct tensor_set *s, const char *input, char err[ERR_MAX]);
/* Sorts the n names; one that stands there twice, or NULL. */
const char *names_twice(const char **names, size_t n);
/*
 * Appends an empty tensor with that name and shape; dies without memory. Pointers into items may
 * move.
 */
struct tensor *etensor_add(struct tensor_set *s, const char *name, enum tensor_dtype d,
	int ndim, const uint32_t *dims);
void tensor_set_free(struct tensor_set *s);

#endif
