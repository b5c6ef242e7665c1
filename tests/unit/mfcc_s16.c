/* SPDX-License-Identifier: MIT */
/*
 * mfcc_s16 - the integer front end against itself and against sums in double
 *
 *	mfcc_s16			its own checks; says how many failed
 *	mfcc_s16 HOP COEFS CHUNK	s16 samples on stdin, pushed CHUNK at a time, become s32
 *					coefficients on stdout
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "check.h"
#include "input_s8.h"
#include "mfcc_s16.h"

#define N FFT_S32_N
#define PI 3.14159265358979323846
#define LONG 20000	/* samples of the longest signal */

/* Kinds of signals that reach the ends of the ranges; the last are speech-like in level. */
enum { SILENCE, HIGH, LOW, NYQUIST, SQUARE, SIGNS, STEPS, BIN, NOISE, HUM, KINDS };

static void
make(int16_t *x, size_t n, int kind)
{
	int half = pick(1, 128), level = 0, k = pick(1, 127);

	for (size_t i = 0; i < n; i++) {
		int sign = (i / (size_t)half) % 2 ? -1 : 1;

		if (i % 50 == 0)
			level = pick(INT16_MIN, INT16_MAX);
		x[i] = (int16_t)(kind == SILENCE ? 0 : kind == HIGH ? INT16_MAX :
			kind == LOW ? INT16_MIN :
			kind == NYQUIST ? (i % 2 ? INT16_MAX : INT16_MIN) :
			kind == SQUARE ? (sign > 0 ? INT16_MAX : INT16_MIN) :
			kind == SIGNS ? (pick(0, 1) ? INT16_MAX : INT16_MIN) :
			kind == STEPS ? level :
			/* the sign of one bin's wave: all of y adds up there */
			kind == BIN ? (cos(2 * PI * k * (double)i / N) < 0 ?
				INT16_MIN : INT16_MAX) :
			kind == NOISE ? pick(-3, 3) : 200 * sin((double)i * .07) + pick(-2, 2));
	}
}

/* fft_s32() against the sum that defines it; the errors are those of fft_s32.h. */
static void
test_fft(void)
{
	static double cosine[N];
	int16_t x[N + 1];
	int32_t X[FFT_S32_SIZE];

	for (int i = 0; i < N; i++)
		cosine[i] = cos(2 * PI * i / N);
	for (int round = 0; round < 400; round++) {
		double want[FFT_S32_SIZE], sum = 0, worst = 0;

		make(x, N + 1, round % KINDS);
		fft_s32(X, x);
		for (int k = 0; k <= N / 2; k++) {
			double re = 0, im = 0;

			for (int n = 0; n < N; n++) {
				double y = 32. * (x[n + 1] - x[n]);

				re += y * cosine[n * k % N];
				im -= y * cosine[(n * k + 3 * N / 4) % N];
			}
			want[2 * k] = re, want[2 * k + 1] = im;
		}
		for (int i = 0; i < FFT_S32_SIZE; i++)
			worst = fmax(worst, fabs(X[i] - want[i]));
		for (int n = 0; n < N; n++)
			sum += 32. * abs(x[n + 1] - x[n]);
		check(worst < 32 + sum / 32768, "fft: error, kind", (long)worst, round % KINDS);
	}
}

/* c (frames, coefs) of x (n) pushed `chunk` at a time, 0: of random sizes. Returns the frames. */
static size_t
run(int32_t *c, const int16_t *x, size_t n, size_t hop, size_t coefs, size_t chunk)
{
	struct mfcc_s16 m;
	size_t frames = 0;

	memset(&m, 0xa5, sizeof m);
	mfcc_s16_init(&m, hop);
	for (size_t i = 0, end = 0; i < n; ) {
		if (i == end)
			end += chunk ? chunk : (size_t)pick(1, 600);
		if (end > n)
			end = n;
		i += mfcc_s16_push(&m, x + i, end - i);
		if (mfcc_s16_pop(&m, c + frames * coefs, coefs))
			frames++;
	}
	return frames;
}

