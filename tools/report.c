// SPDX-License-Identifier: MIT
/*
 * report - say how good predictions are and whether the model fits its budget
 *
 *   report [OPTION]... [PREDICTIONS...]
 *
 * reads   streams of predictions (formats/model.md), operands or stdin
 * writes  a report each (--pool: one of all), of several a table, too; --figures: pictures
 * method  lib/score.h, lib/report.h, lib/figure.h
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "figure.h"
#include "opt.h"
#include "report.h"

static const char *format = "text";
static const char *task;
static const char *scope = "model";
static long budget = 36 * 1024;
static long digits = 4;
static struct opt_list times, curves, prefix;
static const char *figures, *preview;
static int pool;

static const struct opt opts[] = {
	{ "format", 'f', OPT_WORD, &format, 0, 0, "text|md|tsv|json|list", "what is written" },
	{ "pool", 'p', OPT_FLAG, &pool, 0, 0, NULL, "one report of all streams, as folds of one test" },
	{ "task", 't', OPT_TEXT, &task, 0, 0, "NAME", "task, for titles and tables" },
	{ "budget", 'b', OPT_BYTES, &budget, 1, 1e12, NULL, "memory for parameters" },
	{ "budget-scope", 0, OPT_WORD, &scope, 0, 0, "layer|model",
	  "what must fit into it where one word is wanted" },
	{ "times", 0, OPT_LIST, &times, 0, 0, "FILE,...",
	  "files of classify --times, in the order of the streams; - for none" },
	{ "figures", 0, OPT_FILE, &figures, 0, 0, "DIR", "folder for confusion.svg, .png" },
	{ "curves", 0, OPT_LIST, &curves, 0, 0, "FILE,...",
	  "logs of lstm-train --log, in the order of the streams, for curves.svg, .png; - for none" },
	{ "preview", 0, OPT_FILE, &preview, 0, 0, "FEATURES", "features for mfcc.svg, .png" },
	{ "prefix", 0, OPT_LIST, &prefix, 0, 0, "NAME,...",
	  "what the figures of each stream are called: NAME-confusion.svg, ..." },
	{ "digits", 'd', OPT_INT, &digits, 0, 15, NULL, "decimals of precision, recall and F1" },
	{ 0 }
};

static const struct opt_page page = {
	"say how good predictions are and whether the model fits its budget",
	"[OPTION]... [PREDICTIONS...]",
	"Without operands one stream is read from stdin. Of several streams the reports come\n"
	"first, then a table that compares them; tsv has a line a stream, json one object, list\n"
	"a line an utterance: name, true label (or -), label found and how far its logit is above\n"
	"the second best, separated by tabs.\n"
	"1 KB = 1024 bytes. Text and Markdown print both readings of the budget.\n"
	"Figures are drawn by gnuplot, all of them before the first is written. The preview,\n"
	"one for all streams, has the first one's --prefix.\n",
};

static struct picture *pictures;

/* What a list option says of n streams, split at commas; NULL for - and for no option. */
static char **
each(const struct opt_list *list, const char *option, size_t n)
{
	char **item = ecalloc(n, sizeof(*item));
	size_t k = 0;

	for (size_t i = 0; i < list->n; i++)
		for (const char *s = list->items[i]; s != NULL; k++) {
			size_t len = strcspn(s, ",");

			if (len == 0)
				usage_die("%s: expected a name or -, got an empty name", option);
			if (k < n && !(len == 1 && *s == '-')) {
				item[k] = ecalloc(len + 1, 1);
				memcpy(item[k], s, len);
			}
			s = s[len] == ',' ? s + len + 1 : NULL;
		}
	if (k > 0 && k != n)
		usage_die("%s: expected one a stream (%zu), got %zu", option, n, k);
	return item;
}

