// SPDX-License-Identifier: MIT
/* Reads columns of a table; see plot.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "base/tsv.h"
#include "plot.h"

enum { X, Y, SERIES, ERROR, PUBLISHED, COLUMNS };

/* Which field each column is, -1 for none. */
static int
heading(const struct plot *p, int place[COLUMNS], char *line, size_t *n, char err[ERR_MAX])
{
	const char *name[COLUMNS] = { p->x, p->y, p->series, p->error, p->published };
	char *field[TSV_FIELDS_MAX];

	*n = tsv_cut(line, field);
	for (int c = 0; c < COLUMNS; c++) {
		place[c] = name[c] != NULL ? tsv_column(field, *n, name[c]) : -1;
		if (name[c] != NULL && place[c] < 0)
			return err_set(err, "expected a heading with the column %.64s, got none",
				name[c]);
	}
	return 0;
}

static struct plot_series *
series_named(struct plot *p, const char *name, char err[ERR_MAX])
{
	for (size_t i = 0; i < p->n; i++)
		if (strncmp(p->all[i].name, name, PLOT_NAME_MAX) == 0)
			return &p->all[i];
	if (p->n == PLOT_SERIES_MAX) {
		err_set(err, "expected at most %d series, got one more: %.64s", PLOT_SERIES_MAX,
			name);
		return NULL;
	}
	strncpy(p->all[p->n].name, name, PLOT_NAME_MAX);
	return &p->all[p->n++];
}

/* The number in a field, over unit; *missing when the field is '-'. */
static int
number(const char *name, const char *text, double unit, double *value, int *missing,
	char err[ERR_MAX])
{
	*missing = strcmp(text, "-") == 0;
	if (*missing)
		return 0;
	if (opt_number(text, -1e30, 1e30, value) != 0)
		return err_set(err, "%.64s: expected a number or -, got %.100s", name, text);
	*value /= unit;
	return 0;
}

/* One line of n fields. 0, or -1 and err. */
static int
row(struct plot *p, const int place[COLUMNS], char *line, size_t n, char err[ERR_MAX])
{
	char *field[TSV_FIELDS_MAX], *first;
	size_t got = tsv_cut(line, field);
	struct plot_point a = { .published = NAN };
	struct plot_series *s;
	int none[COLUMNS] = { 0 };

	if (got != n)
		return err_set(err, "expected %zu fields as in the heading, got %zu", n, got);
	if (number(p->x, field[place[X]], p->x_unit, &a.x, &none[X], err) != 0 ||
	    number(p->y, field[place[Y]], p->y_unit, &a.y, &none[Y], err) != 0)
		return -1;
	if (place[ERROR] >= 0 && number(p->error, field[place[ERROR]], p->y_unit, &a.error,
	    &none[ERROR], err) != 0)
		return -1;
	if (place[PUBLISHED] >= 0) {
		first = field[place[PUBLISHED]];
		first[strcspn(first, " ")] = '\0';	/* of several the first */
		if (number(p->published, first, p->y_unit, &a.published, &none[PUBLISHED], err))
			return -1;
	}
	if (none[X] || none[Y])
		return 0;
	if (p->x_log && !(a.x > 0))
		return err_set(err, "%.64s: expected more than 0 for a logarithm, got %g", p->x,
			a.x);
	s = series_named(p, place[SERIES] >= 0 ? field[place[SERIES]] : "", err);
	if (s == NULL)
		return -1;
	s->at = erealloc(s->at, s->n + 1, sizeof(*s->at));
	s->at[s->n++] = a;
	return 0;
}

int
plot_read(struct plot *p, FILE *f, const char *input, char err[ERR_MAX])
{
	char *line = NULL, what[ERR_MAX] = "";
	int place[COLUMNS];
	size_t n = 0, size = 0, lines = 0;

	for (; what[0] == '\0' && getline(&line, &size, f) >= 0; lines++)
		if (lines == 0)
			heading(p, place, line, &n, what);
		else
			row(p, place, line, n, what);
	free(line);
	if (what[0] != '\0')
		err_at(err, input, "line %zu: %.300s", lines, what);
	else if (ferror(f))
		err_at(err, input, "read error in line %zu", lines + 1);
	else if (p->n == 0)
		err_at(err, input, "expected a heading and lines with numbers, got %zu lines",
			lines);
	else
		return 0;
	plot_free(p);
	return -1;
}

void
plot_free(struct plot *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->all[i].at);
	memset(p->all, 0, sizeof(p->all));
	p->n = 0;
}
