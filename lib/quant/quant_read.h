/* SPDX-License-Identifier: MIT */
/*
 * quant_read - what both int8 loaders check of a model's tensors
 */
#ifndef WHIT_QUANT_READ_H
#define WHIT_QUANT_READ_H

#include <stddef.h>

#include "net/rnn.h"
#include "stream/tensor.h"

struct quant_shape {
	struct rnn net;		/* by model_read_head(): sizes alone */
	size_t found;		/* tensors asked for by quant_read_tensor() */
};

/* Tensor `name` of that type and size (cols 0: one dimension), f32 finite; NULL with err. */
const struct tensor *quant_read_tensor(struct quant_shape *s, const struct tensor_set *set,
	const char *name, enum tensor_dtype d, size_t rows, size_t cols, char err[ERR_MAX]);

/* Of pass p, by rnn_name(), likewise. */
const struct tensor *quant_read_pass(struct quant_shape *s, const struct tensor_set *set,
	const char *what, int p, enum tensor_dtype d, size_t rows, size_t cols, char err[ERR_MAX]);

/* No tensor but those that were asked for and `confidence`. 0, or -1 with err. */
int quant_read_end(const struct quant_shape *s, const struct tensor_set *set, char err[ERR_MAX]);

/* "record NAME: expected ..., got ..." into err; returns -1. */
int quant_read_fail(char err[ERR_MAX], const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
