/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>

#include "riff.h"
#include "wav.h"

#define PIPE_HINT " (a data length that pipes carry: give the recording on stdin, as -)"

enum { TAG_PCM = 1, TAG_FLOAT = 3, TAG_ALAW = 6, TAG_MULAW = 7, TAG_EXTENSIBLE = 0xfffe };

/* What a WAV header says. */
struct riff {
	int big;			/* RIFX: big-endian */
	uint32_t tag, channels, rate, block, bits;
	size_t data, data_n;		/* offset and length of the samples, bytes */
};

static int
fail(char err[ERR_MAX], const char *what)
{
	snprintf(err, ERR_MAX, "%s", what);
	return -1;
}

static uint32_t
get(const unsigned char *p, int n, int big)
{
	uint32_t v = 0;

	for (int i = 0; i < n; i++)
		v |= (uint32_t)p[big ? n - 1 - i : i] << 8 * i;
	return v;
}

static void
put(unsigned char *p, int n, int big, uint32_t v)
{
	for (int i = 0; i < n; i++)
		p[big ? n - 1 - i : i] = (unsigned char)(v >> 8 * i);
}

static int
is_id(const unsigned char *p, const char *id)
{
	return memcmp(p, id, 4) == 0;
}

static int
read_fmt(struct riff *r, const unsigned char *p, size_t n, char err[ERR_MAX])
{
	if (n < 16) {
		snprintf(err, ERR_MAX, "fmt chunk: expected at least 16 bytes, got %zu", n);
		return -1;
	}
	r->tag = get(p, 2, r->big);
	r->channels = get(p + 2, 2, r->big);
	r->rate = get(p + 4, 4, r->big);
	r->block = get(p + 12, 2, r->big);
	r->bits = get(p + 14, 2, r->big);
	if (r->tag == TAG_EXTENSIBLE) {
		if (n < 40) {
			snprintf(err, ERR_MAX, "extensible fmt chunk: expected at least 40 bytes, "
				"got %zu", n);
			return -1;
		}
		r->tag = get(p + 24, 2, r->big);
	}
	if (r->tag != TAG_PCM && r->tag != TAG_FLOAT && r->tag != TAG_ALAW && r->tag != TAG_MULAW)
		snprintf(err, ERR_MAX, "format tag 0x%04x: expected PCM (1), float (3), A-law (6) "
			"or mu-law (7)", (unsigned)r->tag);
	else if (r->channels < 1 || r->channels > WAV_CHANNELS_MAX)
		snprintf(err, ERR_MAX, "channels: expected 1 to %d, got %u", WAV_CHANNELS_MAX,
			(unsigned)r->channels);
	else if (r->rate < WAV_RATE_MIN || r->rate > WAV_RATE_MAX)
		snprintf(err, ERR_MAX, "rate: expected %d to %d Hz, got %u", WAV_RATE_MIN,
			WAV_RATE_MAX, (unsigned)r->rate);
	else if (r->tag == TAG_PCM && (r->bits < 8 || r->bits > 32 || r->bits % 8))
		snprintf(err, ERR_MAX, "bits a sample of PCM: expected 8, 16, 24 or 32, got %u",
			(unsigned)r->bits);
	else if (r->tag == TAG_FLOAT && r->bits != 32 && r->bits != 64)
		snprintf(err, ERR_MAX, "bits a sample of float: expected 32 or 64, got %u",
			(unsigned)r->bits);
	else if (r->tag > TAG_FLOAT && r->bits != 8)
		snprintf(err, ERR_MAX, "bits a sample of A-law or mu-law: expected 8, got %u",
			(unsigned)r->bits);
	else if (r->block != r->channels * (r->bits / 8))
		snprintf(err, ERR_MAX, "bytes a frame: expected %u (%u channels of %u bits), got "
			"%u", (unsigned)(r->channels * (r->bits / 8)), (unsigned)r->channels,
			(unsigned)r->bits, (unsigned)r->block);
	else
		return 0;
	return -1;
}

/* The length of the data chunk at pos, whose length field says n: mended, or -1 and err. */
static int
read_data(struct riff *r, size_t pos, uint64_t n, size_t size, int stream, char err[ERR_MAX])
{
	int placeholder = n == 0 || n == 0xffffffff || n == 0x7ffff000;

	if (r->tag == 0)
		return fail(err, "data chunk: expected a fmt chunk before it");
	if (r->data)
		return fail(err, "data chunk: expected one, got two");
	if (stream && placeholder)
		n = size - pos;
	if (n > size - pos) {
		snprintf(err, ERR_MAX, "truncated: expected %llu bytes of samples, got %zu%s",
			(unsigned long long)n, size - pos,
			placeholder ? PIPE_HINT : "");
		return -1;
	}
	if (n % r->block) {
		snprintf(err, ERR_MAX, "data chunk: expected whole frames of %u bytes, got %llu "
			"bytes", (unsigned)r->block, (unsigned long long)n);
		return -1;
	}
	r->data = pos;
	r->data_n = (size_t)n;
	return 0;
}

