// SPDX-License-Identifier: MIT
/*
 * wav - libFuzzer on the reader of recordings and what follows it
 *
 *   make fuzz
 *
 * The last byte says whether the rest came from a pipe. A recording that is read must have sane
 * numbers and give finite features or a reason.
 */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "mfcc.h"
#include "wav.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_features(const struct wav *w)
{
	static struct mfcc m;
	static struct tensor t;
	struct mfcc_settings s;
	char err[ERR_MAX] = "";

	if (!m.fft) {
		mfcc_preset(&s, "mfcc39");
		s.peak = "yes";
		s.trim_db = 40;
		if (mfcc_init(&m, &s, err))
			abort();
	}
	if (mfcc_compute(&m, &t, w->samples, w->n, err)) {
		if (!*err)
			abort();
		return;
	}
	for (size_t i = 0; i < t.n; i++)
		if (!isfinite(t.f32[i]))
			abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct wav w = { 0 };
	char err[ERR_MAX] = "";
	unsigned char *copy;

	if (size == 0)
		return 0;
	copy = malloc(size);
	memcpy(copy, data, size);
	if (wav_parse(&w, copy, size - 1, data[size - 1] & 1, err)) {
		if (!*err || strchr(err, '\n'))
			abort();
	} else {
		if (w.n < 1 || w.n > WAV_FRAMES_MAX || w.rate_hz < WAV_RATE_MIN ||
			w.rate_hz > WAV_RATE_MAX)
			abort();
		check_features(&w);
	}
	wav_free(&w);
	free(copy);
	return 0;
}
