/* SPDX-License-Identifier: MIT */
/*
 * fft_s32 - spectrum of 256 differences of 16-bit samples, for processors that multiply 32 bits
 *
 *	y[n] = x[n + 1] - x[n],   X[k] = 32 sum_n y[n] exp(-2 pi i k n / 256)      k = 0..128
 *
 * Nothing is scaled on the way: 17 bits of y and 8 of the sum leave room for 5 below the unit, and
 * |X| <= 2^29. So there is no block exponent, a weak bin beside a strong one keeps its bits, and no
 * input can overflow (the bounds stand beside each step). Products are rounded down: an error below
 * 32, one unit of x, where x itself was rounded to one. Cosines have 16 bits: an error of at most
 * 2^-13 of 32 sum |y|, and 2^-15 in all that tests/unit/mfcc_s16.c tried.
 *
 * Pairs of samples make 128 complex ones; radix 2, then 4, 4, 4, decimated in time, then the two
 * halves are told apart (H. V. Sorensen, D. L. Jones, M. T. Heideman, C. S. Burrus, "Real-valued
 * fast Fourier transform algorithms", IEEE Trans. ASSP 35 (1987), section II).
 *
 *	int32_t X[FFT_S32_SIZE];
 *
 *	fft_s32(X, x);		X[2 k], X[2 k + 1]: real and imaginary part of X[k]
 */
#ifndef WHIT_FFT_S32_H
#define WHIT_FFT_S32_H

#include <stddef.h>
#include <stdint.h>

#define FFT_S32_N 256
#define FFT_S32_SIZE (FFT_S32_N + 2)
#define FFT_S32_BITS 5		/* of X below the unit of x */

/* round(2^15 cos(2 pi k / 256)), but 2^15 - 1 for k = 0, which nobody multiplies by */
extern const int16_t fft_s32_cos[FFT_S32_N];

/* X (FFT_S32_SIZE) of x (FFT_S32_N + 1). */
void fft_s32(int32_t *X, const int16_t *x);

#endif
