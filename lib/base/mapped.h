/* SPDX-License-Identifier: MIT */
/*
 * mapped - numbers that stay in a file: more of them than memory holds
 *
 * What is read once and then needed again and again, in any order, is put into a read-only mapping,
 * whose pages the system drops and brings back as it likes. The file behind it is the input itself
 * where that is a file; else, of a pipe, an unlinked one in $TMPDIR or /tmp.
 *
 *	struct mapped m = { 0 };
 *
 *	mapped_from(&m, stdin, "stdin");		(before it is read; left out: a pipe)
 *	mapped_put(&m, r.payload, t.f32, bytes, &at, err);	(each; at: where it will be)
 *	mapped_finish(&m, err);
 *	x = (const float *)(m.p + at);
 *	emapped_unchanged(&m);				(now and then)
 *	mapped_close(&m);
 *
 * An input that somebody cuts short is an access beyond its end, which the system answers with
 * SIGBUS: one line on stderr and exit 1, as everywhere. One that is written to is noticed by
 * emapped_unchanged().
 */
#ifndef WHIT_MAPPED_H
#define WHIT_MAPPED_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

#include "err.h"

/* Zeroed = empty. Must not move between mapped_finish() and mapped_close(). */
struct mapped {
	const unsigned char *p;		/* (size) from mapped_finish() on */
	size_t size;
	const char *input;		/* the caller's; for messages */
	int in_place;			/* 1: the input's own file */
	int fd;				/* owned; of in_place */
	struct stat seen;		/* of it, before it was read */
	uint64_t start;			/* where in it the stream begins */
	FILE *spool;			/* owned; the temporary file, until mapped_finish() */
	struct mapped *next;		/* those that are mapped now, for the signal */
	char line[ERR_MAX];		/* what to say then */
};

/* What will be put is what is read from f, which nothing was read of yet. input must outlive m. */
void mapped_from(struct mapped *m, FILE *f, const char *input);
/*
 * Takes bytes of data, which were read at byte `from` of the stream (a multiple of 4, like bytes).
 * *at: where they will be in p. 0, or -1 with err.
 */
int mapped_put(struct mapped *m, uint64_t from, const void *data, size_t bytes, size_t *at,
	char err[ERR_MAX]);
/* Call once after the last. 0, or -1 with err. */
int mapped_finish(struct mapped *m, char err[ERR_MAX]);
/*
 * What follows reads pieces in no order: no more than these is to be read from the disk. (200 MB in
 * 60 MB of memory: two epochs read 0.6 GB instead of 132, in 57 s instead of 223.)
 */
void mapped_random(const struct mapped *m);
/* Dies if the input's size or time of writing is not what it was. */
void emapped_unchanged(const struct mapped *m);
void mapped_close(struct mapped *m);

#endif
