/* SPDX-License-Identifier: MIT */
/*
 * lstm_s8_wide - the step of lstm_s8.h for a machine with memory to spare
 *
 * The same bits, faster: weights and inputs lie in memory as int16, every row
 * with zeros behind it to whole blocks of LSTM_S8_BLOCK, which compilers turn
 * into 16-bit multiply-and-adds; and of each line of the activation table both
 * ends' mirror images and the slopes lie ready. For the host: a device that
 * never calls it does not link it.
 *
 *	int16_t *memory = malloc(lstm_s8_wide_n(&m) * sizeof *memory);
 *	struct lstm_s8_wide w;
 *
 *	lstm_s8_wide_init(&w, &m, memory);
 *	lstm_s8_step_wide(&w, h, c, x);		(as lstm_s8_step())
 */
#ifndef WHIT_LSTM_S8_WIDE_H
#define WHIT_LSTM_S8_WIDE_H

#include "act_s16.h"
#include "lstm_s8.h"

#define LSTM_S8_BLOCK 8		/* int16 values, 16 bytes */

struct lstm_s8_wide {
	const struct lstm_s8 *m;	/* borrowed */
	size_t nx, nh;			/* blocks in a row of Wx, of Wh */
	/* the rest lies in the memory given to lstm_s8_wide_init() */
	int16_t *Wx;			/* (4H, nx blocks) */
	int16_t *Wh;			/* (4H, nh blocks) */
	int16_t *x, *h;			/* (nx blocks), (nh blocks) of the step under way */
	int16_t *a;			/* (4H) gates of the step under way */
	/* line i, -ACT_TABLE_N <= i < ACT_TABLE_N: 2^25 sigmoid(i/24), and what 1/512 of it adds */
	struct lstm_s8_line { int32_t at, slope; } line[2 * ACT_TABLE_N];
};

/* int16 values that lstm_s8_wide_init() needs for m. */
size_t lstm_s8_wide_n(const struct lstm_s8 *m);

/* Lays m out in memory, lstm_s8_wide_n() values. m and memory must outlive w. */
void lstm_s8_wide_init(struct lstm_s8_wide *w, const struct lstm_s8 *m, int16_t *memory);

/* One step as of lstm_s8_step(): h (H) and c (H) in and out, x (D) in. */
void lstm_s8_step_wide(struct lstm_s8_wide *w, int8_t *h, int16_t *c, const int8_t *x);

#endif
