// SPDX-License-Identifier: MIT
/*
 * report - say how good predictions are and whether the model fits its budget
 *
 *   report [OPTION]... [PREDICTIONS...]
 *   report --memory [--device FILE] [MODEL]
 *
 * reads   streams of predictions (formats/model.md), operands or stdin
 * writes  a report each (--pool: one of all), of several a table, too; --figures: pictures;
 *         --memory: what a model takes
 * method  lib/report/score.h, lib/report/report.h, lib/report/figure.h, lib/report/report_memory.h
 */
#include "report/options.h"

#include <stdlib.h>
#include <string.h>

#include "report/draw.h"
#include "report/report_memory.h"

/* One report of n streams, or of stdin when path is NULL. */
static void
load(struct report *r, char *const *path, size_t n, const char *times_path)
{
	const char *input = "stdin";
	struct report_pool all = { 0 };
	struct tensor_set set = { 0 };
	char err[ERR_MAX];
	FILE *f;

	for (size_t i = 0; i < n; i++) {
		if (path != NULL)
			etensor_load_path(&set, input = path[i]);
		else
			etensor_load(&set, stdin, input);
		emeta_kind(&set.head, input, "predictions");
		if (report_pool_add(&all, &set, input, err) != 0)
			die("%s", err);
	}
	if (n > 1)
		input = "--pool";
	if (names_unique(&all.set, input, err))
		die("%s", err);
	if (report_from_pool(r, &all, given.task, err) != 0)
		die("%s: %s", input, err);
	if (r->leak != NULL)
		warn("%s: the model was %s these very features", input, r->leak);
	if (times_path != NULL) {
		f = efopen(times_path, "r");
		if (report_times(r, &all.set, f, times_path, err) != 0)
			die("%s", err);
		fclose(f);
	}
	if (strcmp(given.format, "list") == 0)
		report_list(stdout, r, &all.set);
	report_pool_free(&all);
}

static const struct report_style *
style(void)
{
	return strcmp(given.format, "md") == 0 ? &report_md : &report_text;
}

/* --memory of the model at path, or on stdin when that is NULL. */
static void
memory(const char *path, const struct report_how *how)
{
	const char *input = path != NULL ? path : "stdin";
	struct tensor_set set = { 0 };
	struct report_memory m;
	char err[ERR_MAX];
	FILE *f;

	if (path != NULL)
		etensor_load_path(&set, path);
	else
		etensor_load(&set, stdin, input);
	emeta_kind(&set.head, input, "model");
	if (report_memory_init(&m, &set, err) != 0)
		die("%s: %s", input, err);
	if (given.task != NULL)
		snprintf(m.r.task, sizeof(m.r.task), "%s", given.task);
	if (given.device != NULL) {
		f = efopen(given.device, "r");
		if (report_memory_builds(&m, f, given.device, err) != 0)
			die("%s", err);
		fclose(f);
	}
	if (strcmp(given.format, "tsv") == 0)
		report_memory_tsv(stdout, &m, how);
	else if (strcmp(given.format, "json") != 0)
		report_memory_print(stdout, style(), &m, how);
	else if (report_memory_json(stdout, &m, how) != 0)
		die("out of memory");
	efclose(stdout, "stdout");
	report_memory_free(&m);
	tensor_set_free(&set);
}

int
main(int argc, char *argv[])
{
	int first = options_parse(argc, argv);
	size_t operands = (size_t)(argc - first), n = given.pool || !operands ? 1 : operands;
	struct report_how how = {
		given.budget, strcmp(given.scope, "layer") == 0, (int)given.digits
	};
	struct stream *streams;
	struct report *r;

	if (given.memory) {
		memory(argv[first], &how);
		return 0;
	}
	streams = options_streams(n);
	r = ecalloc(n, sizeof(*r));
	for (size_t i = 0; i < n; i++)
		load(&r[i], operands ? &argv[first + (int)i] : NULL, operands > n ? operands : 1,
			streams[i].times);
	if (given.figures != NULL) {
		for (size_t i = 0; i < n; i++)
			draw_report(&r[i], operands ? argv[first + (int)i] : "stdin", &streams[i]);
		if (given.preview != NULL)
			draw_preview(&streams[0]);
		draw_write();
	}

	if (strcmp(given.format, "tsv") == 0) {
		report_tsv(stdout, r, n, &how);
	} else if (strcmp(given.format, "json") == 0) {
		if (report_json(stdout, r, n, &how) != 0)
			die("out of memory");
	} else if (strcmp(given.format, "list") != 0) {
		for (size_t i = 0; i < n; i++) {
			fputs(i > 0 ? "\n\n" : "", stdout);
			report_print(stdout, style(), &r[i], &how);
		}
		if (n > 1) {
			fputs("\n\n", stdout);
			report_compare(stdout, style(), r, n, &how);
		}
	}
	efclose(stdout, "stdout");
	for (size_t i = 0; i < n; i++)
		report_free(&r[i]);
	free(r);
	options_free(streams, n);
	return 0;
}
