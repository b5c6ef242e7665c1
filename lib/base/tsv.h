/* SPDX-License-Identifier: MIT */
/*
 * tsv - a line of a table whose columns are separated by tabs, its first line naming them
 *
 *	char *field[TSV_FIELDS_MAX];
 *	size_t n = tsv_cut(line, field);		(of the heading)
 *	int loss = tsv_column(field, n, "loss");
 */
#ifndef WHIT_TSV_H
#define WHIT_TSV_H

#include <stddef.h>

#define TSV_FIELDS_MAX 64

/*
 * Cuts line at its tabs and its end, and points field at the pieces. Returns how many there are,
 * of which the first TSV_FIELDS_MAX are in field.
 */
size_t tsv_cut(char *line, char *field[TSV_FIELDS_MAX]);

/* The field called name of n as tsv_cut() counts them, the last of equals, or -1. */
int tsv_column(char *const *field, size_t n, const char *name);

#endif
