/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <string.h>

#include "mfcc_device.h"
#include "mfcc_s16.h"

#define FIRST (MFCC_S16_FRAME / 2)	/* samples that complete the first frame */
#define CHUNK 512			/* samples rounded at a time */

int
mfcc_device_check(const struct mfcc_settings *s, char err[ERR_MAX])
{
	if (s->hop_n < 1 || s->hop_n > MFCC_S16_HOP_MAX)
		return err_set(err, "--hop: expected 1 to %d samples with --preset device, got %ld",
			MFCC_S16_HOP_MAX, s->hop_n);
	return 0;
}

/* x * 2^15 to the nearest, halves up, clipped */
static int16_t
sample_s16(float x)
{
	double v = floor((double)x * 32768 + 0.5);

	return (int16_t)(v < INT16_MIN ? INT16_MIN : v > INT16_MAX ? INT16_MAX : v);
}

int
mfcc_device_compute(const struct mfcc_settings *s, struct tensor *out, const float *x, size_t n,
	char err[ERR_MAX])
{
	size_t D = (size_t)s->coefs, T, room;
	int32_t c[MFCC_S16_COEFS_MAX];
	int16_t chunk[CHUNK];
	uint32_t dims[2];
	struct mfcc_s16 m;
	float *y;

	if (n < FIRST)
		return err_set(err, "too short for a frame: expected at least %d samples at %ld "
			"Hz, got %zu", FIRST, s->rate_hz, n);
	T = 1 + (n - FIRST) / (size_t)s->hop_n;
	room = s->frames > 0 ? (size_t)s->frames : T;
	dims[0] = (uint32_t)room;
	dims[1] = (uint32_t)D;
	if (tensor_shape(out, TENSOR_F32, 2, dims))
		return err_set(err, "too large: %zu frames of %zu features", room, D);
	memset(out->f32, 0, room * D * sizeof *out->f32);
	mfcc_s16_init(&m, (size_t)s->hop_n);
	y = out->f32;
	for (size_t at = 0; at < n; at += CHUNK) {
		size_t taken = 0, k = n - at < CHUNK ? n - at : CHUNK;

		for (size_t i = 0; i < k; i++)
			chunk[i] = sample_s16(x[at + i]);
		while (taken < k) {
			taken += mfcc_s16_push(&m, chunk + taken, k - taken);
			if (y == out->f32 + room * D)
				return 0;	/* cut here */
			if (!mfcc_s16_pop(&m, c, D))
				continue;
			for (size_t j = 0; j < D; j++)
				*y++ = (float)c[j] / (1 << MFCC_S16_UNIT_BITS);
		}
	}
	return 0;
}

int
mfcc_device_describe(struct meta *head)
{
	int bad = 0;

	bad |= meta_set(head, "feature.preemphasis", "1");
	bad |= meta_set(head, "feature.log_offset", "%d", 1 << MFCC_S16_LOG_OFFSET_BITS);
	bad |= meta_set(head, "feature.unit", "%.10g", 1.0 / (1 << MFCC_S16_UNIT_BITS));
	return bad ? -1 : 0;
}
