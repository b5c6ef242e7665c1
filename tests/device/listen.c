/* SPDX-License-Identifier: MIT */
/*
 * Words in a stream on the device: ./samples is s16 of 8 kHz to its end, pushed as they might come
 * from a microphone; ./heard gets a struct heard for each word. Says "F frames, I instructions in
 * the dearest, B bytes of stack".
 */
#include "board.h"
#include "whit_listen.h"
#include "words.h"	/* of export-c */

#define CHUNK 97	/* samples; no divisor of anything */

struct heard {
	int32_t word, nearest, confidence;
	uint32_t begin, end;
};

static uint32_t memory[WORDS_LISTEN_BYTES / 4];
static struct whit_listen listen;

static void
tell(int out, const struct whit_heard *h)
{
	struct heard bytes = { h->word, h->nearest, h->confidence, h->begin, h->end };

	board_write(out, &bytes, sizeof bytes);
}

int
run(void)
{
	static int16_t x[CHUNK];
	int in = board_open("samples", 0), out = board_open("heard", 1);
	uint32_t dearest = 0, used;
	struct whit_heard h;
	size_t n;

	if (in < 0 || out < 0)
		return 1;
	whit_listen_init(&listen, &words_model, memory);
	while ((n = board_read(in, x, sizeof x) / sizeof *x) > 0)
		for (size_t i = 0; i < n; ) {
			uint32_t start = board_ticks();

			i += whit_listen_push(&listen, x + i, n - i);
			if (whit_listen_pop(&listen, &h))
				tell(out, &h);
			used = board_instructions(start);
			dearest = used > dearest ? used : dearest;
		}
	if (whit_listen_end(&listen, &h))
		tell(out, &h);
	board_say_number(listen.frames);
	board_say(" frames, ");
	board_say_number(dearest);
	board_say(" instructions in the dearest, ");
	board_say_number((uint32_t)(board_stack() - board_stack_now()));
	board_say(" bytes of stack\n");
	return 0;
}
