/* SPDX-License-Identifier: MIT */
/*
 * npz - whole streams to and from NumPy's .npz, a ZIP file of .npy files (libzip)
 *
 *	npz_save(&set, stdout, "stdin", err);      numpy.load("x.npz")["0_ann_0"]
 *	npz_load(&set, "x.npz", err);              numpy.savez() or npz_save() wrote it
 *
 * One member NAME.npy a tensor, stored, dated 1980-01-01 so that equal streams
 * are equal files. A last member __whit__.npy, u8, is the JSON text
 * {"head": {...}, "records": [...]} of lib/stream/json.h, with which npz_load()
 * restores labels, groups and metadata; without it they stay empty.
 */
#ifndef WHIT_NPZ_H
#define WHIT_NPZ_H

#include <stdio.h>

#include "tensor.h"

#define NPZ_NOTES "__whit__"

/* Writes s; input names it in messages. 0, or -1 and one line in err. */
int npz_save(const struct tensor_set *s, FILE *f, const char *input, char err[ERR_MAX]);

/*
 * Reads the file path (a ZIP file is read from its end: no pipe) into s,
 * members in the file's order. Stored or deflated. 0, or -1 and one line in
 * err, s then empty. The caller frees with tensor_set_free().
 */
int npz_load(struct tensor_set *s, const char *path, char err[ERR_MAX]);

#endif
