/* SPDX-License-Identifier: MIT */
/*
 * fft - power spectra of eight real signals at a time
 *
 *	X[k] = sum_i x[i] e^(-2 pi j i k / n)		p[k] = |X[k]|^2, k = 0..n/2
 *
 * n even, of any factors; those of 2, 3 and 5 alone are fast, a prime factor P costs P^2. Complex
 * Stockham stages of radix 4, 2 and odd over n/2 points, then the split into the spectrum of a real
 * signal (C. Van Loan, "Computational Frameworks for the Fast Fourier Transform", SIAM 1992,
 * sections 1.7 and 4.3).
 *
 * Each signal is one lane of every vector, so that vectors never add up across lanes: IEEE + - *
 * in one order, the same bits on every machine and in every lane.
 *
 *	struct fft f = { 0 };
 *
 *	if (fft_init(&f, 400))
 *		(no memory)
 *	f.x[i * FFT_LANES + lane] = ...
 *	fft_power(&f);			reads f.x, destroys it
 *	... f.power[k * FFT_LANES + lane] ...
 *	fft_free(&f);
 */
#ifndef WHIT_FFT_H
#define WHIT_FFT_H

#include <stddef.h>

#define FFT_LANES 8
#define FFT_STAGES_MAX 32

struct fft {
	float *x;			/* (n, LANES) in */
	float *power;			/* (n / 2 + 1, LANES) out */
	float *y;			/* (n, LANES) scratch */
	float *turn;			/* (n, 2) cos and -sin of 2 pi i / n */
	size_t n, stages;
	size_t radix[FFT_STAGES_MAX];
};

/* Plans for n samples, n even and >= 2. -1: no memory. */
int fft_init(struct fft *f, size_t n);
/* Power spectra of f->x in f->power; f->x is lost. */
void fft_power(struct fft *f);
void fft_free(struct fft *f);

#endif
