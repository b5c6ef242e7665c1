/* SPDX-License-Identifier: MIT */
/*
 * table - rows of cells as aligned text or as a Markdown table
 *
 *	struct table t;
 *
 *	table_init(&t, 2, "lr");		a left and a right column
 *	table_cell(&t, "name");			the first row is the heading
 *	table_cell(&t, "parameters");
 *	table_cell(&t, "%s", name);
 *	table_cell(&t, "%ld", n);
 *	table_text(&t, stdout, 100);
 *	table_free(&t);
 *
 * Text: columns two spaces apart. Where the table is wider than asked for,
 * headings fold at spaces to what the column needs; then columns come one
 * space apart and left columns are narrowed, widest first, and their cells
 * fold (after spaces, '-', '_', ',' or '/', else anywhere). Width counts code
 * points.
 */
#ifndef WHIT_TABLE_H
#define WHIT_TABLE_H

#include <stddef.h>
#include <stdio.h>

#define TABLE_COLS_MAX 80
#define TABLE_NARROW 6		/* no column is folded to less than this */

struct table {
	char align[TABLE_COLS_MAX];	/* 'l' or 'r' */
	size_t cols, n;		/* n cells so far, row after row */
	size_t capacity;
	char **cell;		/* owned, each of them too */
};

/* Empty table of 1..TABLE_COLS_MAX columns: a letter each, the last letter for all that follow. */
void table_init(struct table *t, size_t cols, const char *align);
/* Appends a cell. Dies without memory. */
void table_cell(struct table *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Width of the table as text with nothing folded but headings. */
size_t table_width(const struct table *t);
/* Writes the table; at most width code points a line unless the right columns need more. */
void table_text(const struct table *t, FILE *out, size_t width);
/* Writes the table as GitHub-flavoured Markdown; cells are escaped. */
void table_md(const struct table *t, FILE *out);
void table_free(struct table *t);

/* Code points of UTF-8 text. */
size_t text_width(const char *s);
/* Writes s to Markdown with its marks escaped. */
void md_escape(const char *s, FILE *out);
/* Writes s in lines of at most width, folded at spaces; lines after the first are indented. */
void text_wrap(const char *s, FILE *out, size_t indent, size_t width);

#endif
