/* SPDX-License-Identifier: MIT */
/*
 * matvec_wide - matvec_ops_s8 for a machine with vectors and memory to spare
 *
 * The same bits, faster: weights lie there in 16 bits, each row filled up with
 * zeros, so that a vector multiplies as many at a time as it holds. For the
 * host: a device that never points to it does not link it.
 *
 *	void *memory = malloc(matvec_wide_size(rows, cols));
 *
 *	matvec_wide_init(memory, W, rows, cols);
 *	m.W = memory, m.mv = &matvec_ops_wide;
 */
#ifndef WHIT_MATVEC_WIDE_H
#define WHIT_MATVEC_WIDE_H

#include "matvec.h"

#define MATVEC_WIDE_COLS 16	/* a row's length is a multiple of it */
#define MATVEC_WIDE_COLS_MAX 4096

/* Bytes that matvec_wide_init() needs, a multiple of 4. */
size_t matvec_wide_size(size_t rows, size_t cols);

/* memory (rows, cols filled up), 4-byte aligned = W (rows, cols), cols <= MATVEC_WIDE_COLS_MAX */
void matvec_wide_init(void *memory, const int8_t *W, size_t rows, size_t cols);

/* Of W made by matvec_wide_init(). Counts nothing. */
extern const struct matvec_ops matvec_ops_wide;

#endif
