// SPDX-License-Identifier: MIT
/* Reports as GitHub-flavoured Markdown; see report.h. */
#include <string.h>

#include "report.h"

static void
print_table(FILE *out, const char *heading, struct table *t)
{
	fprintf(out, "\n### %s\n\n", heading);
	table_md(t, out);
	table_free(t);
}

static void
print_scores(FILE *out, const struct report *r, const struct report_how *how)
{
	const struct score *s = &r->score;
	char line[6 * TENSOR_NAME_MAX];
	double low, high;
	struct table t;

	if (s->N == 0)
		return;
	score_wilson(s->correct, s->N, SCORE_Z95, &low, &high);
	fprintf(out, "\n**Accuracy %.2f %%** (%zu of %zu; 95 %% interval %.2f to %.2f %%), "
		"macro F1 %.4f\n", 100 * s->accuracy.recall, s->correct, s->N, 100 * low,
		100 * high, s->macro.f1);
	if (s->present < s->K)
		fprintf(out, "\n%zu of %zu classes are neither truth nor prediction: not listed\n",
			s->K - s->present, s->K);
	report_class_table(&t, r, how);
	print_table(out, "Classes", &t);
	if (s->K <= REPORT_MATRIX_MAX) {
		report_matrix_table(&t, r, 0);
		print_table(out, "Confusion matrix (row: truth, column: prediction)", &t);
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
	print_table(out, "Layers", &t);
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

/* Indented code, which no character of a command line can end. */
static void
print_history(FILE *out, const struct report *r, const char *heading, const char *prefix)
{
	char value[TENSOR_META_MAX];
	size_t pos = 0;

	for (int i = 0; report_history(r, prefix, &pos, value); i++) {
		if (i == 0)
			fprintf(out, "\n### %s\n\n", heading);
		fprintf(out, "    %s\n", value);
	}
}

void
report_md(FILE *out, const struct report *r, const struct report_how *how)
{
	char title[8 * REPORT_FIELD];
	struct table t;

	report_title(r, title, sizeof(title));
	fputs("## ", out);
	md_escape(title, out);
	putc('\n', out);
	if (r->leak != NULL)
		fprintf(out, "\n**Warning: the model was %s these very features**\n", r->leak);
	if (r->streams > 1)
		fprintf(out, "\nPooled: %zu streams of predictions, %zu models\n", r->streams,
			r->models);
	if (r->unlabelled == r->N)
		fprintf(out, "\nNone of the %zu utterances has a label: no scores\n", r->N);
	else if (r->unlabelled > 0)
		fprintf(out, "\n%zu of %zu utterances have no label: left out of the scores\n",
			r->unlabelled, r->N);
	print_scores(out, r, how);
	if (r->unlabelled > 0) {
		report_count_table(&t, r);
		print_table(out, "Predictions of all utterances", &t);
	}
	if (r->n_groups > 1 && r->n_groups <= REPORT_GROUPS_MAX) {
		report_group_table(&t, r);
		print_table(out, "Groups", &t);
	}
	print_sizes(out, r, how);
	if (r->timed)
		fprintf(out, "\nTime an utterance: median %.2f us, p95 %.2f us (%zu utterances)\n",
			r->median_us, r->p95_us, r->N);
	if (strcmp(r->sha256, "-") != 0)
		fprintf(out, "\nModel SHA-256 `%s`\n", r->sha256);
	print_history(out, r, "Made by", "history.");
	print_history(out, r, "Features made by", "test.history.");
}

void
report_md_compare(FILE *out, const struct report *r, size_t n, const struct report_how *how)
{
	char title[8 * REPORT_FIELD], budget[32];
	struct table t;

	report_compare_table(&t, r, n, how, title, sizeof(title));
	fprintf(out, "## Comparison%s", title[0] != '\0' ? ": " : "");
	md_escape(title, out);
	fputs("\n\n", out);
	table_md(&t, out);
	fprintf(out, "\nfits: %s has at most %s\n",
		how->by_layer ? "the largest layer" : "the whole model",
		report_budget(how, budget));
	table_free(&t);
}
