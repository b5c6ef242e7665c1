/* SPDX-License-Identifier: MIT */
/* bytes - streams made by hand, chunk by chunk, so that they can lie */
#ifndef TESTS_BYTES_H
#define TESTS_BYTES_H

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "stream/tensor.h"

#define MAGIC "\x89whit\r\n\x1a"

struct bytes {
	unsigned char b[4096];
	size_t n;
};

/* A TNSR chunk that can be told to lie. */
struct record {
	int32_t label;
	unsigned dtype, ndim, zero;
	uint32_t dims[4];
	const char *name, *group, *meta;
	unsigned char pad;		/* what stands in the header's padding */
	uint64_t payload;		/* bytes */
};

static void
put(struct bytes *s, uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		s->b[s->n++] = i < 8 ? (unsigned char)(v >> 8 * i) : 0;
}

static void
put_bytes(struct bytes *s, const void *p, size_t n)
{
	if (n)
		memcpy(s->b + s->n, p, n);
	s->n += n;
}

static void
put_chunk(struct bytes *s, const char *tag, const struct bytes *header, const void *payload,
	size_t p)
{
	size_t at = s->n;

	put_bytes(s, tag, 4);
	put(s, header->n, 4);
	put(s, p, 8);
	put(s, p ? crc32(0, payload, (uInt)p) : 0, 4);
	put(s, crc32(crc32(0, s->b + at, 20), header->b, (uInt)header->n), 4);
	put_bytes(s, header->b, header->n);
	put_bytes(s, payload, p);
	put(s, 0, -p & 7);
}

static void
put_head(struct bytes *s, const char *meta)
{
	struct bytes h = { { 1 }, 8 };

	put_bytes(s, MAGIC, 8);
	put_chunk(s, "HEAD", &h, meta, strlen(meta));
}

static void
put_record(struct bytes *s, const struct record *r)
{
	static const unsigned char payload[1024];
	struct bytes h = { { 0 }, 0 };

	put(&h, (uint32_t)r->label, 4);
	put(&h, r->dtype, 1);
	put(&h, r->ndim, 1);
	put(&h, strlen(r->name), 2);
	put(&h, strlen(r->group), 2);
	put(&h, r->zero, 2);
	put(&h, strlen(r->meta), 4);
	for (int i = 0; i < 4; i++)
		put(&h, r->dims[i], 4);
	put_bytes(&h, r->name, strlen(r->name));
	put_bytes(&h, r->group, strlen(r->group));
	put_bytes(&h, r->meta, strlen(r->meta));
	while (h.n % 8)
		put(&h, r->pad, 1);
	put_chunk(s, "TNSR", &h, payload, r->payload);
}

static void
put_end(struct bytes *s, uint64_t n)
{
	struct bytes h = { { 0 }, 0 };

	put(&h, n, 8);
	put_chunk(s, "TEND", &h, NULL, 0);
}

#endif
