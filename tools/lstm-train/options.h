/* SPDX-License-Identifier: MIT */
/* options - the command line of lstm-train */
#ifndef LSTM_TRAIN_OPTIONS_H
#define LSTM_TRAIN_OPTIONS_H

#include "train/augment_opt.h"
#include "train/distill_opt.h"
#include "train/train.h"

/* As given, or the defaults; they, the table and the page: table.c. */
struct arguments {
	const char *cell, *hidden, *scope, *precision, *pooling, *schedule, *optimiser, *average;
	const char *validate, *log_path, *recipe, *prune, *checkpoint, *qat;
	long layers, budget, epochs, batch, patience, seed, jobs;
	long step_epochs, average_epochs;
	double rate, dropout, clip, validate_share, weight_decay, smoothing, step_factor,
		average_decay;
	struct distill_given teach;
	struct augment_given augment;
	int bidirectional, normalise, quiet, resume;
};

extern struct arguments given;
extern const struct opt options[];
extern const struct opt_page options_page;

/* Parses and checks all that can be checked without the data; exits 2 on misuse. */
void options_parse(int argc, char *argv[]);
/* Sizes of the net for D features and K labels; exits when --hidden auto finds none. */
struct rnn options_net(int D, int K);
int options_qat(void);			/* 1: --qat int8 */
/* What train() wants to know. */
struct train_options options_train(void);

#endif
