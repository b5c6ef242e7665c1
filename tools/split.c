// SPDX-License-Identifier: MIT
/*
 * split - choose the utterances of one part: train, test, ...
 *
 *   split --test 0.2 --seed 42 --part train < all.t > train.t
 *
 * reads   a stream of records (formats/tensor.md) with unique names
 * writes  the records of --part, in the method's order, with the head as it came
 * method  lib/stream/split.h
 */
#include <string.h>

#include "base/opt.h"
#include "stream/history.h"
#include "stream/split.h"

static const char *method = "sklearn";
static const char *parts_text;
static const char *group;
static const char *part;
static double test = 0.2;
static long seed = 42;
static const char *how;		/* method without =NAME */

static const struct opt opts[] = {
	{ "method", 'm', OPT_TEXT, &method, 0, 0, "sklearn|stratified|fsdd|group",
	  "how utterances are dealt out" },
	{ "test", 't', OPT_REAL, &test, 0, 1, "SHARE",
	  "share of the part test; train has the rest" },
	{ "parts", 0, OPT_TEXT, &parts_text, 0, 0, "NAME=SHARE,...",
	  "parts instead of train and test; shares sum to 1" },
	{ "group", 'g', OPT_TEXT, &group, 0, 0, "NAME", "group that is test in --method group" },
	{ "seed", 's', OPT_INT, &seed, 0, 4294967295.0, NULL, "seed of sklearn and stratified" },
	{ "part", 'p', OPT_TEXT, &part, 0, 0, "NAME", "part to write (needed)" },
	{ 0 }
};

static const struct opt_page page = {
	"choose the utterances of one part",
	"--part NAME [OPTION]... < all.t > part.t",
	"Methods:\n"
	"  sklearn     the members and the order of scikit-learn's train_test_split on the\n"
	"              sorted names; with --parts one permutation is cut: test first, train last\n"
	"  stratified  each label by --test or --parts, largest remainder; sorted by name\n"
	"  fsdd        test = takes 0-4 (the number after the last _ of the name); sorted by name\n"
	"  group       test = the group of --group NAME (or --method group=NAME); sorted by name\n"
	"Every call with the same input and options but --part gives disjoint parts that\n"
	"together are the input. A part without records is an error, and so are variations of\n"
	"recordings (wav2mfcc --speed ...), which would be in both parts: split first.\n",
};

/* Options that contradict each other are misuse, before any input is read. */
static void
check_options(struct split_parts *parts)
{
	char err[ERR_MAX];
	int fixed;

	how = method;
	if (strncmp(method, "group=", 6) == 0) {
		if (group != NULL)
			usage_die("--method %s and --group exclude each other", method);
		group = method + 6;
		how = "group";
	}
	fixed = strcmp(how, "fsdd") == 0 || strcmp(how, "group") == 0;
	if (!fixed && strcmp(how, "sklearn") != 0 && strcmp(how, "stratified") != 0)
		usage_die("--method: expected sklearn, stratified, fsdd or group, got %s", method);
	if (strcmp(how, "group") == 0 && (group == NULL || group[0] == '\0'))
		usage_die("--method group needs --group NAME");
	if (strcmp(how, "group") != 0 && group != NULL)
		usage_die("--group is for --method group, not %s", method);
	if (fixed && (opt_given("test") || parts_text != NULL))
		usage_die("--method %s has the parts train and test: no --test, no --parts",
			method);
	if (fixed && opt_given("seed"))
		usage_die("--method %s draws nothing: no --seed", method);
	if (opt_given("test") && parts_text != NULL)
		usage_die("--test and --parts exclude each other");
	if (!(test > 0 && test < 1))
		usage_die("--test must be above 0 and below 1, got %g", test);

	split_parts_test(parts, test);
	if (parts_text != NULL && split_parts_parse(parts, parts_text, err) != 0)
		usage_die("--parts: %s", err);
	if (part == NULL || split_parts_find(parts, part) == parts->n) {
		char names[SPLIT_PARTS_MAX * (SPLIT_NAME_MAX + 2)] = "";

		for (size_t i = 0; i < parts->n; i++) {
			strcat(names, i > 0 ? ", " : "");
			strcat(names, parts->part[i].name);
		}
		usage_die("--part: expected one of %s, got %s", names, part ? part : "none");
	}
}

int
main(int argc, char *argv[])
{
	struct split_parts parts;
	struct split s = { 0 };
	struct tensor_set set = { 0 };
	struct tensor_writer w;
	char err[ERR_MAX], kind[32], source[TENSOR_NAME_MAX + 1];
	size_t p;
	int rc;

	if (opt_parse(argc, argv, opts, &page) != argc)
		usage_die("takes no operands: the stream comes on stdin");
	check_options(&parts);

	etensor_load(&set, stdin, "stdin");
	if (meta_get(&set.head, "kind", kind, sizeof(kind)) != NULL && strcmp(kind, "model") == 0)
		die("stdin: expected a stream of utterances, got a model");
	for (size_t i = 0; i < set.n; i++)
		if (meta_get(&set.items[i].meta, "source", source, sizeof source) != NULL)
			die("stdin: record %s: expected a recording as it is, got a variation of "
				"%s: split first, then vary the training part", set.items[i].name,
				source);
	if (strcmp(how, "sklearn") == 0)
		rc = split_sklearn(&s, &set, &parts, (uint32_t)seed, err);
	else if (strcmp(how, "stratified") == 0)
		rc = split_stratified(&s, &set, &parts, (uint32_t)seed, err);
	else if (strcmp(how, "fsdd") == 0)
		rc = split_takes(&s, &set, &parts, err);
	else
		rc = split_group(&s, &set, &parts, group, err);
	if (rc != 0)
		die("stdin: %s", err);
	for (p = 0; p < parts.n; p++)
		if (s.size[p] == 0)
			die("stdin: part %s would be empty, expected at least 1 of %zu records",
				parts.part[p].name, set.n);

	p = split_parts_find(&parts, part);
	history_add(&set.head, opts);
	etensor_create(&w, stdout, "stdout", &set.head);
	for (size_t i = 0; i < s.size[p]; i++)
		etensor_write(&w, &set.items[s.order[s.first[p] + i]]);
	etensor_end(&w);
	split_free(&s);
	tensor_set_free(&set);
	return 0;
}
