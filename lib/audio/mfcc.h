/* SPDX-License-Identifier: MIT */
/*
 * mfcc - mel-frequency cepstral coefficients, as torchaudio, librosa and the device define them
 *
 *	x_t[i]  = w[i] x[t hop + i - pad]                    frame t, window w, centred on t hop
 *	p_t[k]  = |FFT(x_t)[k]|^2                            k = 0..fft/2
 *	e_t[m]  = sum_k mel[m][k] p_t[k]                     triangles, HTK or Slaney scale
 *	l_t[m]  = 10 log10 max(e_t[m], 1e-10)            or ln; not less than max over t, m - floor
 *	c_t[j]  = s_j sum_m l_t[m] cos(pi j (2 m + 1) / (2 mels))        orthonormal DCT-II
 *	s_0 = sqrt(1 / mels), s_j = sqrt(2 / mels)
 *
 * mfcc13: torchaudio 0.13 transforms.MFCC(8000, 13, melkwargs n_fft 400, hop_length 160, n_mels 40)
 *         of x / max|x|, then zero-padded or cut to 36 frames
 * mfcc20: the same with n_fft 256, hop_length 128, 20 coefficients, of x as it is, true length
 * mfcc39: librosa 0.10 feature.mfcc(sr=8000, n_mfcc=13, n_fft=256, hop_length=128), 128 Slaney mels
 *         of equal area, zeros beyond both ends; feature.delta of order 1 and 2 appended, true
 *         length
 *
 * device: lib/fixed/mfcc_s16.h in integers: what a microcontroller computes, sample by sample
 *
 * Sources: torchaudio 0.13 functional.melscale_fbanks, amplitude_to_DB, create_dct; librosa 0.10
 * filters.mel, feature.mfcc, feature.delta. Up to the mel energies in float, FFT_LANES frames at a
 * time; from the logarithm on in double. The same bits on every machine.
 *
 *	struct mfcc_settings s;
 *	struct mfcc m;
 *
 *	mfcc_preset(&s, "mfcc13");
 *	if (mfcc_init(&m, &s, err) || mfcc_compute(&m, &t, x, n, err))
 *		die("%s", err);
 *	mfcc_free(&m);
 */
#ifndef WHIT_MFCC_H
#define WHIT_MFCC_H

#include "base/err.h"
#include "math/fft.h"
#include "stream/tensor.h"

#define MFCC_FFT_MAX 65536		/* samples */
#define MFCC_MELS_MAX 1024
#define MFCC_DELTA_WIDTH_MAX 255	/* frames */
#define MFCC_FRAMES_MAX 1000000

/* Every setting that decides the numbers; all are written to the stream as feature.*. */
struct mfcc_settings {
	long rate_hz;
	const char *bandpass;		/* "none" or "LOW-HIGH" in Hz: the clean-up of effects.h */
	/* blocks that far under the loudest are cut off both ends; 0: off */
	double trim_db;
	const char *peak;		/* yes: divide by the largest magnitude; no */
	/*
	 * reflect, zero: centred frames, what lies beyond the ends; none: inside only; start: the
	 * device's
	 */
	const char *edges;
	const char *window;		/* hann, hamming, blackman, rect; all periodic */
	long window_n, hop_n, fft_n;	/* samples; the window stands in the middle of the FFT */
	long mels, coefs;
	double low_hz, high_hz;		/* ends of the mel filters; high 0: rate_hz / 2 */
	const char *mel_scale;		/* htk, slaney */
	/* none: peaks of 1; area: Slaney's, 2 / (upper - lower corner) */
	const char *mel_norm;
	const char *log;		/* db, ln; log2: the device's */
	/* nothing less than this under the utterance's maximum; 0: off */
	double floor_db;
	long deltas;			/* 0, 1: first differences appended, 2: second ones too */
	long delta_width;		/* frames, odd */
	long frames;			/* zero-pad or cut to this many; 0: true length */
	/* device: lib/fixed computes, and all but hop_n, coefs and frames is as it is there */
	int fixed;
};

/* Tables and scratch; one for each thread. Zeroed = freed. */
struct mfcc {
	struct mfcc_settings s;
	int reflect, centred, peak, db;	/* the words of s */
	struct fft fft;
	size_t bins;			/* fft_n / 2 + 1 */
	/* coefs rounded up to 4: a row of dct and of one frame's sums */
	size_t J;
	float *window;			/* (fft_n) zeros on both sides when shorter */
	size_t *mel_first, *mel_n;	/* (mels) first bin and number of weights */
	/* (at most 2 bins) all weights, one filter after the other */
	float *mel_w;
	double warp;			/* of the filters' frequencies, 1 from mfcc_init() */
	double *dct;			/* (mels, J) */
	double *delta_w;		/* (2, delta_width) */
	float *signal;			/* padded utterance, grows */
	double *logmel;			/* (T, mels), grows */
	double *cepstra;		/* (T, J), grows */
	size_t signal_n, frames_n;	/* room in the three above */
};

/* Fills s with a preset: mfcc13, mfcc20, mfcc39, device. -1 for any other name. */
int mfcc_preset(struct mfcc_settings *s, const char *name);
/* -1 and err, which begins with the option's name, when settings contradict each other. */
int mfcc_check(const struct mfcc_settings *s, char err[ERR_MAX]);
/* Makes the tables. -1 and err when mfcc_check() fails or without memory. */
int mfcc_init(struct mfcc *m, const struct mfcc_settings *s, char err[ERR_MAX]);
/*
 * From now on moves every corner of the filters from f to (N. Jaitly, G. Hinton, "Vocal Tract
 * Length Perturbation (VTLP) improves speech recognition", ICML workshop 2013, section 3)
 *	f a					up to F min(a, 1) / a
 *	S/2 - (S/2 - F min(a, 1)) / (S/2 - F min(a, 1) / a) (S/2 - f)		above, S = rate_hz
 * as if the vocal tract were a times as long. F = 4800 Hz, the paper's, at most 0.8 S/2: above the
 * formants. 0.5 <= a <= 2; 1 undoes it. The filters of the device cannot be moved: 1 only.
 */
void mfcc_warp(struct mfcc *m, double a);
/*
 * Features of one utterance: x (n samples at rate_hz, bandpass done) to out, f32 (T, D) with
 * D = coefs * (1 + deltas). Name, label, group of out stay. -1 and err when n is too short for the
 * edges (reflect: fft_n/2 + 1 samples; none: fft_n) or gives fewer frames than delta_width.
 * A silent utterance is not peak-normalised and not trimmed.
 */
int mfcc_compute(struct mfcc *m, struct tensor *out, const float *x, size_t n, char err[ERR_MAX]);
void mfcc_free(struct mfcc *m);
/* Sets feature.* in head: one key a setting, units in the names. -1 when head is full. */
int mfcc_describe(const struct mfcc_settings *s, struct meta *head);

#endif
