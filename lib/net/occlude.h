/* SPDX-License-Identifier: MIT */
/*
 * occlude - a net that a hidden unit says nothing in
 *
 *	memcpy(kept, net.w, net.n * sizeof(*kept));
 *	occlude_unit(&net, 0, 0, 3);
 *	... rnn_pack(), rnn_infer() ...
 *	memcpy(net.w, kept, net.n * sizeof(*kept));
 *
 * As if the unit's output h were 0 in every step: whatever reads it, the cells of its own layer and
 * direction, those of the layer above and the classifier, reads it by weights of 0. What the cell
 * keeps in itself (a GRU's z * h) nobody else sees.
 */
#ifndef WHIT_OCCLUDE_H
#define WHIT_OCCLUDE_H

#include "rnn.h"

/* Silences unit 0..H-1 of direction 0..directions-1 of layer 0..layers-1. */
void occlude_unit(struct rnn *net, int layer, int direction, int unit);

#endif
