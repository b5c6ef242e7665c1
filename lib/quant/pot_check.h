/* SPDX-License-Identifier: MIT */
/*
 * pot_check - whether every weight that a model stores is 0 or a power of two
 *
 * Not what a model says of itself, but each of its numbers: the codes of a pot
 * model decode to nothing else when they are codes at all; of a float32 model
 * every element of a matrix and of a bias is looked at, and that the exponents
 * of a tensor (with pot.range=row: of a row) have codes of pot.bits bits
 * (absent: 5, which have 15). pot.bias=int32 excuses biases. An int8 model
 * fails whatever its scales are: a weight of 3 times a power of two is none.
 */
#ifndef WHIT_POT_CHECK_H
#define WHIT_POT_CHECK_H

#include "base/err.h"
#include "stream/tensor.h"

struct pot_checked {
	size_t weights, zeros;		/* numbers looked at; of them 0 */
	int bits;			/* of codes that hold them */
};

/* 0, or -1 with err: "record KEY: expected ..., got V at I" of the first that is none. */
int pot_check(struct pot_checked *checked, const struct tensor_set *set, char err[ERR_MAX]);

#endif
