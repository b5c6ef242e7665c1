// SPDX-License-Identifier: MIT
#include <string.h>

#include "math/num.h"
#include "math/rng.h"
#include "vary.h"

/* Streams of the generator, from RNG_AUDIO: the order of the list in vary.h. */
enum { SPEED, SHIFT, EQ, NOISE, WARP };

#define STEPS 1e4		/* values drawn are multiples of 1 / STEPS */
#define FNV_BASIS 0xcbf29ce484222325u	/* FNV-1a of 64 bits: RFC 9923 */
#define FNV_PRIME 0x100000001b3u
#define GOLDEN 0x9e3779b97f4a7c15u	/* 2^64 / golden ratio: takes the seeds apart */

static int
is_on(const struct opt_range *r, double none)
{
	return r->low != none || r->high != none;
}

int
vary_on(const struct vary *v)
{
	return is_on(&v->speed, 1) || is_on(&v->warp, 1) || is_on(&v->snr_db, HUGE_VAL)
		|| is_on(&v->shift_ms, 0) || v->eq_db > 0;
}

/* Half away from zero. */
static double
nearest(double x)
{
	return (double)(int64_t)(x < 0 ? x - 0.5 : x + 0.5);
}

/* Uniform in low..high; a single value as it is. */
static double
draw(struct rng *g, double low, double high)
{
	if (low == high)
		return low;
	return nearest((low + (high - low) * (double)rng_float(g)) * STEPS) / STEPS;
}

static double
draw_first(uint64_t seed, int stream, const struct opt_range *r)
{
	struct rng g;

	rng_init(&g, seed, RNG_AUDIO + (uint64_t)stream);
	return draw(&g, r->low, r->high);
}

void
vary_draw(struct variation *d, const struct vary *v, const char *name, long rate_hz)
{
	double samples_ms = (double)rate_hz / 1000;
	uint64_t hash = FNV_BASIS;
	struct rng g;

	for (const char *p = name; *p; p++)
		hash = (hash ^ (unsigned char)*p) * FNV_PRIME;
	memset(d, 0, sizeof *d);
	d->seed = hash + (uint64_t)v->seed * GOLDEN;
	d->speed = draw_first(d->seed, SPEED, &v->speed);
	d->shift_ms = nearest(draw_first(d->seed, SHIFT, &v->shift_ms) * samples_ms) / samples_ms;
	d->snr_db = draw_first(d->seed, NOISE, &v->snr_db);
	d->warp = draw_first(d->seed, WARP, &v->warp);
	rng_init(&g, d->seed, RNG_AUDIO + EQ);
	d->low_db = draw(&g, -v->eq_db, v->eq_db);
	d->high_db = draw(&g, -v->eq_db, v->eq_db);
	d->low_hz = (long)nearest((double)rate_hz * (1.0 + 3.0 * (double)rng_float(&g)) / 40);
	d->high_hz = (long)nearest((double)rate_hz * (1.0 + 2.0 * (double)rng_float(&g)) / 8);
}

static int
shift(float *x, size_t n, double shift_ms, long rate_hz, char err[ERR_MAX])
{
	double samples = nearest(shift_ms * (double)rate_hz / 1000);
	size_t by = (size_t)(samples < 0 ? -samples : samples);

	if (by == 0)
		return 0;
	if (by >= n)
		return err_set(err, "shift by %.10g ms: expected less than the recording's %.10g "
			"ms", shift_ms, (double)n * 1000 / (double)rate_hz);
	memmove(samples > 0 ? x + by : x, samples > 0 ? x : x + by, (n - by) * sizeof *x);
	memset(samples > 0 ? x : x + n - by, 0, by * sizeof *x);
	return 0;
}

/*
 * The shelf (s + a) / (s + b) of s in units of the corner, times gain, made digital by the bilinear
 * transform s = (1 - z^-1) / ((1 + z^-1) K), K = tan(pi hz / rate).
 */
