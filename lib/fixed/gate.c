/* SPDX-License-Identifier: MIT */
#include "gate.h"

void
gate_init(struct gate *g)
{
	g->floor = INT32_MAX;
	g->level = 0;
	g->frames = 0;
	g->quiet = 0;
	g->open = 0;
	g->learn = GATE_LEARN;
}

static void
follow(int32_t *level, int32_t c0)
{
	int32_t d = c0 - *level;

	*level += d >> (d < 0 ? GATE_DOWN : GATE_UP);
}

enum gate_event
gate_end(struct gate *g)
{
	int length = g->frames - g->quiet;

	if (!g->open)
		return GATE_CLOSED;
	g->open = 0;
	g->frames = 0;
	return length < GATE_MIN ? GATE_DROPPED : GATE_ENDED;
}

static enum gate_event
push_open(struct gate *g, int32_t c0)
{
	follow(&g->level, c0);
	g->frames++;
	if (c0 > g->floor + GATE_OFF)
		g->quiet = 0;
	else if (++g->quiet == GATE_HANG)
		return gate_end(g);
	if (g->frames < GATE_MAX)
		return GATE_OPEN;
	g->open = 0;
	g->frames = 0;
	g->floor = g->level;
	return GATE_DROPPED;
}

enum gate_event
gate_push(struct gate *g, int32_t c0)
{
	if (c0 < GATE_FLOOR_MIN)
		c0 = GATE_FLOOR_MIN;
	if (g->learn > 0) {
		g->learn--;
		g->floor = c0 < g->floor ? c0 : g->floor;
		return GATE_CLOSED;
	}
	if (g->open)
		return push_open(g, c0);
	if (c0 <= g->floor + GATE_ON) {
		follow(&g->floor, c0);
		g->frames = 0;
		return GATE_CLOSED;
	}
	if (++g->frames < GATE_ON_FRAMES)
		return GATE_CLOSED;
	g->open = 1;
	g->quiet = 0;
	g->level = c0;
	return GATE_OPENED;
}
