/* SPDX-License-Identifier: MIT */
/*
 * utterance - features on their way into a model: whether they fit it, and which of its labels they
 * have. What does not fit ends the tool; input and model name the streams in its last words.
 */
#ifndef WHIT_UTTERANCE_H
#define WHIT_UTTERANCE_H

#include <stdint.h>

#include "stream/tensor.h"

/* Dies unless features are of kind=features and of the front end that model was trained on. */
void eutterance_kind(const struct meta *features, const char *input, const struct meta *model,
	const char *model_name);

/* The model's index of each of the features' labels, by name. The caller frees. */
int32_t *eutterance_labels(const struct meta *features, const char *input,
	const struct meta *model, const char *model_name);

/* Dies unless x is finite f32 of at least one frame by D, with a label of labels (n) or none. */
void eutterance_check(const struct tensor *x, const char *input, int D, size_t labels);

#endif
