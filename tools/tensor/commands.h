/* SPDX-License-Identifier: MIT */
/*
 * commands - what tools/tensor.c and its converters share
 */
#ifndef WHIT_TENSOR_COMMANDS_H
#define WHIT_TENSOR_COMMANDS_H

#include <stdio.h>

#include "opt.h"

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

#endif
