/* SPDX-License-Identifier: MIT */
/*
 * recogniser - any model, whatever its precision, behind one call
 *
 *	struct tensor_set set;
 *	struct recogniser r;
 *	char err[ERR_MAX];
 *
 *	etensor_load_path(&set, "digits.m");
 *	if (recogniser_init(&r, &set, err))
 *		die("digits.m: %s", err);
 *	recogniser_infer(&r, x, T, logits, err);	(logits: r.K elements of r.dtype)
 *	recogniser_free(&r);
 */
#ifndef WHIT_RECOGNISER_H
#define WHIT_RECOGNISER_H

#include "confidence.h"
#include "net/rnn.h"
#include "quant.h"
#include "quant_pot.h"
#include "stream/tensor.h"
#include "whit.h"

struct recogniser {
	int D, K;			/* features a frame, labels */
	/* of the logits: TENSOR_F32, or TENSOR_S32 of an integer net */
	enum tensor_dtype dtype;
	struct rnn net;			/* precision float32 */
	struct rnn_scratch scratch;
	struct quant_dynamic *dynamic;	/* precision int8-dynamic, else NULL */
	struct quant_static *integer;	/* precision int8, else NULL */
	struct quant_pot *pot;		/* precision pot, else NULL */
	int confident;			/* whether an integer net has what follows (reject.h) */
	struct confidence confidence;
	int none;			/* labels_none() */
};

/*
 * Makes r from a stream of kind=model. 0, or -1 with err and nothing to free. set must outlive r.
 */
int recogniser_init(struct recogniser *r, const struct tensor_set *set, char err[ERR_MAX]);

/*
 * logits (K) of dtype r->dtype, of the finite features x (T, D), T >= 1. 0, or -1 with err
 * (memory).
 */
int recogniser_infer(struct recogniser *r, const float *x, int T, void *logits, char err[ERR_MAX]);

/*
 * Describes the model in the head of its predictions: model.sha256,
 * model.precision, model.cell, model.layers, model.directions (if the model
 * says it), model.hidden, model.inputs,
 * model.parameters, model.bytes and, a layer each, "model.layer.N=NAME
 * PARAMETERS BYTES". Bytes are those of the stored tensors, scales and tables
 * included; parameters are the float net's. What belongs to no layer
 * (normalisation, input scales) is the layer "input", with no parameters.
 * model.sparse: the zeros of each layer (formats/model.md).
 */
int recogniser_describe(struct meta *head, const struct tensor_set *set, char err[ERR_MAX]);

/* The net of r where it runs in integers alone, which lives as long as r; else NULL. */
const struct net_int *recogniser_net(const struct recogniser *r);

/*
 * The firmware's view of r, which hears samples and lives as long as r: m with its input *in, but
 * without labels. 0, or -1 with err when r does not run in integers from the samples on.
 */
int recogniser_whit(struct whit_model *m, struct whit_input *in, const struct recogniser *r,
	const struct tensor_set *set, char err[ERR_MAX]);

void recogniser_free(struct recogniser *r);

#endif
