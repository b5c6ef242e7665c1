/* SPDX-License-Identifier: MIT */
/* options - the command line of report */
#ifndef REPORT_OPTIONS_H
#define REPORT_OPTIONS_H

#include "base/opt.h"

/* As given, or the defaults. */
struct arguments {
	const char *format, *task, *scope, *figures, *preview, *device;
	struct opt_list times, curves, prefix;
	long budget, digits;
	int pool, memory;
};

extern struct arguments given;

/* What the options that take one item a stream say of one; NULL: nothing. */
struct stream {
	char *times, *curves, *prefix;
};

/* Parses; returns the index of the first operand, exits 2 on misuse. */
int options_parse(int argc, char *argv[]);
/* What the options say of n streams, checked; exits 2 on misuse. Freed by options_free(). */
struct stream *options_streams(size_t n);
void options_free(struct stream *streams, size_t n);

#endif
