// SPDX-License-Identifier: MIT
// lib/audio/vary against its header: ranges, independence of the draws, what is done to a signal.
#include <stdio.h>
#include <string.h>

#include "audio/vary.h"

#define N 8000
#define RATE 8000
#define NAMES 4000
#define PI 3.14159265358979323846

static int bad;
static float x[N], y[N];

static void
expect(int good, const char *what, double got)
{
	if (!good) {
		printf("%s: got %.10g\n", what, got);
		bad = 1;
	}
}

static struct variation
drawn(const struct vary *v, int name)
{
	struct variation d;
	char text[32];

	snprintf(text, sizeof text, "7_ann_%d", name);
	vary_draw(&d, v, text, RATE);
	return d;
}

/* Draws fill their range evenly, and none depends on another's range. */
static void
check_draws(void)
{
	struct vary none = VARY_NONE, all = VARY_NONE, speed = VARY_NONE, other = VARY_NONE;
	double sum = 0, least = 2, most = 0, warp = 0, product = 0;
	int same = 0;

	all.speed = speed.speed = other.speed = (struct opt_range){ 0.8, 1.2 };
	all.warp = (struct opt_range){ 0.9, 1.1 };
	all.snr_db = (struct opt_range){ 5, 40 };
	all.shift_ms = (struct opt_range){ -50, 50 };
	all.eq_db = 6;
	other.seed = 43;
	expect(!vary_on(&none) && vary_on(&speed) && vary_on(&all), "vary_on", vary_on(&none));
	for (int i = 0; i < NAMES; i++) {
		struct variation a = drawn(&all, i), b = drawn(&speed, i), c = drawn(&other, i);
		struct variation o = drawn(&none, i);

		expect(a.speed == b.speed, "speed with other ranges", a.speed);
		expect(a.speed >= 0.8 && a.speed <= 1.2, "speed", a.speed);
		expect(a.warp >= 0.9 && a.warp <= 1.1, "warp", a.warp);
		expect(a.snr_db >= 5 && a.snr_db <= 40, "snr", a.snr_db);
		expect(a.shift_ms >= -50 && a.shift_ms <= 50 && fmod(a.shift_ms * 8, 1) == 0,
			"shift", a.shift_ms);
		expect(fabs(a.low_db) <= 6 && fabs(a.high_db) <= 6, "eq", a.low_db);
		expect(a.low_hz >= 200 && a.low_hz <= 800 && a.high_hz >= 1000 && a.high_hz <= 3000,
			"corner", (double)a.low_hz);
		expect(o.speed == 1 && o.warp == 1 && o.snr_db == HUGE_VAL && o.shift_ms == 0 &&
			o.low_db == 0 && o.high_db == 0, "nothing", o.speed);
		same += a.speed == c.speed;
		sum += a.speed;
		least = fmin(least, a.speed);
		most = fmax(most, a.speed);
		warp += a.warp;
		product += (a.speed - 1) * (a.warp - 1);
	}
	/* Deviations of uniform draws: 0.4 / sqrt 12 and 0.2 / sqrt 12; 5 of the mean's. */
	expect(fabs(sum / NAMES - 1) < 5 * 0.1155 / sqrt(NAMES), "mean speed", sum / NAMES);
	expect(fabs(warp / NAMES - 1) < 5 * 0.0577 / sqrt(NAMES), "mean warp", warp / NAMES);
	expect(fabs(product / NAMES) < 5 * 0.1155 * 0.0577 / sqrt(NAMES), "covariance",
		product / NAMES);
	expect(least < 0.801 && most > 1.199, "extreme", least);
	expect(same < NAMES / 100, "seeds that give the same", same);
}

static double
power(const float *a)
{
	double sum = 0;

	for (int i = 0; i < N; i++)
		sum += (double)a[i] * (double)a[i];
	return sum / N;
}

/* Does what v says to the signal x; the result is in y. */
static void
apply(const struct vary *v)
{
	struct variation d = drawn(v, 1);
	char err[ERR_MAX];

	memcpy(y, x, sizeof y);
	if (vary_signal(&d, y, N, RATE, err))
		expect(0, err, 0);
}

