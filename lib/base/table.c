// SPDX-License-Identifier: MIT
#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "table.h"

size_t
text_width(const char *s)
{
	size_t n = 0;

	for (; *s != '\0'; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

/* Bytes of s that make its first width code points, or fewer at its end. */
static size_t
bytes_of(const char *s, size_t width)
{
	size_t i = 0;

	for (; s[i] != '\0'; i++)
		if (((unsigned char)s[i] & 0xc0) != 0x80 && width-- == 0)
			break;
	return i;
}

/* Bytes of the next line of s when it is folded to width; spaces at the fold belong to it. */
static size_t
fold(const char *s, size_t width, const char *after)
{
	size_t n = bytes_of(s, width), i;

	if (s[n] == '\0')
		return n;
	if (s[n] == ' ')
		return n + strspn(s + n, " ");
	for (i = n; i > 1 && strchr(after, s[i - 1]) == NULL; i--)
		;
	return i > 1 ? i : n;
}

void
table_init(struct table *t, size_t cols, const char *align)
{
	assert(cols >= 1 && cols <= TABLE_COLS_MAX && *align != '\0');
	*t = (struct table){ .cols = cols };
	for (size_t c = 0; c < cols; c++) {
		t->align[c] = *align;
		align += align[1] != '\0';
	}
}

void
table_cell(struct table *t, const char *fmt, ...)
{
	va_list ap, again;
	int n;

	if (t->n == t->capacity) {
		t->capacity = t->capacity ? 2 * t->capacity : 64;
		t->cell = erealloc(t->cell, t->capacity, sizeof(*t->cell));
	}
	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	t->cell[t->n] = ecalloc((size_t)n + 1, 1);
	vsnprintf(t->cell[t->n++], (size_t)n + 1, fmt, again);
	va_end(again);
}

void
table_free(struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		free(t->cell[i]);
	free(t->cell);
	*t = (struct table){ 0 };
}

static size_t
longest_word(const char *s)
{
	size_t best = 0, n = 0;

	for (; *s != '\0'; s++) {
		n = *s == ' ' ? 0 : n + (((unsigned char)*s & 0xc0) != 0x80);
		best = n > best ? n : best;
	}
	return best;
}

/* What each column needs, with headings folded or whole; returns the sum. */
static size_t
measure(const struct table *t, size_t width[], int folded)
{
	size_t sum = 0;

	for (size_t c = 0; c < t->cols; c++) {
		width[c] = folded ? longest_word(t->cell[c]) : text_width(t->cell[c]);
		for (size_t i = t->cols + c; i < t->n; i += t->cols) {
			size_t n = text_width(t->cell[i]);

			width[c] = n > width[c] ? n : width[c];
		}
		sum += width[c];
	}
	return sum;
}

size_t
table_width(const struct table *t)
{
	size_t width[TABLE_COLS_MAX];

	return measure(t, width, 1) + 2 * (t->cols - 1);
}

/* Narrows left columns until all columns and gaps fit; returns the gap. */
static size_t
squeeze(const struct table *t, size_t width[], size_t limit)
{
	size_t sum, gaps = t->cols - 1;

	for (int folded = 0; folded < 2; folded++) {
		sum = measure(t, width, folded);
		if (sum + 2 * gaps <= limit)
			return 2;
	}
	while (sum + gaps > limit) {
		size_t widest = t->cols;

		for (size_t c = 0; c < t->cols; c++)
			if (t->align[c] == 'l' && width[c] > TABLE_NARROW &&
			    (widest == t->cols || width[c] > width[widest]))
				widest = c;
		if (widest == t->cols)
			break;
		width[widest]--;
		sum--;
	}
	return 1;
}

/* One row of as many lines as its highest cell; headings stand at the bottom, cells on top. */
static void
text_row(const struct table *t, size_t row, const size_t width[], size_t gap, FILE *out)
{
	char *const *cell = t->cell + row * t->cols;
	const char *at[TABLE_COLS_MAX];
	size_t lines[TABLE_COLS_MAX], most = 1;

	for (size_t c = 0; c < t->cols; c++) {
		lines[c] = 0;
		for (const char *s = cell[c]; *s != '\0'; s += fold(s, width[c], " -_,/"))
			lines[c]++;
		most = lines[c] > most ? lines[c] : most;
		at[c] = cell[c];
	}
	for (size_t l = 0; l < most; l++) {
		size_t owed = 0;	/* spaces not yet written: none at the end of a line */

		for (size_t c = 0; c < t->cols; c++) {
			size_t skip = row == 0 ? most - lines[c] : 0;
			size_t n = 0, shown, w;

			if (l >= skip)
				n = fold(at[c], width[c], " -_,/");
			for (shown = n; shown > 0 && at[c][shown - 1] == ' '; shown--)
				;
			w = text_width(at[c]) - text_width(at[c] + shown);
			if (t->align[c] == 'r')
				owed += width[c] - w;
			if (shown > 0) {
				fprintf(out, "%*s%.*s", (int)owed, "", (int)shown, at[c]);
				owed = 0;
			}
			owed += gap + (t->align[c] == 'l' ? width[c] - w : 0);
			at[c] += n;
		}
		putc('\n', out);
	}
}

void
table_text(const struct table *t, FILE *out, size_t limit)
{
	size_t width[TABLE_COLS_MAX], gap = squeeze(t, width, limit);

	for (size_t row = 0; row < t->n / t->cols; row++)
		text_row(t, row, width, gap, out);
}

void
md_escape(const char *s, FILE *out)
{
	for (; *s != '\0'; s++) {
		if (strchr("\\`*_[]<>|#~&", *s) != NULL)
			putc('\\', out);
		putc(*s, out);
	}
}

void
table_md(const struct table *t, FILE *out)
{
	for (size_t i = 0; i < t->n; i++) {
		size_t c = i % t->cols;

		fputs(c == 0 ? "| " : " | ", out);
		md_escape(t->cell[i], out);
		if (c + 1 < t->cols)
			continue;
		fputs(" |\n", out);
		if (i + 1 == t->cols) {
			for (size_t k = 0; k < t->cols; k++)
				fputs(t->align[k] == 'l' ? "|:---" : "|---:", out);
			fputs("|\n", out);
		}
	}
}

void
text_wrap(const char *s, FILE *out, size_t indent, size_t width)
{
	for (size_t left = width; *s != '\0'; left = width - indent) {
		size_t n = fold(s, left, " ");

		fprintf(out, "%*s%.*s\n", left == width ? 0 : (int)indent, "",
			(int)(n - (n > 0 && s[n - 1] == ' ')), s);
		s += n;
	}
}
