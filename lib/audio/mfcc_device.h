/* SPDX-License-Identifier: MIT */
/*
 * mfcc_device - the device's front end (lib/fixed/mfcc_s16.h) for whole utterances; part of mfcc
 */
#ifndef WHIT_MFCC_DEVICE_H
#define WHIT_MFCC_DEVICE_H

#include "mfcc.h"

/* -1 and err when the settings, sound for a float front end, have a hop that a device has not. */
int mfcc_device_check(const struct mfcc_settings *s, char err[ERR_MAX]);
/*
 * mfcc_compute() of settings with `fixed`. Samples are rounded to 16 bits and clipped; a feature is
 * the device's whole number times 2^-10. -1 and err when there are fewer than 128 samples.
 */
int mfcc_device_compute(const struct mfcc_settings *s, struct tensor *out, const float *x,
	size_t n, char err[ERR_MAX]);
/* The keys feature.* that a float front end has not. -1 when head is full. */
int mfcc_device_describe(struct meta *head);

#endif