static void
check_noise(void)
{
	static float first[N];
	struct vary v = VARY_NONE;
	double snr, lag = 0, fourth = 0;

	for (int i = 0; i < N; i++)
		x[i] = (float)(0.3 * sin(0.1 * i));
	for (double db = -20; db <= 60; db += 10) {
		v.snr_db = (struct opt_range){ db, db };
		apply(&v);
		for (int i = 0; i < N; i++)
			y[i] -= x[i];
		snr = 10 * log10(power(x) / power(y));
		expect(fabs(snr - db) < 1e-3, "SNR", snr);
		for (int i = 0; i < N && db == 0; i++) {
			lag += i ? (double)y[i] * (double)y[i - 1] : 0;
			fourth += pow((double)y[i], 4);
		}
		/* white, and four uniform numbers: correlation 0, fourth moment 3 - 1.2 / 4 */
		if (db == 0) {
			expect(fabs(lag / N / power(y)) < 5 / sqrt(N), "correlation of neighbours",
				lag);
			expect(fabs(fourth / N / power(y) / power(y) - 2.7) < 0.2, "fourth moment",
				fourth);
			memcpy(first, y, sizeof first);
		}
	}
	v.snr_db = (struct opt_range){ 0, 0 };
	v.seed++;
	apply(&v);
	for (int i = 0; i < N; i++)
		lag += (double)(y[i] - x[i]) * (double)first[i];
	expect(fabs(lag / N / power(first)) < 5 / sqrt(N), "correlation of two seeds", lag);
	memset(x, 0, sizeof x);
	apply(&v);
	expect(memcmp(x, y, sizeof x) == 0, "noise in silence", power(y));
}

static void
check_shift(void)
{
	struct vary v = VARY_NONE;
	struct variation d;
	char err[ERR_MAX];

	for (int i = 0; i < N; i++)
		x[i] = (float)(i + 1);
	v.shift_ms = (struct opt_range){ 10, 10 };
	apply(&v);
	expect(y[79] == 0 && y[80] == 1 && y[N - 1] == N - 80, "shift by 10 ms", (double)y[80]);
	v.shift_ms = (struct opt_range){ -10, -10 };
	apply(&v);
	expect(y[0] == 81 && y[N - 81] == N && y[N - 80] == 0, "shift by -10 ms", (double)y[0]);
	v.shift_ms = (struct opt_range){ 1000, 1000 };
	d = drawn(&v, 1);
	expect(vary_signal(&d, y, N, RATE, err) == -1 &&
		strstr(err, "shift by 1000 ms: expected less"), "shift by all of it", 0);
}

/* |H| in dB at hz of the filter whose impulse response is in y. */
static double
gain_db(double hz)
{
	double re = 0, im = 0;

	for (int i = 0; i < N; i++) {
		re += (double)y[i] * cos(2 * PI * hz * i / RATE);
		im += (double)y[i] * sin(2 * PI * hz * i / RATE);
	}
	return 10 * log10(re * re + im * im);
}

static void
check_eq(void)
{
	struct vary v = VARY_NONE;
	struct variation d;
	double half;

	memset(x, 0, sizeof x);
	x[0] = 1;
	v.eq_db = 9;
	d = drawn(&v, 1);
	apply(&v);
	expect(fabs(gain_db(0) - d.low_db) < 1e-4, "gain at 0 Hz", gain_db(0));
	expect(fabs(gain_db(RATE / 2) - d.high_db) < 1e-4, "gain at half the rate",
		gain_db(RATE / 2));
	/* Each alone: half its gain, in dB, at its corner. */
	for (int i = 0; i < 2; i++) {
		struct variation one = d;
		char err[ERR_MAX];

		*(i ? &one.low_db : &one.high_db) = 0;
		memcpy(y, x, sizeof y);
		vary_signal(&one, y, N, RATE, err);
		half = (i ? d.high_db : d.low_db) / 2;
		expect(fabs(gain_db((double)(i ? d.high_hz : d.low_hz)) - half) < 1e-4,
			"gain at a corner", half);
	}
}

int
main(void)
{
	struct vary none = VARY_NONE;

	check_draws();
	check_noise();
	check_shift();
	check_eq();
	for (int i = 0; i < N; i++)
		x[i] = (float)sin(i);
	apply(&none);
	expect(memcmp(x, y, sizeof x) == 0, "nothing", 0);
	return bad;
}
