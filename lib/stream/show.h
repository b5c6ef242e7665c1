/* SPDX-License-Identifier: MIT */
/*
 * show - a stream as text: what `tensor show` prints
 *
 *	kind=features
 *	labels=zero,one
 *
 *	name         label group dtype shape  min max mean sd nan inf
 *	0_ann_0      zero  ann   f32   36x13  ...
 *	    take=0                                  (the tensor's own metadata)
 *	    -12.25 3.5 ...                          (with values: one line a row)
 *
 *	1 tensors, 468 numbers, 1872 bytes
 *
 * "-" stands for no label, no group and for statistics of nothing. Names and
 * metadata hold no control characters (formats/tensor.md), so they are
 * printed as they are.
 */
#ifndef WHIT_SHOW_H
#define WHIT_SHOW_H

#include <stdio.h>

#include "tensor.h"

/* Statistics of the finite elements; n of them. sd divides by n. */
struct show_stats {
	size_t n, nan, inf;
	double min, max, mean, sd;
};

struct show_stats show_stats(const struct tensor *t);

/* The head's lines, an empty line and the column titles. */
void show_head(FILE *out, const struct meta *head);
/* One line of t's columns, its metadata and, with values, its numbers, which read back exactly. */
void show_tensor(FILE *out, const struct tensor *t, const struct meta *head, int values);
void show_end(FILE *out, uint64_t tensors, uint64_t numbers, uint64_t bytes);

#endif
