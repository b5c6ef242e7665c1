/* SPDX-License-Identifier: MIT */
/*
 * npy - NumPy's array file, versions 1.0 to 3.0, to and from a tensor
 *
 *	npy_write(stdout, &t);                          numpy.load() reads it
 *	npy_read(&t, f, "x.npy", err);                  numpy.save() wrote it
 *
 * An .npy file holds one array and neither name, label, group nor metadata:
 * those stay as they are in t. Types: u1 i1 i2 i4 i8 f4 f8; the rest (f2,
 * b1, complex, text, objects) is refused by name. Big-endian files are
 * swapped, Fortran order is transposed, so t is always row-major.
 *
 * Source: numpy/lib/format.py, "Format Version 1.0" and the two after it.
 */
#ifndef WHIT_NPY_H
#define WHIT_NPY_H

#include <stdio.h>

#include "tensor.h"

/* Longest header read; numpy.load() has the same limit. */
#define NPY_HEADER_MAX 10000

/*
 * Reads one array, which must end where f ends, into t: dtype, shape and
 * elements. input names f in messages. 0, or -1 and one line in err.
 */
int npy_read(struct tensor *t, FILE *f, const char *input, char err[ERR_MAX]);

/* Writes t as version 1.0, data at a multiple of 64 bytes. 0, or -1 when f has failed. */
int npy_write(FILE *f, const struct tensor *t);

#endif
