/* SPDX-License-Identifier: MIT */
/*
 * report_parts - what text and Markdown differ in; the parts of a report and their order are one
 * list, report_parts.c
 */
#ifndef WHIT_REPORT_PARTS_H
#define WHIT_REPORT_PARTS_H

#include "report.h"

#define REPORT_MATRIX_HEADING "Confusion matrix (row: truth, column: prediction)"

struct report_style {
	void (*title)(FILE *out, const char *title);
	void (*heading)(FILE *out, const char *heading);
	void (*table)(FILE *out, const struct table *t);
	/* A paragraph that begins in bold type; either may be empty. */
	void (*paragraph)(FILE *out, const char *bold, const char *text);
	/* A line under a heading, of any length, word for word. */
	void (*verbatim)(FILE *out, const char *line);
	const char *quote;		/* around what nobody reads as prose */
	/* Precision, recall and F1 of each class; the matrix and what is confused most. */
	void (*classes)(FILE *out, const struct report *r, const struct report_how *how);
	void (*matrix)(FILE *out, const struct report *r);
	/* The layers, and what fits the budget. */
	void (*sizes)(FILE *out, const struct report *r, const struct report_how *how);
};

/* A table under its heading; frees it. */
void report_table(FILE *out, const struct report_style *s, const char *heading, struct table *t);

#endif
