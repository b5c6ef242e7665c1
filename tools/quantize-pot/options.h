/* SPDX-License-Identifier: MIT */
/* options - the command line of quantize-pot */
#ifndef QUANTIZE_POT_OPTIONS_H
#define QUANTIZE_POT_OPTIONS_H

#include "base/opt.h"
#include "quant/pot_train.h"
#include "train/augment_opt.h"
#include "train/distill_opt.h"

/* As given, or the defaults; 0: the approach's own. */
struct arguments {
	const char *approach, *range, *bias, *high, *schedule;
	const char *train, *before, *calibrate;
	long bits, epochs, batch, seed, jobs;
	double rate, clip, smoothing;
	struct distill_given teach;
	struct augment_given augment;
	int normalise, to_float, quiet;
};

extern struct arguments given;
extern const struct opt options[];

/* Parses and checks all that can be checked without the model; exits 2 on misuse. */
void options_parse(int argc, char *argv[]);
const struct pot_method *options_method(void);
struct pot_form options_form(void);
/* What train() wants to know, but what the approach itself does (pot_train_options()). */
struct train_options options_train(void);

#endif
