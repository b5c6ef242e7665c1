// SPDX-License-Identifier: MIT
/* Reports as GitHub-flavoured Markdown; see report.h. */
#include "report_parts.h"

static void
print_title(FILE *out, const char *title)
{
	fputs("## ", out);
	md_escape(title, out);
	putc('\n', out);
}

static void
print_heading(FILE *out, const char *heading)
{
	fprintf(out, "\n### %s\n\n", heading);
}

static void
print_table(FILE *out, const struct table *t)
{
	table_md(t, out);
}

static void
print_paragraph(FILE *out, const char *bold, const char *text)
{
	fprintf(out, bold[0] != '\0' ? "\n**%s**%s\n" : "\n%s%s\n", bold, text);
}

/* Indented code, which no character of a command line can end. */
static void
print_verbatim(FILE *out, const char *line)
{
	fprintf(out, "    %s\n", line);
}

static void
print_classes(FILE *out, const struct report *r, const struct report_how *how)
{
	const struct score *s = &r->score;
	struct table t;

	if (s->present < s->K)
		fprintf(out, "\n%zu of %zu classes are neither truth nor prediction: not listed\n",
			s->K - s->present, s->K);
	report_class_table(&t, r, how);
	report_table(out, &report_md, "Classes", &t);
}

static void
print_matrix(FILE *out, const struct report *r)
{
	char line[6 * TENSOR_NAME_MAX];
	struct table t;

	if (r->score.K <= REPORT_MATRIX_MAX) {
		report_matrix_table(&t, r, 0);
		report_table(out, &report_md, REPORT_MATRIX_HEADING, &t);
	}
	report_confusions(r, line, sizeof(line));
	if (line[0] != '\0') {
		fputs("\nMost confused: ", out);
		md_escape(line, out);
		putc('\n', out);
	}
}

static void
print_sizes(FILE *out, const struct report *r, const struct report_how *how)
{
	char budget[32], line[512];
	struct table t;

	if (r->n_layers == 0 && r->bytes < 0)
		return;
	report_layer_table(&t, r, how);
	report_table(out, &report_md, "Layers", &t);
	report_budget(how, budget);
	putc('\n', out);
	if (r->n_layers > 0) {
		fprintf(out, "- %s for each layer: the largest, ", budget);
		md_escape(r->layer[r->largest].name, out);
		fprintf(out, ", has %.2f KB: %s\n", (double)r->layer[r->largest].bytes / 1024,
			report_fits_layer(r, how) ? "fits" : "does not fit");
	}
	if (r->bytes >= 0)
		fprintf(out, "- %s for the whole model: it has %.2f KB: %s\n", budget,
			(double)r->bytes / 1024,
			report_fits_model(r, how) ? "fits" : "does not fit");
	if (report_is_sparse(r)) {
		report_sparse_text(r, how, line, sizeof(line));
		fprintf(out, "- %s\n", line);
	}
}

const struct report_style report_md = {
	print_title, print_heading, print_table, print_paragraph, print_verbatim, "`",
	print_classes, print_matrix, print_sizes
};
