// SPDX-License-Identifier: MIT
/*
 * whit_image - what firmware makes of an image of export-c
 *
 *   whit_image MODEL.bin < features > logits
 *
 * Damages the image in every way it can think of, which must be noticed; then hears what
 * device_io features wrote, by the model in the image and by raw bytes on stdout.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "whit_image.h"

#define LAYERS 9

static int failures;
static struct whit_image image;
static union whit_layer layer[LAYERS];

static void
expect(enum whit_image_error want, const void *p, size_t size, const char *what, size_t at)
{
	enum whit_image_error got = whit_image_open(&image, layer, LAYERS, p, size);

	if (got != want && failures++ < 20)
		fprintf(stderr, "%s at %zu: expected %d, got %d\n", what, at, want, got);
}

static void
seal(uint8_t *p, size_t n)
{
	uint32_t crc = (uint32_t)crc32(0, p + 16, (uInt)(n - 16));

	memcpy(p + 12, &crc, 4);
}

/* good (n) with the 16-bit number at `at` replaced, and a checksum that is right again */
static void
expect_other(enum whit_image_error want, const uint8_t *good, size_t n, size_t at, uint16_t v)
{
	uint8_t *p = malloc(n);

	memcpy(p, good, n);
	memcpy(p + at, &v, 2);
	seal(p, n);
	expect(want, p, n, "another number", at);
	free(p);
}

static void
test_damage(const uint8_t *good, size_t n)
{
	uint8_t *p = malloc(n + 4);
	uint32_t size;

	for (size_t i = 0; i < n; i++) {	/* a byte flipped; the size may be too small then */
		enum whit_image_error e;

		memcpy(p, good, n);
		p[i] ^= 0x40;
		e = whit_image_open(&image, layer, LAYERS, p, n);
		if (e != (i < 8 ? WHIT_IMAGE_NONE : WHIT_IMAGE_BROKEN) &&
			!(i >= 8 && i < 12 && e == WHIT_IMAGE_CUT) && failures++ < 20)
			fprintf(stderr, "byte %zu flipped: got %d\n", i, e);
	}
	for (size_t k = 0; k < n; k += k < 80 ? 1 : 97) {
		uint8_t *cut = malloc(k ? k : 1);	/* sanitizers see a byte too many */

		memcpy(cut, good, k);
		expect(k < WHIT_IMAGE_HEAD ? WHIT_IMAGE_NONE : WHIT_IMAGE_CUT, cut, k, "cut", k);
		free(cut);
	}
	memset(p, 0xff, n);
	expect(WHIT_IMAGE_NONE, p, n, "blank flash", 0);
	memcpy(p + 1, good, n);
	expect(WHIT_IMAGE_NONE, p + 1, n, "not aligned", 1);
	for (size = 0; size < n; size += size < 80 ? 4 : 100) {	/* short, and says so */
		memcpy(p, good, n);
		memcpy(p + 8, &size, 4);
		if (size >= 16)
			seal(p, size);
		expect(WHIT_IMAGE_BROKEN, p, n, "short", size);
	}
	free(p);
}

static void
test_numbers(const uint8_t *good, size_t n)
{
	static const struct { size_t at; uint16_t v; enum whit_image_error want; } cases[] = {
		{ 16, 2, WHIT_IMAGE_OTHER },
		{ 18, WHIT_IMAGE_CELLS, WHIT_IMAGE_OTHER },
		{ 20, 2, WHIT_IMAGE_OTHER }, { 20, 2048, WHIT_IMAGE_OTHER },
		{ 22, 0, WHIT_IMAGE_BROKEN }, { 22, LAYERS + 1, WHIT_IMAGE_LAYERS },
		{ 22, LAYERS, WHIT_IMAGE_BROKEN }, { 24, 0, WHIT_IMAGE_BROKEN },
		{ 24, 4097, WHIT_IMAGE_BROKEN }, { 24, 4096, WHIT_IMAGE_BROKEN },
		{ 26, 0, WHIT_IMAGE_BROKEN }, { 26, 65535, WHIT_IMAGE_BROKEN },
		{ 28, 0, WHIT_IMAGE_BROKEN }, { 28, 65535, WHIT_IMAGE_BROKEN },
		{ 30, 257, WHIT_IMAGE_BROKEN },
		/* e, of an LSTM */
		{ 64 + 72, 1, WHIT_IMAGE_BROKEN }, { 64 + 74, 0x7fff, WHIT_IMAGE_BROKEN },
	};
	uint8_t *p = malloc(n);

	for (size_t i = 0; i < sizeof cases / sizeof *cases - (good[18] ? 2 : 0); i++)
		expect_other(cases[i].want, good, n, cases[i].at, cases[i].v);
	memcpy(p, good, n);
	memset(p + n - 8, 'x', 8);
	seal(p, n);
	expect(WHIT_IMAGE_BROKEN, p, n, "labels without end", n);
	srand(1);
	for (int i = 0; i < 20000; i++) {	/* whatever it finds, it stays within */
		size_t end = (size_t)rand() % 2 ? WHIT_IMAGE_HEAD : n;

		memcpy(p, good, n);
		for (int k = rand() % 4; k >= 0; k--)
			p[16 + (size_t)rand() % (end - 16)] = (uint8_t)rand();
		seal(p, n);
		(void)whit_image_open(&image, layer, LAYERS, p, n);
	}
	free(p);
}

/* All of f, as large as it is; *n bytes. The caller frees. */
static uint8_t *
read_all(FILE *f, size_t *n)
{
	uint8_t *p = malloc(1 << 20), *all;

	*n = fread(p, 1, 1 << 20, f);
	all = malloc(*n);
	memcpy(all, p, *n);
	free(p);
	return all;
}

static void
hear(void)
{
	int16_t x[4096];		/* or int8 */
	int32_t logits[4096];
	void *memory = malloc(whit_memory_size(&image.model));
	struct whit w;
	uint32_t T;

	whit_init(&w, &image.model, memory);
	while (fread(&T, sizeof T, 1, stdin) == 1) {
		whit_reset(&w);
		for (; T > 0; T--) {
			if (fread(x, image.net.cell->value_bytes, image.net.D, stdin) !=
				image.net.D)
				die("stdin: cut");
			whit_step(&w, x);
		}
		whit_result(&w, logits);
		fwrite(logits, sizeof *logits, image.net.K, stdout);
	}
	free(memory);
}

int
main(int argc, char *argv[])
{
	uint8_t *good;
	size_t n;
	FILE *f;

	prog = "whit_image";
	if (argc != 2)
		usage_die("one operand, the image");
	f = efopen(argv[1], "rb");
	good = read_all(f, &n);
	fclose(f);
	test_damage(good, n);
	test_numbers(good, n);
	expect(WHIT_IMAGE_OK, good, n, "the image itself", 0);
	if (failures)
		die("%d failures", failures);
	fprintf(stderr, "%zu bytes, first word %s\n", n, whit_label(&image.model, 0));
	hear();
	free(good);
	efclose(stdout, "stdout");
	return 0;
}
