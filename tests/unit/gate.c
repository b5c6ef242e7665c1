// SPDX-License-Identifier: MIT
/*
 * gate - what lib/fixed/gate.c makes of frames
 *
 *   gate < c0 > events
 *
 * c0: raw s32. A line a frame: the event's number and, where a word ends, its frames from the
 * first to the last loud one. The last line is gate_end()'s.
 */
#include <stdio.h>

#include "base/err.h"
#include "gate.h"

static void
line(enum gate_event e, uint32_t begin, uint32_t end)
{
	printf("%d", (int)e);
	if (e == GATE_ENDED)
		printf(" %u %u", (unsigned)begin, (unsigned)end);
	putchar('\n');
}

int
main(void)
{
	uint32_t t = 0, begin = 0;
	struct gate g;
	int32_t c0;

	prog = "gate";
	gate_init(&g);
	for (; fread(&c0, sizeof c0, 1, stdin) == 1; t++) {
		enum gate_event e = gate_push(&g, c0);

		if (e == GATE_OPENED)
			begin = t + 1 - GATE_ON_FRAMES;
		line(e, begin, t - g.quiet);
	}
	line(gate_end(&g), begin, t - 1 - g.quiet);
	efclose(stdout, "stdout");
	return 0;
}
