// SPDX-License-Identifier: MIT
/*
 * fuzz/stream - the stream reader on anything: as it comes, then with its
 * checksums made good, so that what lies behind them is reached; what is
 * accepted is shown, and must be written and read again unchanged
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "stream/show.h"
#include "stream/tensor.h"

static uint64_t
get(const uint8_t *p, int n)
{
	uint64_t v = 0;

	while (n-- > 0)
		v = v << 8 | p[n];
	return v;
}

static void
put_crc(uint8_t *p, uLong crc)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(crc >> 8 * i);
}

/* Makes the checksums of all chunks right that can be found by their lengths. */
static void
repair(uint8_t *b, size_t n)
{
	size_t at = 8, h, p;

	while (at <= n && n - at >= 24) {
		h = get(b + at + 4, 4);
		p = get(b + at + 8, 8);
		if (h > n - at - 24 || p > n - at - 24 - h)
			return;
		put_crc(b + at + 16, p ? crc32(0, b + at + 24 + h, (uInt)p) : 0);
		put_crc(b + at + 20, crc32(crc32(0, b + at, 20), b + at + 24, (uInt)h));
		p += -p & 7;
		at += 24 + h + p;
		if (at <= n && memcmp(b + at - 24 - h - p, "TEND", 4) == 0)
			at += 8;
	}
}

static void
check(const uint8_t *b, size_t n, FILE *null)
{
	struct tensor_set a, c;
	char err[ERR_MAX], *p = NULL;
	size_t size = 0;
	FILE *f = n ? fmemopen((void *)b, n, "rb") : fopen("/dev/null", "rb");
	int rc = tensor_load(&a, f, "x", err);

	fclose(f);
	if (rc) {
		assert(strncmp(err, "x: ", 3) == 0);
		return;
	}
	show_head(null, &a.head);
	for (size_t i = 0; i < a.n; i++)
		show_tensor(null, &a.items[i], &a.head, 1);
	f = open_memstream(&p, &size);
	assert(tensor_save(&a, f, "y", err) == 0);
	fclose(f);
	f = fmemopen(p, size, "rb");
	assert(tensor_load(&c, f, "y", err) == 0);
	fclose(f);
	assert(a.n == c.n && a.head.size == c.head.size);
	tensor_set_free(&a);
	tensor_set_free(&c);
	free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static FILE *null;
	uint8_t *b = malloc(n ? n : 1);

	if (!null)
		null = fopen("/dev/null", "w");
	if (n)
		memcpy(b, data, n);
	check(b, n, null);
	repair(b, n);
	check(b, n, null);
	free(b);
	return 0;
}
