/* SPDX-License-Identifier: MIT */
/*
 * qat - training that sees what an int8 net will see (quantisation-aware)
 *
 * The net that the passes see is the float twin of the one that
 * quantize-int8 --method static makes (Jacob et al. 2018, arXiv 1712.05877,
 * section 3), by the same functions (quant_grid.h):
 *
 *	matrices	Wq S / s_d, a scale S a gate; b moves as there: exact at u = m
 *	features	o_d + s_d q, q whole in -128..127, clamped
 *	outputs h	s (q - z), of the range -1..1: an LSTM's h never leaves it, and every layer
 *			of 40 nets of 4 to 24 units that recognise digits filled 97 % of it or
 *			more, so that calibration finds nearly the same unit; a GRU's have 16
 *			bits and stay as they are
 *
 * Gates and cell have 16 bits and stay as they are: between the logits of the twin and of the
 * integers are 0.3 to 1.4 % of their root mean square, between those of a net and of its integers
 * 1 to 8 % (nine nets, features never seen). What is kept of training are the projected
 * weights: whole multiples of their scale, which quantize-int8 finds again.
 *
 *	struct qat q;
 *
 *	qat_init(&q, &net, &features, err);	(features: before normalisation; net: mean, scale)
 *	o.projection = (struct projection){ qat_project, &q };
 *	o.units = &q.units;
 *	train(&net, ..., &o, ...);
 *	qat_free(&q);
 */
#ifndef WHIT_QAT_H
#define WHIT_QAT_H

#include "base/err.h"
#include "net/rnn.h"
#include "quant_grid.h"
#include "train/bptt.h"

struct qat {
	struct quant_grid x, h;		/* inputs of layer 0, and of all other matrices */
	struct bptt_units units;	/* the same, for bptt */
	float *block;			/* owned; what units points to */
	int8_t *q;			/* owned; the matrix at work */
};

/*
 * For nets of net's sizes and normalisation. 0, or -1 with err: no memory, a net that
 * integers alone do not run, or a feature whose range is so small that float32 has no 255th of it.
 */
int qat_init(struct qat *q, const struct rnn *net, const struct quant_features *features,
	char err[ERR_MAX]);
/* A struct projection's apply (project.h); qat: a struct qat. */
void qat_project(void *qat, const struct rnn *from, struct rnn *to);
void qat_free(struct qat *q);

#endif
