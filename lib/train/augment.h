/* SPDX-License-Identifier: MIT */
/*
 * augment - an utterance's features, changed at random for training
 *
 * In this order, each only where its size is above 0, each with a stream of
 * its own (rng.h) that starts anew for every utterance and epoch: switching
 * one on or off leaves the numbers that the others draw as they were, and
 * nothing depends on batches, their order or threads. u: uniform in [0, 1).
 *
 *	stretch		T' = round(T (1 + s (2u - 1))), 1 at least; frame j is read at
 *			j (T - 1) / (T' - 1) by linear interpolation: both ends stay
 *	drop_steps	each frame goes with probability p; were all to go, the last stays
 *	offset		per utterance and coefficient a normal number, added to all frames
 *			("channel jitter": another microphone is a constant in the cepstrum)
 *	noise		a normal number for each value of each frame
 *	time_masks	n times: width = floor(u (W + 1)), but half the frames at most,
 *			from floor(u (T - width + 1)); these frames become 0
 *	coef_masks	the same across the coefficients: these become 0 in every frame
 *
 * The masks are those of SpecAugment (Park et al. 2019, section 2) with time
 * stretched linearly instead of warped. offset and noise are standard deviations
 * in units of the features, and 0 is what a mask leaves: normalised features
 * (deviation 1, mean 0) are what all four are meant for.
 *
 *	struct augment a = { .stretch = 0.2, .time_masks = 1, .time_mask_width = 4 };
 *	float *y = malloc(augment_steps(&a, T) * D * sizeof(*y));
 *
 *	T = augment_apply(&a, y, x, T, D, rng_key(seed, epoch, utterance));
 */
#ifndef WHIT_AUGMENT_H
#define WHIT_AUGMENT_H

#include <stdint.h>

/* Zeroed = nothing is changed. */
struct augment {
	double stretch;			/* s: largest relative change of length, 0..0.9 */
	double drop_steps;		/* p: share of frames, 0..0.9 */
	double offset, noise;		/* standard deviations, in units of the features */
	int time_masks, time_mask_width;	/* n; W: frames */
	int coef_masks, coef_mask_width;	/* n; W: coefficients */
};

/* 1 if a changes anything, else 0. */
int augment_any(const struct augment *a);
/* 1 if a changes what only normalised features have the unit or the mean for, else 0. */
int augment_normalised(const struct augment *a);
/* The most frames that T frames can become. */
int augment_steps(const struct augment *a, int T);
/*
 * y (augment_steps(a, T), D) = x (T, D) changed by a, T >= 1; they must not
 * overlap. key: from rng_key(). Returns the frames of y, 1 at least.
 */
int augment_apply(const struct augment *a, float *y, const float *x, int T, int D, uint64_t key);

#endif
