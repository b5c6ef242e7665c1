// SPDX-License-Identifier: MIT
/* The reader of tensor streams; see tensor.h and formats/tensor.md. */
#include <errno.h>
#include <inttypes.h>
#include <sha2.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "base/text.h"
#include "tensor_bytes.h"

struct chunk {
	unsigned char prefix[PREFIX_SIZE];
	unsigned char header[HEADER_MAX];
	uint32_t header_size;
	uint64_t payload_size;
	uint32_t payload_crc;
};

static uint64_t
get(const unsigned char *p, int bytes)
{
	uint64_t v = 0;

	for (int i = bytes; i-- > 0; )
		v = v << 8 | p[i];
	return v;
}

static int
fail(struct tensor_reader *r, const char *fmt, ...)
{
	va_list ap;
	int n = snprintf(r->err, sizeof r->err, "%.200s: record %" PRIu64 ": ", r->input,
		r->record);

	va_start(ap, fmt);
	vsnprintf(r->err + n, sizeof r->err - (size_t)n, fmt, ap);
	va_end(ap);
	return -1;
}

/* Reads exactly n bytes of what (for the message). */
static int
take(struct tensor_reader *r, void *buf, size_t n, const char *what)
{
	size_t got = fread(buf, 1, n, r->f);

	if (got && r->sha256)
		SHA256Update(r->sha256, buf, got);
	r->offset += got;
	if (got == n)
		return 0;
	if (ferror(r->f))
		return fail(r, "byte %" PRIu64 ": read: %s", r->offset, strerror(errno));
	return fail(r, "truncated at byte %" PRIu64 ": expected %zu bytes of %s, got %zu",
		r->offset, n, what, got);
}

/* Reads the zero bytes after n bytes. */
static int
take_padding(struct tensor_reader *r, uint64_t n)
{
	unsigned char zeros[8];

	if (take(r, zeros, PAD(n), "padding"))
		return -1;
	for (size_t i = 0; i < PAD(n); i++)
		if (zeros[i])
			return fail(r, "byte %" PRIu64 ": padding is not zero", r->offset);
	return 0;
}

/* Reads a chunk's prefix and header and checks them against their CRC. */
static int
take_header(struct tensor_reader *r, struct chunk *c)
{
	uint32_t crc;

	if (take(r, c->prefix, PREFIX_SIZE, "a chunk (no end chunk yet)"))
		return -1;
	c->header_size = (uint32_t)get(c->prefix + 4, 4);
	c->payload_size = get(c->prefix + 8, 8);
	c->payload_crc = (uint32_t)get(c->prefix + 16, 4);
	if (c->header_size > HEADER_MAX || c->header_size % 8)
		return fail(r, "header length: expected at most %d and a multiple of 8, got "
			"%" PRIu32, HEADER_MAX, c->header_size);
	if (c->payload_size > TENSOR_BYTES_MAX)
		return fail(r, "payload length: expected at most %u, got %" PRIu64,
			TENSOR_BYTES_MAX, c->payload_size);
	if (take(r, c->header, c->header_size, "a chunk's header"))
		return -1;
	crc = (uint32_t)crc32(crc32(0, c->prefix, 20), c->header, c->header_size);
	if (crc != get(c->prefix + 20, 4))
		return fail(r, "header checksum: expected %08" PRIx64 ", got %08" PRIx32,
			get(c->prefix + 20, 4), crc);
	return 0;
}

static int
check_payload(struct tensor_reader *r, const struct chunk *c, uint32_t crc)
{
	if (crc != c->payload_crc)
		return fail(r, "payload checksum: expected %08" PRIx32 ", got %08" PRIx32,
			c->payload_crc, crc);
	return take_padding(r, c->payload_size);
}

static int
skip_payload(struct tensor_reader *r, const struct chunk *c)
{
	unsigned char buf[4096];
	uint32_t crc = 0;
	uint64_t left = c->payload_size;

	while (left) {
		size_t n = left < sizeof buf ? (size_t)left : sizeof buf;

		if (take(r, buf, n, "payload"))
			return -1;
		crc = (uint32_t)crc32(crc, buf, (uInt)n);
		left -= n;
	}
	return check_payload(r, c, crc);
}

