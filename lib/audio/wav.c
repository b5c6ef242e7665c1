/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sndfile.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "riff.h"
#include "wav.h"

#define BLOCK_FRAMES ((size_t)4096)
#define SAMPLE_MAX 1e12		/* floats beyond are no sound, and their power would overflow */

static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;

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
get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int
is_id(const unsigned char *p, const char *id)
{
	return memcmp(p, id, 4) == 0;
}

/* The lengths that AIFF and AU declare; libsndfile believes any. FLAC is checked by its frames. */
static int
check_other(const unsigned char *b, size_t size, char err[ERR_MAX])
{
	uint64_t want = 0;

	if (is_id(b, "FORM"))
		want = (uint64_t)get32(b + 4) + 8;
	else if (is_id(b, ".snd") && get32(b + 8) != 0xffffffff)
		want = (uint64_t)get32(b + 4) + get32(b + 8);
	else if (!is_id(b, "fLaC") && !is_id(b, ".snd"))
		return fail(err, "expected a recording (WAV, AIFF, AU or FLAC), got another "
			"format");
	if (want > size + 1) {
		snprintf(err, ERR_MAX, "truncated: the header says %llu bytes, got %zu",
			(unsigned long long)want, size);
		return -1;
	}
	return 0;
}

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
			snprintf(err, ERR_MAX, "too long: expected at most %zu frames",
				WAV_FRAMES_MAX);
			return -1;
		}
		if (!(p = grow(w->samples, &w->samples_room, w->n + got, sizeof *w->samples, err)))
			return -1;
		w->samples = p;
		for (size_t i = 0; i < got; i++) {
			double sum = (double)w->block[i * C];

			for (size_t c = 1; c < C; c++)
				sum += (double)w->block[i * C + c];
			if (!(sum >= -SAMPLE_MAX && sum <= SAMPLE_MAX)) {
				snprintf(err, ERR_MAX, "sample %zu: expected -%g to %g, got %g",
					w->n + i, SAMPLE_MAX, SAMPLE_MAX, sum);
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
		snprintf(err, ERR_MAX, "truncated: expected %lld frames, got %zu",
			(long long)info->frames, w->n);
		return -1;
	}
	if (w->n == 0)
		return fail(err, "no samples");
	return 0;
}

/*
 * The samples of a plain WAV of 16-bit PCM: what libsndfile would make of them, many times faster.
 */
static int
read_s16(struct wav *w, const unsigned char *file, size_t size, char err[ERR_MAX])
{
	const unsigned char *p = file + RIFF_PLAIN_HEADER;
	size_t C = file[22], n = (size - RIFF_PLAIN_HEADER) / (2 * C);
	float *samples;

	if (n > WAV_FRAMES_MAX) {
		snprintf(err, ERR_MAX, "too long: expected at most %zu frames", WAV_FRAMES_MAX);
		return -1;
	}
	if (n == 0)
		return fail(err, "no samples");
	if (!(samples = grow(w->samples, &w->samples_room, n, sizeof *samples, err)))
		return -1;
	w->samples = samples;
	for (size_t i = 0; i < n && C == 1; i++)
		samples[i] = (float)(int16_t)(p[2 * i] | p[2 * i + 1] << 8) / 32768;
	for (size_t i = 0; i < n && C > 1; i++) {
		long sum = 0;

		for (size_t c = 0; c < C; c++, p += 2)
			sum += (int16_t)(p[0] | p[1] << 8);
		samples[i] = (float)((double)sum / 32768 / (double)C);
	}
	w->n = n;
	w->channels = (int)C;
	w->rate_hz = (long)file[24] | (long)file[25] << 8 |
			(long)file[26] << 16 | (long)file[27] << 24;
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
	if (riff_is(bytes)) {
		if (riff_plain(bytes, size, stream, &bytes, &size, err))
			return -1;
		if (riff_plain_s16(bytes))
			return read_s16(w, bytes, size, err);
	} else if (check_other(bytes, size, err)) {
		return -1;
	}
	m.p = bytes;
	m.size = (sf_count_t)size;
	/*
	 * libsndfile keeps what went wrong with the last file opened, by any thread, in one place.
	 */
	pthread_mutex_lock(&opening);
	if (!(f = sf_open_virtual(&io, SFM_READ, &info, &m)))
		fail(err, sf_strerror(NULL));
	pthread_mutex_unlock(&opening);
	if (!f)
		return -1;
	bad = -1;
	if (info.channels < 1 || info.channels > WAV_CHANNELS_MAX)
		snprintf(err, ERR_MAX, "channels: expected 1 to %d, got %d", WAV_CHANNELS_MAX,
			info.channels);
	else if (info.samplerate < WAV_RATE_MIN || info.samplerate > WAV_RATE_MAX)
		snprintf(err, ERR_MAX, "rate: expected %d to %d Hz, got %d", WAV_RATE_MIN,
			WAV_RATE_MAX, info.samplerate);
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
			snprintf(err, ERR_MAX, "too large: expected at most %zu bytes",
				WAV_BYTES_MAX);
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
		if (n == expected)
			break;
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
		snprintf(err, ERR_MAX, "too large: expected at most %zu bytes, got %lld",
			WAV_BYTES_MAX, (long long)st.st_size);
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
