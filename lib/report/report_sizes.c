// SPDX-License-Identifier: MIT
/* What a model takes, with its zeros and without; see report.h. */
#include <string.h>

#include "report.h"

#define KB 1024.0

int
report_read_sparse(struct report *r, char err[ERR_MAX])
{
	char value[REPORT_LAYERS_MAX * 64];
	const char *p = meta_get(&r->head, "model.sparse", value, sizeof(value));
	size_t i = 0;

	r->weights = r->zeros = r->sparse_bytes = p == NULL ? -1 : 0;
	for (int n; p != NULL && i < r->n_layers; i++, p += n) {
		struct report_layer *l = &r->layer[i];

		if (sscanf(p, "%15ld %15ld %15ld %n", &l->weights, &l->zeros, &l->sparse_bytes,
		    &n) != 3 || l->zeros < 0 || l->weights < l->zeros || l->sparse_bytes < 0)
			break;
		r->weights += l->weights;
		r->zeros += l->zeros;
		r->sparse_bytes += l->sparse_bytes;
		if (l->sparse_bytes > r->layer[r->sparse_largest].sparse_bytes)
			r->sparse_largest = i;
	}
	if (p == NULL || (i == r->n_layers && *p == '\0'))
		return 0;
	return err_set(err,
		"head: model.sparse: expected WEIGHTS ZEROS BYTES of each layer, got %.200s",
		value);
}

int
report_is_sparse(const struct report *r)
{
	return r->weights > 0 && r->sparse_bytes < r->bytes;
}

int
report_any_sparse(const struct report *r, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (report_is_sparse(&r[i]))
			return 1;
	return 0;
}

int
report_fits_layer(const struct report *r, const struct report_how *how)
{
	return r->n_layers == 0 ? -1 : r->layer[r->largest].bytes <= how->budget_bytes;
}

int
report_fits_model(const struct report *r, const struct report_how *how)
{
	return r->bytes < 0 ? -1 : r->bytes <= how->budget_bytes;
}

int
report_fits(const struct report *r, const struct report_how *how)
{
	return how->by_layer ? report_fits_layer(r, how) : report_fits_model(r, how);
}

const char *
report_yes_no(int fits)
{
	return fits < 0 ? "-" : fits ? "yes" : "no";
}

int
report_sparse_fits_layer(const struct report *r, const struct report_how *how)
{
	return r->layer[r->sparse_largest].sparse_bytes <= how->budget_bytes;
}

int
report_sparse_fits_model(const struct report *r, const struct report_how *how)
{
	return r->sparse_bytes <= how->budget_bytes;
}

const char *
report_budget(const struct report_how *how, char buf[32])
{
	snprintf(buf, 32, "%.6g KB", (double)how->budget_bytes / KB);
	return buf;
}

const char *
report_thousands(long v, char buf[32])
{
	if (v < 0)
		strcpy(buf, "-");
	else if (v < 1000)
		snprintf(buf, 32, "%ld", v);
	else if (v < 1000000)
		snprintf(buf, 32, "%ld,%03ld", v / 1000, v % 1000);
	else
		snprintf(buf, 32, "%ld,%03ld,%03ld", v / 1000000, v / 1000 % 1000, v % 1000);
	return buf;
}

const char *
report_kilobytes(long bytes, char buf[32])
{
	if (bytes < 0)
		strcpy(buf, "-");
	else
		snprintf(buf, 32, "%.2f", (double)bytes / KB);
	return buf;
}

static void
size_row(struct table *t, const char *name, long parameters, long bytes, int fits)
{
	char a[32], b[32];

	table_cell(t, "%s", name);
	table_cell(t, "%s", report_thousands(parameters, a));
	table_cell(t, "%s", report_kilobytes(bytes, b));
	table_cell(t, "%s", report_yes_no(fits));
}

static void
sparse_cells(struct table *t, long weights, long zeros, long bytes, int fits)
{
	char b[32];

	if (weights > 0)
		table_cell(t, "%.2f", 100.0 * (double)zeros / (double)weights);
	else
		table_cell(t, "-");
	table_cell(t, "%s", report_kilobytes(bytes, b));
	table_cell(t, "%s", report_yes_no(fits));
}

void
report_layer_table(struct table *t, const struct report *r, const struct report_how *how)
{
	int sparse = report_is_sparse(r);
	char budget[32];

	table_init(t, sparse ? 7 : 4, "lr");
	table_cell(t, "name");
	table_cell(t, "parameters");
	table_cell(t, "KB");
	table_cell(t, "fits %s", report_budget(how, budget));
	if (sparse) {
		table_cell(t, "zeros %%");
		table_cell(t, "sparse KB");
		table_cell(t, "fits %s", budget);
	}
	for (size_t i = 0; i < r->n_layers; i++) {
		const struct report_layer *l = &r->layer[i];

		size_row(t, l->name, l->parameters, l->bytes, l->bytes <= how->budget_bytes);
		if (sparse)
			sparse_cells(t, l->weights, l->zeros, l->sparse_bytes,
				l->sparse_bytes <= how->budget_bytes);
	}
	size_row(t, "whole model", r->parameters, r->bytes, report_fits_model(r, how));
	if (sparse)
		sparse_cells(t, r->weights, r->zeros, r->sparse_bytes,
			report_sparse_fits_model(r, how));
}

void
report_sparse_text(const struct report *r, const struct report_how *how, char *buf, size_t size)
{
	snprintf(buf, size, "Without its zeros (%.2f %% of %ld weights) and with a bit a weight "
		"that says where they are, the largest layer has %.2f KB: %s; the whole model "
		"%.2f KB: %s",
		100.0 * (double)r->zeros / (double)r->weights, r->weights,
		(double)r->layer[r->sparse_largest].sparse_bytes / KB,
		report_sparse_fits_layer(r, how) ? "fits" : "does not fit",
		(double)r->sparse_bytes / KB,
		report_sparse_fits_model(r, how) ? "fits" : "does not fit");
}
