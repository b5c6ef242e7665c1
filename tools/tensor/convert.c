// SPDX-License-Identifier: MIT
/*
 * tensor to-..., tensor from-... - streams to and from other programs' files
 *
 * What comes back from .npz and .safetensors is the same stream, byte for byte.
 */
#include "commands.h"

#include <string.h>
#include <unistd.h>

#include "net/statedict.h"
#include "stream/history.h"
#include "stream/npy.h"
#include "stream/npz.h"
#include "stream/safetensors.h"

static const char *name, *group = "";
static long label = -1;
static struct opt_list set, renames;
static const char *features, *pooling;

static const struct opt no_opts[] = { { 0 } };
static const struct opt npy_opts[] = {
	{ "name", 0, OPT_TEXT, &name, 0, 0, "NAME", "name of the tensor (default: the file's)" },
	{ "label", 0, OPT_INT, &label, -1, INT32_MAX, NULL, "its label, -1 for none" },
	{ "group", 0, OPT_TEXT, &group, 0, 0, NULL, "its group (speaker)" },
	{ "set", 0, OPT_LIST, &set, 0, 0, "KEY=VALUE", "metadata of the stream" },
	{ 0 }
};
static const struct opt safetensors_opts[] = {
	{ "features", 0, OPT_FILE, &features, 0, 0, NULL,
	  "make a model for the features in FILE: its feature.*, labels, corpus" },
	{ "pooling", 0, OPT_WORD, &pooling, 0, 0, "last|mean|max",
	  "make a model whose classifier reads this" },
	{ "rename", 0, OPT_LIST, &renames, 0, 0, "OLD=NEW", "replace the beginning of names" },
	{ "set", 0, OPT_LIST, &set, 0, 0, "KEY=VALUE", "metadata of the stream" },
	{ 0 }
};

static void
refuse_terminal(void)
{
	if (isatty(STDOUT_FILENO))
		usage_die("stdout: the output is binary: redirect it");
}

/* --set KEY=VALUE into head. */
static void
apply_set(struct meta *head)
{
	const char *equals;
	char key[TENSOR_NAME_MAX + 1];

	for (size_t i = 0; i < set.n; i++) {
		equals = strchr(set.items[i], '=');
		if (!equals || equals - set.items[i] > TENSOR_NAME_MAX)
			usage_die("--set: expected KEY=VALUE, got '%s'", set.items[i]);
		snprintf(key, sizeof key, "%.*s", (int)(equals - set.items[i]), set.items[i]);
		emeta_set(head, key, "%s", equals + 1);
	}
}

static void
to_npy(int n, char *names[])
{
	struct tensor_set s;
	struct tensor *t;

	if (n != 1)
		usage_die("expected the name of one tensor, got %d operands", n);
	refuse_terminal();
	etensor_load(&s, stdin, "stdin");
	t = tensor_find(&s, names[0]);
	if (!t)
		die("stdin: no record %s among %zu", names[0], s.n);
	for (struct tensor *u = t + 1; u < s.items + s.n; u++)
		if (strcmp(u->name, names[0]) == 0)
			die("stdin: record %s: the name stands twice", names[0]);
	if (npy_write(stdout, t))
		die("stdout: write:");
	efclose(stdout, "stdout");
	tensor_set_free(&s);
}

static void
from_npy(int n, char *files[])
{
	struct tensor_writer w;
	struct tensor t = { 0 };
	struct meta head = { 0 };
	char err[ERR_MAX];
	const char *input, *base;
	size_t k, labels;
	FILE *f;

	if (n != 1 && name)
		usage_die(n ? "--name: expected one file, got %d" : "--name: expected a file", n);
	if (n == 0)
		usage_die("expected an .npy file");
	emeta_set(&head, "kind", "tensors");
	apply_set(&head);
	labels = labels_count(&head);
	if (labels > 0 && label >= (long)labels)
		usage_die("--label: expected less than %zu, as --set labels has so many, got %ld",
			labels, label);
	history_add(&head, npy_opts);
	etensor_create(&w, stdout, "stdout", &head);
	for (int i = 0; i < n; i++) {
		f = open_input(1, files + i, &input);
		base = strrchr(input, '/') ? strrchr(input, '/') + 1 : input;
		k = strlen(base);
		if (k > 4 && strcmp(base + k - 4, ".npy") == 0)
			k -= 4;
		etensor_name(&t, "%.*s", name ? TENSOR_NAME_MAX + 1 : (int)k, name ? name : base);
		t.label = (int32_t)label;
		if (strlen(group) > TENSOR_NAME_MAX)
			usage_die("--group: expected at most %d bytes", TENSOR_NAME_MAX);
		strcpy(t.group, group);
		if (npy_read(&t, f, input, err))
			die("%s", err);
		etensor_write(&w, &t);
		fclose(f);
	}
	etensor_end(&w);
	tensor_free(&t);
	meta_free(&head);
}

