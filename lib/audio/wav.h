/* SPDX-License-Identifier: MIT */
/*
 * wav - recordings of any rate, channel count and bit depth as mono floats in [-1, 1)
 *
 * WAV (PCM of 8 to 32 bits, float, A-law, mu-law, extensible, RIFX, RF64), AIFF, AU and FLAC: the
 * formats in which a cut file can be told from a whole one. libsndfile decodes; a WAV's header is
 * checked here first, byte by byte, because libsndfile mends what it cannot believe: lengths that
 * go past the end of the file, stray bytes, contradictory block sizes are errors here, and
 * libsndfile only ever sees a plain header made from what was checked.
 *
 * A program that writes WAV to a pipe cannot know its length: SoX then writes 0x7ffff000, others 0
 * or 0xffffffff. In a stream those mean "up to the end"; in a file they are an error like any
 * other.
 *
 * 16-bit samples become exactly sample / 32768; channels are averaged. Floats keep their range but
 * must be finite.
 *
 *	struct wav w = { 0 };
 *
 *	if (wav_read(&w, path, err))            (reuses the buffers of w)
 *		die("%s: %s", path, err);
 *	... w.samples, w.n, w.rate_hz ...
 *	wav_free(&w);
 */
#ifndef WHIT_WAV_H
#define WHIT_WAV_H

#include <stddef.h>

#include "base/err.h"

#define WAV_BYTES_MAX ((size_t)1 << 28)		/* of one file */
#define WAV_FRAMES_MAX ((size_t)1 << 26)	/* of one recording: 2 h 19 min at 8 kHz */
#define WAV_CHANNELS_MAX 64
#define WAV_RATE_MIN 100
#define WAV_RATE_MAX 768000

struct wav {
	float *samples;			/* (n) */
	size_t n;
	long rate_hz;
	int channels;			/* as found; samples is their mean */
	unsigned char *bytes;		/* scratch: the file; a margin behind it stays unused */
	float *block;			/* scratch: interleaved frames */
	size_t samples_room, bytes_room, block_room;
};

/* Reads the file at path, or the stream on stdin when path is "-". 0, or -1 and err. */
int wav_read(struct wav *w, const char *path, char err[ERR_MAX]);
/* The same from memory; stream: placeholder lengths are allowed. bytes is changed. */
int wav_parse(struct wav *w, unsigned char *bytes, size_t size, int stream, char err[ERR_MAX]);
void wav_free(struct wav *w);

#endif
