// SPDX-License-Identifier: MIT
/*
 * lstm-train - train a recurrent net on labelled features
 *
 *   lstm-train [--hidden 24] [--seed 42] ... < train.t > model.m
 *
 * reads   features (formats/tensor.md): f32 (frames, features), each labelled
 * writes  a float model (formats/model.md) with the features' settings in its head
 * method  n layers of LSTM or GRU + linear (lib/net/rnn.h); in lib/train/: backpropagation through
 *         time (bptt.h), Adam (optim.h), changes to the features (augment.h), a teacher
 *         (distill.h), pruning (prune.h), epochs and validation (train.h)
 */
#include "lstm-train/options.h"
#include "lstm-train/progress.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "math/kernel.h"
#include "net/model.h"
#include "quant/qat.h"
#include "quant/quant.h"
#include "stream/history.h"
#include "train/distill.h"

static struct qat qat;			/* --qat */
static struct quant_features features;	/* as they come, for it */

static void
load_validation(struct dataset *set, const struct dataset *train_set, const struct meta *head,
	char sha256[65])
{
	struct meta other = { 0 };
	FILE *f = efopen(given.validate, "rb");
	char diff[ERR_MAX];

	edataset_load(set, &other, f, given.validate, sha256);
	if (meta_differ(head, &other, "feature.", diff, sizeof(diff)) ||
	    meta_differ(head, &other, "labels", diff, sizeof(diff)))
		die("%s: not made as the training features: %s", given.validate, diff);
	if (set->D != train_set->D)
		die("%s: features a frame: expected %d, got %d", given.validate, train_set->D,
			set->D);
	fclose(f);
	meta_free(&other);
}

/* Of all that stdin gave, so that quantize-int8 --calibrate of the same stream finds the same. */
static void
measure(const struct dataset *set, const struct meta *head)
{
	features.fixed = quant_features_fixed(head);
	features.D = (size_t)set->D;
	features.x = ecalloc(features.D, sizeof(*features.x));
	for (size_t i = 0; i < set->n; i++)
		quant_features_add(&features, set->items[i].x, (size_t)set->items[i].T);
}

int
main(int argc, char *argv[])
{
	struct dataset set = { 0 }, validation = { 0 };
	struct tensor_set model = { 0 };
	struct train_options o;
	struct rnn net, teacher = { 0 };
	char err[ERR_MAX], sha256[65];
	int K;

	options_parse(argc, argv);
	if (kernel_use(getenv("WHIT_ISA"), err))
		die("WHIT_ISA: %s", err);
	if (isatty(STDOUT_FILENO))	/* now, not after the training */
		usage_die("a model is no text for a terminal: redirect stdout");

	edataset_load(&set, &model.head, stdin, "stdin", sha256);
	emeta_set(&model.head, "train.sha256", "%s", sha256);
	if (options_qat())
		measure(&set, &model.head);
	K = (int)labels_count(&model.head);
	if (given.validate) {
		load_validation(&validation, &set, &model.head, sha256);
		emeta_set(&model.head, "validate.sha256", "%s", sha256);
	} else if (given.validate_share > 0 && dataset_take(&set, &validation, K,
	    given.validate_share, (uint64_t)given.seed, err)) {
		die("stdin: --validate-share: %s", err);
	}
	if (dataset_classes(&set, K) < 2)
		die("stdin: labels of the utterances: expected 2 different ones at least, got 1");
	net = options_net(set.D, K);
	if (rnn_init(&net, given.normalise))
		die("not enough memory");
	if (given.normalise)
		dataset_moments(&set, net.mean, net.scale);
	mapped_random(&set.map);

	o = options_train();
	if (given.teach.path) {
		edistill_load(&teacher, &model.head, set.D, &given.teach);
		o.teacher = &teacher;
	}
	if (options_qat()) {
		if (qat_init(&qat, &net, &features, err))
			die("stdin: --qat: %s", err);
		o.projection = (struct projection){ qat_project, &qat };
		o.units = &qat.units;
	}
	progress_begin(&o, &model.head, &set, validation.n ? &validation : NULL);
	train_init_weights(&net, o.seed);
	if (train(&net, &set, validation.n ? &validation : NULL, &o, progress_report, NULL, err))
		die("stdin: %s", err);
	progress_end();

	if (model_to_tensors(&model, &net, err))
		die("%s", err);
	if (given.prune)
		emeta_set(&model.head, "sparsity", "%.4f", prune_sparsity(&net));
	if (given.recipe)
		emeta_set(&model.head, "recipe", "%s", given.recipe);
	history_add(&model.head, options);
	etensor_save(&model, stdout, "stdout");
	dataset_free(&validation);
	dataset_free(&set);
	tensor_set_free(&model);
	rnn_free(&net);
	rnn_free(&teacher);
	qat_free(&qat);
	free(features.x);
	return 0;
}
