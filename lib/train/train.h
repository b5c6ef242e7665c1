/* SPDX-License-Identifier: MIT */
/*
 * train - epochs of shuffled minibatches, validation, the best model
 *
 * Each epoch shuffles all utterances anew (stream RNG_ORDER of the seed),
 * changes each (augment.h) and takes them in batches, the last one short, as
 * PyTorch's DataLoader does: gradient of the mean loss, clip, Adam. With a
 * validation set the weights kept are those after the epoch with the highest
 * validation accuracy; of equal ones the lower loss, then the earlier. Without,
 * those after the last. With an average of the weights it takes their place in
 * both; training itself goes on from the weights, not from the average. With a projection the net
 * sees, validates and keeps projected weights (project.h).
 *
 * A plan of pruning takes weights away at the start of its epochs: momentum and
 * average of what went are 0, and so are its gradients from then on, before the
 * clip. No epoch before the plan's last is ever the best, for it has more
 * weights than asked for, and patience counts from there.
 */
#ifndef WHIT_TRAIN_H
#define WHIT_TRAIN_H

#include "augment.h"
#include "dataset.h"
#include "net/rnn.h"
#include "optim.h"
#include "project.h"
#include "prune.h"
#include "stream/tensor.h"

enum train_average { AVERAGE_NONE, AVERAGE_EMA, AVERAGE_TAIL };

/*
 * One of the things that train() remembers from one epoch to the next: a table
 * of numbers where it lies. The next epoch must follow from all of these,
 * options, data and its own number alone. So whoever gives train() something
 * that lives longer than an epoch and cannot be made anew adds a line to
 * remember() in train.c, or sets `more` where it is a projection's; from there
 * it goes to checkpoints and back (checkpoint.h). Unsigned integers and
 * generators go as signed integers of their size.
 */
struct train_memory {
	char name[32];			/* of its tensor */
	enum tensor_dtype dtype;
	size_t rows, columns;
	void *data;
};

#define TRAIN_MEMORY_MAX 32

struct train_options {
	int epochs, batch;
	/* epochs without a better validation before it ends; 0: never */
	int patience;
	int jobs;			/* threads; changes no bit */
	/* clip: largest gradient norm, 0: none; smoothing of labels */
	double clip, dropout, smoothing;
	double weight_decay;
	int adamw;			/* 0: Adam */
	struct schedule schedule;	/* kind, rate, every, factor; the rest is set inside */
	/* EMA of the weights after each update; or mean of them over the tail */
	enum train_average average;
	double average_decay;		/* EMA, above 0 */
	int average_epochs;		/* tail: the last so many */
	struct augment augment;		/* of the features as the net sees them */
	struct projection projection;	/* what the net sees of the weights; without apply all */
	struct intervention intervention;	/* what else changes the weights; zeroed: nothing */
	const struct bptt_units *units;	/* and of features and h; NULL: all */
	struct prune_plan prune;
	/* distillation: a net with the same features and labels, or NULL; see bptt.h */
	const struct rnn *teacher;
	double tau, alpha;		/* above 0; 0..1 */
	uint64_t seed;
	/*
	 * NULL, or called once before the first epoch with report's arg and all
	 * that will be remembered (n), which stays where it is until train()
	 * returns. The first is the number of epochs done, s64. When it puts back
	 * what an earlier training left, training goes on from there. 0, or -1
	 * with err.
	 */
	int (*remember)(void *arg, const struct train_memory *m, size_t n, char err[ERR_MAX]);
	const struct train_memory *more;	/* (more_n) to be remembered beside train()'s own */
	size_t more_n;
};

/*
 * What an epoch gave; loss: mean cross-entropy in nats; accuracies in 0..1.
 * Doubles alone: it is remembered as a row of a table.
 */
struct train_epoch {
	double epoch;			/* 1, 2, ... */
	/* of the training batches as they came: dropout, smoothing, changes, teacher */
	double loss, accuracy;
	double validation_loss, validation_accuracy;	/* 0 without validation */
	double rate;			/* of the last update */
	double best;			/* 1: better than all before */
	double seconds;			/* 0 before report, which may set it */
};

/*
 * Weights and biases uniform in +-1/sqrt(H), the classifier's in +-1/sqrt(W), PyTorch's default,
 * by stream RNG_WEIGHTS of seed.
 */
void train_init_weights(struct rnn *net, uint64_t seed);

/*
 * Trains net in place; validation may be NULL. report is called after each
 * epoch, and before the first for those that remember() put back. Normalises by
 * net's mean and scale, if it has them. 0, or -1 with err: no memory, what was put back is no
 * memory of this training, or the loss is no longer finite.
 */
int train(struct rnn *net, const struct dataset *set, const struct dataset *validation,
	const struct train_options *o, void (*report)(void *arg, struct train_epoch *e),
	void *arg, char err[ERR_MAX]);

#endif
