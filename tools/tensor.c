// SPDX-License-Identifier: MIT
/*
 * tensor - look at tensor streams, join them, convert them
 *
 *	tensor show [--values] [FILE]
 *	tensor show --check pot MODEL
 *	tensor cat [FILE...]
 *	tensor to-npy NAME | to-npz | to-safetensors
 *	tensor from-npy | from-npz | from-safetensors
 *
 * reads   tensor streams (formats/tensor.md), .npy, .npz and .safetensors (npy.h, npz.h and
 *         safetensors.h in lib/stream/)
 * writes  one of these, or text (lib/stream/show.h)
 */
#include "tensor/commands.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "quant/pot_check.h"
#include "stream/show.h"

static int values;
static const char *check;

static const struct opt no_opts[] = { { 0 } };
static const struct opt show_opts[] = {
	{ "values", 0, OPT_FLAG, &values, 0, 0, NULL,
	  "print every number, so that it reads back exactly" },
	{ "check", 0, OPT_WORD, &check, 0, 0, "pot",
	  "of a model: fail unless every weight stored is 0 or +-2^k within its stated range" },
	{ 0 }
};

/* The one operand or stdin; *input is its name for messages. */
FILE *
open_input(int n, char *files[], const char **input)
{
	if (n > 1)
		usage_die("%s: expected one file at most", files[1]);
	*input = n == 1 ? files[0] : "stdin";
	if (n == 0 && isatty(STDIN_FILENO))
		usage_die("stdin: expected a file or a pipe, got a terminal (see --help)");
	return n == 1 ? efopen(files[0], "rb") : stdin;
}

/* One line, or exit 1 with the first weight that is no power of two. */
static void
check_pot(FILE *f, const char *input)
{
	struct tensor_set set = { 0 };
	struct pot_checked c;
	char err[ERR_MAX];

	etensor_load(&set, f, input);
	emeta_kind(&set.head, input, "model");
	if (pot_check(&c, &set, err))
		die("%s: %s", input, err);
	printf("%zu weights, %zu of them 0, the others powers of two that codes of %d bits hold\n",
		c.weights, c.zeros, c.bits);
	efclose(stdout, "stdout");
	tensor_set_free(&set);
}

static void
show(int n, char *files[])
{
	struct tensor_reader r = { 0 };
	struct tensor t = { 0 };
	uint64_t numbers = 0, bytes = 0;
	const char *input;
	FILE *f = open_input(n, files, &input);

	if (check && values)
		usage_die("--check and --values: expected one of them");
	if (check) {
		check_pot(f, input);
		return;
	}
	etensor_open(&r, f, input);
	show_head(stdout, &r.head);
	while (etensor_read(&r, &t)) {
		show_tensor(stdout, &t, &r.head, values);
		numbers += t.n;
		bytes += t.n * tensor_dtype_size(t.dtype);
	}
	show_end(stdout, r.record, numbers, bytes);
	efclose(stdout, "stdout");
	tensor_close(&r);
	tensor_free(&t);
}

/* What is appended to the file that is read would be read again, until the disk is full. */
static void
refuse_output(const char *path)
{
	struct stat in, out;

	if ((path ? stat(path, &in) : fstat(STDIN_FILENO, &in)) == 0 && S_ISREG(in.st_mode) &&
	    fstat(STDOUT_FILENO, &out) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
		die("%s: the input is the output", path ? path : "stdin");
}

static void
cat(int n, char *files[])
{
	struct tensor_reader r = { 0 };
	struct tensor_writer w;
	struct tensor t = { 0 };
	struct meta head = { 0 };
	char diff[256];
	const char *input;
	FILE *f;

	for (int i = 0; i == 0 || i < n; i++)
		refuse_output(n > 0 ? files[i] : NULL);
	for (int i = 0; i == 0 || i < n; i++) {
		f = open_input(n > 0, files + i, &input);
		etensor_open(&r, f, input);
		if (i == 0) {
			if (meta_copy(&head, &r.head, ""))
				die("out of memory");
			etensor_create(&w, stdout, "stdout", &head);
		} else if (meta_differ_parts(&head, &r.head, diff, sizeof diff)) {
			die("%s: head differs from that of %s: %s", input, files[0], diff);
		}
		while (etensor_read(&r, &t))
			etensor_write(&w, &t);
		tensor_close(&r);
		fclose(f);
	}
	etensor_end(&w);
	tensor_free(&t);
	meta_free(&head);
}

static const struct command commands[] = {
	{ "show", show, show_opts, { "print a tensor stream as text",
	  "[--values | --check pot] [FILE]",
	  "The head, a line for each tensor (statistics of its finite numbers; sd divides by n)\n"
	  "with its metadata, and a last line that shows that the stream was whole.\n"
	  "--check looks at the numbers of a pot model's codes, or at a float32 model's:\n"
	  "matrices, and biases unless pot.bias=int32; the range is that of pot.bits (absent:\n"
	  "5) a tensor, or a row with pot.range=row. An int8 model has no such weights,\n"
	  "whatever its scales are.\n" } },
	{ "cat", cat, no_opts, { "join tensor streams", "[FILE...] > joined.t",
	  "The heads must be equal, histories aside; that of the first file is kept.\n" } },
	{ 0 }
};

static const struct command *
find(const struct command *c, const char *name)
{
	while (c->name && strcmp(c->name, name) != 0)
		c++;
	return c->name ? c : NULL;
}

/* A line a command; returns what text holds then. */
static size_t
list(char *text, size_t size, size_t n, const struct command *c)
{
	for (; c->name && n < size; c++)
		n += (size_t)snprintf(text + n, size - n, "  %-18s%s\n", c->name, c->page.purpose);
	return n;
}

int
main(int argc, char *argv[])
{
	static char full[64], notes[1024] = "Commands, each with its own --help:\n";
	static const struct opt_page page = {
		"look at tensor streams, join them, convert them",
		"show|cat|to-npy|to-npz|to-safetensors|from-npy|from-npz|from-safetensors ...",
		notes,
	};
	const struct command *c = NULL;
	size_t n;
	int first;

	n = list(notes, sizeof notes, strlen(notes), commands);
	list(notes, sizeof notes, n, converters);
	if (argc > 1 && !(c = find(commands, argv[1])))
		c = find(converters, argv[1]);
	if (!c) {
		first = opt_parse(argc, argv, no_opts, &page);
		usage_die(first < argc ? "%s: no such command (see tensor --help)" :
			"expected a command: %s", first < argc ? argv[first] : page.synopsis);
	}
	snprintf(full, sizeof full, "tensor %s", c->name);
	argv[1] = full;
	first = 1 + opt_parse(argc - 1, argv + 1, c->opts, &c->page);
	c->run(argc - first, argv + first);
	return 0;
}
