/* SPDX-License-Identifier: MIT */
/*
 * statedict - weights trained elsewhere made into a model of ours
 *
 * A PyTorch state_dict of nn.LSTM (attribute `lstm`) or nn.GRU (`gru`) and
 * nn.Linear (`fc`) has our names, shapes and gate order already (formats/model.md); what it does
 * not say is read from the shapes here, and the rest (pooling, labels, front
 * end) the user must add.
 */
#ifndef WHIT_STATEDICT_H
#define WHIT_STATEDICT_H

#include "stream/tensor.h"

/* Replaces the beginning OLD of every name by NEW, given "OLD=NEW". 0, or -1 with err. */
int statedict_rename(struct tensor_set *s, const char *rule, char err[ERR_MAX]);

/*
 * Sets kind, cell, layers, directions, hidden, inputs and precision in the head from the
 * tensors' names and shapes. 0, or -1 with err when they are no such net's. Whether
 * every tensor is there and fits is model_from_tensors()'s to say.
 */
int statedict_describe(struct tensor_set *s, char err[ERR_MAX]);

#endif
