/* SPDX-License-Identifier: MIT */
/*
 * opt - one table drives parsing, range checks, --help and the provenance line
 *
 *	static long hidden = 24;
 *	static const char *pooling = "last";
 *
 *	static const struct opt opts[] = {
 *		{ "hidden", 'H', OPT_INT, &hidden, 1, 4096, NULL, "units a layer" },
 *		{ "pooling", 0, OPT_WORD, &pooling, 0, 0, "last|mean", "what is read" },
 *		{ 0 }
 *	};
 *
 *	static const struct opt_page page = {
 *		"train a recurrent net",                         (after "lstm-train - ")
 *		"[OPTION]... < features > model",                (after "usage: lstm-train ")
 *		"Reads ...\nWrites ...\n",                  (printed below the options, or NULL)
 *	};
 *
 *	first = opt_parse(argc, argv, opts, &page);              (operands: argv[first..argc-1])
 *
 * --help and --version are added to every tool: stdout, exit 0. Misuse: one
 * line on stderr, exit 2. The default that --help prints is read from the
 * variable itself, so it cannot drift.
 */
#ifndef WHIT_OPT_H
#define WHIT_OPT_H

#include <stddef.h>

#define WHIT_VERSION "0.1.0"

enum opt_type {
	OPT_FLAG,	/* int *, set to 1 */
	OPT_INT,	/* long *, min..max */
	OPT_REAL,	/* double *, min..max, never NaN */
	OPT_RANGE,	/* struct opt_range *, "X" or "LOW-HIGH", both min..max */
	OPT_BYTES,	/* long *, "36K" = 36 * 1024, "1M"; min..max */
	OPT_TEXT,	/* const char **, any text */
	OPT_WORD,	/* const char **, one of words "a|b|c" */
	OPT_FILE,	/* const char **, a path: not part of the provenance line */
	OPT_LIST,	/* struct opt_list *, may be given more than once */
};

/* How a run differs without its output differing: --jobs, --quiet, --log. */
#define OPT_NO_TRACE 0x100

struct opt {
	const char *name;	/* long name */
	char letter;		/* short name or 0 */
	int type;		/* enum opt_type, or-ed with OPT_NO_TRACE */
	void *value;		/* holds the default before opt_parse() */
	double min, max;	/* of numbers: inclusive */
	const char *words;	/* OPT_WORD: "a|b|c"; else a name for the argument ("HZ") or NULL */
	const char *help;	/* meaning with unit, without default and range */
};

/* low <= high; equal for a single number. */
struct opt_range {
	double low, high;
};

struct opt_list {
	const char **items;	/* owned by opt; lives as long as the process */
	size_t n;
};

struct opt_page {
	const char *purpose, *synopsis, *notes;
};

/*
 * Parses argv by the table; options and operands may be mixed, "--" ends the
 * options. Operands are moved to the end of argv. Returns the index of the
 * first. Exits on --help, --version and misuse. Sets prog to argv[0]'s last
 * part.
 */
int opt_parse(int argc, char *argv[], const struct opt *opts, const struct opt_page *page);

/* Bytes of the variable behind o. */
size_t opt_size(const struct opt *o);

/* 1 if the variables of o's type at a and b hold the same, texts letter by letter. */
int opt_same(const struct opt *o, const void *a, const void *b);

/* 1 if the option of that long name was given on the command line, else 0. */
int opt_given(const char *name);

/*
 * "tool VERSION --option value ...", in the table's order: the options given on the command line,
 * without paths and OPT_NO_TRACE. The caller frees.
 */
char *opt_line(const struct opt *opts);

/* Parses the whole of s as a number in min..max. 0, or -1 when it is none. */
int opt_number(const char *s, double min, double max, double *value);

#endif
