// SPDX-License-Identifier: MIT
/* Loss and accuracy by epoch; see figure.h. */
#include <math.h>

#include "figure.h"

#define WIDTH 860
#define PANEL_W 324
#define PANEL_H 260
#define LEFT 66			/* of a panel: what its numbers need */
#define BEST "font 'sans-serif,11' textcolor rgb '" FIGURE_MUTED "'"
#define DOTS_MAX 40		/* epochs that are shown one by one */

/* The smallest of 1, 2, 5, 10 ... times 10^k that splits span into at most parts. */
static double
nice_step(double span, int parts)
{
	double step = pow(10, floor(log10(span / parts)));
	static const double factor[] = { 1, 2, 5, 10 };

	for (int i = 0; i < 4; i++)
		if (span / (factor[i] * step) <= parts * (1 + 1e-9))
			return factor[i] * step;
	return 10 * step;
}

struct panel {
	const char *name;		/* of the ordinate */
	enum curves_column column;	/* of training; validation is 2 on */
	double factor, top, step;	/* of the ordinate */
	int decimals;			/* of its numbers */
	const char *end;		/* format of a line's last number */
};

/* What a line ends at, beside its end; two that are near move apart. */
static void
print_ends(struct figure *f, const struct curves *c, const struct panel *p, double x, double y)
{
	static const char *const how[2] = {
		"left font 'sans-serif,11' textcolor rgb '" FIGURE_FIRST "'",
		"left font 'sans-serif,11' textcolor rgb '" FIGURE_SECOND "'"
	};
	double at[2] = { 0 };
	char text[32];

	for (int v = 0; v <= c->validated; v++)
		at[v] = y + PANEL_H * (1 - p->factor * c->at[c->n - 1][p->column + 2 * v] / p->top);
	if (c->validated && fabs(at[0] - at[1]) < 14) {
		double middle = (at[0] + at[1]) / 2, up = at[0] <= at[1] ? -7 : 7;

		at[0] = middle + up;
		at[1] = middle - up;
	}
	for (int v = 0; v <= c->validated; v++) {
		snprintf(text, sizeof(text), p->end,
			p->factor * c->at[c->n - 1][p->column + 2 * v]);
		figure_label(f, x + PANEL_W + 8, at[v], text, how[v]);
	}
}

static void
print_panel(struct figure *f, const struct curves *c, const struct panel *p, double x, double y)
{
	double first = c->at[0][CURVES_EPOCH], last = c->at[c->n - 1][CURVES_EPOCH];
	double step = c->n > 1 ? nice_step(last - first, 8) : 1;
	double edge = c->n > 1 ? (last - first) / 60 : 0.5, left = first - edge,
		right = last + edge;

	figure_axes(f, x, y, PANEL_W, PANEL_H);
	figure_label(f, x + PANEL_W / 2.0, y + PANEL_H + 38, "epoch",
		"center textcolor rgb '" FIGURE_MUTED "'");
	figure_label(f, x - LEFT + 18, y + PANEL_H / 2.0, p->name,
		"center rotate by 90 textcolor rgb '" FIGURE_MUTED "'");
	print_ends(f, c, p, x, y);
	if (c->validated) {
		double kept = c->at[c->best][CURVES_EPOCH], share;
		char text[64];

		fprintf(f->out, "set arrow from first %g, graph 0 to first %g, graph 1 nohead "
			"dashtype (4,4) linewidth 1 linecolor rgb '" FIGURE_MUTED "' back\n", kept,
			kept);
		snprintf(text, sizeof(text), "best: epoch %g", kept);
		share = (kept - left) / (right - left);
		figure_label(f, x + PANEL_W * share, y - 9, text, share < 0.3 ? "left " BEST :
			share > 0.7 ? "right " BEST : "center " BEST);
	}
	fprintf(f->out, "set xrange [%g:%g]\nset yrange [0:%g]\nset xtics %g,%g\nset ytics 0,%g\n"
		"set format y '%%.%df'\n", left, right, p->top,
		step >= 1 ? ceil(first / step) * step : first, step >= 1 ? step : 1, p->step,
		p->decimals);
	for (int v = 0; v <= c->validated; v++)
		fprintf(f->out, "%s $curves using 1:(%g*$%d) with %s linewidth 2 %slinecolor rgb "
			"'%s' title '%s'", v == 0 ? "plot" : ", \\\n\t", p->factor,
			p->column + 2 * v + 1, c->n <= DOTS_MAX ? "linespoints" : "lines",
			c->n <= DOTS_MAX ? "pointtype 7 pointsize 0.45 " : "",
			v == 0 ? FIGURE_FIRST : FIGURE_SECOND, v == 0 ? "training" : "validation");
	fputs("\nunset label\nunset arrow\n", f->out);
}

void
figure_curves(struct figure *f, const struct report *r, const struct curves *c)
{
	struct panel loss = { "cross-entropy loss (nats)", CURVES_LOSS, 1, 0, 0, 0, "%.3f" };
	struct panel accuracy = { "accuracy (%)", CURVES_ACCURACY, 100, 100, 20, 0, "%.1f %%" };
	char title[8 * REPORT_FIELD], below[160];
	double top = 0;
	int y;

	for (size_t i = 0; i < c->n; i++)
		top = fmax(top, fmax(c->at[i][CURVES_LOSS], c->at[i][CURVES_VALIDATION_LOSS]));
	loss.step = nice_step(top > 0 ? top : 1, 5);
	loss.top = ceil((top > 0 ? top : 1) / loss.step) * loss.step;
	loss.decimals = loss.step < 1 ? (int)ceil(-log10(loss.step) - 1e-9) : 0;
	report_title(r, title, sizeof(title));
	snprintf(below, sizeof(below), "Training, %zu epoch%s%s", c->n, c->n > 1 ? "s" : "",
		c->validated ? "" : "; no validation");
	y = figure_begin(f, WIDTH, title, below) + (c->validated ? 24 : 8);
	fputs("$curves << EOD\n", f->out);
	for (size_t i = 0; i < c->n; i++) {
		for (int k = 0; k < CURVES_COLUMNS; k++)
			fprintf(f->out, "%.9g ", c->at[i][k]);
		putc('\n', f->out);
	}
	fputs("EOD\nset multiplot\nset border 3 linecolor rgb '" FIGURE_RULE "'\n"
		"set tics nomirror scale 0.5 textcolor rgb '" FIGURE_INK "'\n"
		"set grid ytics linetype 1 linewidth 1 linecolor rgb '" FIGURE_GRID "' back\n"
		"set format x '%g'\nunset key\n", f->out);
	print_panel(f, c, &loss, LEFT, y);
	if (c->validated)	/* one key for both, in the title's lower right */
		fprintf(f->out, "set key at screen %.6f, screen 1-%d.0/H right center horizontal "
			"Left reverse samplen 1.6 width 2 textcolor rgb '" FIGURE_INK "'\n",
			1 + 24.0 / WIDTH, y - 43);
	print_panel(f, c, &accuracy, WIDTH - 16 - 48 - PANEL_W, y);
	fputs("unset multiplot\n", f->out);
	figure_end(f, y + PANEL_H + 58);
}
