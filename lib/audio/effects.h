/* SPDX-License-Identifier: MIT */
/*
 * effects - resampling and clean-up by SoX's effects, in memory
 *
 * resample   SoX's `rate -h`: linear phase, 95 % of the band kept, 125 dB of what would alias
 *            removed
 * bandpass   SoX's `sinc LOW-HIGH` after that: a linear-phase FIR, -6 dB at both edges, 120 dB down
 *            beyond a transition of 5 % of half the rate, its delay taken out. The published
 *            clean-up names the band only; `highpass 300 lowpass 3000` would leave 12 dB an octave
 *            and shift the phase, `bandpass` is a resonance.
 *
 * SoX computes in 32-bit integers between effects; the signal is scaled by a power of two so that
 * neither its resolution nor its headroom matters. No dither, so the same input gives the same
 * bits. libsox keeps global state: calls are serialised, from any number of threads.
 */
#ifndef WHIT_EFFECTS_H
#define WHIT_EFFECTS_H

#include "base/err.h"
#include "wav.h"

/*
 * The two edges in Hz of "LOW-HIGH", 0 < LOW < HIGH < rate_hz / 2; 0 and 0 for "none". -1 and err.
 */
int effects_band(const char *text, long rate_hz, double *low_hz, double *high_hz,
	char err[ERR_MAX]);
/*
 * Brings w to rate_hz, `speed` times as fast and as high as it was, then keeps low_hz to high_hz
 * (0, 0: all). Nothing to do costs nothing.
 * -1 and err when the result would be longer than WAV_FRAMES_MAX or libsox refuses.
 */
int effects_apply(struct wav *w, double speed, long rate_hz, double low_hz, double high_hz,
	char err[ERR_MAX]);

#endif
