// SPDX-License-Identifier: MIT
/*
 * stream - the reader of tensor streams against every cut and every changed
 * byte of a stream, and against streams that lie; all in memory
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"

#define COUNT(a) (sizeof (a) / sizeof *(a))

static int failed;

/* Tensors read to the true end, or -1 and err. */
static int
read_all(unsigned char *b, size_t n, char err[ERR_MAX])
{
	struct tensor_reader r = { 0 };
	struct tensor t = { 0 };
	FILE *f = n ? fmemopen(b, n, "rb") : fopen("/dev/null", "rb");
	int more, count = 0;

	if (tensor_open(&r, f, "memory") == 0) {
		while ((more = tensor_read(&r, &t)) > 0)
			count++;
		tensor_close(&r);
		tensor_free(&t);
	} else {
		more = -1;
	}
	memcpy(err, r.err, ERR_MAX);
	fclose(f);
	return more < 0 ? -1 : count;
}

static void
report(const char *what, size_t i, const char *got)
{
	printf("%s %zu: %s\n", what, i, got);
	failed = 1;
}

/* Wants a failure with one line "memory: ... text ...". */
static void
refused(const char *what, size_t i, struct bytes *s, const char *text)
{
	char err[ERR_MAX];

	if (read_all(s->b, s->n, err) >= 0)
		report(what, i, "not noticed");
	else if (strncmp(err, "memory: ", 8) != 0 || strchr(err, '\n') || !strstr(err, text))
		report(what, i, err);
}

static void
accepted(const char *what, struct bytes *s, int records)
{
	char err[ERR_MAX];
	int n = read_all(s->b, s->n, err);

	if (n != records)
		report(what, (size_t)(n + 1), n < 0 ? err : "another number of records");
}

static const struct record plain = { 0, 6, 2, 0, { 2, 3, 1, 1 }, "0_ann_0", "ann", "a=b\n", 0, 24 };

static void
put_example(struct bytes *s)
{
	struct record r = plain;

	s->n = 0;
	put_head(s, "kind=tensors\nlabels=zero,one\n");
	put_record(s, &r);
	r = (struct record){ -1, 1, 1, 0, { 5, 1, 1, 1 }, "1_bob_0", "", "", 0, 5 };
	put_record(s, &r);
	r = (struct record){ 1, 7, 0, 0, { 1, 1, 1, 1 }, "scalar", "", "", 0, 8 };
	put_record(s, &r);
	r = (struct record){ 1, 3, 4, 0, { 0, 4, 1, 9 }, "empty", "bob", "", 0, 0 };
	put_record(s, &r);
	put_end(s, 4);
}

/* Every cut and every change of one byte to every other value. */
static void
test_damage(void)
{
	struct bytes s;
	unsigned char old;
	char err[ERR_MAX];

	put_example(&s);
	accepted("example", &s, 4);
	for (size_t n = 0; n < s.n; n++) {
		if (read_all(s.b, n, err) >= 0)
			report("cut at byte", n, "not noticed");
		else if (!strstr(err, n ? "truncated at byte" : "empty"))
			report("cut at byte", n, err);
	}
	for (size_t i = 0; i < s.n; i++) {
		old = s.b[i];
		for (int x = 1; x < 256; x++) {
			s.b[i] = (unsigned char)(old ^ x);
			refused("changed byte", i, &s, "");
		}
		s.b[i] = old;
	}
}

