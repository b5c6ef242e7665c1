// SPDX-License-Identifier: MIT
/* One utterance of each label as a picture of its features; see figure.h. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"

#define PANEL_W 138
#define PANEL_H 104
#define GAP_X 24
#define GAP_Y 34		/* a panel's name stands in it */
#define LEFT 62
#define SPAN 2.5		/* deviations that the colours span, each side of the mean */
#define MS 1000.0

struct preview {
	const struct tensor *of[FIGURE_LABELS_MAX];	/* (n) */
	int n, columns, rows;
	size_t D, T;			/* T: of the longest */
	double *mean, *scale;		/* (D) over what is shown */
	double hop_ms;			/* 0: not known */
	int padded;			/* frames are left out */
};

/* Frames of t but for those of nothing but zeros at its end: padding. */
static size_t
frames(const struct tensor *t)
{
	size_t n = t->n;

	while (n > 0 && t->f32[n - 1] == 0)
		n--;
	return n == 0 ? t->dims[0] : (n + t->dims[1] - 1) / t->dims[1];
}

/* Chooses an utterance a label. 0, or -1 and err. */
static int
choose(struct preview *p, const struct tensor_set *set, char err[ERR_MAX])
{
	const struct tensor *of[FIGURE_LABELS_MAX] = { NULL };

	for (size_t i = 0; i < set->n; i++) {
		const struct tensor *t = &set->items[i];

		if (t->dtype != TENSOR_F32 || t->ndim != 2 || t->n == 0 ||
		    t->dims[1] != set->items[0].dims[1]) {
			snprintf(err, ERR_MAX, "record %s: expected features f32 (frames, %u), got "
				"%s of %zu", t->name, (unsigned)set->items[0].dims[1],
				tensor_dtype_name(t->dtype), t->n);
			return -1;
		}
		if (t->label >= FIGURE_LABELS_MAX) {
			snprintf(err, ERR_MAX, "record %s: a preview: expected a label below %d, "
				"got %d", t->name, FIGURE_LABELS_MAX, (int)t->label);
			return -1;
		}
		if (t->label >= 0 && (of[t->label] == NULL ||
		    strcmp(t->name, of[t->label]->name) < 0))
			of[t->label] = t;
	}
	for (int k = 0; k < FIGURE_LABELS_MAX; k++)
		if (of[k] != NULL) {
			p->of[p->n++] = of[k];
			p->T = frames(of[k]) > p->T ? frames(of[k]) : p->T;
			p->D = of[k]->dims[1];
			p->padded |= frames(of[k]) < of[k]->dims[0];
		}
	if (p->n > 0)
		return 0;
	snprintf(err, ERR_MAX, "a preview needs labelled utterances, got none");
	return -1;
}

/* Mean and 1 / deviation of each coefficient. */
static void
measure(struct preview *p)
{
	size_t n = 0;
	double *square;

	p->mean = ecalloc(2 * p->D, sizeof(*p->mean));
	p->scale = square = p->mean + p->D;
	for (int k = 0; k < p->n; k++) {
		n += frames(p->of[k]);
		for (size_t i = 0; i < frames(p->of[k]) * p->D; i++)
			p->mean[i % p->D] += p->of[k]->f32[i];
	}
	for (size_t d = 0; d < p->D; d++)
		p->mean[d] /= (double)n;
	for (int k = 0; k < p->n; k++)
		for (size_t i = 0; i < frames(p->of[k]) * p->D; i++)
			square[i % p->D] += pow(p->of[k]->f32[i] - p->mean[i % p->D], 2);
	for (size_t d = 0; d < p->D; d++)
		p->scale[d] = square[d] > 0 ? 1 / sqrt(square[d] / (double)n) : 0;
}

/* Each coefficient a row; gnuplot wants two rows and two columns at least. */
static void
print_data(FILE *out, const struct preview *p, int k)
{
	const struct tensor *t = p->of[k];
	size_t T = frames(t);

	fprintf(out, "$p%d << EOD\n", k);
	for (size_t d = 0; d < p->D; d++)
		for (size_t again = 0; again < (p->D > 1 ? 1 : 2); again++) {
			for (size_t i = 0; i < (T > 1 ? T : 2); i++) {
				double z = (t->f32[(T > 1 ? i : 0) * p->D + d] - p->mean[d]) *
					p->scale[d];

				fprintf(out, "%.2f ", z > SPAN ? SPAN : z > -SPAN ? z : -SPAN);
			}
			putc('\n', out);
		}
	fputs("EOD\n", out);
}

