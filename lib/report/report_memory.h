/* SPDX-License-Identifier: MIT */
/*
 * report_memory - what a model takes, told plainly: parameters, tables, code, RAM and stack apart
 *
 *	struct report_memory m;
 *
 *	report_memory_init(&m, &set, err);			of the model alone
 *	report_memory_builds(&m, f, "device.tsv", err);		optional: what was measured
 *	report_memory_print(stdout, &report_text, &m, &how);
 *	report_memory_free(&m);
 *
 * The model tells its parameters and, of an integer net, the RAM that it needs
 * on any processor (whit_memory_size(), without pointers the same everywhere).
 * Code, tables and stack are known of a build alone (formats/device.md).
 *
 * A budget of, say, 36 KB may mean the largest layer's parameters, the whole
 * model's, or all of a firmware's flash: each reading has its verdict.
 */
#ifndef WHIT_REPORT_MEMORY_H
#define WHIT_REPORT_MEMORY_H

#include "report_parts.h"

#define REPORT_BUILDS_MAX 16
#define REPORT_BUILD_NAME 64

/* One build of the firmware: bytes, -1 = not measured. */
struct report_build {
	char name[REPORT_BUILD_NAME];		/* "Cortex-M0 -O2" */
	char missing[REPORT_FIELD];		/* why it was not measured, or "-" */
	long code, tables, model, ram, stack;
};

struct report_memory {
	struct report r;			/* of a model: no utterances */
	/* Bytes of RAM; of a net that does not run in integers all are -1. */
	long state;				/* of each layer */
	long scratch, pooling, front_end;	/* 0: there is none */
	long ram;				/* the sum */
	struct report_build build[REPORT_BUILDS_MAX];
	size_t n_builds;
};

/* Of a stream of kind=model. 0, or -1 and err, with nothing to free. */
int report_memory_init(struct report_memory *m, const struct tensor_set *set, char err[ERR_MAX]);
/* Reads the lines of f (formats/device.md) that are of this model. 0, or -1 and err with input. */
int report_memory_builds(struct report_memory *m, FILE *f, const char *input, char err[ERR_MAX]);
void report_memory_free(struct report_memory *m);

/* Bytes of RAM that are a layer's own, of "fc" those that pooling sums in; -1 = not known. */
long report_memory_layer(const struct report_memory *m, const struct report_layer *l);
/* Flash, or flash, RAM and stack, of a build; -1 = not measured. */
long report_build_flash(const struct report_build *b);
long report_build_all(const struct report_build *b);

void report_memory_print(FILE *out, const struct report_style *s, const struct report_memory *m,
	const struct report_how *how);
void report_memory_tsv(FILE *out, const struct report_memory *m, const struct report_how *how);
/* 0, or -1 without memory. */
int report_memory_json(FILE *out, const struct report_memory *m, const struct report_how *how);

#endif
