/* SPDX-License-Identifier: MIT */
/*
 * distill_opt - a teacher (distill.h) as options, the same in every tool that trains
 *
 *	static struct distill_given teach = DISTILL_GIVEN;
 *
 *	static const struct opt opts[] = {
 *		DISTILL_OPTS(teach),
 *		{ 0 }
 *	};
 *
 *	edistill_check(&teach);			(after opt_parse())
 *	if (teach.path)
 *		edistill_load(&teacher, &head, D, &teach);
 */
#ifndef WHIT_DISTILL_OPT_H
#define WHIT_DISTILL_OPT_H

#include "base/opt.h"
#include "net/rnn.h"
#include "stream/tensor.h"

struct distill_given {
	const char *path;
	double tau, alpha;
};

#define DISTILL_GIVEN { .tau = 3, .alpha = 0.6 }

#define DISTILL_OPTS(g) \
	{ "teacher", 0, OPT_FILE, &(g).path, 0, 0, "MODEL", \
	  "learn what this float model makes of each utterance, too" }, \
	{ "tau", 0, OPT_REAL, &(g).tau, 0.01, 1000, NULL, \
	  "--teacher: temperature, by which both nets' logits are divided for that" }, \
	{ "alpha", 0, OPT_REAL, &(g).alpha, 0, 1, NULL, \
	  "--teacher: its share of the loss; the labels have the rest" }

/* Exits 2 where tau or alpha is given without a teacher. */
void edistill_check(const struct distill_given *g);

/*
 * The teacher of g, for features with that head and D; what it is, and tau and alpha, go to the
 * head. Dies of what is none. The caller frees it by rnn_free().
 */
void edistill_load(struct rnn *teacher, struct meta *head, int D, const struct distill_given *g);

#endif