static void
print_panel(struct figure *f, const struct preview *p, const struct tensor_set *set, int k,
	double top)
{
	double x = LEFT + k % p->columns * (PANEL_W + GAP_X),
		y = top + k / p->columns * (PANEL_H + GAP_Y);
	double unit = p->hop_ms > 0 ? p->hop_ms : 1, dx = frames(p->of[k]) > 1 ? unit : unit / 2;
	char label[256];
	int lowest = k + p->columns >= p->n, leftmost = k % p->columns == 0;

	if (labels_name(&set->head, p->of[k]->label, label, sizeof(label)) == NULL)
		snprintf(label, sizeof(label), "%d", (int)p->of[k]->label);
	figure_axes(f, x, y, PANEL_W, PANEL_H);
	fputs("set label ", f->out);
	figure_quote(f->out, label, 12);
	fprintf(f->out, " at screen %.6f, screen 1-%.2f/H left font 'sans-serif:Bold,12' textcolor "
		"rgb '"
		FIGURE_INK "'\nset label ", x / f->width, y - 9);
	figure_quote(f->out, p->of[k]->name, text_width(label) > 4 ? 12 : 16);
	fprintf(f->out, " at screen %.6f, screen 1-%.2f/H right font 'sans-serif,10' textcolor rgb "
		"'"
		FIGURE_MUTED "'\n", (x + PANEL_W) / f->width, y - 8.5);
	print_data(f->out, p, k);
	fprintf(f->out, "set format x '%s'\nset format y '%s'\n"
		"plot $p%d matrix using (($1+0.5)*%g):($2*%g):3 with image\nunset label\nunset "
		"object\n", lowest ? "%g" : "", leftmost ? "%g" : "", k, dx, p->D > 1 ? 1.0 : 0.5);
}

static void
print_surroundings(struct figure *f, const struct preview *p, double top)
{
	double height = p->rows * (PANEL_H + GAP_Y) - GAP_Y, bar = height > 200 ? 200 : height;
	double width = p->columns * (PANEL_W + GAP_X) - GAP_X, x = LEFT + width + 22;
	static const char *const number[] = { "\xe2\x88\x92" "2", "\xe2\x88\x92" "1", "0", "+1",
		"+2" };

	figure_bar(f, x, top, 14, bar, figure_viridis);
	for (int i = -2; i <= 2; i++)
		figure_label(f, x + 20, top + bar * (0.5 - i / (2 * SPAN)), number[i + 2],
			"left font 'sans-serif,11' textcolor rgb '" FIGURE_INK "'");
	figure_label(f, x + 52, top + bar / 2, "standard deviations",
		"center rotate by 90 textcolor rgb '"
		FIGURE_MUTED "'");
	figure_label(f, LEFT + width / 2, top + height + 36, p->hop_ms > 0 ? "time (ms)" :
		"time (frames)", "center textcolor rgb '" FIGURE_MUTED "'");
	figure_label(f, 20, top + height / 2, "coefficient", "center rotate by 90 textcolor rgb '"
		FIGURE_MUTED "'");
}

/* Palette, ranges and tics of all panels. */
static void
print_style(FILE *out, const struct preview *p)
{
	double end = (double)p->T * (p->hop_ms > 0 ? p->hop_ms : 1),
		step = pow(10, floor(log10(end)));

	step *= end / step > 5 ? 2 : end / step > 2 ? 1 : 0.5;
	fputs("set palette defined (", out);
	for (int i = 0; i <= 8; i++)
		fprintf(out, "%s%d '#%06x'", i > 0 ? ", " : "", i, figure_viridis(i / 8.0));
	fprintf(out, ")\nset cbrange [%g:%g]\nunset colorbox\nunset key\nset multiplot\n"
		"set border 3 linecolor rgb '" FIGURE_RULE "'\n"
		"set tics nomirror out scale 0.4 font 'sans-serif,10' textcolor rgb "
		"'" FIGURE_INK "'\n"
		"set xrange [0:%g]\nset yrange [-0.5:%g]\nset xtics 0,%g\nset ytics 0,%d\n", -SPAN,
		SPAN, end, (double)p->D - 0.5, step < 1 && !(p->hop_ms > 0) ? 1 : step,
		p->D <= 6 ? 1 : p->D <= 20 ? 4 : 13);
}

int
figure_mfcc(struct figure *f, const struct tensor_set *set, char err[ERR_MAX])
{
	char title[3 * REPORT_FIELD], corpus[REPORT_FIELD] = "-", features[REPORT_FIELD] = "-";
	struct preview p = { 0 };
	double rate_hz, hop_n;
	int top;

	if (choose(&p, set, err) != 0)
		return -1;
	measure(&p);
	if (meta_get_double(&set->head, "feature.rate_hz", &rate_hz) == 0 && rate_hz > 0 &&
	    meta_get_double(&set->head, "feature.hop_n", &hop_n) == 0 && hop_n > 0)
		p.hop_ms = MS * hop_n / rate_hz;
	p.columns = p.n <= 5 ? (p.n < 3 ? 3 : p.n) : p.n <= 10 ? 5 : p.n <= 24 ? 6 : 7;
	p.rows = (p.n + p.columns - 1) / p.columns;
	meta_get(&set->head, "corpus", corpus, sizeof(corpus));
	meta_get(&set->head, "features", features, sizeof(features));
	snprintf(title, sizeof(title), "%s%s, %s features",
		strcmp(corpus, "-") ? corpus : "unnamed corpus",
		strstr(corpus, "synthetic") != NULL ? ", synthetic speech, not FSDD" : "",
		strcmp(features, "-") ? features : "unnamed");
	top = figure_begin(f, LEFT + p.columns * (PANEL_W + GAP_X) + 84, title, p.padded ?
		"An utterance of each label without its padding; colour: distance from the "
		"coefficient's mean" :
		"An utterance of each label; colour: distance from the coefficient's mean") + 18;
	print_surroundings(f, &p, top);
	print_style(f->out, &p);
	for (int k = 0; k < p.n; k++)
		print_panel(f, &p, set, k, top);
	fputs("unset multiplot\n", f->out);
	figure_end(f, top + p.rows * (PANEL_H + GAP_Y) - GAP_Y + 54);
	free(p.mean);
	return 0;
}
