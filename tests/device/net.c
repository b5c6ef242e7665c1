/* SPDX-License-Identifier: MIT */
/*
 * The net on the device: of each utterance in ./features, a frame count T (u32) and x (T, D) of
 * the net's type, as tests/unit/device_io.c makes them, the logits (K, s32) go to ./logits and
 * "T N R" (u32 each), N instructions for the frames and R for the result, to ./cost. Says "B
 * bytes of stack".
 */
#include "board.h"
#include "model.h"

#define FRAME_MAX 256
#define LABELS_MAX 64

int
run(void)
{
	static int16_t x[FRAME_MAX];	/* or int8 */
	static int32_t logits[LABELS_MAX];
	int in = board_open("features", 0), out = board_open("logits", 1);
	int cost = board_open("cost", 1);
	size_t D = model->net->D, K = model->net->K;
	size_t bytes = D * model->net->cell->value_bytes;
	uint32_t used[3], start;

	if (in < 0 || out < 0 || cost < 0 || D > FRAME_MAX || K > LABELS_MAX)
		return 1;
	whit_init(&model_state, model, model_memory);
	while (board_read(in, used, sizeof *used) == sizeof *used) {
		whit_reset(&model_state);
		used[1] = 0;
		for (uint32_t t = 0; t < used[0]; t++) {
			if (board_read(in, x, bytes) != bytes)
				return 1;
			start = board_ticks();
			whit_step(&model_state, x);
			used[1] += board_instructions(start);
		}
		start = board_ticks();
		whit_result(&model_state, logits);
		used[2] = board_instructions(start);
		board_write(out, logits, K * sizeof *logits);
		board_write(cost, used, sizeof used);
	}
	board_say_number((uint32_t)(board_stack() - board_stack_now()));
	board_say(" bytes of stack\n");
	return 0;
}
