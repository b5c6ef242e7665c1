/* SPDX-License-Identifier: MIT */
/*
 * distill - a trained net, the teacher, that tells another what it makes of each utterance
 *
 * Knowledge distillation (Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural
 * Network", 2015, section 2); the loss is bptt.h's. The teacher sees the very frames that the
 * student sees, changes included: (x / scale_s + mean_s - mean_t) * scale_t, the student's
 * normalisation undone and its own done, as one factor and one term a feature. It has no dropout
 * and draws no random number.
 *
 *	struct distill d;
 *
 *	distill_init(&d, &teacher, &student, batch, steps, jobs);
 *	b.teacher = distill_logits(&d, items, n);	(b: bptt of the student)
 *	bptt_batch(&b, items, n, 1);
 *	distill_free(&d);
 */
#ifndef WHIT_DISTILL_H
#define WHIT_DISTILL_H

#include "bptt.h"
#include "stream/tensor.h"

/* Zeroed = no teacher. */
struct distill {
	struct bptt bptt;		/* of the teacher */
	const struct bptt_item *from;	/* of the last call */
	struct bptt_item *items;	/* (batch) owned; as the teacher sees them */
	float *factor, *term;		/* (D) each */
	float *x;			/* (batch, steps, D); owned: all of these */
	int steps;
};

/*
 * For batches of up to `batch` utterances of up to `steps` steps of a student with the teacher's
 * features and labels. The teacher must outlive d; of the student its normalisation is read. 0, or
 * -1 without memory. The caller frees.
 */
int distill_init(struct distill *d, const struct rnn *teacher, const struct rnn *student, int batch,
	int steps, int jobs);
/*
 * The teacher's logits (n, K) of items as the student sees them, n <= batch; they stay until the
 * next call.
 */
const float *distill_logits(struct distill *d, const struct bptt_item *items, int n);
void distill_free(struct distill *d);

#endif