static void
test_stream(void)
{
	static const size_t chunks[] = { 1, 2, 7, 97, 127, 160, 161, 255, 256, 257, 997, 0, 0, 0 };
	static const size_t hops[] = { 1, 100, 128, 160, 255, 256 };
	static int16_t x[LONG];
	static int32_t all[LONG * 13], part[LONG * 13], most[MFCC_S16_COEFS_MAX];
	size_t n, frames;

	for (int kind = 0; kind < KINDS; kind++) {
		n = (size_t)pick(3000, 5000);
		make(x, n, kind);
		frames = run(all, x, n, 160, 13, n);
		check(frames == 1 + (n - 128) / 160, "frames", (long)frames, (long)n);
		for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
			check(run(part, x, n, 160, 13, chunks[i]) == frames &&
				memcmp(all, part, frames * 13 * sizeof *all) == 0,
				"chunks change frames", kind, (long)chunks[i]);
		}
		for (size_t t = 0; t < frames * 13; t++) {
			check(kind > LOW || all[t] == 0, "silence or DC is not 0", kind, (long)t);
			check(labs(all[t]) < 1 << 18, "a coefficient leaves 18 bits", all[t],
				(long)t);
		}
	}
	/* a frame depends on its samples and the one before them alone */
	make(x, n = 900, HUM);
	for (size_t i = 0; i < sizeof hops / sizeof *hops; i++) {
		size_t T = run(all, x, n, hops[i], 13, n);

		check(T == 1 + (n - 128) / hops[i], "frames of a hop", (long)T, (long)hops[i]);
		for (size_t t = 0; t < T; t++) {
			size_t at = t * hops[i];

			if (at < 129)
				continue;
			/* its last 257 samples after others: frame 129 of hop 1 */
			run(part, x + at - 129, 257, 1, 13, 257);
			check(memcmp(all + t * 13, part + 129 * 13, 13 * sizeof *all) == 0,
				"a frame hears others", (long)t, (long)hops[i]);
		}
	}
	/* fewer coefficients are the first ones */
	run(most, x, 128, 160, MFCC_S16_COEFS_MAX, 128);
	for (size_t coefs = 1; coefs <= MFCC_S16_COEFS_MAX; coefs++) {
		check(run(part, x, 128, 160, coefs, 128) == 1 &&
			memcmp(part, most, coefs * sizeof *most) == 0, "coefs", (long)coefs, 0);
	}
	check(run(all, x, 127, 160, 13, 127) == 0 && run(all, x, 1, 160, 13, 1) == 0 &&
		run(all, x, 0, 160, 13, 1) == 0, "a frame of less than one", 0, 0);
}

/* A frame that nobody took waits, and takes no more samples. */
static void
test_wait(void)
{
	static int16_t x[600];
	struct mfcc_s16 m;
	int32_t c[13];

	mfcc_s16_init(&m, 160);
	check(!mfcc_s16_pop(&m, c, 13), "a frame of nothing", 0, 0);
	check(mfcc_s16_push(&m, x, 600) == 128, "push goes beyond the frame", 0, 0);
	check(mfcc_s16_push(&m, x, 600) == 0, "push goes on", 0, 0);
	check(mfcc_s16_pop(&m, c, 13) && !mfcc_s16_pop(&m, c, 13), "pop twice", 0, 0);
	check(mfcc_s16_push(&m, x, 600) == 160, "push after pop", 0, 0);
	check(sizeof m <= 3072, "state, bytes", (long)sizeof m, 0);
}

/* input_s8() against 64 bits, at the ends and next to ties. */
static void
test_input(void)
{
	int clamped = 0;

	for (int i = 0; i < 2000000; i++) {
		static const int32_t ends[2] = { 1 - INPUT_S8_C_END, INPUT_S8_C_END - 1 };
		int32_t scale = pick(0, INPUT_S8_SCALE_MAX), c = ends[i % 2];
		int32_t offset = pick(0, 1) ? INPUT_S8_OFFSET_END - 1 : 1 - INPUT_S8_OFFSET_END;
		int64_t v;
		uint32_t over = 0;
		int8_t x;

		if (i % 8 > 1) {	/* a result near the range, +-1 about each step of it */
			offset = pick(-200000, 200000);
			scale = pick(1, INPUT_S8_SCALE_MAX);
			c = offset + (pick(-140, 140) * 65536 + 32768) / scale + pick(-1, 1);
			if (c <= -INPUT_S8_C_END || c >= INPUT_S8_C_END)
				continue;
		}
		v = (int64_t)(c - offset) * scale + 32768;
		v = v < 0 ? -((-v + 65535) / 65536) : v / 65536;
		input_s8(&x, &c, &offset, &scale, 1, &over);
		check(x == (v < -128 ? -128 : v > 127 ? 127 : v) && over == (x != v), "input", c,
			scale);
		clamped += (int)over;
	}
	check(clamped > 1000, "input: none clamped", clamped, 0);
}

static void
filter(size_t hop, size_t coefs, size_t chunk)
{
	static int16_t x[LONG * 10];
	static int32_t c[LONG * 20];
	size_t n = fread(x, sizeof *x, sizeof x / sizeof *x, stdin);

	fwrite(c, sizeof *c * coefs, run(c, x, n, hop, coefs, chunk), stdout);
	efclose(stdout, "stdout");
}

int
main(int argc, char *argv[])
{
	prog = "mfcc_s16";
	if (argc == 4) {
		filter((size_t)atol(argv[1]), (size_t)atol(argv[2]), (size_t)atol(argv[3]));
		return 0;
	}
	test_fft();
	test_stream();
	test_wait();
	test_input();
	printf("%zu bytes of state, %d failures\n", sizeof(struct mfcc_s16), failures);
	return failures > 0;
}
