// SPDX-License-Identifier: MIT
/*
 * plot - draw columns of a table
 *
 *   plot --x COLUMN --y COLUMN [OPTION]... PATH < table.tsv
 *
 * reads   a table with a heading, tab-separated
 * writes  PATH.svg and PATH.png (lib/report/figure.h)
 */
#include "base/opt.h"
#include "report/figure.h"
#include "report/plot.h"

static struct plot p = {
	.x_unit = 1, .y_unit = 1, .below = "", .mark_label = "",
};
static const char *style = "lines";

static const struct opt opts[] = {
	{ "x", 'x', OPT_TEXT, &p.x, 0, 0, "COLUMN", "column across (needed)" },
	{ "y", 'y', OPT_TEXT, &p.y, 0, 0, "COLUMN", "column upwards (needed)" },
	{ "series", 's', OPT_TEXT, &p.series, 0, 0, "COLUMN",
	  "column that says which line a point is of" },
	{ "error", 'e', OPT_TEXT, &p.error, 0, 0, "COLUMN", "column with y's deviation" },
	{ "published", 0, OPT_TEXT, &p.published, 0, 0, "COLUMN",
	  "column with the y of others, drawn hollow; - where there is none" },
	{ "x-unit", 0, OPT_REAL, &p.x_unit, 1e-12, 1e12, "NUMBER",
	  "what 1 of the axis is in the column" },
	{ "y-unit", 0, OPT_REAL, &p.y_unit, 1e-12, 1e12, "NUMBER", "likewise" },
	{ "x-label", 0, OPT_TEXT, &p.x_label, 0, 0, "TEXT", "what the axis says, else COLUMN" },
	{ "y-label", 0, OPT_TEXT, &p.y_label, 0, 0, "TEXT", "likewise" },
	{ "x-log", 0, OPT_FLAG, &p.x_log, 0, 0, NULL, "the logarithm of x across" },
	{ "style", 0, OPT_WORD, &style, 0, 0, "lines|bars",
	  "points joined by lines, or bars from 0" },
	{ "mark", 0, OPT_REAL, &p.mark, 0, 1e12, "X",
	  "draw a line there, in the axis' unit; 0: none" },
	{ "mark-label", 0, OPT_TEXT, &p.mark_label, 0, 0, "TEXT", "what it means" },
	{ "title", 0, OPT_TEXT, &p.title, 0, 0, "TEXT", "title, else the name of y" },
	{ "below", 0, OPT_TEXT, &p.below, 0, 0, "TEXT", "a line below the title" },
	{ 0 }
};

static const struct opt_page page = {
	"draw columns of a table",
	"--x COLUMN --y COLUMN [OPTION]... PATH < table.tsv",
	"Writes PATH.svg and PATH.png, by gnuplot. The table is tab-separated and has a heading;\n"
	"a line whose x or y is - is left out. At most 6 series, in the order of the table.\n",
};

int
main(int argc, char *argv[])
{
	struct picture *pictures = NULL;
	char err[ERR_MAX];
	struct figure f;
	int first = opt_parse(argc, argv, opts, &page);

	if (first + 1 != argc)
		usage_die("expected one operand, the path of the figure, got %d", argc - first);
	if (p.x == NULL || p.y == NULL)
		usage_die("--x and --y: expected a column each");
	p.bars = *style == 'b';
	if (p.x_label == NULL)
		p.x_label = p.x;
	if (p.y_label == NULL)
		p.y_label = p.y;
	if (p.title == NULL)
		p.title = p.y_label;
	if (plot_read(&p, stdin, "stdin", err) != 0)
		die("%s", err);
	figure_plot(&f, &p);
	efigure_draw(&pictures, &f, argv[first]);
	epictures_write(&pictures);
	plot_free(&p);
	return 0;
}
