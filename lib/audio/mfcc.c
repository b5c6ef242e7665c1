/* SPDX-License-Identifier: MIT */
#include <float.h>
#include <stdlib.h>
#include <string.h>

#include "math/kernel.h"
#include "math/num.h"
#include "mfcc.h"
#include "mfcc_device.h"

/* Least energy before the logarithm: torchaudio's and librosa's amin. */
#define ENERGY_MIN 1e-10
/* Doubles that the frames of one utterance may take, 256 MiB: 3 h of 8 kHz with mfcc13. */
#define SCRATCH_MAX ((size_t)1 << 25)

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

	if (m->reflect)
		least = N / 2 + 1;
	else if (!m->centred)
		least = N;
	if (n < least) {
		snprintf(err, ERR_MAX, "too short for an FFT of %zu: expected at least %zu samples "
			"at %ld Hz, got %zu", N, least, m->s.rate_hz, n);
		return 0;
	}
	T = 1 + (!m->centred ? n - N : n) / H;
	row = (size_t)m->s.mels > m->J ? (size_t)m->s.mels : m->J;
	if (T > SCRATCH_MAX / row) {
		snprintf(err, ERR_MAX, "too long: expected at most %zu frames, got %zu",
			SCRATCH_MAX / row, T);
		return 0;
	}
	if (m->s.deltas > 0 && T < (size_t)m->s.delta_width) {
		snprintf(err, ERR_MAX, "too short for deltas: expected at least %ld frames, got "
			"%zu", m->s.delta_width, T);
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

/* The largest magnitude, found among the bits: finite floats without sign sort like integers. */
static float
find_peak(const float *x, size_t n)
{
	int32_t most = 0;
	float peak;

	for (size_t i = 0; i < n; i++) {
		int32_t bits;

		memcpy(&bits, &x[i], sizeof bits);
		bits &= INT32_MAX;
		most = bits > most ? bits : most;
	}
	memcpy(&peak, &most, sizeof peak);
	return peak;
}

/* Scales x into m->signal and extends it by pad samples on both sides. */
static void
extend(struct mfcc *m, const float *x, size_t n, size_t pad)
{
	float *y = m->signal + pad, peak = m->peak ? find_peak(x, n) : 1;

	if (peak == 0)
		peak = 1;
	for (size_t i = 0; i < n; i++)
		y[i] = x[i] / peak;
	if (m->reflect)
		for (size_t i = 1; i <= pad; i++) {
			y[-(ptrdiff_t)i] = y[i];
			y[n - 1 + i] = y[n - 1 - i];
		}
	else
		for (size_t i = 1; i <= pad; i++)
			y[-(ptrdiff_t)i] = y[n - 1 + i] = 0;
}

/*
 * Mel energies e of n <= FFT_LANES frames, the first of which begins at x, each a lane of the FFT;
 * e[i mels + j] is filter j of frame i.
 */
KERNEL_CLONES static void
frame_mels(struct mfcc *m, double *e, const float *x, size_t n)
{
	size_t N = (size_t)m->s.fft_n, H = (size_t)m->s.hop_n, M = (size_t)m->s.mels;
	const float *w = m->mel_w;

	for (size_t i = 0; i < N; i++)
		for (size_t l = 0; l < FFT_LANES; l++)
			m->fft.x[i * FFT_LANES + l] = l < n ? x[l * H + i] * m->window[i] : 0;
	fft_power(&m->fft);
	for (size_t j = 0; j < M; j++) {
		const float *p = m->fft.power + m->mel_first[j] * FFT_LANES;
		float sum[FFT_LANES] = { 0 };

		for (size_t k = 0; k < m->mel_n[j]; k++, w++, p += FFT_LANES)
			for (size_t l = 0; l < FFT_LANES; l++)
				sum[l] += *w * p[l];
		for (size_t l = 0; l < n; l++)
			e[l * M + j] = (double)sum[l];
	}
}

/* Energies to logarithms in place, all frames, then the floor under the maximum. */
static void
take_logs(struct mfcc *m, size_t T)
{
	int db = m->db;
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

/*
 * c_t = dct^T l_t for every frame; summed over the mels in order, vectorised over the coefficients.
 */
KERNEL_CLONES static void
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
	size_t pad = !m->centred ? 0 : (size_t)m->s.fft_n / 2;
	uint32_t dims[2];

	if (m->s.fixed)
		return mfcc_device_compute(&m->s, out, x, n, err);
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
	for (size_t t = 0; t < T; t += FFT_LANES)
		frame_mels(m, m->logmel + t * (size_t)m->s.mels, m->signal + t * (size_t)m->s.hop_n,
			T - t < FFT_LANES ? T - t : FFT_LANES);
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
					sum += m->delta_w[d * W + i] *
						m->cepstra[(mid + i - W / 2) * m->J + j];
				y[(d + 1) * C + j] = (float)sum;
			}
	}
	return 0;
}
