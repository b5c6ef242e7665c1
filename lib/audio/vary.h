/* SPDX-License-Identifier: MIT */
/*
 * vary - random variations of a recording: more training data from the same speech
 *
 * speed	resampled to 1/speed of its length: faster and higher, or slower and deeper
 *		(effects.h)
 * shift	later by that time, earlier when negative; the length stays, what is vacated is
 *		silence
 * eq		two first-order shelves, as of another microphone: gains of -eq_db..eq_db below a
 *		corner of 1/40..1/10 of the rate and above one of 1/8..3/8
 * noise	white noise at that ratio of the recording's mean power to the noise's
 * warp		of the vocal tract's length (mfcc_warp() in mfcc.h)
 *
 * In this order. Each is drawn for itself, uniform in its range, in steps of 1e-4 (shift: samples),
 * from a generator of its own: stream RNG_AUDIO + its number in this list, seeded with the seed and
 * the name of the recording. So a variation depends on nothing else: not on the order of the
 * recordings, other recordings, threads or the other ranges.
 *
 *	struct vary v = VARY_NONE;
 *	struct variation d;
 *
 *	v.speed = (struct opt_range){ 0.9, 1.1 };
 *	vary_draw(&d, &v, "7_jackson_32", 8000);
 *	effects_apply(&wav, d.speed, 8000, 0, 0, err);
 *	vary_signal(&d, wav.samples, wav.n, 8000, err);
 *	mfcc_warp(&mfcc, d.warp);
 */
#ifndef WHIT_VARY_H
#define WHIT_VARY_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/opt.h"
#include "stream/tensor.h"

/* What may be drawn. */
struct vary {
	struct opt_range speed, warp, snr_db, shift_ms;
	double eq_db;
	long seed;
};

/* Nothing changes. */
#define VARY_NONE { { 1, 1 }, { 1, 1 }, { HUGE_VAL, HUGE_VAL }, { 0, 0 }, 0, 42 }

/* What was drawn for one recording. */
struct variation {
	double speed, warp;		/* factors */
	double snr_db, shift_ms;
	double low_db, high_db;		/* gains of the shelves */
	long low_hz, high_hz;		/* their corners */
	uint64_t seed;			/* of the recording's generators */
};

/* 1 unless every range is the one value that changes nothing. */
int vary_on(const struct vary *v);
/* Draws for the recording of that name. With VARY_NONE, the variation that changes nothing. */
void vary_draw(struct variation *d, const struct vary *v, const char *name, long rate_hz);
/*
 * Shift, shelves and noise, in place, on x (n) at rate_hz. A silent recording gets no noise. -1 and
 * err when the shift leaves nothing of it.
 */
int vary_signal(const struct variation *d, float *x, size_t n, long rate_hz, char err[ERR_MAX]);
/*
 * Sets in m what was drawn from a range that changes something: speed, warp, noise_snr_db,
 * shift_ms, eq=LOW_DB@HZ,HIGH_DB@HZ; and source=name. -1: no room or no memory.
 */
int vary_describe(const struct variation *d, const struct vary *v, const char *name,
	struct meta *m);

#endif
