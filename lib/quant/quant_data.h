/* SPDX-License-Identifier: MIT */
/*
 * quant_data - the features that an integer net's units are measured on, for tools
 *
 *	struct tensor_set data = { 0 };
 *	struct quant_calib cal;
 *
 *	equant_data(&data, "train.t", &in.head, &net);
 *	equant_measure(&cal, &data, &in.head, &net);
 *	(quant_static_make(&out, &cal, err), ...)
 *	equant_measured(&out.head, &cal, &data);
 *	quant_calib_free(&cal);
 *	tensor_set_free(&data);
 */
#ifndef WHIT_QUANT_DATA_H
#define WHIT_QUANT_DATA_H

#include "quant.h"

/* The features of path, checked against the model they are for: its head and its net. */
void equant_data(struct tensor_set *data, const char *path, const struct meta *model,
	const struct rnn *net);
/* What net, whose head is model, does on data, into cal. */
void equant_measure(struct quant_calib *cal, const struct tensor_set *data,
	const struct meta *model, const struct rnn *net);
/* What that was measured on, into head: calibration.*. */
void equant_measured(struct meta *head, const struct quant_calib *cal,
	const struct tensor_set *data);

#endif
