/* SPDX-License-Identifier: MIT */
/*
 * project - a net that sees other weights than those that are trained, or has them changed
 *
 * Both passes of a training step read P(w), for instance w rounded or with zeros in it; its
 * gradient goes to w as if P were not there, and w is what the step changes:
 *
 *	w = w - rate step(dloss/dw at P(w))
 *
 * which is the straight-through estimator (Bengio, Leonard and Courville 2013, arXiv 1308.3432,
 * section 4). w keeps what P takes away, so that small steps add up. P(w) is what validation
 * measures and what train() leaves; of averaged weights it is P of the average.
 */
#ifndef WHIT_PROJECT_H
#define WHIT_PROJECT_H

#include <stdint.h>

#include "net/rnn.h"

struct projection {
	/* to->w = P(from->w); both of one size. Draws nothing at random. */
	void (*apply)(void *arg, const struct rnn *from, struct rnn *to);
	void *arg;
};

/*
 * And what may be done to w itself while it is trained. Whatever is NULL is not done. With an
 * average of the weights the average stays what it was.
 */
struct intervention {
	/* Before an update: the gradient (net->n), before it is clipped. */
	void (*gradient)(void *arg, float *grad);
	/* After each update; i counts them over all epochs, 1, 2, ... */
	void (*updated)(void *arg, struct rnn *net, int64_t i);
	/* After each epoch, before it is validated; 1, 2, ... */
	void (*ended)(void *arg, struct rnn *net, int epoch);
	void *arg;
};

#endif