/* Headers with good checksums that say what no header may. */
static void
test_records(void)
{
	static char long_name[257];
	static const struct {
		struct record r;
		const char *text;
	} bad[] = {
		{ { 0, 0, 1, 0, { 1, 1, 1, 1 }, "x", "", "", 0, 0 }, "dtype" },
		{ { 0, 8, 1, 0, { 1, 1, 1, 1 }, "x", "", "", 0, 8 }, "dtype" },
		{ { 0, 255, 1, 0, { 1, 1, 1, 1 }, "x", "", "", 0, 8 }, "dtype" },
		{ { 0, 1, 5, 0, { 1, 1, 1, 1 }, "x", "", "", 0, 1 }, "dimensions" },
		{ { 0, 1, 255, 0, { 1, 1, 1, 1 }, "x", "", "", 0, 1 }, "dimensions" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 0 }, "x", "", "", 0, 1 }, "unused dimension" },
		{ { 0, 1, 0, 0, { 2, 1, 1, 1 }, "x", "", "", 0, 2 }, "unused dimension" },
		{ { 0, 1, 1, 1, { 1, 1, 1, 1 }, "x", "", "", 0, 1 }, "" },
		{ { -2, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "", 0, 1 }, "label" },
		{ { INT32_MIN, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "", 0, 1 }, "label" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "", "", "", 0, 1 }, "name 0" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, long_name, "", "", 0, 1 }, "name 256" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", long_name, "", 0, 1 }, "group 256" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x\n", "", "", 0, 1 }, "UTF-8" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x\033[1m", "", "", 0, 1 }, "UTF-8" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "\xff", "", "", 0, 1 }, "UTF-8" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "\xc0\xaf", "", "", 0, 1 }, "UTF-8" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "\xed\xa0\x80", "", "", 0, 1 }, "UTF-8" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "\xf4\x90\x80\x80", "", "", 0, 1 }, "UTF-8" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", "\xe2\x82", "", 0, 1 }, "UTF-8" },
		/* One letter in two halves: neither the name nor the group is text. */
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x\xc3", "\xa9", "", 0, 1 }, "UTF-8" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "a=1\na=2\n", 0, 1 }, "twice" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "a=1", 0, 1 }, "newline" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "a\n", 0, 1 }, "key=value" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "=1\n", 0, 1 }, "key=value" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "\n", 0, 1 }, "key=value" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "A=1\n", 0, 1 }, "key=value" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "a b=1\n", 0, 1 }, "key=value" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "a=\xff\n", 0, 1 }, "UTF-8" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "a=\t\n", 0, 1 }, "UTF-8" },
		{ { 0, 1, 1, 0, { 1, 1, 1, 1 }, "x", "", "", 1, 1 }, "padding" },
		{ { 0, 1, 1, 0, { 2, 1, 1, 1 }, "x", "", "", 0, 1 }, "payload length" },
		{ { 0, 6, 1, 0, { 2, 1, 1, 1 }, "x", "", "", 0, 2 }, "payload length" },
		{ { 0, 6, 2, 0, { 0, 3, 1, 1 }, "x", "", "", 0, 4 }, "payload length" },
		{ { 0, 1, 1, 0, { UINT32_MAX, 1, 1, 1 }, "x", "", "", 0, 1 }, "no tensor" },
		{ { 0, 1, 1, 0, { (256u << 20) + 1, 1, 1, 1 }, "x", "", "", 0, 1 }, "no tensor" },
		{ { 0, 6, 2, 0, { 65536, 65536, 1, 1 }, "x", "", "", 0, 0 }, "no tensor" },
		{ { 0, 7, 4, 0, { 1u << 31, 1u << 31, 4, 1 }, "x", "", "", 0, 0 }, "no tensor" },
		{ { 0, 7, 4, 0, { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX },
		    "x", "", "", 0, 8 }, "no tensor" },
		/* A zero must not hide an overflow: 2^32 * 2^32 wraps to 0 as well. */
		{ { 0, 1, 3, 0, { 65536, 65536, 0, 1 }, "x", "", "", 0, 0 }, "no tensor" },
		{ { 0, 6, 3, 0, { 1, 1u << 30, 1u << 30, 1 }, "x", "", "", 0, 0 }, "no tensor" },
	};
	struct bytes s;

	memset(long_name, 'x', 256);
	for (size_t i = 0; i < COUNT(bad); i++) {
		s.n = 0;
		put_head(&s, "");
		put_record(&s, &bad[i].r);
		put_end(&s, 1);
		refused("bad record", i, &s, bad[i].text);
	}
}

