// SPDX-License-Identifier: MIT
/* What all figures share; see figure.h. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "figure.h"

#define TITLE_PX 15
#define BELOW_PX 12
#define EDGE 16			/* pixels around all */
#define EM 0.62			/* width of a bold letter in the widest usual fonts, by its size */
#define BAR_STEPS 48

void
figure_free(struct figure *f)
{
	if (f->out != NULL)
		fclose(f->out);
	free(f->text);
	free(f->title);
	memset(f, 0, sizeof(*f));
}

/* Bytes of the character at s that SVG may hold, 0 when it may not. */
static size_t
character(const char *s)
{
	unsigned char c = (unsigned char)*s;
	size_t n = c < 0x80 ? 1 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;

	if (strnlen(s, n) < n || !text_ok(s, n, 0))
		return 0;
	/* U+FFFE and U+FFFF are no characters of XML. */
	return n == 3 && memcmp(s, "\xef\xbf", 2) == 0 && (unsigned char)s[2] >= 0xbe ? 0 : n;
}

void
figure_quote(FILE *out, const char *s, size_t width)
{
	size_t left = text_width(s) > width ? width - 1 : width;

	putc('\'', out);
	for (; *s != '\0' && left > 0; left--) {
		size_t n = character(s);

		if (n == 0)
			putc('?', out);
		else if (*s == '\'')
			fputs("''", out);
		else
			fwrite(s, 1, n, out);
		s += n > 0 ? n : 1;
	}
	fputs(*s != '\0' ? "\xe2\x80\xa6'" : "'", out);
}

void
figure_label(struct figure *f, double x, double y, const char *text, const char *how)
{
	fputs("set label ", f->out);
	figure_quote(f->out, text, SIZE_MAX);
	fputs(" at screen ", f->out);
	fprintf(f->out, "%.6f, screen 1-%.2f/H %s front\n", x / f->width, y, how);
}

void
figure_axes(struct figure *f, double x, double y, double width, double height)
{
	fprintf(f->out, "set lmargin at screen %.6f\nset rmargin at screen %.6f\n"
		"set tmargin at screen 1-%.2f/H\nset bmargin at screen 1-%.2f/H\n",
		x / f->width, (x + width) / f->width, y, y + height);
}

void
figure_bar(struct figure *f, double x, double y, double width, double height,
	unsigned (*colour)(double))
{
	/* Each step reaches to the top, so that no seam shows between two. */
	for (int i = 0; i < BAR_STEPS; i++)
		fprintf(f->out, "set object rectangle from screen %.6f, screen 1-%.2f/H to screen "
			"%.6f, screen 1-%.2f/H fillcolor rgb '#%06x' fillstyle solid noborder\n",
			x / f->width, y + height * (BAR_STEPS - i) / BAR_STEPS,
			(x + width) / f->width, y, colour(((double)i + 0.5) / BAR_STEPS));
}

unsigned
figure_viridis(double v)
{
	static const unsigned char at[9][3] = {
		{ 0x44, 0x01, 0x54 }, { 0x47, 0x2d, 0x7b },
		{ 0x3b, 0x52, 0x8b }, { 0x2c, 0x72, 0x8e },
		{ 0x21, 0x91, 0x8c }, { 0x28, 0xae, 0x80 },
		{ 0x5e, 0xc9, 0x62 }, { 0xad, 0xdc, 0x30 },
		{ 0xfd, 0xe7, 0x25 }
	};
	double place = 8 * (v > 1 ? 1 : v > 0 ? v : 0);
	int i = place < 8 ? (int)place : 7;
	unsigned rgb = 0;

	for (int c = 0; c < 3; c++)
		rgb = rgb << 8 | (unsigned)(at[i][c] + (at[i + 1][c] - at[i][c]) * (place - i) +
			0.5);
	return rgb;
}

int
figure_begin(struct figure *f, int width, const char *title, const char *below)
{
	char *lines = NULL, *line, *rest;
	double y = EDGE;
	size_t n;
	FILE *m;

	*f = (struct figure){ .width = width, .title = estrdup(title) };
	f->out = open_memstream(&f->text, &f->size);
	m = open_memstream(&lines, &n);
	if (f->out == NULL || m == NULL)
		die("out of memory");
	text_wrap(title, m, 0, (size_t)((width - 2 * EDGE) / (EM * TITLE_PX)));
	efclose(m, "memory");
	for (line = strtok_r(lines, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest)) {
		y += TITLE_PX + 5;
		figure_label(f, EDGE, y - 12, line, "left font 'sans-serif:Bold,15' textcolor rgb '"
			FIGURE_INK "'");
	}
	free(lines);
	y += BELOW_PX + 7;
	figure_label(f, EDGE, y - 9, below, "left textcolor rgb '" FIGURE_MUTED "'");
	return (int)y + 10;
}

void
figure_end(struct figure *f, int height)
{
	efclose(f->out, "memory");
	f->out = NULL;
	f->height = height;
}
