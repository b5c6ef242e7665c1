/* SPDX-License-Identifier: MIT */
#include "fft_s32.h"

#define N FFT_S32_N
#define ROOT_HALF 23170		/* round(2^15 / sqrt 2) */

/*
 * Complex numbers are pairs of int32, so d of them is 2 d further on.
 *
 * Bounds. |y| <= 65535, so a pair is |z| <= sqrt 2 * 65535 * 32 < 2^21.5. Every value of every
 * stage is a sum of some of the 128 z with factors of magnitude 1: below 2^28.5. What three
 * products in a row add, off by 2^-15 of it and by 2 at most, leaves it far below 2^29.
 */

/*
 * p = p (c + i s) 2^-15, rounded down. In two parts, p = 2^15 h + l: |h| < 2^14, so that the sums
 * of h are below 2^30; those of l, 0 <= l < 2^15, are at most 2 (2^15 - 1) 2^15 < 2^31.
 */
static inline void
turn(int32_t *p, int32_t c, int32_t s)
{
	int32_t h = p[0] >> 15, k = p[1] >> 15;
	int32_t re = h * c - k * s, im = h * s + k * c;

	h = p[0] & 0x7fff;
	k = p[1] & 0x7fff;
	p[0] = re + ((h * c - k * s) >> 15);
	p[1] = im + ((h * s + k * c) >> 15);
}

/* v / sqrt 2 in the same manner; |v| < 2^30 */
static inline int32_t
root_half(int32_t v)
{
	return (v >> 15) * ROOT_HALF + (((v & 0x7fff) * ROOT_HALF) >> 15);
}

/* Four numbers, d int32 apart, become their transform. */
static inline void
radix4(int32_t *z0, size_t d)
{
	int32_t *z1 = z0 + d, *z2 = z1 + d, *z3 = z2 + d;
	int32_t a = z0[0], b = z1[0], c = z2[0], e = z3[0];
	int32_t even = a - c, odd = b - e;

	a += c;
	b += e;
	z0[0] = a + b;
	z2[0] = a - b;
	a = z0[1], b = z1[1], c = z2[1], e = z3[1];
	z0[1] = a + c + (b + e);
	z2[1] = a + c - (b + e);
	a -= c;
	b -= e;
	z1[0] = even + b;		/* -i (b - e) */
	z3[0] = even - b;
	z1[1] = a - odd;
	z3[1] = a + odd;
}

/*
 * Radix 2 of the pairs 128 / 2 apart, written in the order that leaves the result of all stages in
 * its natural one: the digits of n reversed, base 4.
 */
static void
first(int32_t *z, const int16_t *x)
{
	for (size_t b = 0; b < N / 4; b++, z += 4) {
		size_t n = (b >> 4 & 3) | (b & 12) | (b & 3) << 4;
		const int16_t *p = x + 2 * n, *q = p + N / 2;
		int32_t re = (p[1] - p[0]) * 32, im = (p[2] - p[1]) * 32;
		int32_t re2 = (q[1] - q[0]) * 32, im2 = (q[2] - q[1]) * 32;

		z[0] = re + re2;
		z[1] = im + im2;
		z[2] = re - re2;
		z[3] = im - im2;
	}
}

/* Transforms of 8: the factors are 1, -i and (1 - i) / sqrt 2. */
static void
second(int32_t *z)
{
	for (int32_t *p = z; p < z + N; p += 16) {
		int32_t re = p[6], im = p[7];

		radix4(p, 4);
		p[6] = root_half(re + im);
		p[7] = root_half(im - re);
		re = p[10];
		p[10] = p[11];
		p[11] = -re;
		re = p[14], im = p[15];
		p[14] = root_half(im - re);
		p[15] = root_half(-re - im);
		radix4(p + 2, 4);
	}
}

/* The numbers p to end are turned by step, 2 step, ... of 256 parts of the circle. */
static void
turn_run(int32_t *p, const int32_t *end, size_t step)
{
	for (const int16_t *w = fft_s32_cos + step; p < end; p += 2, w += step)
		turn(p, w[0], w[N / 4]);	/* -sin a = cos(a + pi / 2) */
}

static void
radix4_run(int32_t *p, size_t d)
{
	for (const int32_t *end = p + d; p < end; p += 2)
		radix4(p, d);
}

/* Four transforms of d / 2 become one; step: 256 / (2 d) */
static void
stage(int32_t *z, size_t d, size_t step)
{
	for (int32_t *p = z; p < z + N; p += 4 * d) {
		for (size_t m = 1; m < 4; m++)
			turn_run(p + m * d + 2, p + m * d + d, m * step);
		radix4_run(p, d);
	}
}

/*
 * From the transform of the pairs to that of y: X[k] = (E + w^k O) / 2, X[128 - k]* = (E - w^k O) /
 * 2, E = Z[k] + Z[128 - k]*, O = -i (Z[k] - Z[128 - k]*). E and O are twice the transforms of 128
 * real numbers: below 2^29; their sum is at most 2 * 256 * 65535 * 32 < 2^30.
 */
static void
split(int32_t *z)
{
	int32_t re = z[0], im = z[1];

	z[0] = re + im;
	z[N] = re - im;
	z[1] = z[N + 1] = 0;
	for (size_t k = 1; k <= N / 4; k++) {
		int32_t *a = z + 2 * k, *b = z + N - 2 * k;
		int32_t e_re = a[0] + b[0], e_im = a[1] - b[1];
		int32_t o[2] = { a[1] + b[1], b[0] - a[0] };

		turn(o, fft_s32_cos[k], fft_s32_cos[k + N / 4]);
		a[0] = (e_re + o[0]) >> 1;
		a[1] = (e_im + o[1]) >> 1;
		b[0] = (e_re - o[0]) >> 1;
		b[1] = (o[1] - e_im) >> 1;
	}
}

void
fft_s32(int32_t *X, const int16_t *x)
{
	first(X, x);
	second(X);
	stage(X, 16, 8);
	stage(X, 64, 2);
	split(X);
}
