/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "math/num.h"
#include "mfcc.h"
#include "mfcc_device.h"

#define WARP_HZ 4800.0		/* mfcc_warp(): F, the paper's at 16 kHz */
#define WARP_SHARE 0.8		/* and at most this much of half the rate */

static const struct mfcc_settings presets[] = {
	{ 8000, "none", 0, "yes", "reflect", "hann", 400, 160, 400, 40, 13, 0, 0, "htk", "none",
		"db", 80, 0, 9, 36, 0 },
	{ 8000, "none", 0, "no", "reflect", "hann", 256, 128, 256, 40, 20, 0, 0, "htk", "none",
		"db", 80, 0, 9, 0, 0 },
	{ 8000, "none", 0, "no", "zero", "hann", 256, 128, 256, 128, 13, 0, 0, "slaney", "area",
		"db", 80, 2, 9, 0, 0 },
	{ 8000, "none", 0, "no", "start", "hann", 256, 160, 256, 32, 13, 0, 0, "htk", "none",
		"log2", 0, 0, 9, 0, 1 },
};

static int
is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

int
mfcc_preset(struct mfcc_settings *s, const char *name)
{
	static const char *const names[] = { "mfcc13", "mfcc20", "mfcc39", "device" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (is(name, names[i])) {
			*s = presets[i];
			return 0;
		}
	return -1;
}

static double
high_hz(const struct mfcc_settings *s)
{
	return s->high_hz > 0 ? s->high_hz : (double)s->rate_hz / 2;
}

int
mfcc_check(const struct mfcc_settings *s, char err[ERR_MAX])
{
	if (s->fft_n < 2 || s->fft_n > MFCC_FFT_MAX || s->fft_n % 2)
		snprintf(err, ERR_MAX, "--fft: expected an even number, 2 to %d, got %ld",
			MFCC_FFT_MAX, s->fft_n);
	else if (s->window_n < 1 || s->window_n > s->fft_n)
		snprintf(err, ERR_MAX, "--window-length: expected 1 to --fft %ld, got %ld",
			s->fft_n, s->window_n);
	else if (s->hop_n < 1)
		snprintf(err, ERR_MAX, "--hop: expected 1 or more samples, got %ld", s->hop_n);
	else if (s->mels < 1 || s->mels > MFCC_MELS_MAX || s->coefs < 1 || s->coefs > s->mels)
		snprintf(err, ERR_MAX, "--coefs: expected 1 to --mels %ld, got %ld",
			s->mels, s->coefs);
	else if (!(s->low_hz >= 0 && s->low_hz < high_hz(s) &&
	    high_hz(s) <= (double)s->rate_hz / 2))
		snprintf(err, ERR_MAX, "--low, --high: expected 0 <= low < high <= %g Hz (half the "
			"rate), got %g to %g", (double)s->rate_hz / 2, s->low_hz, high_hz(s));
	else if (s->delta_width < 3 || s->delta_width > MFCC_DELTA_WIDTH_MAX ||
	    s->delta_width % 2 == 0)
		snprintf(err, ERR_MAX, "--delta-width: expected an odd number, 3 to %d, got %ld",
			MFCC_DELTA_WIDTH_MAX, s->delta_width);
	else
		return s->fixed ? mfcc_device_check(s, err) : 0;
	return -1;
}

static void
make_window(struct mfcc *m)
{
	long N = m->s.window_n, left = (m->s.fft_n - N) / 2;

	for (long i = 0; i < N; i++) {
		double c1 = num_cospi(2 * i, N), c2 = num_cospi(4 * i, N), w = 1;

		if (is(m->s.window, "hann"))
			w = 0.5 - 0.5 * c1;
		else if (is(m->s.window, "hamming"))
			w = 0.54 - 0.46 * c1;
		else if (is(m->s.window, "blackman"))
			w = 0.42 - 0.5 * c1 + 0.08 * c2;
		m->window[left + i] = (float)w;
	}
}

/* Slaney's scale (Auditory Toolbox): linear up to 1 kHz = 15 mel, then 27 mel to the factor 6.4. */
static double
mel_of_hz(double hz, int htk)
{
	if (htk)
		return 2595.0 * num_log(1.0 + hz / 700.0) / NUM_LN10;
	return hz < 1000.0 ? hz * 3.0 / 200.0 : 15.0 + 27.0 * num_log(hz / 1000.0) / num_log(6.4);
}

static double
hz_of_mel(double mel, int htk)
{
	if (htk)
		return 700.0 * (num_exp(mel * NUM_LN10 / 2595.0) - 1.0);
	return mel < 15.0 ? mel * 200.0 / 3.0 :
		1000.0 * num_exp((mel - 15.0) * num_log(6.4) / 27.0);
}

/* See mfcc_warp(). */
static double
warped(const struct mfcc *m, double hz)
{
	double half = (double)m->s.rate_hz / 2, a = m->warp;
	double F = WARP_HZ < WARP_SHARE * half ? WARP_HZ : WARP_SHARE * half;
	double high = a < 1 ? F * a : F, edge = high / a;

	if (a == 1)
		return hz;
	return hz <= edge ? hz * a : half - (half - high) / (half - edge) * (half - hz);
}

/* Bins and weights of each filter. A bin lies in two of them at most. */
static void
make_mels(struct mfcc *m)
{
	const struct mfcc_settings *s = &m->s;
	int htk = is(s->mel_scale, "htk"), area = is(s->mel_norm, "area");
	double lo = mel_of_hz(s->low_hz, htk), hi = mel_of_hz(high_hz(s), htk);
	double step = (hi - lo) / (double)(s->mels + 1);
	float *w = m->mel_w;

	for (long j = 0; j < s->mels; j++) {
		double a = warped(m, hz_of_mel(lo + step * (double)j, htk));
		double b = warped(m, hz_of_mel(lo + step * (double)(j + 1), htk));
		double c = warped(m, hz_of_mel(lo + step * (double)(j + 2), htk));
		size_t first = (size_t)(a * (double)s->fft_n / (double)s->rate_hz), n = 0;

		m->mel_first[j] = 0;
		for (size_t k = first; k < m->bins; k++) {
			double hz = (double)k * (double)s->rate_hz / (double)s->fft_n;
			double up = (hz - a) / (b - a), down = (c - hz) / (c - b);
			double v = up < down ? up : down;

			if (hz >= c)
				break;
			if (v <= 0)
				continue;
			if (n == 0)
				m->mel_first[j] = k;
			w[n++] = (float)(area ? v * 2.0 / (c - a) : v);
		}
		m->mel_n[j] = n;
		w += n;
	}
}

void
mfcc_warp(struct mfcc *m, double a)
{
	if (a == m->warp)
		return;
	m->warp = a;
	make_mels(m);
}

static void
make_dct(struct mfcc *m)
{
	long M = m->s.mels;

	for (long i = 0; i < M; i++)
		for (long j = 0; j < m->s.coefs; j++)
			m->dct[(size_t)i * m->J + (size_t)j] = num_cospi(j * (2 * i + 1), 2 * M)
				* __builtin_sqrt((j ? 2.0 : 1.0) / (double)M);
}

/*
 * Savitzky-Golay weights: the slope of the line, and the second derivative of the parabola, that
 * fit delta_width frames best. Both are constant over the frames of the fit, so that the ends of an
 * utterance (librosa's mode "interp") take the value of the nearest frame with a full fit.
 */
static void
make_deltas(struct mfcc *m)
{
	long W = m->s.delta_width, h = W / 2;
	double sum2 = 0, sum_q2 = 0, mean2;

	for (long j = -h; j <= h; j++)
		sum2 += (double)(j * j);
	mean2 = sum2 / (double)W;
	for (long j = -h; j <= h; j++)
		sum_q2 += ((double)(j * j) - mean2) * ((double)(j * j) - mean2);
	for (long j = -h; j <= h; j++) {
		m->delta_w[j + h] = (double)j / sum2;
		m->delta_w[W + j + h] = 2.0 * ((double)(j * j) - mean2) / sum_q2;
	}
}

int
mfcc_init(struct mfcc *m, const struct mfcc_settings *s, char err[ERR_MAX])
{
	size_t M = (size_t)s->mels, N = (size_t)s->fft_n;

	memset(m, 0, sizeof *m);
	m->s = *s;
	m->warp = 1;
	if (mfcc_check(s, err))
		return -1;
	if (s->fixed)			/* its tables are constants */
		return 0;
	m->reflect = is(s->edges, "reflect");
	m->centred = !is(s->edges, "none");
	m->peak = is(s->peak, "yes");
	m->db = is(s->log, "db");
	m->bins = N / 2 + 1;
	m->J = ((size_t)s->coefs + 3) / 4 * 4;
	m->window = calloc(N, sizeof *m->window);
	m->mel_first = calloc(M, sizeof *m->mel_first);
	m->mel_n = calloc(M, sizeof *m->mel_n);
	m->dct = calloc(M * m->J, sizeof *m->dct);
	m->delta_w = calloc((size_t)(2 * s->delta_width), sizeof *m->delta_w);
	m->mel_w = calloc(2 * m->bins, sizeof *m->mel_w);
	if (fft_init(&m->fft, N) || !m->window || !m->mel_first || !m->mel_n || !m->dct ||
	    !m->delta_w
			|| !m->mel_w) {
		mfcc_free(m);
		snprintf(err, ERR_MAX, "out of memory for the tables of the front end");
		return -1;
	}
	make_window(m);
	make_mels(m);
	make_dct(m);
	make_deltas(m);
	return 0;
}

void
mfcc_free(struct mfcc *m)
{
	fft_free(&m->fft);
	free(m->window);
	free(m->mel_first);
	free(m->mel_n);
	free(m->mel_w);
	free(m->dct);
	free(m->delta_w);
	free(m->signal);
	free(m->logmel);
	free(m->cepstra);
	memset(m, 0, sizeof *m);
}

int
mfcc_describe(const struct mfcc_settings *s, struct meta *head)
{
	int bad = 0;

	bad |= meta_set(head, "feature.front_end", "%s",
		s->fixed ? "fixed mfcc 1" : "float mfcc 2");
	bad |= meta_set(head, "feature.rate_hz", "%ld", s->rate_hz);
	bad |= meta_set(head, "feature.bandpass_hz", "%s", s->bandpass);
	bad |= meta_set(head, "feature.trim_db", "%.10g", s->trim_db);
	bad |= meta_set(head, "feature.peak", "%s", s->peak);
	bad |= meta_set(head, "feature.edges", "%s", s->edges);
	bad |= meta_set(head, "feature.window", "%s", s->window);
	bad |= meta_set(head, "feature.window_n", "%ld", s->window_n);
	bad |= meta_set(head, "feature.hop_n", "%ld", s->hop_n);
	bad |= meta_set(head, "feature.fft_n", "%ld", s->fft_n);
	bad |= meta_set(head, "feature.mels", "%ld", s->mels);
	bad |= meta_set(head, "feature.low_hz", "%.10g", s->low_hz);
	bad |= meta_set(head, "feature.high_hz", "%.10g", high_hz(s));
	bad |= meta_set(head, "feature.mel_scale", "%s", s->mel_scale);
	bad |= meta_set(head, "feature.mel_norm", "%s", s->mel_norm);
	bad |= meta_set(head, "feature.log", "%s", s->log);
	bad |= meta_set(head, "feature.floor_db", "%.10g", s->floor_db);
	bad |= meta_set(head, "feature.coefs", "%ld", s->coefs);
	bad |= meta_set(head, "feature.deltas", "%ld", s->deltas);
	if (s->deltas > 0)
		bad |= meta_set(head, "feature.delta_width", "%ld", s->delta_width);
	bad |= meta_set(head, "feature.frames", "%ld", s->frames);
	if (s->fixed)
		bad |= mfcc_device_describe(head);
	return bad ? -1 : 0;
}
