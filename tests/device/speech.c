/* SPDX-License-Identifier: MIT */
/*
 * The whole on the device: of each utterance in ./samples, a count N (u32) and N s16 samples of
 * 8 kHz as tests/unit/device_io makes them, pushed as they might come from a microphone, the
 * logits (K, s32) go to ./logits and "N T I R" (u32 each) to ./cost: T frames, I instructions for
 * the
 * samples and R for the result. Says "B bytes of stack".
 */
#include "board.h"
#include "model.h"

#define CHUNK 97	/* samples; no divisor of anything */
#define LABELS_MAX 64

int
run(void)
{
	static int16_t x[CHUNK];
	static int32_t logits[LABELS_MAX];
	int in = board_open("samples", 0), out = board_open("logits", 1);
	int cost = board_open("cost", 1);
	size_t K = model->net->K;
	uint32_t used[4], start;

	if (in < 0 || out < 0 || cost < 0 || K > LABELS_MAX || !model->input)
		return 1;
	whit_init(&model_state, model, model_memory);
	while (board_read(in, used, sizeof *used) == sizeof *used) {
		whit_reset(&model_state);
		used[1] = used[2] = 0;
		for (uint32_t rest = used[0]; rest > 0; ) {
			size_t n = rest < CHUNK ? rest : CHUNK;

			if (board_read(in, x, n * sizeof *x) != n * sizeof *x)
				return 1;
			start = board_ticks();
			used[1] += (uint32_t)whit_push(&model_state, x, n);
			used[2] += board_instructions(start);
			rest -= (uint32_t)n;
		}
		start = board_ticks();
		whit_result(&model_state, logits);
		used[3] = board_instructions(start);
		board_write(out, logits, K * sizeof *logits);
		board_write(cost, used, sizeof used);
	}
	board_say_number((uint32_t)(board_stack() - board_stack_now()));
	board_say(" bytes of stack\n");
	return 0;
}
