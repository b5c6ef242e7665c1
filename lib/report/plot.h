/* SPDX-License-Identifier: MIT */
/*
 * plot - columns of a table as points, a series a line
 *
 *	struct plot p = { .x = "bytes", .y = "mean", .series = "task", ... };
 *
 *	plot_read(&p, stdin, "stdin", err);
 *	figure_plot(&f, &p);				lib/report/figure.h
 *	plot_free(&p);
 *
 * The table is tab-separated and has a heading. A line whose x or y is '-' is
 * left out. Series keep the order in which the table names them first.
 */
#ifndef WHIT_PLOT_H
#define WHIT_PLOT_H

#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

#define PLOT_SERIES_MAX 6	/* colours that can be told apart, light and dark */
#define PLOT_NAME_MAX 48

struct plot_point {
	double x, y, error;		/* error: 0 = none */
	double published;		/* what somebody else reached there; NAN = nothing */
};

struct plot_series {
	char name[PLOT_NAME_MAX + 1];
	struct plot_point *at;		/* (n) */
	size_t n;
};

struct plot {
	/* What is drawn: columns, NULL = none; what one unit of an axis is in their numbers. */
	const char *x, *y, *series, *error, *published;
	double x_unit, y_unit;
	/* How: texts; bars from 0 instead of lines; logarithms of x; a line across at mark. */
	const char *title, *below, *x_label, *y_label, *mark_label;
	int bars, x_log;
	double mark;			/* in units of x; 0 = none */

	struct plot_series all[PLOT_SERIES_MAX];
	size_t n;			/* series, 0 before plot_read() */
};

/* 0, or -1 and err, "INPUT: line N: what, expected, got"; then there is nothing to free. */
int plot_read(struct plot *p, FILE *f, const char *input, char err[ERR_MAX]);
void plot_free(struct plot *p);

#endif
