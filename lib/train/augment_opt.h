/* SPDX-License-Identifier: MIT */
/*
 * augment_opt - the changes to features (augment.h) as options, the same in every tool that trains
 *
 *	static struct augment_given augment = AUGMENT_GIVEN;
 *
 *	static const struct opt opts[] = {
 *		AUGMENT_OPTS(augment),
 *		{ 0 }
 *	};
 *
 *	o.augment = eaugment_from(&augment);		(after opt_parse())
 */
#ifndef WHIT_AUGMENT_OPT_H
#define WHIT_AUGMENT_OPT_H

#include "augment.h"
#include "base/opt.h"
#include "net/rnn.h"

struct augment_given {
	double stretch, drop_steps, offset, noise;
	long time_masks, time_mask_width, coef_masks, coef_mask_width;
};

#define AUGMENT_GIVEN { .time_mask_width = 4, .coef_mask_width = 2 }

#define AUGMENT_OPTS(g) \
	{ "stretch", 0, OPT_REAL, &(g).stretch, 0, 0.9, "SHARE", \
	  "change each length by up to that much at random" }, \
	{ "drop-steps", 0, OPT_REAL, &(g).drop_steps, 0, 0.9, "SHARE", \
	  "of frames left out at random" }, \
	{ "offset", 0, OPT_REAL, &(g).offset, 0, 100, "SIGMA", \
	  "add a random offset to each coefficient of an utterance, in deviations" }, \
	{ "noise", 0, OPT_REAL, &(g).noise, 0, 100, "SIGMA", \
	  "add noise to each value, in deviations" }, \
	{ "time-masks", 0, OPT_INT, &(g).time_masks, 0, 100, NULL, \
	  "runs of frames set to 0, the mean, in an utterance" }, \
	{ "time-mask-width", 0, OPT_INT, &(g).time_mask_width, 1, 10000, NULL, \
	  "most frames a time mask" }, \
	{ "coef-masks", 0, OPT_INT, &(g).coef_masks, 0, 100, NULL, \
	  "runs of coefficients set to 0 in an utterance" }, \
	{ "coef-mask-width", 0, OPT_INT, &(g).coef_mask_width, 1, RNN_UNITS_MAX, NULL, \
	  "most coefficients a mask" }

/* What they say. Exits 2 where one makes no sense without another. */
struct augment eaugment_from(const struct augment_given *g);

#endif
