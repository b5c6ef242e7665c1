// SPDX-License-Identifier: MIT
/*
 * whit - the firmware library as firmware uses it
 *
 *   whit MODEL.bin < samples > logits
 *
 * The model of the image hears what device_io samples wrote, in pieces of many sizes, by two
 * recognisers at a time, after other utterances and before; the logits must not care. They go to
 * stdout as raw s32.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "whit_image.h"

#define SAMPLES_MAX 100000
#define LABELS_MAX 64

static struct whit_image image;
static union whit_layer layer[8];
static int failures;

static void
check(int good, const char *what, long a)
{
	if (!good && failures++ < 20)
		fprintf(stderr, "%s (%ld)\n", what, a);
}

/* x (n) in pieces of `chunk`, 0: of random sizes. Returns the frames. */
static size_t
push(struct whit *w, const int16_t *x, size_t n, size_t chunk)
{
	size_t frames = 0;

	for (size_t at = 0; at < n; ) {
		size_t k = chunk ? chunk : (size_t)rand() % 500;

		k = k < n - at ? k : n - at;
		frames += whit_push(w, x + at, k);
		at += k;
	}
	return frames;
}

/* logits (K): of all of x (n) */
static void
test(int32_t *logits, struct whit *w, struct whit *other, const int16_t *x, size_t n)
{
	static const size_t chunks[] = { 1, 7, 97, 128, 160, 161, 1000, 0, 0 };
	int32_t want[LABELS_MAX], got[LABELS_MAX], silence[LABELS_MAX];
	size_t size = image.net.K * sizeof *want, frames;
	int word;

	whit_reset(w);
	check(whit_result(w, silence) == WHIT_NONE, "a word of nothing", 0);
	frames = push(w, x, n, n);
	word = whit_result(w, want);
	check(frames == (n < 128 ? 0 : 1 + (n - 128) / image.input.hop), "frames", (long)frames);
	check(frames == 0 ? word == WHIT_NONE : want[word] >= want[0], "word", word);
	for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
		whit_reset(w);
		check(push(w, x, n, chunks[i]) == frames, "frames of pieces", (long)chunks[i]);
		check(whit_result(w, got) == word && memcmp(got, want, size) == 0,
			"pieces change logits", (long)chunks[i]);
		check(whit_result(w, got) == word && memcmp(got, want, size) == 0,
			"asking changes logits", (long)chunks[i]);
	}
	whit_reset(w);				/* two at a time */
	whit_reset(other);
	for (size_t at = 0; at < n; at += 50) {
		size_t k = n - at < 50 ? n - at : 50;

		whit_push(w, x + at, k);
		whit_push(other, x + (n - at - k), k);
	}
	check(whit_result(w, got) == word && memcmp(got, want, size) == 0, "two at a time", 0);
	whit_reset(w);
	check(whit_result(w, got) == WHIT_NONE && memcmp(got, silence, size) == 0,
		"a reset forgets not all", 0);
	memcpy(logits, want, size);
}

int
main(int argc, char *argv[])
{
	static uint32_t bytes[1 << 18];
	static int16_t x[SAMPLES_MAX];
	int32_t logits[LABELS_MAX];
	struct whit w, other;
	void *memory[2];
	uint32_t n;
	size_t size;
	FILE *f;

	prog = "whit";
	if (argc != 2)
		usage_die("one operand, the image");
	f = efopen(argv[1], "rb");
	size = fread(bytes, 1, sizeof bytes, f);
	fclose(f);
	if (whit_image_open(&image, layer, 8, bytes, size) != WHIT_IMAGE_OK || !image.model.input)
		die("%s: expected an image that hears samples", argv[1]);
	for (int i = 0; i < 2; i++)
		memory[i] = malloc(whit_memory_size(&image.model));	/* sanitizers see beyond */
	whit_init(&w, &image.model, memory[0]);
	whit_init(&other, &image.model, memory[1]);
	while (fread(&n, sizeof n, 1, stdin) == 1) {
		if (n > SAMPLES_MAX || fread(x, sizeof *x, n, stdin) != n)
			die("stdin: cut");
		test(logits, &w, &other, x, n % 300);
		test(logits, &w, &other, x, n);
		fwrite(logits, sizeof *logits, image.net.K, stdout);
	}
	free(memory[0]);
	free(memory[1]);
	fprintf(stderr, "%d failures\n", failures);
	efclose(stdout, "stdout");
	return failures > 0;
}
