/* SPDX-License-Identifier: MIT */
/*
 * model - a float net as a stream of kind=model, and back (formats/model.md)
 *
 *	struct tensor_set set = { 0 };
 *	struct rnn net;
 *	char err[ERR_MAX];
 *
 *	etensor_load(&set, stdin, "stdin");
 *	if (model_from_tensors(&net, &set, err))
 *		die("stdin: %s", err);
 */
#ifndef WHIT_MODEL_H
#define WHIT_MODEL_H

#include "rnn.h"
#include "stream/tensor.h"

/*
 * Makes net from the stream: kind=model, precision=float32, head keys cell,
 * layers, directions (absent: 1), hidden, inputs, pooling and labels (K names)
 * must agree with the tensors; every tensor of formats/model.md must be there
 * once, f32, with its shape and finite values, and none other. 0, or -1 with err; then net
 * needs no rnn_free().
 */
int model_from_tensors(struct rnn *net, const struct tensor_set *set, char err[ERR_MAX]);

/*
 * Appends net's tensors to set and sets the head keys kind, cell, layers,
 * hidden, inputs, pooling, precision. labels, corpus, recipe, feature.* and
 * history.* are the caller's. 0, or -1 with err.
 */
int model_to_tensors(struct tensor_set *set, const struct rnn *net, char err[ERR_MAX]);

/*
 * For a model of any precision: the sizes that its head tells, with no weights
 * (kind, cell, pooling, precision, layers, hidden, inputs and labels are
 * checked); and those keys but the labels, set. 0, or -1 with err.
 */
int model_read_head(struct rnn *net, const struct meta *head, const char *precision,
	char err[ERR_MAX]);
int model_write_head(struct meta *head, const struct rnn *net, const char *precision,
	char err[ERR_MAX]);

#endif
