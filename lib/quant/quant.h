/* SPDX-License-Identifier: MIT */
/*
 * quant - a float net as int8: made, checked and run (formats/model.md)
 *
 * static: integers only from the quantised features to the logits, by
 * lib/fixed. What x, h and the cell reach is measured on training data:
 *
 *	struct quant_calib cal;
 *
 *	quant_calib_init(&cal, &net);
 *	for every utterance:
 *		quant_calib_add(&cal, x, T);
 *	quant_static_make(&set, &cal, err);		(tensors and head keys of the int8 model)
 *	quant_calib_free(&cal);
 *
 *	q = quant_static_load(&set, &D, &K, err);	(checks all that lib/fixed relies on)
 *	quant_static_infer(q, x, T, logits);
 *	quant_static_free(q);
 *
 * dynamic: int8 weights, everything else float; each product measures its own
 * activations. It repeats PyTorch 1.13's quantize_dynamic of nn.LSTM and
 * nn.Linear (see quant_dynamic_make()).
 *
 * Both give the same bits on every machine and from every compiler.
 */
#ifndef WHIT_QUANT_H
#define WHIT_QUANT_H

#include <stddef.h>
#include <stdint.h>

#include "lstm_s8.h"
#include "net/rnn.h"
#include "net_int.h"
#include "quant_grid.h"
#include "requant.h"
#include "stream/tensor.h"

/*
 * Whether the features of a stream or model are whole numbers of 2^-10, as a fixed front end's
 * (formats/features.md).
 */
int quant_features_fixed(const struct meta *head);

/*
 * Samples from frame to frame where firmware can make the D features a frame of that head itself:
 * they are those of mfcc_s16.h, of true length. Else 0.
 */
int quant_device_hop(const struct meta *head, int D);

/* c (D) = fixed features x (D) in their unit, rounded, halves up, and clamped if they are none. */
void quant_features_whole(int32_t *c, const float *x, int D);

/* ---- static: calibration ---- */

/* What the float net did on the training data. Owned by whoever calls init and free. */
struct quant_calib {
	const struct rnn *net;		/* borrowed */
	struct rnn_scratch scratch;
	size_t utterances;
	struct quant_features features;	/* as they come, before normalisation */
	struct quant_range a[RNN_LAYERS_MAX][NET_GATES_MAX];	/* pre-activations */
	struct quant_range c[RNN_LAYERS_MAX];			/* of an LSTM */
	struct quant_range h[RNN_LAYERS_MAX];
};

/* 0, or -1 without memory. */
int quant_calib_init(struct quant_calib *cal, const struct rnn *net);
/* Runs the float net on x (T, D), T >= 1, and widens the ranges. 0, or -1 without memory. */
int quant_calib_add(struct quant_calib *cal, const float *x, int T);
void quant_calib_free(struct quant_calib *cal);

#define QUANT_REQUANT_ROWS 9	/* lstm.requant_lN: x i f g o, h i f g o, h */

/* ---- static: making, loading, running ---- */

/* f to the nearest mult * 2^(shift - 31), 0 below 2^-32. -1 when f < 0, f >= 2^30 or none. */
int quant_requant(double f, struct requant *r);

/*
 * Appends the tensors of the int8 model to set and sets the head keys kind,
 * cell, layers, hidden, inputs, pooling, precision=int8. 0, or -1 with err: no
 * calibration, or a range that no scale fits.
 */
int quant_static_make(struct tensor_set *set, const struct quant_calib *cal, char err[ERR_MAX]);

/*
 * Bytes of the int8 model's tensors of layer l in 0..layers, the classifier, or of -1, the input's,
 * for a net of net's sizes: all that is stored of it (rnn_solve_hidden()).
 */
size_t quant_static_bytes(const struct rnn *net, int l);

struct quant_static;

/*
 * The runnable net of set, which must outlive it; D and K are told. Every name,
 * shape and range of formats/model.md is checked, and for every row that its
 * sum and its requantisation cannot overflow for any input. The caller frees
 * with quant_static_free(). NULL with err.
 */
struct quant_static *quant_static_load(const struct tensor_set *set, int *D, int *K,
	char err[ERR_MAX]);

/* logits (K) of x (T, D) float features, T >= 1. Always 0. */
int quant_static_infer(struct quant_static *q, const float *x, int T, int32_t *logits);

/* How often a clamp changed a value. total: how many there were. Zero it before the first call. */
struct quant_count {
	size_t x, total_x;
	/* H values each; a gate is clamped twice a step, an LSTM's cell too */
	size_t steps;
	struct net_count layer[RNN_LAYERS_MAX];
};

/* The same logits; adds to count. */
int quant_static_infer_count(struct quant_static *q, const float *x, int T, int32_t *logits,
	struct quant_count *count);

/*
 * The integer net itself, and x (D) of one frame of features in the type of the net's cell. They
 * live as long as q.
 */
const struct net_int *quant_static_net(const struct quant_static *q);
const void *quant_static_input(struct quant_static *q, const float *features);
/* Of fixed features, offset and scale (D) as input_s8.h has them; else NULL. */
const int32_t *quant_static_offset(const struct quant_static *q);
const int32_t *quant_static_scale(const struct quant_static *q);

void quant_static_free(struct quant_static *q);

/* ---- dynamic ---- */

/*
 * Appends the tensors of the int8-dynamic model and sets the head keys.
 * Weights: s = max|w| / 127.5, q = clamp(round(w / s), -128, 127), one s a
 * matrix. Biases stay float. bits: of the activations, unsigned: 7 as PyTorch
 * on x86 (fbgemm, oneDNN: "reduce_range"), 8 as its QNNPACK. 0, or -1 with err.
 *
 * When it runs, each product W v takes s and z from the smallest and largest
 * v (0 included): over the whole utterance where all steps are known (x of
 * every layer), over the step's H values for h, and over the pooled h for the
 * classifier. PyTorch does so too, over the whole batch; here an utterance is
 * a batch of one.
 */
int quant_dynamic_make(struct tensor_set *set, const struct rnn *net, int bits, char err[ERR_MAX]);

struct quant_dynamic;

/* As quant_static_load(). */
struct quant_dynamic *quant_dynamic_load(const struct tensor_set *set, int *D, int *K,
	char err[ERR_MAX]);
/* logits (K) of x (T, D), T >= 1. 0, or -1 without memory. */
int quant_dynamic_infer(struct quant_dynamic *q, const float *x, int T, float *logits);
void quant_dynamic_free(struct quant_dynamic *q);

#endif
