// SPDX-License-Identifier: MIT
/* augment: known answers, moments of what is drawn, streams that do not touch each other */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "math/rng.h"
#include "train/augment.h"

#define T_MAX 200
#define D_MAX 16
#define RUNS 20000

static int failed;
static float x[T_MAX * D_MAX], y[2 * T_MAX * D_MAX];

static void
near(const char *what, double expected, double got, double tolerance)
{
	if (!(fabs(expected - got) <= tolerance)) {
		printf("%s: expected %.9g within %g, got %.9g\n", what, expected, tolerance, got);
		failed = 1;
	}
}

static void
expect(const char *what, int expected, int got)
{
	near(what, expected, got, 0);
}

static void
fill(float a, float slope)
{
	for (int i = 0; i < T_MAX * D_MAX; i++)
		x[i] = a + slope * (float)i;
}

static int
apply(const struct augment *a, int T, int D, int run)
{
	return augment_apply(a, y, x, T, D, rng_key(42, 1, (uint64_t)run));
}

static void
check_nothing(void)
{
	struct augment none = { 0 }, stretch = { .stretch = 0.5 };

	fill(1, 1);
	expect("any of nothing", 0, augment_any(&none));
	expect("any of stretch", 1, augment_any(&stretch));
	expect("length of nothing", 7, apply(&none, 7, 3, 1));
	expect("nothing changed", 0, memcmp(x, y, 21 * sizeof(*x)));
	expect("steps of nothing", 7, augment_steps(&none, 7));
	expect("steps of stretch", 30, augment_steps(&stretch, 20));
	apply(&stretch, 20, 3, 1);
	expect("x is not written", 1, x[2] == 3.0f);
}

/* A ramp stays one, from the same first to the same last value. */
static void
check_stretch(void)
{
	struct augment a = { .stretch = 0.2 };
	int counts[2 * T_MAX] = { 0 };

	for (int i = 0; i < T_MAX; i++) {
		x[2 * i] = (float)i;
		x[2 * i + 1] = -3.0f;
	}
	for (int run = 0; run < RUNS; run++) {
		int n = apply(&a, 20, 2, run);

		counts[n]++;
		for (int j = 0; j < n; j++) {
			near("ramp", j * 19.0 / (n - 1), (double)y[2 * j], 1e-5);
			near("level", -3, (double)y[2 * j + 1], 0);
		}
	}
	/* 16..24: both ends get half a share of 1/8; 5 standard deviations */
	for (int n = 0; n < 2 * T_MAX; n++) {
		double p = n < 16 || n > 24 ? 0 : n == 16 || n == 24 ? 0.0625 : 0.125;

		near("stretched to n", p * RUNS, counts[n], 5 * sqrt(p * (1 - p) * RUNS));
	}
	a.stretch = 0.9;
	for (int run = 0; run < 1000; run++) {
		int n = apply(&a, 1, 2, run);

		expect("one frame", 1, n >= 1 && n <= augment_steps(&a, 1));
		near("its value", 0, (double)y[2 * n - 2], 0);
	}
}

static void
check_drop(void)
{
	struct augment a = { .drop_steps = 0.3 };
	double sum = 0, gone[3] = { 0 };

	fill(0, 1);
	for (int run = 0; run < 2000; run++) {
		int n = apply(&a, 100, 1, run), whole = 1;

		sum += n;
		for (int j = 1; j < n; j++)
			whole &= y[j] > y[j - 1] && y[j] == floorf(y[j]) && y[j] < 100;
		expect("frames in their order", 1, whole);
	}
	near("share kept", 0.7, sum / 200000, 5 * sqrt(0.21 / 200000));
	a.drop_steps = 0.9;
	for (int run = 0; run < RUNS; run++) {
		int n = apply(&a, 2, 1, run);

		expect("one stays", 1, n >= 1);
		gone[n == 2 ? 0 : y[0] == 0.0f ? 1 : 2]++;
	}
	/* both 0.01; the first alone 0.1 * 0.9; else the last: alone 0.09, as all would go 0.81 */
	near("both stay", 0.01, gone[0] / RUNS, 5 * sqrt(0.01 / RUNS));
	near("the first stays", 0.09, gone[1] / RUNS, 5 * sqrt(0.09 / RUNS));
	expect("one frame stays", 1, apply(&a, 1, 1, 3));
}

/* n numbers of a normal distribution of deviation sigma: moments, tails. */
static void
check_normal(double n, const double moment[5], double inside, double sigma)
{
	double s = sigma;

	near("mean", 0, moment[1] / n, 5 * s / sqrt(n));
	near("variance", s * s, moment[2] / n, 5 * s * s * sqrt(2 / n));
	near("third moment", 0, moment[3] / n, 5 * s * s * s * sqrt(15 / n));
	near("fourth moment", 3 * s * s * s * s, moment[4] / n, 5 * s * s * s * s * sqrt(96 / n));
	near("share within one sigma", 0.682689, inside / n, 5 * sqrt(0.2166 / n));
}

