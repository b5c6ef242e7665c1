/* SPDX-License-Identifier: MIT */
/*
 * quant_layer - the layers of a static int8 model, by kind of cell: checked, loaded, and laid out
 * for the host (inside of quant_static.c)
 */
#ifndef WHIT_QUANT_LAYER_H
#define WHIT_QUANT_LAYER_H

#include "gru_s16.h"
#include "lstm_s8_wide.h"
#include "quant.h"
#include "quant_read.h"

/* A layer of any kind, and the same for the host. */
union quant_layer {
	struct lstm_s8 lstm;
	struct gru_s16 gru;
};
union quant_layer_fast {
	struct lstm_s8_wide lstm;
	struct gru_s16 gru;
};

struct quant_layer_kind {
	const struct net_cell *cell, *fast_cell;
	/*
	 * Layer l of set, whose names, shapes and ranges are checked, and that nothing in it
	 * overflows; z: its output's zero point. 0, or -1 with err.
	 */
	int (*load)(union quant_layer *layer, int32_t *z, struct quant_shape *s,
		const struct tensor_set *set, int l, char err[ERR_MAX]);
	/* Bytes of memory that fast_init needs, a multiple of 4; fast: the same bits, faster. */
	size_t (*fast_size)(const union quant_layer *layer);
	void (*fast_init)(union quant_layer_fast *fast, const union quant_layer *layer,
		void *memory);
};

extern const struct quant_layer_kind quant_layer_lstm, quant_layer_gru;

/*
 * The checks. Each 0, or -1 with err. b + sum w x (n) must fit 32 bits for |x| <= x_max, and
 * requantised by r, unless it is NULL, with 16 bits to add, too; no weight of t is -128.
 */
int quant_prove_row(const char *name, size_t row, int32_t b, const int8_t *w, size_t n,
	int64_t x_max, const struct requant *r, char err[ERR_MAX]);
int quant_check_weights(const struct tensor *t, char err[ERR_MAX]);
/* Row `row` of t (rows, 2); element i of t, which must be lo..hi. */
int quant_read_requant(struct requant *r, const struct tensor *t, size_t row, char err[ERR_MAX]);
int quant_read_range(int32_t *v, const struct tensor *t, size_t i, int32_t lo, int32_t hi,
	char err[ERR_MAX]);

#endif
