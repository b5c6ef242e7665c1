/* SPDX-License-Identifier: MIT */
/*
 * err - messages to stderr and the two ways a tool gives up
 *
 * One line on stderr: "PROG: MESSAGE". A message that ends in ':' is followed
 * by the text of errno: die("open %s:", path).
 *
 * Exit status everywhere: 0 done, 1 data or system, 2 usage.
 */
#ifndef WHIT_ERR_H
#define WHIT_ERR_H

#include <stddef.h>
#include <stdio.h>

/* Longest message that the modules of lib/ hand back in an err buffer, with its NUL. */
#define ERR_MAX 512

/* Name of the running tool, set by opt_parse(); the only global of lib/. */
extern const char *prog;

void warn(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
void die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));
void usage_die(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

/* die() for handlers of signals: the text as it stands, and nothing that may not be done there. */
void die_at_once(const char *text) __attribute__((noreturn));

/*
 * What a module that may not print hands back: the message into err, for err_at() with "INPUT: "
 * in front. Always -1, so that `return err_set(err, ...)` gives up.
 */
int err_set(char err[ERR_MAX], const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int err_at(char err[ERR_MAX], const char *input, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Like calloc() and friends, but die on failure or when n * size overflows. The caller frees. */
void *ecalloc(size_t n, size_t size);
void *erealloc(void *p, size_t n, size_t size);
char *estrdup(const char *s);

/* Opens path or dies; mode as fopen(). The caller closes. */
FILE *efopen(const char *path, const char *mode);

/* Flushes and closes f and dies if anything written was lost; name is for the message. */
void efclose(FILE *f, const char *name);

/*
 * A file that appears whole or not at all: eopen_atomic() opens PATH.tmp.PID
 * for writing, eclose_atomic() flushes, syncs and renames it to PATH. A tool
 * that dies between the two leaves PATH as it was and removes the temporary.
 * A symbolic link stays one; a pipe or device is written to as it is. Four may be open at once.
 */
FILE *eopen_atomic(const char *path);
void eclose_atomic(FILE *f, const char *path);
/* Dies unless a file can be made there; leaves no trace. For what is written hours later. */
void etry_atomic(const char *path);

#endif
