/* SPDX-License-Identifier: MIT */
/*
 * The front end on the device: s16 samples of ./samples become s32 coefficients in ./coefs, as
 * tests/unit/mfcc_s16.c makes them. Says "FRAMES frames, N instructions each, B bytes of stack".
 */
#include "board.h"
#include "mfcc_s16.h"

#define COEFS 13
#define CHUNK 80	/* samples, 10 ms */

static struct mfcc_s16 m;

int
run(void)
{
	int in = board_open("samples", 0), out = board_open("coefs", 1);
	uint32_t frames = 0, ticks = 0;
	int16_t x[CHUNK];
	int32_t c[COEFS];
	size_t n;

	if (in < 0 || out < 0)
		return 1;
	mfcc_s16_init(&m, 160);
	while ((n = board_read(in, x, sizeof x) / sizeof *x) > 0)
		for (size_t i = 0; i < n; ) {
			uint32_t start = board_ticks();
			int ready;

			i += mfcc_s16_push(&m, x + i, n - i);
			ready = mfcc_s16_pop(&m, c, COEFS);
			ticks += (start - board_ticks()) & 0xffffff;
			if (ready) {
				board_write(out, c, sizeof c);
				frames++;
			}
		}
	board_say_number(frames);
	board_say(" frames, ");
	board_say_number(frames ? ticks / frames * BOARD_TICK_HALF_INSTRUCTIONS / 2 : 0);
	board_say(" instructions each, ");
	board_say_number((uint32_t)board_stack());
	board_say(" bytes of stack\n");
	return 0;
}
