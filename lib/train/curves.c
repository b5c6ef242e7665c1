// SPDX-License-Identifier: MIT
/* Reads the log of a training; see curves.h. */
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "base/tsv.h"
#include "curves.h"

static const struct { const char *name; double max; } columns[CURVES_COLUMNS] = {
	[CURVES_EPOCH] = { "epoch", 1e9 }, [CURVES_LOSS] = { "loss", 1e30 },
	[CURVES_ACCURACY] = { "accuracy", 1 },
	[CURVES_VALIDATION_LOSS] = { "validation_loss", 1e30 },
	[CURVES_VALIDATION_ACCURACY] = { "validation_accuracy", 1 },
};

/* Which field each column is, -1 for none; n fields. */
static int
heading(int place[CURVES_COLUMNS], char *line, size_t *n, char err[ERR_MAX])
{
	char *field[TSV_FIELDS_MAX];

	*n = tsv_cut(line, field);
	for (int c = 0; c < CURVES_COLUMNS; c++) {
		place[c] = tsv_column(field, *n, columns[c].name);
		if (place[c] < 0 && c <= CURVES_ACCURACY) {
			snprintf(err, ERR_MAX, "expected a heading with the column %s, got none",
				columns[c].name);
			return -1;
		}
	}
	return 0;
}

/* One line of n fields. 0, or -1 and err. */
static int
row(struct curves *c, const int place[CURVES_COLUMNS], char *line, size_t n, char err[ERR_MAX])
{
	double *at = c->at[c->n];
	char *field[TSV_FIELDS_MAX];
	size_t got = tsv_cut(line, field);

	if (got != n) {
		snprintf(err, ERR_MAX, "expected %zu fields as in the heading, got %zu", n, got);
		return -1;
	}
	for (int k = 0; k < CURVES_COLUMNS; k++) {
		const char *text = place[k] < 0 ? "-" : field[place[k]];

		at[k] = 0;
		/* The first line decides whether there was a validation. */
		if (k > CURVES_ACCURACY && c->n == 0)
			c->validated &= strcmp(text, "-") != 0;
		if (k > CURVES_ACCURACY && !c->validated)
			continue;
		if (opt_number(text, 0, columns[k].max, &at[k]) != 0) {
			snprintf(err, ERR_MAX, "%s: expected a number, 0 to %g, got %.100s",
				columns[k].name, columns[k].max, text);
			return -1;
		}
	}
	if (c->n > 0 && !(at[CURVES_EPOCH] > c->at[c->n - 1][CURVES_EPOCH])) {
		snprintf(err, ERR_MAX, "epoch: expected more than %g, got %g",
			c->at[c->n - 1][CURVES_EPOCH], at[CURVES_EPOCH]);
		return -1;
	}
	return 0;
}

static void
find_best(struct curves *c)
{
	for (size_t i = 1; i < c->n; i++) {
		const double *a = c->at[c->best], *b = c->at[i];

		if (b[CURVES_VALIDATION_ACCURACY] > a[CURVES_VALIDATION_ACCURACY] ||
		    (b[CURVES_VALIDATION_ACCURACY] == a[CURVES_VALIDATION_ACCURACY] &&
		    b[CURVES_VALIDATION_LOSS] < a[CURVES_VALIDATION_LOSS]))
			c->best = i;
	}
}

int
curves_read(struct curves *c, FILE *f, const char *input, char err[ERR_MAX])
{
	char *line = NULL, what[ERR_MAX] = "";
	int place[CURVES_COLUMNS];
	size_t n = 0, size = 0, capacity = 0, lines = 0;

	*c = (struct curves){ .validated = 1 };
	for (; what[0] == '\0' && getline(&line, &size, f) >= 0; lines++) {
		if (lines == 0) {
			heading(place, line, &n, what);
			continue;
		}
		if (c->n == capacity) {
			capacity = capacity ? 2 * capacity : 64;
			c->at = erealloc(c->at, capacity, sizeof(*c->at));
		}
		if (row(c, place, line, n, what) == 0)
			c->n++;
	}
	free(line);
	if (what[0] != '\0')
		snprintf(err, ERR_MAX, "%.150s: line %zu: %.300s", input, lines, what);
	else if (ferror(f))
		snprintf(err, ERR_MAX, "%.200s: read error in line %zu", input, lines + 1);
	else if (c->n == 0)
		snprintf(err, ERR_MAX, "%.200s: expected a heading and a line an epoch, got %zu "
			"lines", input, lines);
	else {
		find_best(c);
		return 0;
	}
	curves_free(c);
	return -1;
}

void
curves_free(struct curves *c)
{
	free(c->at);
	*c = (struct curves){ 0 };
}
