// SPDX-License-Identifier: MIT
/* The writer of tensor streams; see tensor.h and formats/tensor.md. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <zlib.h>

#include "base/text.h"
#include "tensor_bytes.h"

static void
put(unsigned char *p, uint64_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		p[i] = (unsigned char)(v >> 8 * i);
}

static int
write_fail(struct tensor_writer *w)
{
	snprintf(w->err, sizeof w->err, "%.200s: record %" PRIu64 ": write: %s", w->output,
		w->record, strerror(errno));
	return -1;
}

static int
write_chunk(struct tensor_writer *w, const char *tag, const unsigned char *header, size_t size,
	const void *payload, size_t bytes)
{
	static const unsigned char zeros[8];
	unsigned char prefix[PREFIX_SIZE];

	memcpy(prefix, tag, 4);
	put(prefix + 4, size, 4);
	put(prefix + 8, bytes, 8);
	put(prefix + 16, bytes ? crc32(0, payload, (uInt)bytes) : 0, 4);
	put(prefix + 20, crc32(crc32(0, prefix, 20), header, (uInt)size), 4);
	errno = 0;
	if (fwrite(prefix, 1, PREFIX_SIZE, w->f) != PREFIX_SIZE ||
	    fwrite(header, 1, size, w->f) != size ||
	    (bytes && fwrite(payload, 1, bytes, w->f) != bytes) ||
	    fwrite(zeros, 1, PAD(bytes), w->f) != PAD(bytes))
		return write_fail(w);
	return 0;
}

int
tensor_create(struct tensor_writer *w, FILE *f, const char *output, const struct meta *head)
{
	unsigned char header[8] = { 0 };

	memset(w, 0, sizeof *w);
	w->f = f;
	w->output = output;
	put(header, TENSOR_MAJOR, 2);
	put(header + 2, TENSOR_MINOR, 2);
	errno = 0;
	if (fwrite(TENSOR_MAGIC, 1, TENSOR_MAGIC_SIZE, f) != TENSOR_MAGIC_SIZE)
		return write_fail(w);
	return write_chunk(w, "HEAD", header, sizeof header, head->text, head->size);
}

int
tensor_write(struct tensor_writer *w, const struct tensor *t)
{
	unsigned char header[HEADER_MAX] = { 0 };
	size_t name = strlen(t->name), group = strlen(t->group);
	size_t end = TNSR_FIXED + name + group + t->meta.size;

	if (!name || !text_ok(t->name, name, 0) || !text_ok(t->group, group, 0)) {
		snprintf(w->err, sizeof w->err,
			"%.200s: record %" PRIu64 ": name or group is not UTF-8 without control "
			"characters, or no name", w->output, w->record);
		return -1;
	}
	put(header, (uint32_t)t->label, 4);
	header[4] = (unsigned char)t->dtype;
	header[5] = (unsigned char)t->ndim;
	put(header + 6, name, 2);
	put(header + 8, group, 2);
	put(header + 12, t->meta.size, 4);
	for (int i = 0; i < TENSOR_NDIM_MAX; i++)
		put(header + 16 + 4 * i, i < t->ndim ? t->dims[i] : 1, 4);
	memcpy(header + TNSR_FIXED, t->name, name);
	memcpy(header + TNSR_FIXED + name, t->group, group);
	if (t->meta.size)
		memcpy(header + TNSR_FIXED + name + group, t->meta.text, t->meta.size);
	if (write_chunk(w, "TNSR", header, end + PAD(end), t->data,
	    t->n * tensor_dtype_size(t->dtype)))
		return -1;
	w->record++;
	return 0;
}

int
tensor_end(struct tensor_writer *w)
{
	unsigned char header[8];

	put(header, w->record, 8);
	if (write_chunk(w, "TEND", header, sizeof header, NULL, 0))
		return -1;
	if (fflush(w->f) != 0 || ferror(w->f))
		return write_fail(w);
	return 0;
}

