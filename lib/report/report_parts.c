// SPDX-License-Identifier: MIT
/* The parts of a report for people, in their order; see report_parts.h. */
#include <stdarg.h>
#include <string.h>

#include "report_parts.h"

void
report_table(FILE *out, const struct report_style *s, const char *heading, struct table *t)
{
	s->heading(out, heading);
	s->table(out, t);
	table_free(t);
}

__attribute__((format(printf, 4, 5))) static void
paragraph(FILE *out, const struct report_style *s, const char *bold, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	s->paragraph(out, bold, text);
}

static void
print_head(FILE *out, const struct report_style *s, const struct report *r)
{
	char text[8 * REPORT_FIELD];

	report_title(r, text, sizeof(text));
	s->title(out, text);
	if (r->leak != NULL) {
		snprintf(text, sizeof(text), "Warning: the model was %s these very features",
			r->leak);
		s->paragraph(out, text, "");
	}
	if (r->streams > 1)
		paragraph(out, s, "", "Pooled: %zu streams of predictions, %zu models", r->streams,
			r->models);
	if (r->unlabelled == r->N)
		paragraph(out, s, "", "None of the %zu utterances has a label: no scores", r->N);
	else if (r->unlabelled > 0)
		paragraph(out, s, "", "%zu of %zu utterances have no label: left out of the scores",
			r->unlabelled, r->N);
}

static void
print_scores(FILE *out, const struct report_style *s, const struct report *r,
	const struct report_how *how)
{
	const struct score *score = &r->score;
	double low, high;
	char accuracy[64];

	if (score->N == 0)
		return;
	score_wilson(score->correct, score->N, SCORE_Z95, &low, &high);
	snprintf(accuracy, sizeof(accuracy), "Accuracy %.2f %%", 100 * score->accuracy.recall);
	paragraph(out, s, accuracy,
		" (%zu of %zu; 95 %% interval %.2f to %.2f %%), macro F1 %.4f", score->correct,
		score->N, 100 * low, 100 * high, score->macro.f1);
	s->classes(out, r, how);
	s->matrix(out, r);
}

static void
print_reject(FILE *out, const struct report_style *s, const struct report *r)
{
	const struct report_reject *j = &r->reject;
	size_t accepted = j->words - j->refused, right = j->right - j->refused_right;

	if (j->threshold < 0)
		return;
	paragraph(out, s, "Rejection", " of confidences below %.4f", j->threshold);
	if (j->words > 0)
		paragraph(out, s, "", "Words: %zu of %zu refused (%.2f %%), %zu wrongly; of %zu "
			"accepted %zu are right (%.2f %%)", j->refused, j->words,
			100 * (double)j->refused / (double)j->words, j->refused_right, accepted,
			right,
			accepted ? 100 * (double)right / (double)accepted : 0);
	if (j->others > 0)
		paragraph(out, s, "", "Other sounds: %zu of %zu accepted (%.2f %%)",
			j->others - j->others_refused, j->others,
			100 * (double)(j->others - j->others_refused) / (double)j->others);
	if (j->ece >= 0)
		paragraph(out, s, "", "Calibration error of the confidence, words and others of "
			"equal weight: %.4f", j->ece);
}

/* The commands that a stream was made by. */
static void
print_history(FILE *out, const struct report_style *s, const struct report *r,
	const char *heading, const char *prefix)
{
	char value[TENSOR_META_MAX];
	size_t pos = 0;

	for (int i = 0; report_history(r, prefix, &pos, value); i++) {
		if (i == 0)
			s->heading(out, heading);
		s->verbatim(out, value);
	}
}

void
report_print(FILE *out, const struct report_style *s, const struct report *r,
	const struct report_how *how)
{
	struct table t;

	print_head(out, s, r);
	print_scores(out, s, r, how);
	print_reject(out, s, r);
	if (r->unlabelled > 0) {
		report_count_table(&t, r);
		report_table(out, s, "Predictions of all utterances", &t);
	}
	if (r->n_groups > 1 && r->n_groups <= REPORT_GROUPS_MAX) {
		report_group_table(&t, r);
		report_table(out, s, "Groups", &t);
	}
	s->sizes(out, r, how);
	if (r->timed)
		paragraph(out, s, "", "Time an utterance: median %.2f us, p95 %.2f us "
			"(%zu utterances)", r->median_us, r->p95_us, r->N);
	if (strcmp(r->sha256, "-") != 0)
		paragraph(out, s, "", "Model SHA-256 %s%s%s", s->quote, r->sha256, s->quote);
	print_history(out, s, r, "Made by", "history.");
	print_history(out, s, r, "Features made by", "test.history.");
}

void
report_compare(FILE *out, const struct report_style *s, const struct report *r, size_t n,
	const struct report_how *how)
{
	char title[8 * REPORT_FIELD], line[9 * REPORT_FIELD], budget[32];
	struct table t;

	report_compare_table(&t, r, n, how, title, sizeof(title));
	snprintf(line, sizeof(line), "Comparison%s%s", title[0] != '\0' ? ": " : "", title);
	s->title(out, line);
	putc('\n', out);
	s->table(out, &t);
	paragraph(out, s, "", "fits: %s has at most %s",
		how->by_layer ? "the largest layer" : "the whole model",
		report_budget(how, budget));
	table_free(&t);
}
