/* SPDX-License-Identifier: MIT */
/*
 * mfcc_s16 - cepstral coefficients of 16-bit samples of 8 kHz, in integers, as they arrive
 *
 *	y[n]  = x[n] - x[n - 1]                             pre-emphasis; 0 up to n = 0
 *	Y_t   = FFT over n of w[n] y[t hop + n - 128]       256 samples, Hann window, periodic
 *	e[m]  = sum_k mel[m][k] |Y_t[k]|^2                  32 triangles, HTK scale, 0 to 4000 Hz
 *	l[m]  = log2(1 + e[m] / 2^17)
 *	c[j]  = s_j sum_m l[m] cos(pi j (2 m + 1) / 64)     orthonormal DCT-II; unit 2^-10
 *
 * Nothing is known of later samples: no peak, no floor under a maximum. 1 + e / 2^17 stands for
 * both: silence is 0 in all coefficients, and so is nearly what stays far below 2^17, which is what
 * white noise of some 10 units of x has in a filter.
 *
 * The first frame is centred on the first sample, as if that had always been there (so that a
 * microphone's offset is no click), and complete with the 128th; every further one takes hop more.
 * No frame goes beyond the last sample.
 *
 * lib/fixed/mfcc_s16_tables.c holds the weights and the logarithm, made by tests/ref/mfcc_s16.py,
 * which also has the definition in double. Every sum and product is shown to fit its 32 bits for
 * any samples where it is made. State: struct mfcc_s16, 1.6 KB; nothing else.
 *
 *	static struct mfcc_s16 m;
 *	int32_t c[13];
 *
 *	mfcc_s16_init(&m, 160);
 *	for (size_t i = 0; i < n; ) {
 *		i += mfcc_s16_push(&m, x + i, n - i);
 *		if (mfcc_s16_pop(&m, c, 13))
 *			... a frame ...
 *	}
 */
#ifndef WHIT_MFCC_S16_H
#define WHIT_MFCC_S16_H

#include <stddef.h>
#include <stdint.h>

#include "fft_s32.h"

#define MFCC_S16_FRAME FFT_S32_N	/* samples */
#define MFCC_S16_HOP_MAX MFCC_S16_FRAME
#define MFCC_S16_MELS 32
#define MFCC_S16_COEFS_MAX MFCC_S16_MELS
#define MFCC_S16_UNIT_BITS 10		/* a coefficient is c 2^-10 */
#define MFCC_S16_LOG_OFFSET_BITS 17

/* Tables: mfcc_s16_tables.c */
#define MFCC_S16_BINS (FFT_S32_N / 2)
#define MFCC_S16_WEIGHT_BITS 12
#define MFCC_S16_LOG_N 32

/* How far bin k is on the way from the last corner to the next, in units of 2^-12; [0] unused. */
extern const uint16_t mfcc_s16_weight[MFCC_S16_BINS];
/* First bin behind each of the corners but the lowest. */
extern const uint8_t mfcc_s16_corner[MFCC_S16_MELS + 1];
/* round(2^15 log2(1 + i / 32)) */
extern const uint16_t mfcc_s16_log[MFCC_S16_LOG_N + 1];

struct mfcc_s16 {
	int32_t X[FFT_S32_SIZE];	/* of a frame while it is worked on */
	int16_t x[MFCC_S16_FRAME + 1];	/* the sample before the frame, then it so far */
	uint16_t n;			/* how many in x; 0 before the first sample */
	uint16_t hop;
};

/* Forgets all. hop: 1..MFCC_S16_HOP_MAX samples from frame to frame. */
void mfcc_s16_init(struct mfcc_s16 *m, size_t hop);
/* Takes samples of x (n) up to the end of a frame. Returns how many, 0 while a frame waits. */
size_t mfcc_s16_push(struct mfcc_s16 *m, const int16_t *x, size_t n);
/*
 * 1 and the coefficients c (coefs), 1..MFCC_S16_COEFS_MAX, when a frame is complete, which then
 * makes room for the next; else 0. |c| < 2^18.
 */
int mfcc_s16_pop(struct mfcc_s16 *m, int32_t *c, size_t coefs);

#endif
