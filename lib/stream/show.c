// SPDX-License-Identifier: MIT
#include "show.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* 100 wide: name label group dtype shape min max mean sd nan inf. */
#define COLUMNS "%-17s %-6s %-8s %-5s %-8s %10s %10s %10s %10s %3s %3s\n"

struct show_stats
show_stats(const struct tensor *t)
{
	struct show_stats s = { 0 };
	double v, sum = 0, squares = 0;

	for (size_t i = 0; i < t->n; i++) {
		v = tensor_get(t, i);
		s.nan += isnan(v) != 0;
		s.inf += isinf(v) != 0;
		if (!isfinite(v))
			continue;
		if (s.n == 0 || v < s.min)
			s.min = v;
		if (s.n == 0 || v > s.max)
			s.max = v;
		s.n++;
		sum += v;
	}
	if (s.n == 0)
		return s;
	s.mean = sum / (double)s.n;
	for (size_t i = 0; i < t->n; i++) {
		v = tensor_get(t, i);
		if (isfinite(v))
			squares += (v - s.mean) * (v - s.mean);
	}
	s.sd = sqrt(squares / (double)s.n);
	return s;
}

void
show_head(FILE *out, const struct meta *head)
{
	if (head->size)
		fputs(head->text, out);
	fprintf(out, "\n" COLUMNS, "name", "label", "group", "dtype", "shape", "min", "max", "mean",
		"sd", "nan", "inf");
}

static void
print_values(FILE *out, const struct tensor *t)
{
	size_t row = t->ndim > 0 ? t->dims[t->ndim - 1] : 1;
	double v;

	for (size_t i = 0; i < t->n; i++) {
		fputs(i % row == 0 ? "    " : " ", out);
		v = tensor_get(t, i);
		if (t->dtype == TENSOR_S64)
			fprintf(out, "%" PRId64, t->s64[i]);
		else if (isnan(v))
			fputs("nan", out);
		else
			fprintf(out, t->dtype == TENSOR_F32 ? "%.9g" : "%.17g", v);
		if (i % row == row - 1)
			putc('\n', out);
	}
}

static void
print_meta(FILE *out, const struct meta *m)
{
	size_t n;

	for (const char *line = m->text; line && *line; line += n) {
		n = strcspn(line, "\n") + 1;
		fprintf(out, "    %.*s", (int)n, line);
	}
}

void
show_tensor(FILE *out, const struct tensor *t, const struct meta *head, int values)
{
	struct show_stats s = show_stats(t);
	const double numbers[4] = { s.min, s.max, s.mean, s.sd };
	char label[TENSOR_NAME_MAX + 1] = "-", shape[64] = "scalar", text[4][32], nan[24], inf[24];
	int n = 0;

	if (t->label >= 0 && !labels_name(head, t->label, label, sizeof label))
		snprintf(label, sizeof label, "%" PRId32, t->label);
	for (int d = 0; d < t->ndim; d++)
		n += snprintf(shape + n, sizeof shape - (size_t)n, d ? "x%" PRIu32 : "%" PRIu32,
			t->dims[d]);
	for (int i = 0; i < 4; i++)
		snprintf(text[i], sizeof text[i], s.n ? "%.4g" : "-", numbers[i]);
	snprintf(nan, sizeof nan, "%zu", s.nan);
	snprintf(inf, sizeof inf, "%zu", s.inf);
	fprintf(out, COLUMNS, t->name, label, t->group[0] ? t->group : "-",
		tensor_dtype_name(t->dtype), shape, text[0], text[1], text[2], text[3], nan, inf);
	print_meta(out, &t->meta);
	if (values)
		print_values(out, t);
}

void
show_end(FILE *out, uint64_t tensors, uint64_t numbers, uint64_t bytes)
{
	fprintf(out, "\n%" PRIu64 " tensors, %" PRIu64 " numbers, %" PRIu64 " bytes\n", tensors,
		numbers, bytes);
}
