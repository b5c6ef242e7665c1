/* SPDX-License-Identifier: MIT */
/*
 * lstm_s8_wide - the step of lstm_s8.h for a machine with vectors and memory to spare
 *
 * The same bits, faster. All rows of a matrix are summed side by side: a
 * vector holds 16-bit weights of many rows in two columns, whose products fit
 * 16 bits two by two, as no weight is -128. What follows a sum is written so
 * that compilers find vectors in it, and of each line of the activation table
 * the mirror image and the slope lie ready. For the host: a device that never
 * calls it does not link it.
 *
 *	void *memory = malloc(lstm_s8_wide_size(&m));
 *	struct lstm_s8_wide w;
 *
 *	lstm_s8_wide_init(&w, &m, memory);
 *	lstm_s8_step_wide(&w, h, c, x);		(as lstm_s8_step())
 */
#ifndef WHIT_LSTM_S8_WIDE_H
#define WHIT_LSTM_S8_WIDE_H

#include "act_s16.h"
#include "lstm_s8.h"

/* side by side: 32 bytes, AVX2; gcc takes wider ones to pieces there */
#define LSTM_S8_ROWS 16

struct lstm_s8_wide {
	const struct lstm_s8 *m;	/* borrowed */
	size_t nx, nh;			/* pairs of columns of Wx, of Wh */
	/* the rest lies in the memory given to lstm_s8_wide_init() */
	/* (blocks of rows, pairs, 2, ROWS / 2): rows r, r + ROWS / 2 */
	int32_t *Wx, *Wh;
	int32_t *sx, *sh;		/* (4H, whole blocks) sums of the step under way */
	int32_t *a;			/* (4H) gates of the step under way */
	int32_t *c;			/* (H) cell of the step under way */
	/* (D), (H) of the step under way, and a zero for an odd one */
	int16_t *x, *h;
	/* line i, -ACT_TABLE_N <= i < ACT_TABLE_N: 2^25 sigmoid(i/24), and what 1/512 of it adds */
	struct lstm_s8_line { int32_t at, slope; } line[2 * ACT_TABLE_N];
};

/* Bytes that lstm_s8_wide_init() needs for m, a multiple of 4. */
size_t lstm_s8_wide_size(const struct lstm_s8 *m);

/*
 * Lays m, whose weights are -127..127, out in memory: 4-byte aligned,
 * lstm_s8_wide_size() bytes. m and memory must outlive w.
 */
void lstm_s8_wide_init(struct lstm_s8_wide *w, const struct lstm_s8 *m, void *memory);

/* One step as of lstm_s8_step(): h (H) and c (H) in and out, x (D) in. */
void lstm_s8_step_wide(const struct lstm_s8_wide *w, int8_t *h, int16_t *c, const int8_t *x);

/*
 * A net's layers of it: struct lstm_s8_wide; the state is that of lstm_s8_cell. It counts nothing,
 * and two streams at a time need two of its struct.
 */
extern const struct net_cell lstm_s8_wide_cell;

#endif
