// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "fft.h"
#include "kernel.h"
#include "num.h"

#define INLINE static inline __attribute__((always_inline))
#define ALIGNMENT 64		/* bytes: a cache line */

typedef float vec __attribute__((vector_size(4 * FFT_LANES)));

/* One complex number of each signal. */
struct point {
	vec re, im;
};

int
fft_init(struct fft *f, size_t n)
{
	size_t bytes = n * FFT_LANES * sizeof *f->x, left = n / 2;

	memset(f, 0, sizeof *f);
	f->n = n;
	for (size_t P = 4; left > 1; P = P == 4 ? 2 : P == 2 ? 3 : P + 2)
		for (; left % P == 0; left /= P)
			f->radix[f->stages++] = P;
	bytes = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	f->x = aligned_alloc(ALIGNMENT, bytes);
	f->y = aligned_alloc(ALIGNMENT, bytes);
	f->power = aligned_alloc(ALIGNMENT, bytes + ALIGNMENT);
	f->turn = malloc(n * 2 * sizeof *f->turn);
	if (!f->x || !f->y || !f->power || !f->turn) {
		fft_free(f);
		return -1;
	}
	memset(f->x, 0, bytes);
	for (size_t i = 0; i < n; i++) {
		/* -sin(2 pi i / n) = cos(2 pi i / n + pi / 2) = cos(pi (4 i + n) / 2 n) */
		f->turn[2 * i] = (float)num_cospi(2 * (long)i, (long)n);
		f->turn[2 * i + 1] = (float)num_cospi(4 * (long)i + (long)n, 2 * (long)n);
	}
	return 0;
}

/* *y = z times the turn w */
INLINE void
put(struct point *y, const vec *re, const vec *im, const float *w)
{
	y->re = *re * w[0] - *im * w[1];
	y->im = *re * w[1] + *im * w[0];
}

/*
 * y_i = w^i sum_r x_r e^(-2 pi j i r / P), i < P = 2. The points of x stand d apart, those of y s
 * apart, the powers of w in its table step floats.
 */
INLINE void
radix2(struct point *restrict y, const struct point *restrict x, size_t d, size_t s, const float *w,
	size_t step)
{
	vec re = x[0].re - x[d].re, im = x[0].im - x[d].im;

	y[0].re = x[0].re + x[d].re;
	y[0].im = x[0].im + x[d].im;
	put(&y[s], &re, &im, w + step);
}

INLINE void
radix4(struct point *restrict y, const struct point *restrict x, size_t d, size_t s, const float *w,
	size_t step)
{
	vec a_re = x[0].re + x[2 * d].re, a_im = x[0].im + x[2 * d].im;
	vec b_re = x[0].re - x[2 * d].re, b_im = x[0].im - x[2 * d].im;
	vec c_re = x[d].re + x[3 * d].re, c_im = x[d].im + x[3 * d].im;
	vec e_re = x[d].re - x[3 * d].re, e_im = x[d].im - x[3 * d].im;
	vec re, im;

	y[0].re = a_re + c_re;
	y[0].im = a_im + c_im;
	re = b_re + e_im, im = b_im - e_re;
	put(&y[s], &re, &im, w + step);
	re = a_re - c_re, im = a_im - c_im;
	put(&y[2 * s], &re, &im, w + 2 * step);
	re = b_re - e_im, im = b_im + e_re;
	put(&y[3 * s], &re, &im, w + 3 * step);
}

