/* SPDX-License-Identifier: MIT */
/*
 * curves - the log of a training, a line an epoch
 *
 *	struct curves c;
 *
 *	curves_read(&c, f, "curves.tsv", err);
 *	... c.n, c.at[i][CURVES_LOSS], c.at[i][CURVES_ACCURACY] ...
 *	curves_free(&c);
 *
 * Tab-separated, as lstm-train --log writes it: a heading, then numbers. The
 * columns epoch, loss and accuracy must be there, validation_loss and
 * validation_accuracy may be, '-' for none; others are not read.
 */
#ifndef WHIT_CURVES_H
#define WHIT_CURVES_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

enum curves_column {
	CURVES_EPOCH, CURVES_LOSS, CURVES_ACCURACY, CURVES_VALIDATION_LOSS,
	CURVES_VALIDATION_ACCURACY, CURVES_COLUMNS
};

struct curves {
	size_t n;			/* epochs, at least 1 */
	int validated;			/* the last two columns hold numbers */
	/* index of the best validation accuracy, of equal ones the lowest loss */
	size_t best;
	double (*at)[CURVES_COLUMNS];	/* (n); accuracies are shares */
};

/* Reads all of f. 0, or -1 and err, "INPUT: line N: what, expected, got". */
int curves_read(struct curves *c, FILE *f, const char *input, char err[ERR_MAX]);
void curves_free(struct curves *c);

#endif