static void
shelf(float *x, size_t n, double a, double b, double gain, long hz, long rate_hz)
{
	/* sin a = cos(pi/2 - a) */
	double K = num_cospi(rate_hz - 2 * hz, 2 * rate_hz) / num_cospi(hz, rate_hz);
	double b0 = gain * (1 + a * K) / (1 + b * K), b1 = gain * (a * K - 1) / (1 + b * K);
	double a1 = (b * K - 1) / (1 + b * K), x1 = 0, y1 = 0;

	for (size_t i = 0; i < n; i++) {
		double y = b0 * (double)x[i] + b1 * x1 - a1 * y1;

		x1 = (double)x[i];
		y1 = y;
		x[i] = (float)y;
	}
}

/* Gain g below the corner: (s + sqrt g) / (s + 1 / sqrt g); above it, by 1/g, times g. */
static void
equalise(const struct variation *d, float *x, size_t n, long rate_hz)
{
	double low = num_exp(d->low_db * NUM_LN10 / 40), high = num_exp(d->high_db * NUM_LN10 / 40);

	if (d->low_db != 0)
		shelf(x, n, low, 1 / low, 1, d->low_hz, rate_hz);
	if (d->high_db != 0)
		shelf(x, n, 1 / high, high, high * high, d->high_hz, rate_hz);
}

/* Four uniform numbers of 16 bits added: nearly normal, mean 0, deviation about 37837. */
static double
noise(struct rng *g)
{
	uint32_t u = rng_u32(g), v = rng_u32(g);

	return (double)(u >> 16) + (double)(u & 0xffff) + (double)(v >> 16) + (double)(v & 0xffff)
		- 2 * 65535.0;
}

/* Twice the same noise: its power is measured, then it is added so that the ratio is snr_db. */
static void
add_noise(const struct variation *d, float *x, size_t n)
{
	double signal = 0, power = 0, gain;
	struct rng g;

	rng_init(&g, d->seed, RNG_AUDIO + NOISE);
	rng_u32(&g);			/* behind what was drawn for snr_db */
	for (size_t i = 0; i < n; i++) {
		double v = noise(&g);

		signal += (double)x[i] * (double)x[i];
		power += v * v;
	}
	if (signal == 0 || power == 0)
		return;
	gain = sqrt(signal / power) * num_exp(-d->snr_db * NUM_LN10 / 20);
	rng_init(&g, d->seed, RNG_AUDIO + NOISE);
	rng_u32(&g);
	for (size_t i = 0; i < n; i++)
		x[i] = (float)((double)x[i] + gain * noise(&g));
}

int
vary_signal(const struct variation *d, float *x, size_t n, long rate_hz, char err[ERR_MAX])
{
	if (shift(x, n, d->shift_ms, rate_hz, err))
		return -1;
	equalise(d, x, n, rate_hz);
	if (d->snr_db != HUGE_VAL)
		add_noise(d, x, n);
	return 0;
}

int
vary_describe(const struct variation *d, const struct vary *v, const char *name, struct meta *m)
{
	int bad = meta_set(m, "source", "%s", name);

	if (is_on(&v->speed, 1))
		bad |= meta_set(m, "speed", "%.10g", d->speed);
	if (is_on(&v->warp, 1))
		bad |= meta_set(m, "warp", "%.10g", d->warp);
	if (is_on(&v->snr_db, HUGE_VAL))
		bad |= meta_set(m, "noise_snr_db", "%.10g", d->snr_db);
	if (is_on(&v->shift_ms, 0))
		bad |= meta_set(m, "shift_ms", "%.10g", d->shift_ms);
	if (v->eq_db > 0)
		bad |= meta_set(m, "eq", "%.10g@%ld,%.10g@%ld", d->low_db, d->low_hz, d->high_db,
			d->high_hz);
	return bad ? -1 : 0;
}
