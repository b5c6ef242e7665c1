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

#include "audio/mfcc.h"
#include "audio/wav.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Of both kinds of front end, made once. */
static void
check_features(const struct wav *w)
{
	static const char *const presets[] = { "mfcc39", "device" };
	static struct mfcc m[2];
	static struct tensor t;

	for (int i = 0; i < 2; i++) {
		char err[ERR_MAX] = "";

		if (m[i].s.rate_hz == 0) {
			struct mfcc_settings s;

			mfcc_preset(&s, presets[i]);
			s.peak = "yes";
			s.trim_db = 40;
			if (mfcc_init(&m[i], &s, err))
				abort();
		}
		if (mfcc_compute(&m[i], &t, w->samples, w->n, err)) {
			if (!*err)
				abort();
			continue;
		}
		for (size_t k = 0; k < t.n; k++)
			if (!isfinite(t.f32[k]))
				abort();
	}
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
