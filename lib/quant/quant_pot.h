/* SPDX-License-Identifier: MIT */
/*
 * quant_pot - a float net of powers of two as codes and integers: made, checked and run
 *
 * The net of formats/model.md, pot: every weight 0 or +-2^k in a code of a few
 * bits (pot_code.h), units of x, h and sums powers of two, so that the
 * matrices need shifts and additions alone (lib/fixed/pot_s16.h). The weights
 * of the float net must be such powers already, and norm.scale too, where it
 * has one; what the cells and features reach is measured on training data:
 *
 *	struct quant_pot_form form = { .bits = 4 };
 *	struct quant_calib cal;			(quant.h: init, features.fixed, add, ...)
 *
 *	quant_pot_make(&set, &cal, &form, err);
 *	q = quant_pot_load(&set, &D, &K, err);
 *	quant_pot_infer(q, x, T, logits);
 *	quant_pot_free(q);
 */
#ifndef WHIT_QUANT_POT_H
#define WHIT_QUANT_POT_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "quant.h"
#include "stream/tensor.h"

struct quant_pot_form {
	int bits;		/* of a code, POT_CODE_BITS_MIN..MAX */
	int by_row;		/* exponents: 0 a range a tensor, 1 a range a row of a matrix */
	int bias_int32;		/* 0: biases are codes, too, a range each; 1: 32-bit sums */
};

/* Whether integers run codes of a net of net's kind. 0, or -1 with err. */
int quant_pot_takes(const struct rnn *net, char err[ERR_MAX]);

/*
 * Appends the tensors of the pot model to set and sets the head keys kind,
 * cell, layers, hidden, inputs, pooling, precision=pot, pot.bits, pot.range,
 * pot.bias. 0, or -1 with err: no calibration, a weight that no code of this
 * form holds ("record KEY: ..., got V at I"), or a range that no unit fits.
 */
int quant_pot_make(struct tensor_set *set, const struct quant_calib *cal,
	const struct quant_pot_form *form, char err[ERR_MAX]);

/* pot.bits, pot.range and pot.bias of a head. 0, or -1 with err. */
int quant_pot_read_form(struct quant_pot_form *form, const struct meta *head, char err[ERR_MAX]);

/*
 * Bytes of the tensors of layer l in 0..layers, the classifier, or of -1, the input's, for a net of
 * net's sizes as codes of that many bits, a range a tensor, biases too: all that is stored of it.
 */
size_t quant_pot_bytes(const struct rnn *net, int l, int bits);

struct quant_pot;

/*
 * The runnable net of set, which must outlive it; D and K are told. Every
 * name, shape, code and range of formats/model.md is checked, and for every
 * row that its sum cannot overflow for any input. The caller frees with
 * quant_pot_free(). NULL with err.
 */
struct quant_pot *quant_pot_load(const struct tensor_set *set, int *D, int *K, char err[ERR_MAX]);

/* logits (K) of x (T, D) float features, T >= 1. Always 0. */
int quant_pot_infer(struct quant_pot *q, const float *x, int T, int32_t *logits);

/*
 * The integer net itself, and x (D) of one frame of features. They live as long as q. Of fixed
 * features, offset and shift (D) as input_s16.h has them; else NULL.
 */
const struct net_int *quant_pot_net(const struct quant_pot *q);
const int16_t *quant_pot_input(struct quant_pot *q, const float *x);
const int32_t *quant_pot_offset(const struct quant_pot *q);
const int32_t *quant_pot_shift(const struct quant_pot *q);

void quant_pot_free(struct quant_pot *q);

#endif
