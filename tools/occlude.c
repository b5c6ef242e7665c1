// SPDX-License-Identifier: MIT
/*
 * occlude - say how much each hidden unit of a net matters
 *
 *   occlude MODEL < features > table.tsv
 *
 * reads   labelled features (formats/tensor.md) made with the model's front end
 * writes  a line a unit: layer, direction, unit, how many utterances are right while its output is
 *         0 in every step, their share, and how much less that is than with all units
 * method  lib/net/occlude.h
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "math/kernel.h"
#include "net/occlude.h"
#include "quant/recogniser.h"

static const struct opt opts[] = { { 0 } };

static const struct opt_page page = {
	"say how much each hidden unit of a net matters",
	"MODEL < features > table.tsv",
	"MODEL is a float net. Writes a table, tab-separated: layer, direction (0, or 1 from the\n"
	"last frame to the first), unit, utterances right while that unit's output is 0, their\n"
	"share, and how much less that is than with all units; these come first, in a line with -\n"
	"for the unit. Let the features be ones that chose nothing else: a validation part.\n"
	"The environment's WHIT_ISA=sse2|avx2|avx512|neon chooses instructions, not results.\n",
};

/* The features, each of a label that the model knows. */
static void
check(const struct tensor_set *set, const struct tensor_set *model, int D, const char *path)
{
	char err[ERR_MAX];

	emeta_kind(&set->head, "stdin", "features");
	if (meta_differ(&model->head, &set->head, "feature.", err, sizeof(err)))
		die("stdin: not the features that %s was trained on: %s", path, err);
	if (set->n == 0)
		die("stdin: expected at least 1 utterance, got none");
	for (size_t i = 0; i < set->n; i++) {
		const struct tensor *x = &set->items[i];

		if (x->dtype != TENSOR_F32 || x->ndim != 2 || x->dims[0] < 1 ||
		    x->dims[1] != (uint32_t)D)
			die("stdin: record %s: expected f32 of at least 1 frame by %d coefficients",
				x->name, D);
		if (x->label < 0 || (size_t)x->label >= labels_count(&set->head))
			die("stdin: record %s: expected a label, got none", x->name);
		for (size_t k = 0; k < x->n; k++)
			if (!isfinite(x->f32[k]))
				die("stdin: record %s: value %zu is not finite", x->name, k);
	}
}

/* How many utterances are right. */
static size_t
count_right(struct recogniser *r, const struct tensor_set *set, const struct meta *model)
{
	float *logits = ecalloc((size_t)r->K, sizeof(*logits));
	char is[TENSOR_META_MAX], found[TENSOR_META_MAX], err[ERR_MAX];
	size_t right = 0;

	for (size_t i = 0; i < set->n; i++) {
		const struct tensor *x = &set->items[i];
		int best = 0;

		if (recogniser_infer(r, x->f32, (int)x->dims[0], logits, err) != 0)
			die("stdin: record %s: %s", x->name, err);
		for (int k = 1; k < r->K; k++)
			best = logits[k] > logits[best] ? k : best;
		labels_name(&set->head, x->label, is, sizeof(is));
		right += strcmp(labels_name(model, best, found, sizeof(found)), is) == 0;
	}
	free(logits);
	return right;
}

static void
print_row(size_t right, size_t all, size_t n)
{
	printf("\t%zu\t%.6f\t%.6f\n", right, (double)right / (double)n,
		((double)all - (double)right) / (double)n);
}

int
main(int argc, char *argv[])
{
	struct tensor_set model = { 0 }, set = { 0 };
	int first = opt_parse(argc, argv, opts, &page);
	char err[ERR_MAX], precision[64];
	const char *path = argv[first];
	struct recogniser r;
	struct rnn *net = &r.net;
	float *kept;
	size_t all;

	if (first + 1 != argc)
		usage_die("expected one operand, the model, got %d", argc - first);
	if (kernel_use(getenv("WHIT_ISA"), err))
		die("WHIT_ISA: %s", err);
	etensor_load_path(&model, path);
	emeta_kind(&model.head, path, "model");
	if (recogniser_init(&r, &model, err))
		die("%s: %s", path, err);
	if (net->w == NULL)
		die("%s: expected a float net, got precision=%s", path, meta_get(&model.head,
			"precision", precision, sizeof(precision)) ? precision : "-");
	etensor_load(&set, stdin, "stdin");
	check(&set, &model, r.D, path);

	kept = ecalloc(net->n, sizeof(*kept));
	memcpy(kept, net->w, net->n * sizeof(*kept));
	all = count_right(&r, &set, &model.head);
	printf("layer\tdirection\tunit\tcorrect\taccuracy\tloss\n-\t-\t-");
	print_row(all, all, set.n);
	for (int p = 0; p < net->layers * net->directions; p++)
		for (int u = 0; u < net->H; u++) {
			occlude_unit(net, p / net->directions, p % net->directions, u);
			rnn_pack(&r.scratch, net);
			printf("%d\t%d\t%d", p / net->directions, p % net->directions, u);
			print_row(count_right(&r, &set, &model.head), all, set.n);
			memcpy(net->w, kept, net->n * sizeof(*kept));
		}
	efclose(stdout, "stdout");
	free(kept);
	recogniser_free(&r);
	tensor_set_free(&set);
	tensor_set_free(&model);
	return 0;
}
