/* SPDX-License-Identifier: MIT */
/*
 * commands - what tools/tensor.c and its converters share
 */
#ifndef WHIT_TENSOR_COMMANDS_H
#define WHIT_TENSOR_COMMANDS_H

#include <stdio.h>

#include "base/opt.h"
#include "stream/tensor.h"

/* One of `tensor NAME ...`. */
struct command {
	const char *name;
	void (*run)(int n, char *operands[]);
	const struct opt *opts;
	struct opt_page page;
};

/* to-npy, to-npz ...; ended by a NULL name. */
extern const struct command converters[];

/* The one operand or stdin; *input is its name for messages. The caller closes. */
FILE *open_input(int n, char *files[], const char **input);

/*
 * Makes s, of input, weights without a word about themselves, a model: its pooling, and what the
 * file of features says of features, labels and corpus; NULL: not asked for.
 */
void weights_describe(struct tensor_set *s, const char *input, const char *features,
	const char *pooling);
/* Dies of a float model that classify could not run; what is none passes. */
void weights_check(const struct tensor_set *s, const char *input);

#endif