static void
free_each(char **item, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(item[i]);
	free(item);
}

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
	if (report_from_pool(r, &all, task, err) != 0)
		die("%s: %s", input, err);
	if (r->leak != NULL)
		warn("%s: the model was %s these very features", input, r->leak);
	if (times_path != NULL) {
		f = efopen(times_path, "r");
		if (report_times(r, &all.set, f, times_path, err) != 0)
			die("%s", err);
		fclose(f);
	}
	if (strcmp(format, "list") == 0)
		report_list(stdout, r, &all.set);
	report_pool_free(&all);
}

static void
check_figures(char *const *name, size_t n)
{
	struct stat st;

	if (figures == NULL) {
		if (curves.n > 0 || prefix.n > 0 || preview != NULL)
			usage_die("--curves, --preview and --prefix are for --figures");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (n > 1 && name[i] == NULL)
			usage_die("--figures of several streams: expected a --prefix for each");
		if (name[i] != NULL && strchr(name[i], '/') != NULL)
			usage_die("--prefix: expected a name without /, got %s", name[i]);
		for (size_t k = 0; k < i; k++)
			if (strcmp(name[i], name[k]) == 0)
				usage_die("--prefix: expected names that differ, got %s twice", name[i]);
	}
	if (stat(figures, &st) != 0)
		die("%s:", figures);
	if (!S_ISDIR(st.st_mode))
		die("%s: expected a folder", figures);
}

static void
draw(struct figure *f, const char *before, const char *name)
{
	size_t size = strlen(figures) + (before != NULL ? strlen(before) : 0) + 32;
	char *path = ecalloc(size, 1);

	snprintf(path, size, "%s/%s%s%s", figures, before != NULL ? before : "",
		before != NULL ? "-" : "", name);
	efigure_draw(&pictures, f, path);
	free(path);
}

static void
draw_report(const struct report *r, const char *input, const char *log, const char *before)
{
	char err[ERR_MAX];
	struct figure f;
	struct curves c;
	FILE *file;

	if (figure_confusion(&f, r, err) != 0)
		die("%s: %s", input, err);
	draw(&f, before, "confusion");
	if (log == NULL)
		return;
	file = efopen(log, "r");
	if (curves_read(&c, file, log, err) != 0)
		die("%s", err);
	fclose(file);
	figure_curves(&f, r, &c);
	draw(&f, before, "curves");
	curves_free(&c);
}

static void
draw_preview(const char *before)
{
	struct tensor_set set = { 0 };
	char err[ERR_MAX];
	struct figure f;

	etensor_load_path(&set, preview);
	emeta_kind(&set.head, preview, "features");
	if (figure_mfcc(&f, &set, err) != 0)
		die("%s: %s", preview, err);
	draw(&f, before, "mfcc");
	tensor_set_free(&set);
}

int
main(int argc, char *argv[])
{
	int first = opt_parse(argc, argv, opts, &page);
	size_t streams = first < argc ? (size_t)(argc - first) : 1, n = pool ? 1 : streams;
	char **files = each(&times, "--times", n), **logs = each(&curves, "--curves", n);
	char **name = each(&prefix, "--prefix", n);
	struct report *r = ecalloc(n, sizeof(*r));
	struct report_how how = { budget, strcmp(scope, "layer") == 0, (int)digits };
	int md = strcmp(format, "md") == 0;

	check_figures(name, n);
	for (size_t i = 0; i < n; i++)
		load(&r[i], first < argc ? &argv[first + (int)i] : NULL, pool ? streams : 1, files[i]);
	if (figures != NULL) {
		for (size_t i = 0; i < n; i++)
			draw_report(&r[i], first < argc ? argv[first + (int)i] : "stdin", logs[i], name[i]);
		if (preview != NULL)
			draw_preview(name[0]);
		epictures_write(&pictures);
	}

	if (strcmp(format, "tsv") == 0) {
		report_tsv(stdout, r, n, &how);
	} else if (strcmp(format, "json") == 0) {
		if (report_json(stdout, r, n, &how) != 0)
			die("out of memory");
	} else if (strcmp(format, "list") != 0) {
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
	for (size_t i = 0; i < n; i++)
		report_free(&r[i]);
	free(r);
	free_each(files, n);
	free_each(logs, n);
	free_each(name, n);
	return 0;
}
