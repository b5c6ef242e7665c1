/* SPDX-License-Identifier: MIT */
/*
 * figure - pictures of results, drawn by gnuplot as SVG and as PNG
 *
 *	struct picture *pictures = NULL;
 *	struct figure f;
 *
 *	figure_confusion(&f, &report, err);		or _curves, _mfcc
 *	efigure_draw(&pictures, &f, "DIR/confusion");	confusion.svg and .png, in memory
 *	epictures_write(&pictures);			all drawn: now they become files
 *
 * A figure is a gnuplot script in memory. gnuplot gets it as its stdin, with
 * no file of the user's (-d), in the locale C.UTF-8; no shell is between. All
 * text that comes from outside stands in single quotes, where gnuplot expands
 * nothing, with what SVG forbids replaced.
 *
 * Looks: an opaque page, so that a figure reads the same wherever it lies; the
 * SVG turns dark with its reader (prefers-color-scheme). Colours tell without
 * red against green: viridis, and blue and vermilion of Okabe and Ito (2008).
 * An SVG holds no date: the same figure, the same bytes.
 */
#ifndef WHIT_FIGURE_H
#define WHIT_FIGURE_H

#include "plot.h"
#include "report.h"
#include "stream/tensor.h"
#include "train/curves.h"

#define FIGURE_LABELS_MAX 64	/* classes of a matrix, panels of a preview */

/* The page's colours; in the SVG each has a twin for dark (figure.c). */
#define FIGURE_INK "#1f2328"
#define FIGURE_MUTED "#59636e"
#define FIGURE_RULE "#b4bfc9"	/* axes */
#define FIGURE_GRID "#e3e8ed"
#define FIGURE_FIRST "#0072b2"	/* the first and the second line of a plot */
#define FIGURE_SECOND "#d55e00"

struct figure {
	int width, height;	/* pixels of the SVG */
	char *title;		/* what readers for the blind are told; owned */
	char *text;		/* the script behind `set terminal`; owned */
	size_t size;
	FILE *out;		/* writes text while the figure is made */
};

/* The confusion matrix, counts in cells coloured by their share of the row. 0, or -1 and err. */
int figure_confusion(struct figure *f, const struct report *r, char err[ERR_MAX]);
/* Loss and accuracy by epoch of the model r reports on. */
void figure_curves(struct figure *f, const struct report *r, const struct curves *c);
/* A stream of features: of each label the utterance whose name sorts first. 0, or -1 and err. */
int figure_mfcc(struct figure *f, const struct tensor_set *set, char err[ERR_MAX]);
/* Columns of a table. */
void figure_plot(struct figure *f, const struct plot *p);

/*
 * Draws as "svg" or "png" into *bytes, n of them, which the caller frees. 0, or -1 and err: gnuplot
 * is missing, or its own first words.
 */
int figure_render(const struct figure *f, const char *format, char **bytes, size_t *n,
	char err[ERR_MAX]);
void figure_free(struct figure *f);

/* A file that waits until all others are drawn. */
struct picture {
	char *path, *bytes;
	size_t n;
	struct picture *next;
};

/* Draws f as PATH.svg and PATH.png, appended to list, and frees f. Dies when gnuplot fails. */
void efigure_draw(struct picture **list, struct figure *f, const char *path);
/* Writes each file, whole or not at all, and empties the list. */
void epictures_write(struct picture **list);

/* ---- for those who draw; pixels count from the upper left corner ---- */

/*
 * Begins a figure width wide: a title that is folded to it, and one line below. Returns their
 * height.
 */
int figure_begin(struct figure *f, int width, const char *title, const char *below);
/* All is drawn below the title; the height is known now. */
void figure_end(struct figure *f, int height);
/*
 * s as gnuplot takes it literally, in its quotes; at most width code points, an ellipsis the last.
 */
void figure_quote(FILE *out, const char *s, size_t width);
/* A line of text: align is left, center or right, and any other words of `set label`. */
void figure_label(struct figure *f, double x, double y, const char *text, const char *how);
/* Places the next plot's axes. */
void figure_axes(struct figure *f, double x, double y, double width, double height);
/* A bar of colours for low..high, low at the bottom; colour(0..1) = 0xRRGGBB. */
void figure_bar(struct figure *f, double x, double y, double width, double height,
	unsigned (*colour)(double));
/* viridis from dark blue (0) to yellow (1); S. van der Walt, N. Smith, 2015, CC0. */
unsigned figure_viridis(double v);

#endif
