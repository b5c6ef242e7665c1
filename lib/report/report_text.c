// SPDX-License-Identifier: MIT
/* Reports as text and as TSV; see report.h. */
#include <string.h>

#include "report_parts.h"

static void
print_title(FILE *out, const char *title)
{
	size_t width = text_width(title);

	text_wrap(title, out, 0, REPORT_COLUMNS);
	for (size_t i = 0; i < width && i < REPORT_COLUMNS; i++)
		putc('=', out);
	putc('\n', out);
}

static void
print_heading(FILE *out, const char *heading)
{
	fprintf(out, "\n%s\n", heading);
}

static void
print_table(FILE *out, const struct table *t)
{
	table_text(t, out, REPORT_COLUMNS);
}

static void
print_paragraph(FILE *out, const char *bold, const char *text)
{
	fprintf(out, "\n%s%s\n", bold, text);
}

static void
print_verbatim(FILE *out, const char *line)
{
	text_wrap(line, out, 4, REPORT_COLUMNS);
}

static void
print_classes(FILE *out, const struct report *r, const struct report_how *how)
{
	const struct score *s = &r->score;

	if (s->present < s->K)
		fprintf(out, "%zu of %zu classes are neither truth nor prediction: not listed\n",
			s->K - s->present, s->K);
	putc('\n', out);
	report_classes(out, r, how);
}

static void
print_matrix(FILE *out, const struct report *r)
{
	char line[6 * TENSOR_NAME_MAX];
	struct table t;

	if (r->score.K > REPORT_MATRIX_MAX) {
		fprintf(out, "\nConfusion matrix: %zu classes, see --format json\n", r->score.K);
	} else {
		report_matrix_table(&t, r, 0);
		if (table_width(&t) > REPORT_COLUMNS) {
			table_free(&t);
			report_matrix_table(&t, r, 1);
		}
		report_table(out, &report_text, REPORT_MATRIX_HEADING, &t);
	}
	report_confusions(r, line, sizeof(line));
	if (line[0] != '\0') {
		fputs("\nMost confused: ", out);
		text_wrap(line, out, 2, REPORT_COLUMNS - 15);
	}
}

static void
print_sizes(FILE *out, const struct report *r, const struct report_how *how)
{
	char budget[32], line[512];
	struct table t;

	if (r->n_layers == 0 && r->bytes < 0) {
		fputs("\nLayers: the stream does not say\n", out);
		return;
	}
	report_layer_table(&t, r, how);
	report_table(out, &report_text, "Layers", &t);
	report_budget(how, budget);
	fprintf(out, "\nBudget %s for each layer: ", budget);
	if (r->n_layers == 0)
		fputs("not known\n", out);
	else
		fprintf(out, "the largest, %s, has %.2f KB: %s\n", r->layer[r->largest].name,
			(double)r->layer[r->largest].bytes / 1024,
			report_fits_layer(r, how) ? "fits" : "does not fit");
	fprintf(out, "Budget %s for the whole model: ", budget);
	if (r->bytes < 0)
		fputs("not known\n", out);
	else
		fprintf(out, "it has %.2f KB: %s\n", (double)r->bytes / 1024,
			report_fits_model(r, how) ? "fits" : "does not fit");
	if (report_is_sparse(r)) {
		report_sparse_text(r, how, line, sizeof(line));
		text_wrap(line, out, 0, REPORT_COLUMNS);
	}
}

const struct report_style report_text = {
	print_title, print_heading, print_table, print_paragraph, print_verbatim, "",
	print_classes, print_matrix, print_sizes
};

/* Without a tab. */
static void
tsv_text(FILE *out, const char *s)
{
	for (; *s != '\0'; s++)
		putc(*s == '\t' || *s == '\n' ? ' ' : *s, out);
}

/* A field of a line, never empty. */
static void
tsv_field(FILE *out, const char *s)
{
	tsv_text(out, s);
	putc('\t', out);
}

static void
tsv_number(FILE *out, long v)
{
	if (v < 0)
		fputs("-\t", out);
	else
		fprintf(out, "%ld\t", v);
}

static int
any_pot(const struct report *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(r[i].approach, "-"))
			return 1;
	return 0;
}

static void
tsv_row(FILE *out, const struct report *r, int sparse, int pot, const struct report_how *how)
{
	const char *const of_pot[] = { r->approach, r->bits, r->pot_weights, r->pot_biases,
		r->pot_zeros };
	char cell[2 * REPORT_FIELD];

	tsv_field(out, r->corpus);
	tsv_field(out, r->task);
	tsv_field(out, r->recipe);
	tsv_field(out, report_cell(r, cell, sizeof(cell)));
	tsv_number(out, r->layers);
	tsv_number(out, r->hidden);
	tsv_field(out, r->features);
	tsv_field(out, r->precision);
	tsv_number(out, r->parameters);
	tsv_number(out, r->bytes);
	tsv_number(out, r->n_layers > 0 ? r->layer[r->largest].bytes : -1);
	tsv_number(out, how->budget_bytes);
	tsv_field(out, report_yes_no(report_fits(r, how)));
	fprintf(out, "%zu\t", r->score.N);
	if (r->score.N > 0)
		fprintf(out, "%zu\t%.6f\t%.6f\t", r->score.correct, r->score.accuracy.recall,
			r->score.macro.f1);
	else
		fputs("-\t-\t-\t", out);
	if (r->timed)
		fprintf(out, "%.3f\t%.3f\t", r->median_us, r->p95_us);
	else
		fputs("-\t-\t", out);
	fputs(r->sha256, out);
	if (sparse && report_is_sparse(r))
		fprintf(out, "\t%ld\t%ld\t%ld", r->weights, r->zeros, r->sparse_bytes);
	else if (sparse)
		fputs("\t-\t-\t-", out);
	for (size_t i = 0; pot && i < sizeof(of_pot) / sizeof(*of_pot); i++) {
		putc('\t', out);
		tsv_text(out, of_pot[i]);
	}
	putc('\n', out);
}

void
report_tsv(FILE *out, const struct report *r, size_t n, const struct report_how *how)
{
	int sparse = report_any_sparse(r, n), pot = any_pot(r, n);

	fputs("corpus\ttask\trecipe\tcell\tlayers\thidden\tfeatures\tprecision\tparameters\tbytes\t"
		"largest_layer_bytes\tbudget_bytes\tfits\ttest_n\tcorrect\taccuracy\tmacro_f1\t"
		"median_us\tp95_us\tmodel_sha256", out);
	fputs(sparse ? "\tweights\tzeros\tsparse_bytes" : "", out);
	fputs(pot ? "\tapproach\tbits\tweights_pot\tbiases_pot\tzero_share\n" : "\n", out);
	for (size_t i = 0; i < n; i++)
		tsv_row(out, &r[i], sparse, pot, how);
}