static int
is_chunk_id(const unsigned char *p)
{
	for (int i = 0; i < 4; i++)
		if (p[i] < ' ' || p[i] > '~')
			return 0;
	return 1;
}

/* Walks the chunks to the end of the file: each must be whole, nothing may be left over. */
static int
read_riff(struct riff *r, const unsigned char *b, size_t size, int stream, char err[ERR_MAX])
{
	uint64_t riff_n = get(b + 4, 4, r->big), data_n64 = 0;
	size_t pos = 12;

	while (pos < size) {
		const unsigned char *p = b + pos;
		uint64_t n;

		if (size - pos < 8 || !is_chunk_id(p)) {
			snprintf(err, ERR_MAX, "byte %zu: expected a chunk or the end, got %zu "
				"other bytes%s", pos, size - pos, r->data &&
				!r->data_n ? PIPE_HINT : r->data ? " (data length too small?)" :
				"");
			return -1;
		}
		n = get(p + 4, 4, r->big);
		pos += 8;
		if (is_id(p, "data")) {
			if (data_n64 && n == 0xffffffff)
				n = data_n64;
			if (read_data(r, pos, n, size, stream, err))
				return -1;
			n = r->data_n;
		}
		if (n > size - pos) {
			snprintf(err, ERR_MAX, "truncated: chunk '%.4s': expected %llu bytes, got "
				"%zu", (const char *)p, (unsigned long long)n, size - pos);
			return -1;
		}
		if (is_id(p, "ds64") && n >= 16) {
			riff_n = get(p + 8, 4, 0) | (uint64_t)get(p + 12, 4, 0) << 32;
			data_n64 = get(p + 16, 4, 0) | (uint64_t)get(p + 20, 4, 0) << 32;
		}
		if (is_id(p, "fmt ")) {
			if (r->tag)
				return fail(err, "fmt chunk: expected one, got two");
			if (read_fmt(r, p + 8, (size_t)n, err))
				return -1;
		}
		pos += (size_t)n;
		pos += n % 2 && pos < size;
		/* Behind a length that was a placeholder, the file's length is one too. */
		if (r->data && r->data + r->data_n == size && stream)
			return 0;
	}
	if (!r->data)
		return fail(err, "truncated: expected a data chunk, got none");
	if (riff_n > size - 8 + 1) {
		snprintf(err, ERR_MAX, "truncated: the header says %llu bytes, got %zu",
			(unsigned long long)riff_n + 8, size);
		return -1;
	}
	return 0;
}

int
riff_is(const unsigned char *b)
{
	return is_id(b, "RIFF") || is_id(b, "RIFX") || is_id(b, "RF64");
}

int
riff_plain(unsigned char *b, size_t size, int stream, unsigned char **file, size_t *file_n,
	char err[ERR_MAX])
{
	struct riff r = { .big = is_id(b, "RIFX") };
	unsigned char *p;

	if (!is_id(b + 8, "WAVE"))
		return fail(err, "RIFF file: expected form WAVE");
	if (is_id(b, "RF64") && (size < 36 || !is_id(b + 12, "ds64")))
		return fail(err, "RF64 file: expected a ds64 chunk first");
	if (read_riff(&r, b, size, stream, err))
		return -1;
	p = b + r.data - RIFF_PLAIN_HEADER;
	memcpy(p, r.big ? "RIFX" : "RIFF", 4);
	put(p + 4, 4, r.big, (uint32_t)(r.data_n + RIFF_PLAIN_HEADER - 8));
	memcpy(p + 8, "WAVEfmt ", 8);
	put(p + 16, 4, r.big, 16);
	put(p + 20, 2, r.big, r.tag);
	put(p + 22, 2, r.big, r.channels);
	put(p + 24, 4, r.big, r.rate);
	put(p + 28, 4, r.big, r.rate * r.block);
	put(p + 32, 2, r.big, r.block);
	put(p + 34, 2, r.big, r.bits);
	memcpy(p + 36, "data", 4);
	put(p + 40, 4, r.big, (uint32_t)r.data_n);
	*file = p;
	*file_n = r.data_n + RIFF_PLAIN_HEADER;
	return 0;
}

int
riff_plain_s16(const unsigned char *file)
{
	return is_id(file, "RIFF") && get(file + 20, 2, 0) == TAG_PCM && get(file + 34, 2, 0) == 16;
}
