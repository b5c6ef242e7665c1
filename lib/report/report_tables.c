// SPDX-License-Identifier: MIT
/* The tables and lines that text and Markdown reports share; see report.h. */
#include <stdlib.h>
#include <string.h>

#include "report.h"

const char *
report_cell(const struct report *r, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s", r->directions > 1 ? "bi" : "", r->cell);
	return buf;
}

const char *
report_net(const struct report *r, char *buf, size_t size)
{
	size_t n = strlen(report_cell(r, buf, size));

	if (r->layers >= 0 && r->hidden >= 0)
		snprintf(buf + n, size - n, " %ldx%ld", r->layers, r->hidden);
	return buf;
}

/* Appends ", BEFORE TEXT" unless text is "-". */
static void
add(char *buf, size_t size, const char *before, const char *text)
{
	size_t n = strlen(buf);

	if (strcmp(text, "-") != 0)
		snprintf(buf + n, size - n, "%s%s%s", n > 0 ? ", " : "", before, text);
}

/* The corpus; a made one must not be taken for recordings. */
static void
add_corpus(char *buf, size_t size, const struct report *r)
{
	add(buf, size, "", r->corpus);
	if (r->synthetic)
		add(buf, size, "", "synthetic speech, not FSDD");
}

void
report_title(const struct report *r, char *buf, size_t size)
{
	char net[2 * REPORT_FIELD];

	buf[0] = '\0';
	add_corpus(buf, size, r);
	add(buf, size, "task ", r->task);
	add(buf, size, "recipe ", r->recipe);
	add(buf, size, "", report_net(r, net, sizeof(net)));
	add(buf, size, "", r->features);
	add(buf, size, "", r->precision);
	if (buf[0] == '\0')
		add(buf, size, "", "a model that says nothing about itself");
}

void
report_group_table(struct table *t, const struct report *r)
{
	table_init(t, 4, "lr");
	table_cell(t, "group");
	table_cell(t, "utterances");
	table_cell(t, "correct");
	table_cell(t, "accuracy");
	for (size_t i = 0; i < r->n_groups; i++) {
		const struct report_group *g = &r->group[i];

		table_cell(t, "%s", g->name[0] != '\0' ? g->name : "(none)");
		table_cell(t, "%zu", g->n);
		table_cell(t, "%zu", g->correct);
		table_cell(t, "%.2f %%", 100.0 * (double)g->correct / (double)g->n);
	}
}

void
report_count_table(struct table *t, const struct report *r)
{
	table_init(t, 2, "lr");
	table_cell(t, "predicted as");
	table_cell(t, "utterances");
	for (size_t k = 0; k < r->score.K; k++) {
		table_cell(t, "%s", r->label[k]);
		table_cell(t, "%zu", r->counts[k]);
	}
}

static void
class_row(struct table *t, const char *name, double precision, double recall, double f1,
	size_t support, int digits)
{
	table_cell(t, "%s", name);
	table_cell(t, "%.*f", digits, precision);
	table_cell(t, "%.*f", digits, recall);
	table_cell(t, "%.*f", digits, f1);
	table_cell(t, "%zu", support);
}

void
report_class_table(struct table *t, const struct report *r, const struct report_how *how)
{
	static const char *const heading[] = {
		"class", "precision", "recall", "f1-score", "support"
	};
	const struct score *s = &r->score;

	table_init(t, 5, "lr");
	for (size_t i = 0; i < 5; i++)
		table_cell(t, "%s", heading[i]);
	for (size_t k = 0; k < s->K; k++)
		if (score_present(s, k))
			class_row(t, r->label[k], s->precision[k], s->recall[k], s->f1[k],
				s->support[k], how->digits);
	table_cell(t, "accuracy");
	table_cell(t, "%s", "");
	table_cell(t, "%s", "");
	table_cell(t, "%.*f", how->digits, s->accuracy.f1);
	table_cell(t, "%zu", s->N);
	class_row(t, "macro avg", s->macro.precision, s->macro.recall, s->macro.f1, s->N,
		how->digits);
	class_row(t, "weighted avg", s->weighted.precision, s->weighted.recall, s->weighted.f1,
		s->N, how->digits);
}

