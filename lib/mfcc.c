/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "mfcc.h"
#include "num.h"

/* Least energy before the logarithm: torchaudio's and librosa's amin. */
#define ENERGY_MIN 1e-10
/* Doubles that the frames of one utterance may take, 256 MiB: 3 h of 8 kHz with mfcc13. */
#define SCRATCH_MAX ((size_t)1 << 25)

static const struct mfcc_settings presets[] = {
	{ 8000, "none", 0, "yes", "reflect", "hann", 400, 160, 400, 40, 13, 0, 0, "htk", "none",
		"db", 80, 0, 9, 36 },
	{ 8000, "none", 0, "no", "reflect", "hann", 256, 128, 256, 40, 20, 0, 0, "htk", "none",
		"db", 80, 0, 9, 0 },
	{ 8000, "none", 0, "no", "zero", "hann", 256, 128, 256, 128, 13, 0, 0, "slaney", "area",
		"db", 80, 2, 9, 0 },
};

static int
is(const char *a, const char *b)
{
	return strcmp(a, b) == 0;
}

int
mfcc_preset(struct mfcc_settings *s, const char *name)
{
	static const char *const names[] = { "mfcc13", "mfcc20", "mfcc39" };

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

static int
check(const struct mfcc_settings *s, char err[ERR_MAX])
{
	if (s->fft_n < 2 || s->fft_n > MFCC_FFT_MAX || s->fft_n % 2)
		snprintf(err, ERR_MAX, "FFT size: expected an even number, 2 to %d, got %ld", MFCC_FFT_MAX,
			s->fft_n);
	else if (s->window_n < 1 || s->window_n > s->fft_n)
		snprintf(err, ERR_MAX, "window length: expected 1 to the FFT size %ld, got %ld", s->fft_n,
			s->window_n);
	else if (s->hop_n < 1)
		snprintf(err, ERR_MAX, "hop: expected 1 or more samples, got %ld", s->hop_n);
	else if (s->mels < 1 || s->mels > MFCC_MELS_MAX || s->coefs < 1 || s->coefs > s->mels)
		snprintf(err, ERR_MAX, "coefficients: expected 1 to the number of mels %ld, got %ld",
			s->mels, s->coefs);
	else if (!(s->low_hz >= 0 && s->low_hz < high_hz(s) && high_hz(s) <= (double)s->rate_hz / 2))
		snprintf(err, ERR_MAX, "band: expected 0 <= low < high <= %g Hz (half the rate), got %g to %g",
			(double)s->rate_hz / 2, s->low_hz, high_hz(s));
	else if (s->delta_width < 3 || s->delta_width > MFCC_DELTA_WIDTH_MAX || s->delta_width % 2 == 0)
		snprintf(err, ERR_MAX, "delta width: expected an odd number, 3 to %d, got %ld",
			MFCC_DELTA_WIDTH_MAX, s->delta_width);
	else
		return 0;
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
	return mel < 15.0 ? mel * 200.0 / 3.0 : 1000.0 * num_exp((mel - 15.0) * num_log(6.4) / 27.0);
}

/* Finds the bins of each filter; with w, writes the weights too. Returns the number of weights. */
static size_t
make_mels(struct mfcc *m, double *w)
{
	const struct mfcc_settings *s = &m->s;
	int htk = is(s->mel_scale, "htk"), area = is(s->mel_norm, "area");
	double lo = mel_of_hz(s->low_hz, htk), hi = mel_of_hz(high_hz(s), htk);
	double step = (hi - lo) / (double)(s->mels + 1);
	size_t total = 0;

	for (long j = 0; j < s->mels; j++) {
		double a = hz_of_mel(lo + step * (double)j, htk);
		double b = hz_of_mel(lo + step * (double)(j + 1), htk);
		double c = hz_of_mel(lo + step * (double)(j + 2), htk);
		size_t n = 0, n4;

		m->mel_first[j] = 0;
		for (size_t k = 0; k < m->bins; k++) {
			double hz = (double)k * (double)s->rate_hz / (double)s->fft_n;
			double up = (hz - a) / (b - a), down = (c - hz) / (c - b);
			double v = up < down ? up : down;

			if (v <= 0)
				continue;
			if (n == 0)
				m->mel_first[j] = k;
			if (w)
				w[total + n] = area ? v * 2.0 / (c - a) : v;
			n++;
		}
		n4 = (n + 3) / 4 * 4;
		for (; w && n < n4; n++)
			w[total + n] = 0;
		m->mel_n[j] = n4;
		total += n4;
	}
	return total;
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
 * Savitzky-Golay weights: the slope of the line, and the second derivative of the parabola, that fit
 * delta_width frames best. Both are constant over the frames of the fit, so that the ends of an
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
	size_t M = (size_t)s->mels, N = (size_t)s->fft_n, weights = 0;

	memset(m, 0, sizeof *m);
	m->s = *s;
	if (check(s, err))
		return -1;
	m->bins = N / 2 + 1;
	m->J = ((size_t)s->coefs + 3) / 4 * 4;
	m->fft = kiss_fftr_alloc((int)N, 0, NULL, NULL);
	m->window = calloc(N, sizeof *m->window);
	m->frame = calloc(N, sizeof *m->frame);
	m->spectrum = calloc(m->bins, sizeof *m->spectrum);
	m->power = calloc(m->bins + 3, sizeof *m->power);
	m->mel_first = calloc(M, sizeof *m->mel_first);
	m->mel_n = calloc(M, sizeof *m->mel_n);
	m->dct = calloc(M * m->J, sizeof *m->dct);
	m->delta_w = calloc((size_t)(2 * s->delta_width), sizeof *m->delta_w);
	if (m->mel_first && m->mel_n)
		weights = make_mels(m, NULL);
	m->mel_w = calloc(weights + 1, sizeof *m->mel_w);
	if (!m->fft || !m->window || !m->frame || !m->spectrum || !m->power || !m->mel_first
			|| !m->mel_n || !m->dct || !m->delta_w || !m->mel_w) {
		mfcc_free(m);
		snprintf(err, ERR_MAX, "out of memory for the tables of the front end");
		return -1;
	}
	make_window(m);
	make_mels(m, m->mel_w);
	make_dct(m);
	make_deltas(m);
	return 0;
}

void
mfcc_free(struct mfcc *m)
{
	kiss_fftr_free(m->fft);
	free(m->window);
	free(m->frame);
	free(m->spectrum);
	free(m->power);
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

/* Cuts blocks of hop_n samples whose mean power is trim_db under the loudest off both ends. */
static void
trim(const struct mfcc *m, const float **x, size_t *n)
{
	size_t H = (size_t)m->s.hop_n, first = *n, last = 0;
	double loudest = 0, least;

	for (int pass = 0; pass < 2; pass++) {
		least = loudest * num_exp(-m->s.trim_db * NUM_LN10 / 10.0);
		for (size_t i = 0; i < *n; i += H) {
			size_t end = *n - i < H ? *n : i + H;
			double sum = 0;

			for (size_t j = i; j < end; j++)
				sum += (double)(*x)[j] * (double)(*x)[j];
			sum /= (double)(end - i);
			if (pass == 0 && sum > loudest)
				loudest = sum;
			if (pass == 1 && sum >= least) {
				first = first < i ? first : i;
				last = end;
			}
		}
	}
	*x += first;
	*n = last - first;
}

/* Number of frames of n samples, or 0 with err. */
static size_t
count_frames(const struct mfcc *m, size_t n, char err[ERR_MAX])
{
	size_t N = (size_t)m->s.fft_n, H = (size_t)m->s.hop_n, T, row, least = 1;

	if (is(m->s.edges, "reflect"))
		least = N / 2 + 1;
	else if (is(m->s.edges, "none"))
		least = N;
	if (n < least) {
		snprintf(err, ERR_MAX, "too short for an FFT of %zu: expected at least %zu samples at %ld Hz, "
			"got %zu", N, least, m->s.rate_hz, n);
		return 0;
	}
	T = 1 + (is(m->s.edges, "none") ? n - N : n) / H;
	row = (size_t)m->s.mels > m->J ? (size_t)m->s.mels : m->J;
	if (T > SCRATCH_MAX / row) {
		snprintf(err, ERR_MAX, "too long: expected at most %zu frames, got %zu", SCRATCH_MAX / row, T);
		return 0;
	}
	if (m->s.deltas > 0 && T < (size_t)m->s.delta_width) {
		snprintf(err, ERR_MAX, "too short for deltas: expected at least %ld frames, got %zu",
			m->s.delta_width, T);
		return 0;
	}
	return T;
}

static int
make_room(struct mfcc *m, size_t n, size_t T, char err[ERR_MAX])
{
	void *p;

	if (n > m->signal_n) {
		if (!(p = realloc(m->signal, n * sizeof *m->signal)))
			goto fail;
		m->signal = p;
		m->signal_n = n;
	}
	if (T > m->frames_n) {
		if (!(p = realloc(m->logmel, T * (size_t)m->s.mels * sizeof *m->logmel)))
			goto fail;
		m->logmel = p;
		if (!(p = realloc(m->cepstra, T * m->J * sizeof *m->cepstra)))
			goto fail;
		m->cepstra = p;
		m->frames_n = T;
	}
	return 0;
fail:
	snprintf(err, ERR_MAX, "out of memory for %zu frames", T);
	return -1;
}

/* Scales x into m->signal and extends it by pad samples on both sides. */
static void
extend(struct mfcc *m, const float *x, size_t n, size_t pad)
{
	float *y = m->signal + pad, peak = 0;

	for (size_t i = 0; i < n; i++) {
		float a = x[i] < 0 ? -x[i] : x[i];

		peak = a > peak ? a : peak;
	}
	if (is(m->s.peak, "no") || peak == 0)
		peak = 1;
	for (size_t i = 0; i < n; i++)
		y[i] = x[i] / peak;
	if (is(m->s.edges, "reflect"))
		for (size_t i = 1; i <= pad; i++) {
			y[-(ptrdiff_t)i] = y[i];
			y[n - 1 + i] = y[n - 1 - i];
		}
	else
		for (size_t i = 1; i <= pad; i++)
			y[-(ptrdiff_t)i] = y[n - 1 + i] = 0;
}

/* Mel energies e (mels) of the frame that starts at x (fft_n). */
static void
frame_mels(struct mfcc *m, double *e, const float *x)
{
	const double *w = m->mel_w;

	for (long i = 0; i < m->s.fft_n; i++)
		m->frame[i] = x[i] * m->window[i];
	kiss_fftr(m->fft, m->frame, m->spectrum);
	for (size_t k = 0; k < m->bins; k++) {
		double re = (double)m->spectrum[k].r, im = (double)m->spectrum[k].i;

		m->power[k] = re * re + im * im;
	}
	/* Four sums a filter, added at the end: the same order on every machine, and no long chain. */
	for (long j = 0; j < m->s.mels; j++) {
		const double *p = m->power + m->mel_first[j];
		double a = 0, b = 0, c = 0, d = 0;

		for (size_t k = 0; k < m->mel_n[j]; k += 4, w += 4) {
			a += w[0] * p[k];
			b += w[1] * p[k + 1];
			c += w[2] * p[k + 2];
			d += w[3] * p[k + 3];
		}
		e[j] = (a + b) + (c + d);
	}
}

/* Energies to logarithms in place, all frames, then the floor under the maximum. */
static void
take_logs(struct mfcc *m, size_t T)
{
	int db = is(m->s.log, "db");
	size_t n = T * (size_t)m->s.mels;
	double *l = m->logmel, unit = db ? 10.0 / NUM_LN10 : 1.0, most = -DBL_MAX, least;

	for (size_t i = 0; i < n; i++)
		l[i] = l[i] > ENERGY_MIN ? l[i] : ENERGY_MIN;
	num_log_n(l, l, n);
	for (size_t i = 0; i < n; i++) {
		l[i] *= unit;
		most = l[i] > most ? l[i] : most;
	}
	if (m->s.floor_db <= 0)
		return;
	least = most - m->s.floor_db * (db ? 1.0 : NUM_LN10 / 10.0);
	for (size_t i = 0; i < n; i++)
		l[i] = l[i] > least ? l[i] : least;
}

/* c_t = dct^T l_t for every frame; summed over the mels in order, vectorised over the coefficients. */
static void
take_dct(struct mfcc *m, size_t T)
{
	size_t M = (size_t)m->s.mels, J = m->J;

	memset(m->cepstra, 0, T * J * sizeof *m->cepstra);
	for (size_t t = 0; t < T; t++) {
		double *restrict c_t = m->cepstra + t * J;
		const double *l_t = m->logmel + t * M;

		for (size_t i = 0; i < M; i++) {
			const double *restrict d = m->dct + i * J;

			for (size_t j = 0; j < J; j++)
				c_t[j] += l_t[i] * d[j];
		}
	}
}

int
mfcc_compute(struct mfcc *m, struct tensor *out, const float *x, size_t n, char err[ERR_MAX])
{
	size_t C = (size_t)m->s.coefs, W = (size_t)m->s.delta_width, T, T_out, D;
	size_t pad = is(m->s.edges, "none") ? 0 : (size_t)m->s.fft_n / 2;
	uint32_t dims[2];

	if (m->s.trim_db > 0)
		trim(m, &x, &n);
	if ((T = count_frames(m, n, err)) == 0 || make_room(m, n + 2 * pad, T, err))
		return -1;
	D = C * (size_t)(1 + m->s.deltas);
	T_out = m->s.frames > 0 ? (size_t)m->s.frames : T;
	dims[0] = (uint32_t)T_out;
	dims[1] = (uint32_t)D;
	if (tensor_shape(out, TENSOR_F32, 2, dims)) {
		snprintf(err, ERR_MAX, "too large: %zu frames of %zu features", T_out, D);
		return -1;
	}
	extend(m, x, n, pad);
	for (size_t t = 0; t < T; t++)
		frame_mels(m, m->logmel + t * (size_t)m->s.mels, m->signal + t * (size_t)m->s.hop_n);
	take_logs(m, T);
	take_dct(m, T);

	memset(out->f32, 0, T_out * D * sizeof *out->f32);
	for (size_t t = 0; t < T && t < T_out; t++) {
		float *y = out->f32 + t * D;
		size_t mid = t < W / 2 ? W / 2 : t >= T - W / 2 ? T - 1 - W / 2 : t;

		for (size_t j = 0; j < C; j++)
			y[j] = (float)m->cepstra[t * m->J + j];
		for (size_t d = 0; d < (size_t)m->s.deltas; d++)
			for (size_t j = 0; j < C; j++) {
				double sum = 0;

				for (size_t i = 0; i < W; i++)
					sum += m->delta_w[d * W + i] * m->cepstra[(mid + i - W / 2) * m->J + j];
				y[(d + 1) * C + j] = (float)sum;
			}
	}
	return 0;
}

int
mfcc_describe(const struct mfcc_settings *s, struct meta *head)
{
	int bad = 0;

	bad |= meta_set(head, "feature.front_end", "float mfcc 1");
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
	return bad ? -1 : 0;
}
