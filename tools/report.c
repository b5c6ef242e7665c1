// SPDX-License-Identifier: MIT
/*
 * report - say how good predictions are and whether the model fits its budget
 *
 *   report [OPTION]... [PREDICTIONS...]
 *
 * reads   streams of predictions (formats/model.md), operands or stdin
 * writes  a report each and, of several, a table that compares them
 * method  lib/score.h, lib/report.h
 */
#include <stdlib.h>
#include <string.h>

#include "opt.h"
#include "report.h"

static const char *format = "text";
static const char *task;
static const char *scope = "model";
static long budget = 36 * 1024;
static long digits = 4;
static struct opt_list times;

static const struct opt opts[] = {
	{ "format", 'f', OPT_WORD, &format, 0, 0, "text|md|tsv|json", "what is written" },
	{ "task", 't', OPT_TEXT, &task, 0, 0, "NAME", "task, for titles and tables" },
	{ "budget", 'b', OPT_BYTES, &budget, 1, 1e12, NULL, "memory for parameters" },
	{ "budget-scope", 0, OPT_WORD, &scope, 0, 0, "layer|model",
	  "what must fit into it where one word is wanted" },
	{ "times", 0, OPT_LIST, &times, 0, 0, "FILE,...",
	  "files of classify --times, in the order of the streams; - for none" },
	{ "digits", 'd', OPT_INT, &digits, 0, 15, NULL, "decimals of precision, recall and F1" },
	{ 0 }
};

static const struct opt_page page = {
	"say how good predictions are and whether the model fits its budget",
	"[OPTION]... [PREDICTIONS...]",
	"Without operands one stream is read from stdin. Of several streams the reports come\n"
	"first, then a table that compares them; tsv has a line a stream, json one object.\n"
	"1 KB = 1024 bytes. Text and Markdown print both readings of the budget.\n",
};

/* The files of all --times, split at commas: n of them, NULL for none. The caller frees each. */
static char **
times_files(size_t n)
{
	char **files = ecalloc(n, sizeof(*files));
	size_t k = 0;

	for (size_t i = 0; i < times.n; i++)
		for (const char *s = times.items[i]; s != NULL; k++) {
			size_t len = strcspn(s, ",");

			if (len == 0)
				usage_die("--times: expected a file or -, got an empty name");
			if (k < n && !(len == 1 && *s == '-')) {
				files[k] = ecalloc(len + 1, 1);
				memcpy(files[k], s, len);
			}
			s = s[len] == ',' ? s + len + 1 : NULL;
		}
	if (k > 0 && k != n)
		usage_die("--times: expected a file a stream (%zu), got %zu", n, k);
	return files;
}

static void
load(struct report *r, const char *path, const char *times_path)
{
	const char *input = path != NULL ? path : "stdin";
	struct tensor_set set = { 0 };
	char err[ERR_MAX];
	FILE *f;

	if (path != NULL)
		etensor_load_path(&set, path);
	else
		etensor_load(&set, stdin, input);
	emeta_kind(&set.head, input, "predictions");
	if (names_unique(&set, input, err))
		die("%s", err);
	if (report_from_tensors(r, &set, task, err) != 0)
		die("%s: %s", input, err);
	if (times_path != NULL) {
		f = efopen(times_path, "r");
		if (report_times(r, &set, f, times_path, err) != 0)
			die("%s", err);
		fclose(f);
	}
	tensor_set_free(&set);
}

int
main(int argc, char *argv[])
{
	int first = opt_parse(argc, argv, opts, &page);
	size_t n = first < argc ? (size_t)(argc - first) : 1;
	char **files = times_files(n);
	struct report *r = ecalloc(n, sizeof(*r));
	struct report_how how = { budget, strcmp(scope, "layer") == 0, (int)digits };
	int md = strcmp(format, "md") == 0;

	for (size_t i = 0; i < n; i++)
		load(&r[i], first < argc ? argv[first + (int)i] : NULL, files[i]);

	if (strcmp(format, "tsv") == 0) {
		report_tsv(stdout, r, n, &how);
	} else if (strcmp(format, "json") == 0) {
		if (report_json(stdout, r, n, &how) != 0)
			die("out of memory");
	} else {
		for (size_t i = 0; i < n; i++) {
			fputs(i > 0 ? "\n\n" : "", stdout);
			(md ? report_md : report_text)(stdout, &r[i], &how);
		}
		if (n > 1) {
			fputs("\n\n", stdout);
			(md ? report_md_compare : report_text_compare)(stdout, r, n, &how);
		}
	}
	efclose(stdout, "stdout");
	for (size_t i = 0; i < n; i++) {
		report_free(&r[i]);
		free(files[i]);
	}
	free(r);
	free(files);
	return 0;
}