/* P odd; turn_P: elements of the table from one turn of 1/P to the next. */
INLINE void
radix_odd(size_t P, struct point *restrict y, const struct point *restrict x, size_t d, size_t s,
	const float *turn, size_t turn_P, size_t step)
{
	vec sum_re = x[0].re, sum_im = x[0].im;

	for (size_t r = 1; r < P; r++) {
		sum_re += x[r * d].re;
		sum_im += x[r * d].im;
	}
	y[0].re = sum_re;
	y[0].im = sum_im;
	/*
	 * Points r and P - r turn by opposite angles: their sum by the cosine, the difference by
	 * the sine.
	 */
	for (size_t i = 1; i <= P / 2; i++) {
		vec t_re = x[0].re, t_im = x[0].im, u_re = { 0 }, u_im = { 0 }, re, im;

		for (size_t r = 1; r <= P / 2; r++) {
			const float *w = turn + i * r % P * turn_P;

			t_re += (x[r * d].re + x[(P - r) * d].re) * w[0];
			t_im += (x[r * d].im + x[(P - r) * d].im) * w[0];
			u_re += (x[r * d].re - x[(P - r) * d].re) * w[1];
			u_im += (x[r * d].im - x[(P - r) * d].im) * w[1];
		}
		re = t_re - u_im, im = t_im + u_re;
		put(&y[i * s], &re, &im, turn + i * step);
		re = t_re + u_im, im = t_im - u_re;
		put(&y[(P - i) * s], &re, &im, turn + (P - i) * step);
	}
}

/* y = the stage of radix P of x: s transforms of L points, interleaved, are still to be done. */
INLINE void
stage(size_t P, struct point *y, const struct point *x, size_t L, size_t s, const float *turn,
	size_t n)
{
	size_t d = L / P * s;

	for (size_t p = 0; p < L / P; p++)
		for (size_t q = 0; q < s; q++) {
			const struct point *x_q = x + s * p + q;
			struct point *y_q = y + s * P * p + q;
			size_t step = 2 * p * (n / L);

			if (P == 4)
				radix4(y_q, x_q, d, s, turn, step);
			else if (P == 2)
				radix2(y_q, x_q, d, s, turn, step);
			else
				radix_odd(P, y_q, x_q, d, s, turn, 2 * (n / P), step);
		}
}

/*
 * Z, the spectrum of z[i] = x[2 i] + j x[2 i + 1], to that of x, with w = e^(-2 pi j k / n):
 *	2 X[k] = (Z[k] + Z[N-k]*) - j w (Z[k] - Z[N-k]*)	2 X[N-k]* = the same with + j w
 */
INLINE void
split_power(vec *p_k, vec *p_l, const struct point *z_k, const struct point *z_l, const float *w)
{
	vec e_re = z_k->re + z_l->re, e_im = z_k->im - z_l->im;
	vec o_re = z_k->im + z_l->im, o_im = z_l->re - z_k->re;
	vec t_re = o_re * w[0] - o_im * w[1], t_im = o_re * w[1] + o_im * w[0];
	vec a_re = e_re + t_re, a_im = e_im + t_im, b_re = e_re - t_re, b_im = e_im - t_im;

	*p_k = (a_re * a_re + a_im * a_im) * 0.25f;
	*p_l = (b_re * b_re + b_im * b_im) * 0.25f;
}

KERNEL_CLONES void
fft_power(struct fft *f)
{
	size_t N = f->n / 2, L = N, s = 1;
	struct point *x = (void *)f->x, *y = (void *)f->y;
	vec *power = (void *)f->power;

	for (size_t i = 0; i < f->stages; i++) {
		struct point *t = x;
		size_t P = f->radix[i];

		if (P == 4)
			stage(4, y, x, L, s, f->turn, f->n);
		else if (P == 2)
			stage(2, y, x, L, s, f->turn, f->n);
		else if (P == 3)
			stage(3, y, x, L, s, f->turn, f->n);
		else if (P == 5)
			stage(5, y, x, L, s, f->turn, f->n);
		else
			stage(P, y, x, L, s, f->turn, f->n);
		L /= P;
		s *= P;
		x = y;
		y = t;
	}
	for (size_t k = 0; k <= N / 2; k++)
		split_power(&power[k], &power[N - k], &x[k], &x[(N - k) % N], f->turn + 2 * k);
}

void
fft_free(struct fft *f)
{
	free(f->x);
	free(f->y);
	free(f->power);
	free(f->turn);
	memset(f, 0, sizeof *f);
}