void
report_classes(FILE *out, const struct report *r, const struct report_how *how)
{
	const struct score *s = &r->score;
	size_t width = strlen("weighted avg");
	struct table t;

	if (width < (size_t)how->digits)
		width = (size_t)how->digits;
	report_class_table(&t, r, how);
	for (size_t i = t.cols; i < t.n; i += t.cols)
		if (text_width(t.cell[i]) > width)
			width = text_width(t.cell[i]);
	/* The heading's first cell is empty there. */
	t.cell[0][0] = '\0';
	for (size_t i = 0; i < t.n; i++) {
		size_t row = i / t.cols, c = i % t.cols;
		size_t pad = c == 0 ? width : 9, w = text_width(t.cell[i]);

		if (c == 0 && (row == 1 || row == s->present + 1))
			putc('\n', out);
		fprintf(out, c == 0 ? "%*s%s " : " %*s%s", (int)(w < pad ? pad - w : 0), "",
			t.cell[i]);
		if (c + 1 == t.cols)
			putc('\n', out);
	}
	table_free(&t);
}

void
report_matrix_table(struct table *t, const struct report *r, int numbered)
{
	const struct score *s = &r->score;

	table_init(t, s->K + 1, "lr");
	table_cell(t, "%s", "");
	for (size_t k = 0; k < s->K; k++)
		if (numbered)
			table_cell(t, "%zu", k);
		else
			table_cell(t, "%s", r->label[k]);
	for (size_t i = 0; i < s->K; i++) {
		if (numbered)
			table_cell(t, "%zu %s", i, r->label[i]);
		else
			table_cell(t, "%s", r->label[i]);
		for (size_t k = 0; k < s->K; k++)
			if (s->confusion[i * s->K + k] > 0)
				table_cell(t, "%u", (unsigned)s->confusion[i * s->K + k]);
			else
				table_cell(t, ".");
	}
}

void
report_confusions(const struct report *r, char *buf, size_t size)
{
	const struct score *s = &r->score;
	size_t n = s->K * s->K, last = n;

	buf[0] = '\0';
	/* Five passes: the next in the order of counts down, cells up. */
	for (int listed = 0; listed < 5; listed++) {
		size_t best = n;

		for (size_t i = 0; i < n; i++) {
			uint32_t v = s->confusion[i];

			if (i % (s->K + 1) == 0 || v == 0 || (last < n && (v > s->confusion[last] ||
			    (v == s->confusion[last] && i <= last))))
				continue;
			if (best == n || v > s->confusion[best])
				best = i;
		}
		if (best == n)
			break;
		snprintf(buf + strlen(buf), size - strlen(buf), "%s%s as %s %u",
			listed > 0 ? ", " : "", r->label[best / s->K], r->label[best % s->K],
			(unsigned)s->confusion[best]);
		last = best;
	}
}

/* Columns of the comparison; those up to LIFTED leave it when all reports agree. */
enum column {
	CORPUS, TASK, RECIPE, FEATURES, TEST, LIFTED = TEST, NET, PRECISION, APPROACH, BITS,
	PARAMETERS, SIZE, LARGEST, FITS, ZEROS, SPARSE, ACCURACY, MACRO_F1, MEDIAN, P95, COLUMNS
};

static const struct { const char *heading; char align; } columns[COLUMNS] = {
	[CORPUS] = { "corpus", 'l' }, [TASK] = { "task", 'l' }, [RECIPE] = { "recipe", 'l' },
	[FEATURES] = { "features", 'l' }, [TEST] = { "test n", 'r' }, [NET] = { "net", 'l' },
	[PRECISION] = { "precision", 'l' }, [APPROACH] = { "approach", 'l' },
	[BITS] = { "bits", 'r' }, [PARAMETERS] = { "params", 'r' },
	[SIZE] = { "KB", 'r' }, [LARGEST] = { "largest layer KB", 'r' }, [FITS] = { "fits", 'r' },
	[ZEROS] = { "zeros %", 'r' }, [SPARSE] = { "sparse KB", 'r' },
	[ACCURACY] = { "acc. %", 'r' }, [MACRO_F1] = { "macro F1", 'r' },
	[MEDIAN] = { "median us", 'r' }, [P95] = { "p95 us", 'r' },
};

