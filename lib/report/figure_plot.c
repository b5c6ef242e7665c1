// SPDX-License-Identifier: MIT
/* Columns of a table; see figure.h, plot.h. */
#include <math.h>

#include "figure.h"

#define WIDTH 720
#define AXES_H 320
#define LEFT 74			/* what the ordinate's numbers and name need */
#define RIGHT 28
#define KEY 26			/* a key of at most KEY_MOST names; more take two lines */
#define KEY_MOST 5

/* Shapes tell series apart where colours do not: filled, and hollow for what was published. */
static const struct { const char *colour; int filled, hollow; } look[PLOT_SERIES_MAX] = {
	{ FIGURE_FIRST, 7, 6 }, { FIGURE_SECOND, 5, 4 }, { "#008060", 9, 8 },
	{ "#aa4499", 11, 10 }, { "#7a6a00", 13, 12 }, { "#59636e", 15, 14 },
};

static void
print_data(FILE *out, const struct plot *p)
{
	for (size_t i = 0; i < p->n; i++) {
		fprintf(out, "$s%zu << EOD\n", i);
		for (size_t k = 0; k < p->all[i].n; k++) {
			const struct plot_point *a = &p->all[i].at[k];

			fprintf(out, "%.9g %.9g %.9g ", a->x, a->y, a->error);
			if (isnan(a->published))
				fputs("?\n", out);
			else
				fprintf(out, "%.9g\n", a->published);
		}
		fputs("EOD\n", out);
	}
}

static int
any_published(const struct plot_series *s)
{
	for (size_t k = 0; k < s->n; k++)
		if (!isnan(s->at[k].published))
			return 1;
	return 0;
}

static void
print_series(FILE *out, const struct plot *p)
{
	const char *next = "plot ";
	int published = 0;

	for (size_t i = 0; i < p->n; i++, next = ", \\\n\t") {
		fprintf(out, "%s$s%zu using 1:2 with ", next, i);
		if (p->bars)
			fprintf(out, "impulses linewidth 3 linecolor rgb '%s'", look[i].colour);
		else
			fprintf(out, "linespoints linewidth 2 linecolor rgb '%s' pointtype %d "
				"pointsize 0.7", look[i].colour, look[i].filled);
		fputs(" title ", out);
		figure_quote(out, p->all[i].name, PLOT_NAME_MAX);
	}
	for (size_t i = 0; i < p->n; i++) {
		if (p->error != NULL)
			fprintf(out, "%s$s%zu using 1:($2-$3):(0):(2*$3) with vectors nohead "
				"linewidth 1 linecolor rgb '%s' notitle", next, i, look[i].colour);
		if (p->published == NULL || !any_published(&p->all[i]))
			continue;
		published = 1;
		fprintf(out, "%s$s%zu using 1:4 with points linewidth 2 linecolor rgb '%s' "
			"pointtype %d pointsize 1.4 notitle", next, i, look[i].colour,
			look[i].hollow);
	}
	if (published)
		fprintf(out, "%sNaN with points linewidth 2 linecolor rgb '" FIGURE_MUTED "' "
			"pointtype 6 pointsize 1.4 title 'published'", next);
	fputs("\n", out);
}

void
figure_plot(struct figure *f, const struct plot *p)
{
	int keyed = p->n > 1 || p->published != NULL;
	int key = p->n + (p->published != NULL) > KEY_MOST ? 2 * KEY : KEY;
	int y = figure_begin(f, WIDTH, p->title, p->below) + (keyed ? key : 8);
	double middle = LEFT + (WIDTH - LEFT - RIGHT) / 2.0;

	print_data(f->out, p);
	fputs("set border 3 linecolor rgb '" FIGURE_RULE "'\n"
		"set datafile missing '?'\n"
		"set tics nomirror scale 0.5 textcolor rgb '" FIGURE_INK "'\n"
		"set grid ytics linetype 1 linewidth 1 linecolor rgb '" FIGURE_GRID "' back\n"
		"set format x '%g'\nset format y '%g'\n", f->out);
	if (p->x_log)
		fputs("set logscale x 2\n", f->out);
	else
		fputs("set autoscale xfix\nset offsets graph 0.02, graph 0.02, 0, 0\n", f->out);
	if (p->bars)
		fputs("set xzeroaxis linetype 1 linecolor rgb '" FIGURE_RULE "'\n", f->out);
	if (keyed)
		fprintf(f->out, "set key at screen %.6f, screen 1-%d.0/H left center horizontal "
			"Left reverse samplen 1.6 width 1 maxrows 2 textcolor rgb '" FIGURE_INK
			"'\n", 12.0 / WIDTH, y - key / 2 - 4);
	else
		fputs("unset key\n", f->out);
	figure_axes(f, LEFT, y, WIDTH - LEFT - RIGHT, AXES_H);
	figure_label(f, middle, y + AXES_H + 40, p->x_label,
		"center textcolor rgb '" FIGURE_MUTED "'");
	figure_label(f, 20, y + AXES_H / 2.0, p->y_label,
		"center rotate by 90 textcolor rgb '" FIGURE_MUTED "'");
	if (p->mark != 0) {
		fprintf(f->out, "set arrow from first %g, graph 0 to first %g, graph 1 nohead "
			"dashtype (4,4) linewidth 1 linecolor rgb '" FIGURE_MUTED "' back\n",
			p->mark, p->mark);
		fputs("set label ", f->out);
		figure_quote(f->out, p->mark_label, PLOT_NAME_MAX);
		fprintf(f->out, " at first %g, graph 0.04 offset 0.7,0 left textcolor rgb '"
			FIGURE_MUTED "' front\n", p->mark);
	}
	print_series(f->out, p);
	figure_end(f, y + AXES_H + 60);
}
