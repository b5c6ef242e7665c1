/* SPDX-License-Identifier: MIT */
/* calibration - what quantize-int8 measures the net on, and what it tells of it */
#ifndef QUANTIZE_INT8_CALIBRATION_H
#define QUANTIZE_INT8_CALIBRATION_H

#include "quant/quant.h"

/*
 * To stderr: for all that cal measured on data the range, the unit of the integers and how many
 * values did not fit; and how often q, loaded from out, finds the label that the float net finds.
 */
void calibration_print(struct quant_calib *cal, const struct tensor_set *data,
	struct quant_static *q, const struct tensor_set *out);

#endif
