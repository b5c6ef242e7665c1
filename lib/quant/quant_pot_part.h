/* SPDX-License-Identifier: MIT */
/*
 * quant_pot_part - one matrix of a pot model, with its bias, as pot_s16.h reads it
 *
 * For who makes such a model and who loads it: the unit of the sums, and the
 * proof that they fit (formats/model.md, pot).
 */
#ifndef WHIT_QUANT_POT_PART_H
#define WHIT_QUANT_POT_PART_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "pot_s16.h"
#include "stream/tensor.h"

struct quant_pot_part {
	const struct tensor *W;		/* u8 (rows, bytes) */
	const struct tensor *high;	/* s8 (1) or (rows) */
	const struct tensor *b;		/* u8 (bytes) or s32 (rows) */
	int high_b;			/* of u8 */
	size_t cols;
	int bits, drop;
	int u;				/* x has units 2^u */
	/* set by quant_pot_part_init() */
	struct pot_matrix matrix;
	struct pot_bias bias;
	int s;				/* sums have units 2^s */
	uint8_t *up;		/* (rows) owned, or NULL: of rows with a high of their own */
};

/* Sets what follows from the rest. 0, or -1 without memory. The caller frees. */
int quant_pot_part_init(struct quant_pot_part *p);
void quant_pot_part_free(struct quant_pot_part *p);

/*
 * Whether every row's sum fits 32 bits for all x of 16, and, of gates, their Q3.12 too before it
 * is clamped. 0, or -1 with err.
 */
int quant_pot_part_prove(const struct quant_pot_part *p, int gates, char err[ERR_MAX]);

/* Of gates: from the sums to Q3.12. */
struct requant quant_pot_part_rescale(const struct quant_pot_part *p);

#endif