static int
take_head(struct tensor_reader *r, struct meta *head)
{
	struct chunk c;
	const char *wrong;

	if (take_header(r, &c))
		return -1;
	if (memcmp(c.prefix, "HEAD", 4) != 0 || c.header_size != 8)
		return fail(r, "expected a head chunk first, got '%.4s'", (char *)c.prefix);
	if (get(c.header, 2) != TENSOR_MAJOR || get(c.header + 4, 4) != 0)
		return fail(r, "version: expected %d.x, got %" PRIu64 ".%" PRIu64, TENSOR_MAJOR,
			get(c.header, 2), get(c.header + 2, 2));
	if (c.payload_size > TENSOR_META_MAX)
		return fail(r, "metadata length: expected at most %d, got %" PRIu64,
			TENSOR_META_MAX, c.payload_size);
	head->size = (size_t)c.payload_size;
	head->text = calloc(head->size + 1, 1);
	if (!head->text)
		return fail(r, "out of memory");
	if (take(r, head->text, head->size, "metadata") ||
	    check_payload(r, &c, (uint32_t)crc32(0, (unsigned char *)head->text, (uInt)head->size)))
		return -1;
	if ((wrong = meta_check(head->text, head->size)))
		return fail(r, "head: %s", wrong);
	return 0;
}

/* Reads the magic: 1, 0 at the end of the file (allowed after a whole part only), -1. */
static int
take_magic(struct tensor_reader *r, int first)
{
	unsigned char m[TENSOR_MAGIC_SIZE];
	char hex[3 * TENSOR_MAGIC_SIZE + 1];
	size_t got = fread(m, 1, sizeof m, r->f);

	if (got && r->sha256)
		SHA256Update(r->sha256, m, got);
	r->offset += got;
	if (got == 0 && ferror(r->f))
		return fail(r, "byte %" PRIu64 ": read: %s", r->offset, strerror(errno));
	if (got == 0)
		return first ? fail(r, "empty: expected a tensor stream, got 0 bytes") : 0;
	if (memcmp(m, TENSOR_MAGIC, got) == 0 && got < sizeof m)
		return fail(r, "truncated at byte %" PRIu64 ": expected %zu bytes of magic, got "
			"%zu", r->offset, sizeof m, got);
	if (memcmp(m, TENSOR_MAGIC, got) != 0) {
		for (size_t i = 0; i < got; i++)
			snprintf(hex + 3 * i, 4, " %02x", m[i]);
		return fail(r, "%s: expected magic 89 77 68 69 74 0d 0a 1a, got%s%s",
			first ? "not a tensor stream" : "bytes after the end chunk are no stream",
			hex, memcmp(m, TENSOR_MAGIC, got < 5 ? got : 5) == 0 ?
			" (line ends translated?)" : "");
	}
	return 1;
}

int
tensor_open(struct tensor_reader *r, FILE *f, const char *input)
{
	void *sha256 = r->sha256;

	memset(r, 0, sizeof *r);
	r->f = f;
	r->input = input;
	r->sha256 = sha256;
	if (isatty(fileno(f)))
		return err_at(r->err, input, "expected a tensor stream, got a terminal "
			"(see --help)");
	if (take_magic(r, 1) < 0 || take_head(r, &r->head)) {
		tensor_close(r);
		return -1;
	}
	return 0;
}

/* Reads the head of a later part and compares it with the first part's. */
static int
take_next_head(struct tensor_reader *r)
{
	struct meta head = { 0 };
	char diff[256];
	int rc = take_head(r, &head);

	if (rc == 0 && meta_differ_parts(&r->head, &head, diff, sizeof diff))
		rc = fail(r, "the joined streams differ: %s", diff);
	meta_free(&head);
	return rc;
}

