// SPDX-License-Identifier: MIT
#include "source.h"

#include <string.h>

#include "base/err.h"

#define RATE_HZ 8000
#define PCM 1
#define EXTENSIBLE 0xfffe
#define FMT_MIN 16
#define FMT_MAX 40

static uint32_t
number(const uint8_t *b, int bytes)
{
	uint32_t v = 0;

	while (bytes-- > 0)
		v = v << 8 | b[bytes];
	return v;
}

/* All n bytes, or the end of the tool. */
static void
header(struct source *s, uint8_t *b, size_t n)
{
	if (fread(b, 1, n, s->f) != n)
		die("%s: the WAV ends within its header", s->name);
}

/* The chunk `fmt ` of n bytes: PCM of 16 bits, one channel, 8 kHz. */
static void
check_format(struct source *s, uint32_t n)
{
	uint8_t b[FMT_MAX];
	uint32_t tag, channels, rate, bits;

	if (n < FMT_MIN || n > FMT_MAX)
		die("%s: expected a format of %d to %d bytes, got %u", s->name, FMT_MIN, FMT_MAX,
			n);
	header(s, b, n);
	tag = number(b, 2);
	channels = number(b + 2, 2);
	rate = number(b + 4, 4);
	bits = number(b + 14, 2);
	if (tag == EXTENSIBLE && n == FMT_MAX)
		tag = number(b + 24, 2);
	if (tag != PCM || channels != 1 || rate != RATE_HZ || bits != 16)
		die("%s: expected PCM of 16 bits, 1 channel, %d Hz, got format %u of %u bits, %u "
			"channels, %u Hz: sox converts it", s->name, RATE_HZ, tag, bits, channels,
			rate);
}

static void
open_wav(struct source *s)
{
	uint8_t b[8];
	int formatted = 0;

	header(s, b, 8);
	if (memcmp(b + 4, "WAVE", 4) != 0)
		die("%s: expected WAVE in the RIFF, got another kind", s->name);
	for (;;) {
		uint32_t n;

		header(s, b, 8);
		n = number(b + 4, 4);
		if (memcmp(b, "data", 4) == 0) {
			if (!formatted)
				die("%s: expected the format before the data", s->name);
			/* a program that writes to a pipe cannot know (lib/audio/wav.h) */
			s->endless = n == 0 || n == UINT32_MAX || n == 0x7ffff000;
			s->rest = n;
			return;
		}
		if (memcmp(b, "fmt ", 4) == 0) {
			check_format(s, n);
			formatted = 1;
			n &= 1;
		} else {
			n += n & 1;
		}
		while (n-- > 0)
			header(s, b, 1);
	}
}

void
source_open(struct source *s, FILE *f, const char *name)
{
	memset(s, 0, sizeof *s);
	s->f = f;
	s->name = name;
	s->n_first = fread(s->first, 1, sizeof s->first, f);
	s->raw = s->n_first < 4 || memcmp(s->first, "RIFF", 4) != 0;
	s->endless = s->raw;
	if (!s->raw) {
		s->n_first = 0;
		open_wav(s);
	}
}

size_t
source_read(struct source *s, int16_t *x, size_t n)
{
	size_t bytes = 0, wanted = 2 * n;
	uint8_t *b = (uint8_t *)x;

	if (!s->endless && wanted > s->rest)
		wanted = s->rest;
	if (s->n_first <= wanted) {
		memcpy(b, s->first, bytes = s->n_first);
		s->n_first = 0;
		bytes += fread(b + bytes, 1, wanted - bytes, s->f);
	}
	if (ferror(s->f))
		die("%s:", s->name);
	if (!s->endless) {
		s->rest -= bytes;
		if (bytes < wanted)
			die("%s: the WAV is cut: %llu bytes are missing", s->name,
				(unsigned long long)s->rest);
	}
	if (bytes % 2 != 0)
		die("%s: ends within a sample of 16 bits", s->name);
	for (size_t i = 0; i < bytes / 2; i++) {	/* little-endian on any machine */
		uint16_t v = (uint16_t)number(b + 2 * i, 2);

		memcpy(&x[i], &v, sizeof v);
	}
	return bytes / 2;
}
