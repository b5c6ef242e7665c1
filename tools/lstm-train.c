// SPDX-License-Identifier: MIT
/*
 * lstm-train - train a recurrent net on labelled features
 *
 *   lstm-train [--hidden 24] [--seed 42] ... < train.t > model.m
 *
 * reads   features (formats/tensor.md): f32 (frames, features), each labelled
 * writes  a float model (formats/model.md) with the features' settings in its head
 * method  n layers of LSTM or GRU + linear (lib/rnn.h), backpropagation through time (lib/bptt.h),
 *         Adam (lib/optim.h), changes to the features (lib/augment.h), a teacher (lib/distill.h),
 *         pruning (lib/prune.h), epochs and validation (lib/train.h)
 */
#include "lstm-train/options.h"
#include "lstm-train/progress.h"

#include <sha2.h>
#include <stdlib.h>
#include <unistd.h>

#include "err.h"
#include "kernel.h"
#include "model.h"
#include "qat.h"
#include "quant.h"

static struct qat qat;			/* --qat */
static struct quant_features features;	/* as they come, for it */

/* Reads a stream of features into set; sha256: of its bytes, in hex. */
static void
load(struct dataset *set, struct meta *head, FILE *f, const char *input, char sha256[65])
{
	SHA2_CTX sum;
	struct tensor_reader r = { .sha256 = &sum };
	struct tensor t = { 0 };
	char err[ERR_MAX];
	size_t K;

	SHA256Init(&sum);
	dataset_from(set, f, input);
	etensor_open(&r, f, input);
	emeta_kind(&r.head, input, "features");
	K = labels_count(&r.head);
	if (K == 0)
		die("%s: the features have no labels (wav2mfcc --label)", input);
	if (K < 2 || K > RNN_UNITS_MAX)
		die("%s: labels in the head: expected 2 to %d, got %zu", input, RNN_UNITS_MAX, K);
	while (etensor_read(&r, &t))
		if (dataset_add(set, &t, r.payload, (int)K, err))
			die("%s: record %s: %s", input, t.name, err);
	if (dataset_finish(set, err))
		die("%s: %s", input, err);
	if (meta_copy(head, &r.head, ""))
		die("%s: not enough memory", input);
	SHA256End(&sum, sha256);
	tensor_close(&r);
	tensor_free(&t);
}

static void
load_validation(struct dataset *set, const struct dataset *train_set, const struct meta *head,
	char sha256[65])
{
	struct meta other = { 0 };
	FILE *f = efopen(given.validate, "rb");
	char diff[ERR_MAX];

	load(set, &other, f, given.validate, sha256);
	if (meta_differ(head, &other, "feature.", diff, sizeof(diff)) ||
	    meta_differ(head, &other, "labels", diff, sizeof(diff)))
		die("%s: not made as the training features: %s", given.validate, diff);
	if (set->D != train_set->D)
		die("%s: features a frame: expected %d, got %d", given.validate, train_set->D,
			set->D);
	fclose(f);
	meta_free(&other);
}

/* Reads --teacher for features with that head and D; its keys go to the head. */
static void
load_teacher(struct rnn *teacher, struct meta *head, int D)
{
	struct tensor_set set;
	char err[ERR_MAX], sha256[65];

	etensor_load_path(&set, given.teacher);
	emeta_kind(&set.head, given.teacher, "model");
	if (model_from_tensors(teacher, &set, err))
		die("%s: %s", given.teacher, err);
	if (meta_differ(head, &set.head, "feature.", err, sizeof(err)) ||
	    meta_differ(head, &set.head, "labels", err, sizeof(err)))
		die("%s: not taught by the training features: %s", given.teacher, err);
	if (teacher->D != D)
		die("%s: features a frame: expected %d, got %d", given.teacher, D, teacher->D);
	emeta_set(head, "teacher.sha256", "%s", set.sha256);
	emeta_set(head, "teacher.tau", "%g", given.tau);
	emeta_set(head, "teacher.alpha", "%g", given.alpha);
	if (meta_get(&set.head, "train.sha256", sha256, sizeof(sha256)))
		emeta_set(head, "teacher.train.sha256", "%s", sha256);
	tensor_set_free(&set);
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

	load(&set, &model.head, stdin, "stdin", sha256);
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
	if (given.teacher) {
		load_teacher(&teacher, &model.head, set.D);
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
	opt_history(&model.head, options);
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