static void
compare_cell(char *buf, size_t size, const struct report *r, enum column c,
	const struct report_how *how)
{
	long largest = r->n_layers > 0 ? r->layer[r->largest].bytes : -1;
	char text[32];

	strcpy(buf, "-");
	switch (c) {
	case CORPUS:
		buf[0] = '\0';
		add_corpus(buf, size, r);
		break;
	case TASK: snprintf(buf, size, "%s", r->task); break;
	case RECIPE: snprintf(buf, size, "%s", r->recipe); break;
	case FEATURES: snprintf(buf, size, "%s", r->features); break;
	case TEST: snprintf(buf, size, "%zu", r->score.N); break;
	case NET: report_net(r, buf, size); break;
	case PRECISION: snprintf(buf, size, "%s", r->precision); break;
	case APPROACH: snprintf(buf, size, "%s", r->approach); break;
	case BITS: snprintf(buf, size, "%s", r->bits); break;
	case PARAMETERS: snprintf(buf, size, "%s", report_thousands(r->parameters, text)); break;
	case SIZE: snprintf(buf, size, "%s", report_kilobytes(r->bytes, text)); break;
	case LARGEST: snprintf(buf, size, "%s", report_kilobytes(largest, text)); break;
	case FITS: snprintf(buf, size, "%s", report_yes_no(report_fits(r, how))); break;
	case ZEROS:
		if (report_is_sparse(r))
			snprintf(buf, size, "%.2f", 100.0 * (double)r->zeros / (double)r->weights);
		break;
	case SPARSE:
		if (report_is_sparse(r))
			snprintf(buf, size, "%s", report_kilobytes(r->sparse_bytes, text));
		break;
	case ACCURACY:
		if (r->score.N > 0)
			snprintf(buf, size, "%.2f", 100 * r->score.accuracy.recall);
		break;
	case MACRO_F1:
		if (r->score.N > 0)
			snprintf(buf, size, "%.4f", r->score.macro.f1);
		break;
	case MEDIAN:
		if (r->timed)
			snprintf(buf, size, "%.1f", r->median_us);
		break;
	case P95:
		if (r->timed)
			snprintf(buf, size, "%.1f", r->p95_us);
		break;
	case COLUMNS:
		break;
	}
}

/* 1 when every report has the same text, which is then in buf. */
static int
shared(const struct report *r, size_t n, enum column c, const struct report_how *how, char *buf,
	size_t size)
{
	char other[4 * REPORT_FIELD];

	compare_cell(buf, size, &r[0], c, how);
	for (size_t i = 1; i < n; i++) {
		compare_cell(other, sizeof(other), &r[i], c, how);
		if (strcmp(buf, other) != 0)
			return 0;
	}
	return 1;
}

void
report_compare_table(struct table *t, const struct report *r, size_t n,
	const struct report_how *how, char *title, size_t size)
{
	char align[COLUMNS + 1];
	char cell[4 * REPORT_FIELD];
	enum column shown[COLUMNS];
	size_t cols = 0;

	title[0] = '\0';
	for (enum column c = 0; c < COLUMNS; c++) {
		/* Nothing measured: no column. The net stays, so that there is one. */
		int empty = c != NET && shared(r, n, c, how, cell, sizeof(cell)) &&
			strcmp(cell, "-") == 0;

		if (c <= LIFTED && shared(r, n, c, how, cell, sizeof(cell)))
			add(title, size, c == TASK ? "task " : c == RECIPE ? "recipe " :
				c == TEST ? "test utterances: " : "", cell);
		else if (!empty) {
			align[cols] = columns[c].align;
			shown[cols++] = c;
		}
	}
	align[cols] = '\0';
	table_init(t, cols, align);
	for (size_t i = 0; i < cols; i++)
		table_cell(t, "%s", columns[shown[i]].heading);
	for (size_t k = 0; k < n; k++)
		for (size_t i = 0; i < cols; i++) {
			compare_cell(cell, sizeof(cell), &r[k], shown[i], how);
			table_cell(t, "%s", cell);
		}
}
