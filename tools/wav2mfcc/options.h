/* SPDX-License-Identifier: MIT */
/* options - the command line of wav2mfcc */
#ifndef WAV2MFCC_OPTIONS_H
#define WAV2MFCC_OPTIONS_H

#include "audio/mfcc.h"
#include "audio/vary.h"
#include "base/opt.h"

/* As given, or the defaults. */
struct arguments {
	struct mfcc_settings set;	/* the front end (front_end.h) */
	struct vary vary;
	const char *preset, *corpus, *labels, *manifest, *only, *suffix;
	const char *label_re, *group_re, *name_re;
	double low_hz, high_hz;		/* of set.bandpass */
	long jobs;
	int keep_going;
};

extern struct arguments given;
extern const struct opt options[];

/* Parses and checks all but the inputs; returns the index of the first operand. */
int options_parse(int argc, char *argv[]);

#endif
