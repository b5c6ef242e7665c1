/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <sndfile.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wav.h"

#define BLOCK_FRAMES ((size_t)4096)
#define SAMPLE_MAX 1e12		/* floats beyond are no sound, and their power would overflow */
#define PLAIN_HEADER 44		/* bytes of RIFF, a 16-byte fmt and the start of data */

enum { TAG_PCM = 1, TAG_FLOAT = 3, TAG_ALAW = 6, TAG_MULAW = 7, TAG_EXTENSIBLE = 0xfffe };

/* What a WAV header says. */
struct riff {
	int big;			/* RIFX: big-endian */
	uint32_t tag, channels, rate, block, bits;
	size_t data, data_n;		/* offset and length of the samples, bytes */
};

/* A file in memory, for libsndfile. */
struct memory {
	const unsigned char *p;
	sf_count_t size, at;
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

/* ---- the header of a WAV ---- */

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
			snprintf(err, ERR_MAX, "extensible fmt chunk: expected at least 40 bytes, got %zu", n);
			return -1;
		}
		r->tag = get(p + 24, 2, r->big);
	}
	if (r->tag != TAG_PCM && r->tag != TAG_FLOAT && r->tag != TAG_ALAW && r->tag != TAG_MULAW)
		snprintf(err, ERR_MAX, "format tag 0x%04x: expected PCM (1), float (3), A-law (6) or "
			"mu-law (7)", (unsigned)r->tag);
	else if (r->channels < 1 || r->channels > WAV_CHANNELS_MAX)
		snprintf(err, ERR_MAX, "channels: expected 1 to %d, got %u", WAV_CHANNELS_MAX,
			(unsigned)r->channels);
	else if (r->rate < WAV_RATE_MIN || r->rate > WAV_RATE_MAX)
		snprintf(err, ERR_MAX, "rate: expected %d to %d Hz, got %u", WAV_RATE_MIN, WAV_RATE_MAX,
			(unsigned)r->rate);
	else if (r->tag == TAG_PCM && (r->bits < 8 || r->bits > 32 || r->bits % 8))
		snprintf(err, ERR_MAX, "bits a sample of PCM: expected 8, 16, 24 or 32, got %u",
			(unsigned)r->bits);
	else if (r->tag == TAG_FLOAT && r->bits != 32 && r->bits != 64)
		snprintf(err, ERR_MAX, "bits a sample of float: expected 32 or 64, got %u", (unsigned)r->bits);
	else if (r->tag > TAG_FLOAT && r->bits != 8)
		snprintf(err, ERR_MAX, "bits a sample of A-law or mu-law: expected 8, got %u",
			(unsigned)r->bits);
	else if (r->block != r->channels * (r->bits / 8))
		snprintf(err, ERR_MAX, "bytes a frame: expected %u (%u channels of %u bits), got %u",
			(unsigned)(r->channels * (r->bits / 8)), (unsigned)r->channels, (unsigned)r->bits,
			(unsigned)r->block);
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
			placeholder ? " (a length that pipes carry: give the recording on stdin, as -)" : "");
		return -1;
	}
	if (n % r->block) {
		snprintf(err, ERR_MAX, "data chunk: expected whole frames of %u bytes, got %llu bytes",
			(unsigned)r->block, (unsigned long long)n);
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
			snprintf(err, ERR_MAX, "byte %zu: expected a chunk or the end, got %zu other bytes%s", pos,
				size - pos, r->data ? " (data length too small?)" : "");
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
			snprintf(err, ERR_MAX, "truncated: chunk '%.4s': expected %llu bytes, got %zu",
				(const char *)p, (unsigned long long)n, size - pos);
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

/*
 * Checks the WAV and puts a plain header right before its samples. There is room: fmt stands before
 * them and takes as much. Sets *file and *file_n to the result, inside b.
 */
static int
plain_wav(unsigned char *b, size_t size, int stream, unsigned char **file, size_t *file_n,
	char err[ERR_MAX])
{
	struct riff r = { .big = is_id(b, "RIFX") };
	unsigned char *p;

	if (size < 12 || !is_id(b + 8, "WAVE"))
		return fail(err, "RIFF file: expected form WAVE");
	if (read_riff(&r, b, size, stream, err))
		return -1;
	p = b + r.data - PLAIN_HEADER;
	memcpy(p, r.big ? "RIFX" : "RIFF", 4);
	put(p + 4, 4, r.big, (uint32_t)(r.data_n + PLAIN_HEADER - 8));
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
	*file_n = r.data_n + PLAIN_HEADER;
	return 0;
}

/* The lengths that AIFF and AU declare; libsndfile believes any. FLAC is checked by its frames. */
static int
check_other(const unsigned char *b, size_t size, char err[ERR_MAX])
{
	uint64_t want = 0;

	if (is_id(b, "FORM"))
		want = (uint64_t)get(b + 4, 4, 1) + 8;
	else if (is_id(b, ".snd") && get(b + 8, 4, 1) != 0xffffffff)
		want = (uint64_t)get(b + 4, 4, 1) + get(b + 8, 4, 1);
	else if (!is_id(b, "fLaC") && !is_id(b, ".snd"))
		return fail(err, "expected a recording (WAV, AIFF, AU or FLAC), got another format");
	if (want > size + 1) {
		snprintf(err, ERR_MAX, "truncated: the header says %llu bytes, got %zu",
			(unsigned long long)want, size);
		return -1;
	}
	return 0;
}

/* ---- the samples ---- */

static sf_count_t
memory_size(void *user)
{
	return ((struct memory *)user)->size;
}

static sf_count_t
memory_seek(sf_count_t offset, int whence, void *user)
{
	struct memory *m = user;
	sf_count_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? m->at : m->size;

	if (offset < -from || offset > m->size - from)
		return -1;
	return m->at = from + offset;
}

static sf_count_t
memory_read(void *p, sf_count_t n, void *user)
{
	struct memory *m = user;

	if (n > m->size - m->at)
		n = m->size - m->at;
	if (n <= 0)
		return 0;
	memcpy(p, m->p + m->at, (size_t)n);
	m->at += n;
	return n;
}

static sf_count_t
memory_write(const void *p, sf_count_t n, void *user)
{
	(void)p, (void)n, (void)user;
	return 0;
}

static sf_count_t
memory_tell(void *user)
{
	return ((struct memory *)user)->at;
}

/* Room for n elements in p, which has *room: p, perhaps moved, or NULL and err with p as it was. */
static void *
grow(void *p, size_t *room, size_t n, size_t size, char err[ERR_MAX])
{
	size_t more = *room + *room / 2 > n ? *room + *room / 2 : n;
	void *q = n <= *room ? p : realloc(p, more * size);

	if (!q)
		snprintf(err, ERR_MAX, "out of memory for %zu bytes", more * size);
	else if (n > *room)
		*room = more;
	return q;
}

/* All frames of f into w->samples. */
static int
read_frames(struct wav *w, SNDFILE *f, const SF_INFO *info, char err[ERR_MAX])
{
	size_t C = (size_t)info->channels, got;
	void *p;

	if (!(p = grow(w->block, &w->block_room, BLOCK_FRAMES * C, sizeof *w->block, err)))
		return -1;
	w->block = p;
	w->n = 0;
	while ((got = (size_t)sf_readf_float(f, w->block, BLOCK_FRAMES)) > 0) {
		if (w->n + got > WAV_FRAMES_MAX) {
			snprintf(err, ERR_MAX, "too long: expected at most %zu frames", WAV_FRAMES_MAX);
			return -1;
		}
		if (!(p = grow(w->samples, &w->samples_room, w->n + got, sizeof *w->samples, err)))
			return -1;
		w->samples = p;
		for (size_t i = 0; i < got; i++) {
			double sum = 0;

			for (size_t c = 0; c < C; c++)
				sum += (double)w->block[i * C + c];
			if (!(sum >= -SAMPLE_MAX && sum <= SAMPLE_MAX)) {
				snprintf(err, ERR_MAX, "sample %zu: expected -%g to %g, got %g", w->n + i,
					SAMPLE_MAX, SAMPLE_MAX, sum);
				return -1;
			}
			w->samples[w->n + i] = (float)(sum / (double)C);
		}
		w->n += got;
	}
	if (sf_error(f)) {
		snprintf(err, ERR_MAX, "after %zu frames: %s", w->n, sf_strerror(f));
		return -1;
	}
	if (info->frames >= 0 && info->frames < SF_COUNT_MAX && w->n != (size_t)info->frames) {
		snprintf(err, ERR_MAX, "truncated: expected %lld frames, got %zu", (long long)info->frames,
			w->n);
		return -1;
	}
	if (w->n == 0)
		return fail(err, "no samples");
	return 0;
}

int
wav_parse(struct wav *w, unsigned char *bytes, size_t size, int stream, char err[ERR_MAX])
{
	SF_VIRTUAL_IO io = { memory_size, memory_seek, memory_read, memory_write, memory_tell };
	SF_INFO info = { 0 };
	struct memory m = { 0 };
	SNDFILE *f;
	int bad;

	if (size < 12) {
		snprintf(err, ERR_MAX, "expected a recording, got %zu bytes", size);
		return -1;
	}
	if (is_id(bytes, "RIFF") || is_id(bytes, "RIFX") || is_id(bytes, "RF64")) {
		if (plain_wav(bytes, size, stream, &bytes, &size, err))
			return -1;
	} else if (check_other(bytes, size, err)) {
		return -1;
	}
	m.p = bytes;
	m.size = (sf_count_t)size;
	if (!(f = sf_open_virtual(&io, SFM_READ, &info, &m)))
		return fail(err, sf_strerror(NULL));
	bad = -1;
	if (info.channels < 1 || info.channels > WAV_CHANNELS_MAX)
		snprintf(err, ERR_MAX, "channels: expected 1 to %d, got %d", WAV_CHANNELS_MAX, info.channels);
	else if (info.samplerate < WAV_RATE_MIN || info.samplerate > WAV_RATE_MAX)
		snprintf(err, ERR_MAX, "rate: expected %d to %d Hz, got %d", WAV_RATE_MIN, WAV_RATE_MAX,
			info.samplerate);
	else
		bad = read_frames(w, f, &info, err);
	w->rate_hz = info.samplerate;
	w->channels = info.channels;
	sf_close(f);
	return bad;
}

/* All of fd into w->bytes; as many as there are, for pipes do not say. */
static int
read_bytes(struct wav *w, int fd, size_t expected, size_t *size, char err[ERR_MAX])
{
	size_t n = 0;
	void *p;

	for (;;) {
		ssize_t got;

		if (n > WAV_BYTES_MAX) {
			snprintf(err, ERR_MAX, "too large: expected at most %zu bytes", WAV_BYTES_MAX);
			return -1;
		}
		p = grow(w->bytes, &w->bytes_room, n < expected ? expected + 1 : n + 65536, 1, err);
		if (!p)
			return -1;
		w->bytes = p;
		got = read(fd, w->bytes + n, w->bytes_room - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(err, strerror(errno));
		if (got == 0)
			break;
		n += (size_t)got;
	}
	*size = n;
	return 0;
}

int
wav_read(struct wav *w, const char *path, char err[ERR_MAX])
{
	int is_stdin = strcmp(path, "-") == 0, bad, fd = is_stdin ? 0 : open(path, O_RDONLY);
	size_t size = 0;
	struct stat st;

	if (fd < 0)
		return fail(err, strerror(errno));
	if (fstat(fd, &st)) {
		bad = fail(err, strerror(errno));
	} else if (S_ISREG(st.st_mode) && st.st_size > (off_t)WAV_BYTES_MAX) {
		snprintf(err, ERR_MAX, "too large: expected at most %zu bytes, got %lld", WAV_BYTES_MAX,
			(long long)st.st_size);
		bad = -1;
	} else {
		bad = read_bytes(w, fd, S_ISREG(st.st_mode) ? (size_t)st.st_size : 0, &size, err);
	}
	if (!is_stdin)
		close(fd);
	if (bad)
		return -1;
	if (size == 0)
		return fail(err, "empty");
	return wav_parse(w, w->bytes, size, is_stdin || !S_ISREG(st.st_mode), err);
}

void
wav_free(struct wav *w)
{
	free(w->samples);
	free(w->bytes);
	free(w->block);
	memset(w, 0, sizeof *w);
}
