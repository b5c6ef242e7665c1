// SPDX-License-Identifier: MIT
/* The confusion matrix as a heat map; see figure.h. */
#include <math.h>
#include <string.h>

#include "figure.h"

#define SHOWN 24		/* letters of a label */
#define LETTER 7.4		/* pixels, at size 12 */
#define WIDTH_MIN 560
#define BAR 14
#define EMPTY 0xf3f5f7		/* colour of a cell of nothing; in the dark: figure_render.c */

struct layout {
	double left, top, side, bar;	/* of the matrix; x of the bar of colours */
	int cell, count_px, label_px, slanted;
	double label;			/* length of the longest label */
	int width, height;
};

/* Colour of a share of the row: yellow for a few, blue for all; its root, as errors are few. */
static unsigned
shade(double root)
{
	return figure_viridis(1 - 0.75 * root);
}

static double
luminance(unsigned rgb)
{
	double l = 0;
	static const double weight[3] = { 0.0722, 0.7152, 0.2126 };

	for (int c = 0; c < 3; c++) {
		double v = (rgb >> 8 * c & 0xff) / 255.0;

		l += weight[c] * (v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4));
	}
	return l;
}

/* White or near black, whatever contrasts more (WCAG 2). */
static unsigned
ink_on(unsigned rgb)
{
	double l = luminance(rgb) + 0.05;

	return 1.05 / l > l / (luminance(0x14181d) + 0.05) ? 0xffffff : 0x14181d;
}

static void
lay_out(struct layout *l, const struct report *r)
{
	size_t K = r->score.K, longest = 1, digits = 1, n = 0;

	for (size_t k = 0; k < K; k++)
		longest = text_width(r->label[k]) > longest ? text_width(r->label[k]) : longest;
	for (size_t i = 0; i < K * K; i++)
		n = r->score.confusion[i] > n ? r->score.confusion[i] : n;
	for (; n >= 10; n /= 10)
		digits++;
	longest = longest > SHOWN ? SHOWN : longest;
	l->cell = K <= 4 ? 64 : K <= 12 ? 44 : K <= 20 ? 32 : K <= 40 ? 24 : 18;
	l->count_px = K <= 12 ? 13 : K <= 20 ? 11 : K <= 40 ? 9 : 7;
	l->label_px = K <= 20 ? 12 : K <= 40 ? 11 : 10;
	if (l->cell < (int)digits * l->count_px * 2 / 3 + 6)
		l->cell = (int)digits * l->count_px * 2 / 3 + 6;
	l->label = (double)longest * LETTER * l->label_px / 12;
	l->slanted = l->label > l->cell - 4;
	l->left = 48 + l->label;
	l->side = (double)K * l->cell;
	l->bar = l->left + l->side + 84;
	l->width = (int)l->bar + BAR + 80;
	l->width = l->width < WIDTH_MIN ? WIDTH_MIN : l->width;
}

static void
print_cells(FILE *out, const struct score *s)
{
	size_t K = s->K;

	fputs("$cells << EOD\n", out);
	for (size_t i = 0; i < K * K; i++) {
		uint32_t n = s->confusion[i];
		unsigned rgb = n > 0 ? shade(sqrt((double)n / (double)s->support[i / K])) :
			EMPTY;

		fprintf(out, "%zu %zu %u\n", i % K, i / K, rgb);
	}
	fputs("EOD\n$counts << EOD\n", out);
	for (size_t i = 0; i < K * K; i++) {
		uint32_t n = s->confusion[i];

		/* A class never recognised says so. */
		if (n > 0)
			fprintf(out, "%zu %zu %u %u\n", i % K, i / K, (unsigned)n, ink_on(
				shade(sqrt((double)n / (double)s->support[i / K]))));
		else if (i % (K + 1) == 0 && s->support[i / K] > 0)
			fprintf(out, "%zu %zu 0 %u\n", i % K, i / K, 0x1f2328);
	}
	/* gnuplot wants one row at least; this one lies outside. */
	fputs("-9 -9 0 0\nEOD\n", out);
}