/* to-npz and to-safetensors */
static void
save(int n, char *files[], int (*saver)(const struct tensor_set *, FILE *, const char *, char *))
{
	struct tensor_set s;
	const char *input;
	FILE *f = open_input(n, files, &input);
	char err[ERR_MAX];

	refuse_terminal();
	etensor_load(&s, f, input);
	if (saver(&s, stdout, input, err)) {
		if (ferror(stdout))
			die("stdout: write:");
		die("%s", err);
	}
	efclose(stdout, "stdout");
	tensor_set_free(&s);
}

static void
to_npz(int n, char *files[])
{
	save(n, files, npz_save);
}

static void
to_safetensors(int n, char *files[])
{
	save(n, files, safetensors_save);
}

static void
from_npz(int n, char *files[])
{
	struct tensor_set s;
	char err[ERR_MAX];

	if (n != 1)
		usage_die("expected one .npz file, got %d operands", n);
	if (npz_load(&s, files[0], err))
		die("%s", err);
	etensor_save(&s, stdout, "stdout");
	tensor_set_free(&s);
}

static void
from_safetensors(int n, char *files[])
{
	struct tensor_set s;
	const char *input;
	FILE *f = open_input(n, files, &input);
	char err[ERR_MAX];

	for (size_t i = 0; i < renames.n; i++)
		if (renames.items[i][0] == '=' || !strchr(renames.items[i], '='))
			usage_die("--rename: expected OLD=NEW, got '%s'", renames.items[i]);
	if (safetensors_load(&s, f, input, err))
		die("%s", err);
	for (size_t i = 0; i < renames.n; i++)
		if (statedict_rename(&s, renames.items[i], err))
			die("%s: %s", input, err);
	if (features || pooling)
		weights_describe(&s, input, features, pooling);
	apply_set(&s.head);
	if (features || pooling || renames.n || set.n)
		history_add(&s.head, safetensors_opts);
	weights_check(&s, input);
	etensor_save(&s, stdout, "stdout");
	tensor_set_free(&s);
}

const struct command converters[] = {
	{ "to-npy", to_npy, no_opts, { "one tensor as an .npy file",
	  "NAME < in.t > out.npy", NULL } },
	{ "to-npz", to_npz, no_opts, { "all tensors as an .npz file", "[FILE] > out.npz",
	  "Labels, groups and metadata: JSON text in its array __whit__.\n" } },
	{ "to-safetensors", to_safetensors, no_opts, { "all tensors as a .safetensors file",
	  "[FILE] > model.safetensors",
	  "A model's names and gate order are those of PyTorch's nn.LSTM or nn.GRU and\n"
	  "nn.Linear.\n" } },
	{ "from-npy", from_npy, npy_opts, { "make a stream from .npy files",
	  "[OPTION]... FILE... > out.t",
	  NULL } },
	{ "from-npz", from_npz, no_opts, { "make a stream from an .npz file", "FILE > out.t",
	  "The stream that tensor to-npz read comes back; others have no label.\n" } },
	{ "from-safetensors", from_safetensors, safetensors_opts, {
	  "make a stream from a .safetensors file", "[OPTION]... [FILE] > model.m",
	  "F32, F64, I8, I16, I32, I64, U8. A stream that tensor to-safetensors read comes back.\n"
	  "--features and --pooling: weights of an nn.LSTM `lstm` or nn.GRU `gru` and an\n"
	  "nn.Linear `fc` trained elsewhere become a model that classify runs.\n" } },
	{ 0 }
};
