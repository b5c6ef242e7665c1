/* SPDX-License-Identifier: MIT */
/* draw - the figures of report: drawn one by one, kept until all of them can be written */
#ifndef REPORT_DRAW_H
#define REPORT_DRAW_H

#include "options.h"
#include "report/report.h"

/* The confusion matrix of r, made of input, and with s->curves the course of its training. */
void draw_report(const struct report *r, const char *input, const struct stream *s);
/* --preview, with the prefix of s. */
void draw_preview(const struct stream *s);
void draw_write(void);

#endif