/* Checks and unpacks a tensor's header into t, and makes room for its payload. */
static int
unpack(struct tensor_reader *r, const struct chunk *c, struct tensor *t)
{
	const unsigned char *h = c->header;
	size_t name = get(h + 6, 2), group = get(h + 8, 2), meta = get(h + 12, 4), end;
	const char *text = (const char *)h + TNSR_FIXED, *wrong;
	uint32_t dims[TENSOR_NDIM_MAX];
	int64_t n;

	end = TNSR_FIXED + name + group + meta;
	if (c->header_size < TNSR_FIXED || name < 1 || name > TENSOR_NAME_MAX ||
	    group > TENSOR_NAME_MAX || meta > TENSOR_META_MAX || end + PAD(end) != c->header_size)
		return fail(r, "header lengths: name %zu, group %zu, metadata %zu in %" PRIu32
			" bytes", name, group, meta, c->header_size);
	for (size_t i = end; i < c->header_size; i++)
		if (h[i])
			return fail(r, "header padding is not zero");
	/* One by one: a letter must not begin in the name and end in the group. */
	if (!text_ok(text, name, 0) || !text_ok(text + name, group, 0))
		return fail(r, "name or group is not UTF-8 without control characters");
	memcpy(t->name, text, name);
	t->name[name] = '\0';
	memcpy(t->group, text + name, group);
	t->group[group] = '\0';
	if ((wrong = meta_check(text + name + group, meta)))
		return fail(r, "%s: %s", t->name, wrong);
	for (int i = 0; i < TENSOR_NDIM_MAX; i++) {
		dims[i] = (uint32_t)get(h + 16 + 4 * i, 4);
		if (i >= h[5] && dims[i] != 1)
			return fail(r, "%s: unused dimension %d: expected 1, got %" PRIu32,
				t->name, i, dims[i]);
	}
	n = tensor_count(h[4], h[5], dims);
	if (n < 0 || get(h + 10, 2) != 0)
		return fail(r, "%s: dtype %d, %d dimensions %" PRIu32 " %" PRIu32 " %" PRIu32 " %"
			PRIu32 ": no tensor of at most %u bytes", t->name, h[4], h[5], dims[0],
			dims[1], dims[2], dims[3], TENSOR_BYTES_MAX);
	if ((uint64_t)n * tensor_dtype_size(h[4]) != c->payload_size)
		return fail(r, "%s: payload length: expected %" PRIu64 ", got %" PRIu64, t->name,
			(uint64_t)n * tensor_dtype_size(h[4]), c->payload_size);
	t->label = (int32_t)get(h, 4);
	if (t->label < -1)
		return fail(r, "%s: label: expected -1 or more, got %" PRId32, t->name, t->label);
	meta_free(&t->meta);
	t->meta.size = meta;
	t->meta.text = calloc(meta + 1, 1);
	if (!t->meta.text || tensor_shape(t, h[4], h[5], dims))
		return fail(r, "%s: out of memory", t->name);
	memcpy(t->meta.text, text + name + group, meta);
	return 0;
}

/* The end chunk: checks the count; 1 when another part follows, else 0. */
static int
take_end(struct tensor_reader *r, const struct chunk *c)
{
	int more;

	if (c->header_size != 8 || c->payload_size != 0)
		return fail(r, "the end chunk has no room for a count alone");
	if (get(c->header, 8) != r->part_record)
		return fail(r, "end chunk: expected %" PRIu64 " records, got %" PRIu64,
			get(c->header, 8), r->part_record);
	if (c->payload_crc)
		return fail(r, "end chunk: payload checksum: expected 0");
	if ((more = take_magic(r, 0)) <= 0)
		return more;
	r->part_record = 0;
	return take_next_head(r) ? -1 : 1;
}

int
tensor_read(struct tensor_reader *r, struct tensor *t)
{
	struct chunk c;
	int more;

	for (;;) {
		if (take_header(r, &c))
			return -1;
		if (memcmp(c.prefix, "TNSR", 4) == 0)
			break;
		if (memcmp(c.prefix, "TEND", 4) == 0) {
			if ((more = take_end(r, &c)) <= 0)
				return more;
		} else if (c.prefix[0] >= 'a' && c.prefix[0] <= 'z') {
			if (skip_payload(r, &c))
				return -1;
		} else {
			return fail(r, "unknown chunk %02x %02x %02x %02x", c.prefix[0],
				c.prefix[1], c.prefix[2], c.prefix[3]);
		}
	}
	r->payload = r->offset;
	if (unpack(r, &c, t) || take(r, t->data, (size_t)c.payload_size, "payload") ||
	    check_payload(r, &c, (uint32_t)crc32(0, t->u8, (uInt)c.payload_size)))
		return -1;
	r->record++;
	r->part_record++;
	return 1;
}

void
tensor_close(struct tensor_reader *r)
{
	meta_free(&r->head);
}

