/* SPDX-License-Identifier: MIT */
/* progress - what is kept and said of each epoch: --checkpoint, --log, a line on the terminal */
#ifndef LSTM_TRAIN_PROGRESS_H
#define LSTM_TRAIN_PROGRESS_H

#include "stream/tensor.h"
#include "train/train.h"

/*
 * Once, before train() with these sets; head: the model's so far, with the sha256 of all inputs.
 * Sets o->remember.
 */
void progress_begin(struct train_options *o, const struct meta *head, const struct dataset *set,
	const struct dataset *validation);
void progress_report(void *unused, struct train_epoch *e);
/* Once, after train(). */
void progress_end(void);

#endif
