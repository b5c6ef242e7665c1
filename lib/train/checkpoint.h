/* SPDX-License-Identifier: MIT */
/*
 * checkpoint - what train() remembers from epoch to epoch, in a file (formats/checkpoint.md)
 *
 *	struct checkpoint c = { 0 };
 *
 *	checkpoint_of(&c, &model.head, options, err);	(what it is of)
 *	checkpoint_load(&c, f, path, err);		(to go on from it)
 *	... o.remember() calls checkpoint_begin(&c, memory, n, err) ...
 *	echeckpoint_save(&c, path);			(after each epoch)
 *	checkpoint_free(&c);
 *
 * The file holds the bytes of that memory and nothing that follows from options and data, so that
 * a training killed at any moment and resumed ends with the same bits as one that was not.
 * Functions that return int give 0, or -1 with err.
 */
#ifndef WHIT_CHECKPOINT_H
#define WHIT_CHECKPOINT_H

#include "base/opt.h"
#include "train.h"

/* Zeroed = empty. */
struct checkpoint {
	struct meta head;		/* owned */
	const struct train_memory *memory;	/* (n) the caller's */
	size_t n;
	int loaded;			/* 1: set waits for checkpoint_begin() */
	struct tensor_set set;		/* owned */
};

/*
 * Names the training: all keys of head (sha256 of the inputs among them), and by options the tool,
 * its version and the value of each option but paths and OPT_NO_TRACE, given or not.
 */
int checkpoint_of(struct checkpoint *c, const struct meta *head, const struct opt *options,
	char err[ERR_MAX]);
/* Reads the checkpoint f; that of another training is an error that says what differs. */
int checkpoint_load(struct checkpoint *c, FILE *f, const char *input, char err[ERR_MAX]);
/*
 * Notes what to save: memory (n), which must stay where it is. What was loaded is put back there;
 * it must be the same things in the same shapes, and no other.
 */
int checkpoint_begin(struct checkpoint *c, const struct train_memory *memory, size_t n,
	char err[ERR_MAX]);
/* Writes it to path, whole or not at all (eopen_atomic()); dies when that fails. */
void echeckpoint_save(const struct checkpoint *c, const char *path);
void checkpoint_free(struct checkpoint *c);

#endif
