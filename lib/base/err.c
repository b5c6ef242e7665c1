// SPDX-License-Identifier: MIT
#define _XOPEN_SOURCE 700	/* realpath() */
#include "err.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *prog = "whit";

#define ATOMIC_MAX 4
#define LINKS_MAX 40		/* as Linux */

/* Files of eopen_atomic() that are open: what each will be and, removed when the tool dies, is. */
static struct atomic {
	FILE *f;
	char *path;			/* owned */
	char tmp[4096];			/* "": the place is free */
} atomics[ATOMIC_MAX];

/* One line, whatever a file name holds. */
static void
one_line(char *text)
{
	for (; *text; text++)
		if (*text == '\n' || *text == '\r' || *text == '\033')
			*text = '?';
}

static void
message(const char *fmt, va_list ap)
{
	char text[4 * ERR_MAX];
	int saved = errno;

	vsnprintf(text, sizeof text, fmt, ap);
	one_line(text);
	/* The format asks for errno, not what stands in it. */
	if (fmt[strlen(fmt) - 1] == ':')
		fprintf(stderr, "%s: %s %s\n", prog, text, strerror(saved));
	else
		fprintf(stderr, "%s: %s\n", prog, text);
}

void
warn(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(fmt, ap);
	va_end(ap);
}

static void
remove_tmp(void)
{
	for (int i = 0; i < ATOMIC_MAX; i++)
		if (atomics[i].tmp[0])
			unlink(atomics[i].tmp);
}

void
die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(fmt, ap);
	va_end(ap);
	exit(1);
}

void
usage_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	message(fmt, ap);
	va_end(ap);
	exit(2);
}

void
die_at_once(const char *text)
{
	char line[4 * ERR_MAX];
	size_t n = strlen(prog), m = strlen(text);

	n = n < ERR_MAX ? n : ERR_MAX;
	m = m < ERR_MAX ? m : ERR_MAX;
	memcpy(line, prog, n);
	memcpy(line + n, ": ", 2);
	memcpy(line + n + 2, text, m);
	line[n + 2 + m] = '\0';
	one_line(line);
	line[n + 2 + m] = '\n';
	if (write(STDERR_FILENO, line, n + m + 3) < 0)
		remove_tmp();
	remove_tmp();
	_exit(1);
}

int
err_set(char err[ERR_MAX], const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(err, ERR_MAX, fmt, ap);
	va_end(ap);
	return -1;
}

int
err_at(char err[ERR_MAX], const char *input, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(err, ERR_MAX, "%.200s: ", input);

	va_start(ap, fmt);
	vsnprintf(err + n, (size_t)(ERR_MAX - n), fmt, ap);
	va_end(ap);
	return -1;
}

void *
ecalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		die("out of memory: %zu elements of %zu bytes", n, size);
	return p;
}

void *
erealloc(void *p, size_t n, size_t size)
{
	void *q;

	if (size && n > SIZE_MAX / size)
		die("out of memory: %zu elements of %zu bytes", n, size);
	q = realloc(p, n && size ? n * size : 1);
	if (!q)
		die("out of memory: %zu elements of %zu bytes", n, size);
	return q;
}

char *
estrdup(const char *s)
{
	size_t n = strlen(s) + 1;

	return memcpy(ecalloc(n, 1), s, n);
}

FILE *
efopen(const char *path, const char *mode)
{
	FILE *f = fopen(path, mode);

	if (!f)
		die("%s:", path);
	return f;
}

void
efclose(FILE *f, const char *name)
{
	int lost = ferror(f);

	if (fflush(f) != 0)
		die("%s: write:", name);
	if (fclose(f) != 0)
		die("%s: close:", name);
	if (lost)
		die("%s: write failed", name);
}

static void
on_signal(int sig)
{
	remove_tmp();
	signal(sig, SIG_DFL);
	raise(sig);
}

/* So that nothing half-written outlives the tool, however it dies. */
static void
remove_tmp_at_end(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGPIPE, SIGTERM };
	static int registered;

	if (registered++)
		return;
	atexit(remove_tmp);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (signal(signals[i], on_signal) == SIG_IGN)
			signal(signals[i], SIG_IGN);
}

/* The place of f; NULL: a free one, and NULL when there is none. */
static struct atomic *
find_atomic(const FILE *f)
{
	for (struct atomic *a = atomics; a < atomics + ATOMIC_MAX; a++)
		if (f ? a->tmp[0] && a->f == f : !a->tmp[0])
			return a;
	return NULL;
}

/* What path names behind all symbolic links, there or not. The caller frees. */
static char *
resolve(const char *path)
{
	char *whole = realpath(path, NULL), *next, to[4096];

	if (whole)
		return whole;
	whole = estrdup(path);
	for (int links = 0; links < LINKS_MAX; links++) {
		const char *slash = strrchr(whole, '/');
		size_t dir = slash ? (size_t)(slash - whole) + 1 : 0;
		ssize_t n = readlink(whole, to, sizeof to);

		if (n < 0 || (size_t)n == sizeof to)
			break;
		if (n > 0 && to[0] == '/')
			dir = 0;
		next = ecalloc(dir + (size_t)n + 1, 1);
		memcpy(next, whole, dir);
		memcpy(next + dir, to, (size_t)n);
		free(whole);
		whole = next;
	}
	return whole;
}

FILE *
eopen_atomic(const char *path)
{
	struct atomic *a = find_atomic(NULL);
	char tmp[sizeof a->tmp];
	struct stat st;
	int n;

	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return efopen(path, "wb");
	if (!a)
		die("%s: too many files at once", path);
	remove_tmp_at_end();
	a->path = resolve(path);
	n = snprintf(tmp, sizeof tmp, "%s.tmp.%ld", a->path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof tmp)
		die("%s: the path is too long", path);
	/* Its first letter last: a signal in between must not remove what half a name names. */
	memcpy(a->tmp + 1, tmp + 1, (size_t)n);
	atomic_signal_fence(memory_order_release);
	a->tmp[0] = tmp[0];
	a->f = fopen(a->tmp, "wb");
	if (!a->f)
		die("%s:", path);
	return a->f;
}

void
eclose_atomic(FILE *f, const char *path)
{
	struct atomic *a = find_atomic(f);

	if (fflush(f) != 0 || ferror(f))
		die("%s: write:", path);
	/* A pipe or a terminal cannot be synced: EINVAL. */
	if (fsync(fileno(f)) != 0 && errno != EINVAL)
		die("%s: sync:", path);
	if (fclose(f) != 0)
		die("%s: close:", path);
	if (!a)
		return;
	if (rename(a->tmp, a->path) != 0)
		die("%s: rename:", path);
	a->tmp[0] = '\0';
	free(a->path);
}

void
etry_atomic(const char *path)
{
	FILE *f = eopen_atomic(path);
	struct atomic *a = find_atomic(f);

	fclose(f);
	if (a) {
		unlink(a->tmp);
		a->tmp[0] = '\0';
		free(a->path);
	}
}