/* A head, then a chunk with that tag, header and payload, then an end for n records. */
static struct bytes
with_chunk(const char *tag, const char *header, size_t h, const char *payload, size_t p, uint64_t n)
{
	struct bytes s = { { 0 }, 0 }, header_bytes = { { 0 }, h };

	memcpy(header_bytes.b, header, h);
	put_head(&s, "kind=tensors\n");
	put_chunk(&s, tag, &header_bytes, payload, p);
	put_end(&s, n);
	return s;
}

/* The prefix says lengths that a reader must not believe; good header CRC. */
static struct bytes
with_lengths(uint32_t h, uint64_t p)
{
	struct bytes s = { { 0 }, 0 };
	size_t at;

	put_head(&s, "");
	at = s.n;
	put_bytes(&s, "TNSR", 4);
	put(&s, h, 4);
	put(&s, p, 8);
	put(&s, 0, 4);
	put(&s, crc32(0, s.b + at, 20), 4);
	put(&s, 0, 64);
	return s;
}

static void
test_chunks(void)
{
	struct bytes s, h = { { 1 }, 8 };

	s = with_chunk("xtra", "12345678", 8, "skip me", 7, 0);
	accepted("unknown lower-case chunk", &s, 0);
	s.b[s.n - 32 - 2] ^= 1;
	refused("unknown lower-case chunk, damaged", 0, &s, "checksum");
	s = with_chunk("XTRA", "", 0, "", 0, 0);
	refused("unknown upper-case chunk", 0, &s, "unknown chunk");
	s = with_chunk("1tra", "", 0, "", 0, 0);
	refused("tag that begins with a digit", 0, &s, "unknown chunk");
	s = with_chunk("HEAD", "\1\0\0\0\0\0\0\0", 8, "", 0, 0);
	refused("second head", 0, &s, "");
	s = with_chunk("TNSR", "12345678", 8, "", 0, 1);
	refused("short header", 0, &s, "header lengths");
	s = with_chunk("TEND", "\0\0\0\0\0\0\0\0", 8, "12345678", 8, 0);
	refused("end with payload", 0, &s, "end chunk");
	s = with_chunk("TEND", "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 16, "", 0, 0);
	refused("end with a long header", 0, &s, "end chunk");
	s = with_chunk("TEND", "\1\0\0\0\0\0\0\0", 8, "", 0, 0);
	refused("wrong count", 0, &s, "expected 1 records, got 0");
	s = with_lengths(7, 0);
	refused("header length", 7, &s, "header length");
	s = with_lengths(UINT32_MAX - 7, 0);
	refused("header length", 2, &s, "header length");
	s = with_lengths(0, (256u << 20) + 1);
	refused("payload length", 1, &s, "payload length");
	s = with_lengths(0, UINT64_MAX);
	refused("payload length", 2, &s, "payload length");

	s.n = 0;
	put_bytes(&s, MAGIC, 8);
	put_end(&s, 0);
	refused("no head", 0, &s, "head chunk");
	for (int i = 0; i < 8; i++) {	/* every byte of the version and its zero */
		h.b[i] ^= 2;
		s.n = 0;
		put_bytes(&s, MAGIC, 8);
		put_chunk(&s, "HEAD", &h, "", 0);
		put_end(&s, 0);
		if (i == 2 || i == 3)
			accepted("later minor version", &s, 0);
		else
			refused("version byte", (size_t)i, &s, "version");
		h.b[i] ^= 2;
	}
	s.n = 0;
	put_head(&s, "a=1\nb=2\na=3\n");
	put_end(&s, 0);
	refused("head with a key twice", 0, &s, "twice");
}

static void
test_parts(void)
{
	struct bytes s = { { 0 }, 0 };
	size_t whole;

	put_head(&s, "");
	put_end(&s, 0);
	accepted("no metadata, no tensors", &s, 0);
	put_head(&s, "");
	put_record(&s, &plain);
	put_end(&s, 1);
	accepted("two parts", &s, 1);
	put_bytes(&s, "\0\0\0\0\0\0\0\0", 8);
	refused("zeros behind", 0, &s, "after the end");
	s.n -= 7;
	refused("a zero behind", 0, &s, "after the end");
	s.b[s.n - 1] = '\x89';
	refused("first byte of another part", 0, &s, "truncated");
	s.n--;
	put_head(&s, "kind=x\n");
	put_end(&s, 0);
	refused("joined with another head", 0, &s, "kind: expected none, got x");

	s.n = 0;
	put_head(&s, "kind=x\nhistory.1=a\n");
	put_end(&s, 0);
	put_head(&s, "history.1=b\nhistory.2=c\nkind=x\ntest.history.1=d\n");
	put_record(&s, &plain);
	put_end(&s, 1);
	accepted("joined with another history", &s, 1);
	whole = s.n;
	put_head(&s, "kind=y\n");
	put_end(&s, 0);
	refused("joined with another value", 0, &s, "kind: expected x, got y");
	s.n = whole;	/* counts are of a part, not of all */
	put_head(&s, "kind=x\n");
	put_record(&s, &plain);
	put_end(&s, 2);
	refused("count of all parts", 0, &s, "expected 2 records, got 1");
}

/* What the writer writes is what was built by hand above. */
static void
test_writer(void)
{
	struct bytes s;
	struct tensor_set set;
	char err[ERR_MAX], *p = NULL;
	size_t n = 0;
	FILE *f;

	put_example(&s);
	f = fmemopen(s.b, s.n, "rb");
	if (tensor_load(&set, f, "memory", err))
		report("load", 0, err);
	fclose(f);
	f = open_memstream(&p, &n);
	if (tensor_save(&set, f, "memory", err))
		report("save", 0, err);
	fclose(f);
	if (n != s.n || memcmp(p, s.b, n) != 0)
		report("written", n, "not the bytes that were read");
	if (set.n != 4 || set.items[0].n != 6 || set.items[2].n != 1 || set.items[3].n != 0 ||
	    strcmp(set.items[1].name, "1_bob_0") != 0 || strlen(set.sha256) != 64)
		report("loaded", set.n, "not what was written");
	strcpy(set.items[0].group, "\xe9");
	f = fopen("/dev/null", "wb");
	if (tensor_save(&set, f, "memory", err) == 0)
		report("save", 1, "wrote a group that is not UTF-8");
	fclose(f);
	free(p);
	tensor_set_free(&set);
}

/* What meta_set() must refuse, or a text would hold another key than the one that was set. */
static void
test_meta(void)
{
	static const char *const bad[][2] = {
		{ "", "1" }, { "A", "1" }, { "a b", "1" }, { "a=", "1" }, { "=a", "1" },
		{ "a\nb", "1" }, { "a=1\nb", "1" },
		{ "b", "1\n" }, { "b", "1\nc=2" }, { "b", "\t" }, { "b", "\xff" },
	};
	struct meta m = { 0 };

	if (meta_set(&m, "a", "x") || meta_set(&m, "z", "%s", "") || meta_set(&m, "a", "=%d", 1))
		report("meta", 0, "refused what is allowed");
	for (size_t i = 0; i < COUNT(bad); i++)
		if (meta_set(&m, bad[i][0], "%s", bad[i][1]) == 0)
			report("meta_set", i, "took a bad key or value");
	if (!m.text || strcmp(m.text, "a==1\nz=\n") != 0)
		report("meta", 1, m.text);
	meta_free(&m);
}

int
main(void)
{
	test_meta();
	test_damage();
	test_records();
	test_chunks();
	test_parts();
	test_writer();
	return failed;
}