static void
print_axes(struct figure *f, const struct layout *l, const struct report *r)
{
	size_t K = r->score.K;
	char text[64];

	for (int x = 0; x < 2; x++) {
		fprintf(f->out, "set %ctics scale 0 nomirror offset %s font 'sans-serif,%d' "
			"textcolor rgb '"
			FIGURE_INK "' (", "yx"[x], x && !l->slanted ? "0,0.3" : "0,0", l->label_px);
		for (size_t k = 0; k < K; k++) {
			fputs(k > 0 ? ", " : "", f->out);
			figure_quote(f->out, r->label[k], SHOWN);
			fprintf(f->out, " %zu", k);
		}
		fprintf(f->out, ")%s\n", x && l->slanted ? " rotate by 90 right" : "");
	}
	figure_label(f, l->left + l->side / 2, l->top + l->side + (l->slanted ? l->label : 18) + 20,
		"predicted", "center textcolor rgb '" FIGURE_MUTED "'");
	figure_label(f, 22, l->top + l->side / 2, "spoken",
		"center rotate by 90 textcolor rgb '" FIGURE_MUTED "'");
	figure_label(f, l->left + l->side + 10, l->top - 10, "recall",
		"left textcolor rgb '" FIGURE_MUTED "'");
	for (size_t k = 0; k < K; k++) {
		char how[96];

		if (r->score.support[k] == 0)
			continue;
		snprintf(text, sizeof(text), "%.1f %%", 100 * r->score.recall[k]);
		snprintf(how, sizeof(how),
			"left font 'sans-serif,%d' textcolor rgb '" FIGURE_INK "'", l->label_px);
		figure_label(f, l->left + l->side + 10, l->top + ((double)k + 0.5) * l->cell, text,
			how);
	}
}

static void
print_bar(struct figure *f, const struct layout *l)
{
	static const int at[] = { 1, 10, 25, 50, 100 };
	double height = l->side > 220 ? 220 : l->side < 110 ? 110 : l->side;

	figure_bar(f, l->bar, l->top, BAR, height, shade);
	for (size_t i = 0; i < sizeof(at) / sizeof(*at); i++) {
		char text[32];

		snprintf(text, sizeof(text), "%d %%", at[i]);
		figure_label(f, l->bar + BAR + 6, l->top + height * (1 - sqrt(at[i] / 100.0)), text,
			"left font 'sans-serif,11' textcolor rgb '" FIGURE_INK "'");
	}
	figure_label(f, l->bar + BAR + 56, l->top + height / 2, "share of the row",
		"center rotate by 90 textcolor rgb '" FIGURE_MUTED "'");
}

int
figure_confusion(struct figure *f, const struct report *r, char err[ERR_MAX])
{
	const struct score *s = &r->score;
	char title[8 * REPORT_FIELD], below[160];
	struct layout l;
	double gap;

	if (s->K > FIGURE_LABELS_MAX || s->N == 0) {
		snprintf(err, ERR_MAX, s->N == 0 ?
			"a confusion matrix needs labelled utterances, got none" :
			"a confusion matrix: expected at most %d labels, got %zu",
			FIGURE_LABELS_MAX, s->K);
		return -1;
	}
	lay_out(&l, r);
	report_title(r, title, sizeof(title));
	snprintf(below, sizeof(below),
		"Confusion matrix: %zu of %zu test utterances right, %.2f %%", s->correct, s->N,
		100 * s->accuracy.recall);
	l.top = figure_begin(f, l.width, title, below) + 22;
	l.height = (int)(l.top + l.side + (l.slanted ? l.label : 18) + 40);
	if (l.height < l.top + 140)
		l.height = (int)l.top + 140;
	print_bar(f, &l);
	print_axes(f, &l, r);
	print_cells(f->out, s);
	figure_axes(f, l.left, l.top, l.side, l.side);
	gap = 1.0 / l.cell;	/* each side */
	fprintf(f->out, "unset border\nunset key\nset xrange [-0.5:%zu.5]\nset yrange "
		"[%zu.5:-0.5]\n"
		"set style fill solid 1 noborder\n"
		"plot $cells using 1:2:(%.4f):(%.4f):3 with boxxyerror fillcolor rgb variable, \\\n"
		"\t$counts using 1:2:3:4 with labels font 'sans-serif,%d' textcolor rgb variable\n",
		s->K - 1, s->K - 1, 0.5 - gap, 0.5 - gap, l.count_px);
	figure_end(f, l.height);
	return 0;
}
