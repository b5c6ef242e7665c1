/* SPDX-License-Identifier: MIT */
/*
 * net_cell - what a net (net_int.h) must know of the kind of its layers
 *
 * One constant struct a kind: lstm_s8_cell, lstm_s8_wide_cell, lstm_s16_cell,
 * gru_s16_cell. A net points to one, so that firmware links the kinds that it
 * has and no other.
 *
 * A layer's state is state_bytes a unit, 4-byte aligned, known to its kind
 * alone, but for its last H values: those are h, its output and the next
 * layer's x.
 */
#ifndef WHIT_NET_CELL_H
#define WHIT_NET_CELL_H

#include <stdint.h>

#define NET_GATES_MAX 4

/* How many values a clamp changed, of one layer. Each wraps after 2^32. */
struct net_count {
	uint32_t gate[NET_GATES_MAX];	/* pre-activations, at each addition */
	uint32_t cell;			/* at each addition; of a kind that has one */
	uint32_t h;
};

struct net_cell {
	/* the state of silence, which every utterance starts from */
	void (*reset)(const void *layer, void *state);
	/*
	 * One step: x in, state in and out, scratch 4-byte aligned. Adds to count unless it is
	 * NULL. No other state: two streams need two of state and scratch.
	 */
	void (*step)(const void *layer, void *state, const void *x, void *scratch,
		struct net_count *count);
	uint16_t value_bytes;		/* of each x and each h: 1 int8, 2 int16 */
	uint16_t state_bytes;		/* a unit */
	uint16_t scratch_bytes;		/* a unit, a multiple of 4 */
};

#endif
