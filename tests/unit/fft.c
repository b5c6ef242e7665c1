// SPDX-License-Identifier: MIT
// lib/math/fft against the sum that defines it, in long double, for all kinds of factors, and
// against kissfft; and the lanes against each other.
#include <kissfft/kiss_fftr.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "math/fft.h"
#include "math/rng.h"

#define PI 3.14159265358979323846264338327950288L

/* The largest error of lane's spectrum of n samples, in units of its largest value. */
static double
check(size_t n, size_t lane, const float *x, const float *power)
{
	long double worst = 0, most = 0;

	for (size_t k = 0; k <= n / 2; k++) {
		long double re = 0, im = 0, p;

		for (size_t i = 0; i < n; i++) {
			long double a = 2 * PI * (long double)(i * k % n) / (long double)n;

			re += (long double)x[i * FFT_LANES + lane] * cosl(a);
			im -= (long double)x[i * FFT_LANES + lane] * sinl(a);
		}
		p = re * re + im * im;
		most = fmaxl(most, p);
		worst = fmaxl(worst, fabsl(p - (long double)power[k * FFT_LANES + lane]));
	}
	return (double)(worst / most);
}

/* The largest difference from kissfft's spectrum of lane 0, in units of its largest value. */
static double
check_kissfft(size_t n, const float *x, const float *power)
{
	static float signal[1024];
	static kiss_fft_cpx spectrum[1024 / 2 + 1];
	kiss_fftr_cfg cfg = kiss_fftr_alloc((int)n, 0, NULL, NULL);
	double worst = 0, most = 0;

	for (size_t i = 0; i < n; i++)
		signal[i] = x[i * FFT_LANES];
	kiss_fftr(cfg, signal, spectrum);
	kiss_fftr_free(cfg);
	for (size_t k = 0; k <= n / 2; k++) {
		double p = (double)spectrum[k].r * (double)spectrum[k].r +
			(double)spectrum[k].i * (double)spectrum[k].i;

		most = fmax(most, p);
		worst = fmax(worst, fabs(p - (double)power[k * FFT_LANES]));
	}
	return worst / most;
}

int
main(void)
{
	static const size_t sizes[] = { 2, 4, 6, 8, 10, 14, 16, 18, 22, 30, 34, 50, 64, 98, 120,
		202, 256, 400, 480, 500, 512, 666, 1022, 1024 };
	static float x[1024 * FFT_LANES];
	struct rng g;
	double worst = 0, kissfft = 0;
	int bad = 0;

	rng_init(&g, 1, 0);
	for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
		size_t n = sizes[j];
		struct fft f = { 0 };

		if (fft_init(&f, n))
			return 1;
		/* Lane 1 is lane 0 again, lane 2 an impulse, lane 3 silence, lane 4 a cosine. */
		for (size_t i = 0; i < n; i++) {
			for (size_t l = 0; l < FFT_LANES; l++)
				x[i * FFT_LANES + l] = rng_float(&g) - 0.5f;
			x[i * FFT_LANES + 1] = x[i * FFT_LANES];
			x[i * FFT_LANES + 2] = i == n / 2;
			x[i * FFT_LANES + 3] = 0;
			x[i * FFT_LANES + 4] =
				(float)cosl(2 * PI * (long double)i / (long double)n);
		}
		memcpy(f.x, x, n * FFT_LANES * sizeof *x);
		fft_power(&f);
		for (size_t l = 0; l < FFT_LANES; l++)
			if (l != 3) {
				double e = check(n, l, x, f.power);

				worst = e > worst || e != e ? e : worst;
			}
		kissfft = fmax(kissfft, check_kissfft(n, x, f.power));
		for (size_t k = 0; k <= n / 2; k++) {
			const float *p = f.power + k * FFT_LANES;

			bad |= p[1] != p[0] || !(fabsf(p[2] - 1) < 1e-6f) || p[3] != 0;
		}
		fft_free(&f);
	}
	printf("largest error %.1e of the peak, from kissfft %.1e%s\n", worst, kissfft,
		bad ? "; lanes differ" : "");
	return bad || !(worst < 2e-6) || !(kissfft < 4e-6);
}