static void
check_offset_noise(void)
{
	struct augment offset = { .offset = 0.5 }, noise = { .noise = 0.2 };
	double m[5] = { 0 }, inside = 0, cross = 0;

	fill(0, 0);
	for (int run = 0; run < RUNS; run++) {
		expect("length", 9, apply(&offset, 9, 13, run));
		for (int i = 13; i < 9 * 13; i++)
			expect("the same in every frame", 1, y[i] == y[i - 13]);
		for (int d = 0; d < 13; d++) {
			double v = (double)y[d];

			for (int p = 0; p < 5; p++)
				m[p] += pow(v, p);
			inside += fabs(v) < 0.5;
			cross += d ? v * (double)y[d - 1] : 0;
		}
	}
	check_normal(m[0], m, inside, 0.5);
	near("offsets of neighbours", 0, cross / RUNS / 12, 5 * 0.25 / sqrt(RUNS * 12.0));
	memset(m, 0, sizeof(m));
	inside = cross = 0;
	for (int run = 0; run < 2000; run++) {
		expect("length", 9, apply(&noise, 9, 13, run));
		for (int i = 0; i < 9 * 13; i++) {
			double v = (double)y[i];

			for (int p = 0; p < 5; p++)
				m[p] += pow(v, p);
			inside += fabs(v) < 0.2;
			cross += i ? v * (double)y[i - 1] : 0;
		}
	}
	check_normal(m[0], m, inside, 0.2);
	near("noise of neighbours", 0, cross / 2000 / 116, 5 * 0.04 / sqrt(2000 * 116.0));
}

/* One mask of up to W among n places, along time or coefficients: widths and places. */
static void
check_mask(int time, int W, int n)
{
	struct augment a = { 0 };
	double widths[T_MAX] = { 0 }, first = 0, last = 0;
	int most = W < n / 2 ? W : n / 2, D = time ? 3 : n, T = time ? n : 3;

	*(time ? &a.time_masks : &a.coef_masks) = 1;
	*(time ? &a.time_mask_width : &a.coef_mask_width) = W;
	fill(1, 0);
	for (int run = 0; run < RUNS; run++) {
		int width = 0, edges = 0, hit[T_MAX];

		expect("length", T, apply(&a, T, D, run));
		for (int i = 0; i < n; i++) {
			int other = time ? y[i * D + 2] == 0.0f : y[2 * D + i] == 0.0f;

			hit[i] = y[time ? i * D : i] == 0.0f;
			expect("all across", hit[i], other);
			width += hit[i];
			edges += i && hit[i] != hit[i - 1];
		}
		expect("in one piece", 1, edges <= 2 && !(edges == 2 && hit[0]));
		widths[width]++;
		first += width == most && hit[0];
		last += width == most && hit[n - 1];
	}
	for (int w = 0; w < T_MAX; w++) {
		double p = w > most ? 0 : w < most ? 1.0 / (W + 1) : (W + 1.0 - most) / (W + 1);

		near("width", p * RUNS, widths[w], 5 * sqrt(p * (1 - p) * RUNS));
	}
	if (!most)
		return;
	near("first place", widths[most] / (n - most + 1), first,
		5 * sqrt(widths[most] / (n - most + 1)));
	near("last place", widths[most] / (n - most + 1), last,
		5 * sqrt(widths[most] / (n - most + 1)));
}

static const struct augment all = { .stretch = 0.3, .drop_steps = 0.2, .offset = 0.5, .noise = 0.2,
	.time_masks = 2, .time_mask_width = 5, .coef_masks = 1, .coef_mask_width = 3 };

/* With zeros for features, all together is what each by itself gives, put together. */
static void
check_streams(void)
{
	static float sum[2 * T_MAX * D_MAX];

	for (int run = 0; run < 200; run++) {
		struct augment one = { .stretch = all.stretch }, both;
		int T = 30, D = 13, stretched, n;

		fill(0, 0);
		stretched = apply(&one, T, D, run);
		one.drop_steps = all.drop_steps;
		T = apply(&one, T, D, run);	/* this many remain of both */
		one = (struct augment){ .drop_steps = all.drop_steps };
		n = apply(&one, stretched, D, run);
		expect("drop_steps without stretch", T, n);

		one = (struct augment){ .offset = all.offset };
		apply(&one, T, D, run);
		memcpy(sum, y, sizeof(sum));
		one = (struct augment){ .noise = all.noise };
		apply(&one, T, D, run);
		for (int i = 0; i < T * D; i++)
			sum[i] += y[i];
		fill(1, 0);
		one = (struct augment){
			.time_masks = all.time_masks, .time_mask_width = all.time_mask_width
		};
		apply(&one, T, D, run);
		for (int i = 0; i < T * D; i++)
			sum[i] = y[i] == 0.0f ? 0.0f : sum[i];
		one = (struct augment){ .coef_masks = 1, .coef_mask_width = all.coef_mask_width };
		apply(&one, T, D, run);
		for (int i = 0; i < T * D; i++)
			sum[i] = y[i] == 0.0f ? 0.0f : sum[i];

		fill(0, 0);
		expect("length of all", T, apply(&all, 30, D, run));
		expect("all together", 0, memcmp(sum, y, (size_t)(T * D) * sizeof(*y)));
		both = all;
		both.noise = 0;
		apply(&both, 30, D, run);
		memcpy(sum, y, sizeof(sum));
		both.noise = 0.2;
		apply(&both, 30, D, run);
		for (int i = 0; i < T * D; i++)
			expect("masks without noise", sum[i] == 0.0f, y[i] == 0.0f);
	}
}

static void
check_key(void)
{
	static float again[2 * T_MAX * D_MAX];
	int n;

	fill(0, 0.1f);
	n = apply(&all, 40, 13, 1);
	memcpy(again, y, sizeof(again));
	expect("again", n, apply(&all, 40, 13, 1));
	expect("the same numbers", 0, memcmp(again, y, (size_t)(n * 13) * sizeof(*y)));
	expect("others in the next epoch", 1,
		augment_apply(&all, y, x, 40, 13, rng_key(42, 2, 1)) != n ||
		memcmp(again, y, (size_t)(n * 13) * sizeof(*y)));
}

int
main(void)
{
	check_nothing();
	check_stretch();
	check_drop();
	check_offset_noise();
	check_mask(1, 4, 30);
	check_mask(1, 9, 7);
	check_mask(0, 2, 13);
	check_mask(0, 4, 1);
	check_streams();
	check_key();
	return failed;
}
