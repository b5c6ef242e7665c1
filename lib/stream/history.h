/* SPDX-License-Identifier: MIT */
/*
 * history - how a stream came about: a line a tool in its head (formats/tensor.md)
 *
 *	history_add(&head, opts);		(after opt_parse(), before tensor_create())
 */
#ifndef WHIT_HISTORY_H
#define WHIT_HISTORY_H

#include "base/opt.h"
#include "tensor.h"

/* Appends the next "history.N" to head: opt_line(). Exits when there is no room for it. */
void history_add(struct meta *head, const struct opt *opts);

#endif
