// SPDX-License-Identifier: MIT
#include "options.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/err.h"

struct arguments given = {
	.format = "text", .scope = "model", .budget = 36 * 1024, .digits = 4,
};

static const struct opt options[] = {
	{ "format", 'f', OPT_WORD, &given.format, 0, 0, "text|md|tsv|json|list",
	  "what is written" },
	{ "pool", 'p', OPT_FLAG, &given.pool, 0, 0, NULL,
	  "one report of all streams, as folds of one test" },
	{ "memory", 'm', OPT_FLAG, &given.memory, 0, 0, NULL,
	  "of a model instead of predictions: what it takes" },
	{ "device", 0, OPT_FILE, &given.device, 0, 0, "FILE",
	  "what builds of it for a device took, for --memory: device.tsv of make device" },
	{ "task", 't', OPT_TEXT, &given.task, 0, 0, "NAME", "task, for titles and tables" },
	{ "budget", 'b', OPT_BYTES, &given.budget, 1, 1e12, NULL,
	  "bytes that the model's parameters may take" },
	{ "budget-scope", 0, OPT_WORD, &given.scope, 0, 0, "layer|model",
	  "what must fit it where a table has one yes or no" },
	{ "times", 0, OPT_LIST, &given.times, 0, 0, "FILE,...",
	  "files of classify --times, in the order of the streams; - for none" },
	{ "figures", 0, OPT_FILE, &given.figures, 0, 0, "DIR", "folder for confusion.svg, .png" },
	{ "curves", 0, OPT_LIST, &given.curves, 0, 0, "FILE,...",
	  "logs of lstm-train --log, in the order of the streams, for curves.svg, .png; - for "
	  "none" },
	{ "preview", 0, OPT_FILE, &given.preview, 0, 0, "FEATURES", "features for mfcc.svg, .png" },
	{ "prefix", 0, OPT_LIST, &given.prefix, 0, 0, "NAME,...",
	  "what the figures of each stream are called: NAME-confusion.svg, ..." },
	{ "digits", 'd', OPT_INT, &given.digits, 0, 15, NULL,
	  "decimals of precision, recall and F1" },
	{ 0 }
};

static const struct opt_page page = {
	"say how good predictions are and whether the model fits its budget",
	"[OPTION]... [PREDICTIONS...]\n       report --memory [--device FILE] [MODEL]",
	"Without operands one stream is read from stdin. Of several streams the reports come\n"
	"first, then a table that compares them; tsv has a line a stream, json one object, list\n"
	"a line an utterance: name, true label (or -), label found and how far its logit is above\n"
	"the second best, separated by tabs.\n"
	"--memory tells parameters, tables, code, RAM and stack apart, of each layer and the\n"
	"whole, and whether the budget is kept that is for the largest layer, the whole model or\n"
	"the whole firmware; code, tables and stack are known from --device alone.\n"
	"1 KB = 1024 bytes. Text and Markdown print both readings of the budget. A model that has\n"
	"enough zeros to be smaller without them (formats/model.md, Sparse) is sized so, too.\n"
	"Figures are drawn by gnuplot, all of them before the first is written. The preview,\n"
	"one for all streams, has the first one's --prefix.\n",
};

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
check_figures(const struct stream *s, size_t n)
{
	struct stat st;

	if (given.figures == NULL) {
		if (given.curves.n > 0 || given.prefix.n > 0 || given.preview != NULL)
			usage_die("--curves, --preview and --prefix are for --figures");
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (n > 1 && s[i].prefix == NULL)
			usage_die("--figures of several streams: expected a --prefix for each");
		if (s[i].prefix != NULL && strchr(s[i].prefix, '/') != NULL)
			usage_die("--prefix: expected a name without /, got %s", s[i].prefix);
		for (size_t k = 0; k < i; k++)
			if (strcmp(s[i].prefix, s[k].prefix) == 0)
				usage_die("--prefix: expected names that differ, got %s twice",
					s[i].prefix);
	}
	if (stat(given.figures, &st) != 0)
		die("%s:", given.figures);
	if (!S_ISDIR(st.st_mode))
		die("%s: expected a folder", given.figures);
}

/* Options that are of predictions alone, or of --memory alone. */
static void
check_memory(int operands)
{
	static const char *const no[] = { "pool", "times", "figures", "curves", "preview",
		"prefix", "digits" };

	if (!given.memory && given.device != NULL)
		usage_die("--device is for --memory");
	if (!given.memory)
		return;
	for (size_t i = 0; i < sizeof(no) / sizeof(*no); i++)
		if (opt_given(no[i]))
			usage_die("--%s is for predictions, not for --memory", no[i]);
	if (strcmp(given.format, "list") == 0)
		usage_die("--format: expected text, md, tsv or json of --memory, got list");
	if (operands > 1)
		usage_die("--memory: expected one model, got %d", operands);
}

int
options_parse(int argc, char *argv[])
{
	int first = opt_parse(argc, argv, options, &page);

	check_memory(argc - first);
	return first;
}

struct stream *
options_streams(size_t n)
{
	struct stream *s = ecalloc(n, sizeof(*s));
	char **times = each(&given.times, "--times", n);
	char **curves = each(&given.curves, "--curves", n);
	char **prefix = each(&given.prefix, "--prefix", n);

	for (size_t i = 0; i < n; i++)
		s[i] = (struct stream){ times[i], curves[i], prefix[i] };
	free(times);
	free(curves);
	free(prefix);
	check_figures(s, n);
	return s;
}

void
options_free(struct stream *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		free(s[i].times);
		free(s[i].curves);
		free(s[i].prefix);
	}
	free(s);
}
