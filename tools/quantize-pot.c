// SPDX-License-Identifier: MIT
/*
 * quantize-pot - make every weight of a float net zero or a power of two
 *
 *   quantize-pot --train train.t < float.m > pot.m
 *   quantize-pot --approach round --bits 5 --calibrate train.t < float.m > pot.m
 *
 * reads   a float model (formats/model.md) and, for ways that train, the features it was trained on
 * writes  an integer model, precision=pot, or with --float a float one of the same weights;
 *         --before: one of the weights as they were before the final projection
 * method  values and ranges: lib/quant/pot.h; what each approach does, and whose it is:
 *         lib/quant/pot_train.h; training: lib/train/train.h
 */
#include "quantize-pot/options.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "math/kernel.h"
#include "net/model.h"
#include "quant/quant_data.h"
#include "quant/quant_pot.h"
#include "stream/history.h"
#include "train/distill.h"

/* Reads --train for the net of head. Its SHA-256 goes to head. */
static void
load_train(struct dataset *set, struct meta *head, const struct rnn *net)
{
	struct meta other = { 0 };
	FILE *f = efopen(given.train, "rb");
	char diff[ERR_MAX], sha256[65];

	edataset_load(set, &other, f, given.train, sha256);
	if (meta_differ(head, &other, "feature.", diff, sizeof(diff)) ||
	    meta_differ(head, &other, "labels", diff, sizeof(diff)))
		die("%s: not the features that the model was trained on: %s", given.train, diff);
	if (set->D != net->D)
		die("%s: features a frame: expected %d, got %d", given.train, net->D, set->D);
	emeta_set(head, "pot.train.sha256", "%s", sha256);
	mapped_random(&set->map);
	fclose(f);
	meta_free(&other);
}

static void
progress(void *epochs, struct train_epoch *e)
{
	if (!given.quiet && isatty(STDERR_FILENO))
		fprintf(stderr, "\repoch %.0f of %d: loss %.4f, accuracy %.2f %%%s", e->epoch,
			*(const int *)epochs, e->loss, 100 * e->accuracy,
			e->epoch < *(const int *)epochs ? "" : "\n");
}

static void
normalise(struct rnn *net, const struct dataset *set)
{
	float *moments = ecalloc(2 * (size_t)net->D, sizeof(*moments));

	dataset_moments(set, moments, moments + net->D);
	if (pot_normalise(net, moments, moments + net->D))
		die("not enough memory");
	free(moments);
}

static void
train_on(struct pot_train *pot, struct rnn *net, const struct dataset *set, struct meta *head)
{
	struct train_options o = options_train();
	struct rnn teacher = { 0 };
	char err[ERR_MAX];

	if (!net->mean && augment_normalised(&o.augment))
		usage_die("--offset, --noise, --time-masks and --coef-masks need a model that "
			"normalises, or --normalise");
	if (given.teach.path) {
		edistill_load(&teacher, head, set->D, &given.teach);
		o.teacher = &teacher;
	}
	pot_train_options(pot, &o);
	if (train(net, set, NULL, &o, progress, &o.epochs, err))
		die("%s: %s", given.train, err);
	emapped_unchanged(&set->map);
	rnn_free(&teacher);
}

/* net in integers, to out. */
static void
pack(struct tensor_set *out, const struct rnn *net, const struct meta *head)
{
	const struct pot_form form = options_form();
	const struct quant_pot_form codes = { form.bits, form.by_row, !form.biases };
	const char *path = given.calibrate ? given.calibrate : given.train;
	struct tensor_set data = { 0 };
	struct quant_calib cal;
	struct quant_pot *q;
	char err[ERR_MAX];
	int D, K;

	equant_data(&data, path, head, net);
	equant_measure(&cal, &data, head, net);
	if (quant_pot_make(out, &cal, &codes, err))
		die("%s: %s", path, err);
	equant_measured(&out->head, &cal, &data);
	q = quant_pot_load(out, &D, &K, err);	/* proves that no sum overflows */
	if (!q)
		die("%s: no integer model comes of it: %s", path, err);
	quant_pot_free(q);
	quant_calib_free(&cal);
	tensor_set_free(&data);
}

/* net as a stream with head's keys, to f. */
static void
save(const struct rnn *net, int to_float, const struct meta *head, FILE *f, const char *output)
{
	struct tensor_set out = { 0 };
	struct pot_shares s = pot_shares(net);
	char err[ERR_MAX];

	if (meta_copy(&out.head, head, ""))
		die("not enough memory");
	emeta_set(&out.head, "pot.weights", "%.6f", s.weights);
	emeta_set(&out.head, "pot.biases", "%.6f", s.biases);
	emeta_set(&out.head, "pot.zeros", "%.6f", s.zeros);
	if (!to_float)
		pack(&out, net, head);
	else if (model_to_tensors(&out, net, err))
		die("%s", err);
	history_add(&out.head, options);
	etensor_save(&out, f, output);
	tensor_set_free(&out);
}

static void
write_head(struct meta *head)
{
	const struct pot_method *m = options_method();

	emeta_set(head, "pot.approach", "%s", m->name);
	if (!m->bits)
		return;
	emeta_set(head, "pot.bits", "%d", options_form().bits);
	emeta_set(head, "pot.range", "%s", given.range);
	emeta_set(head, "pot.bias", "%s", given.bias);
}

int
main(int argc, char *argv[])
{
	struct tensor_set in = { 0 };
	struct dataset set = { 0 };
	struct rnn net, before;
	struct pot_train pot;
	struct pot_form form;
	char err[ERR_MAX];
	FILE *f = NULL;

	options_parse(argc, argv);
	form = options_form();
	if (isatty(STDOUT_FILENO))
		usage_die("a model is no text for a terminal: redirect stdout");
	if (kernel_use(getenv("WHIT_ISA"), err))
		die("WHIT_ISA: %s", err);

	etensor_load(&in, stdin, "stdin");
	emeta_kind(&in.head, "stdin", "model");
	if (model_from_tensors(&net, &in, err))
		die("stdin: %s", err);
	if (!given.to_float && quant_pot_takes(&net, err))
		die("stdin: %s (--float takes it)", err);
	if (given.before)	/* now, not after the training */
		etry_atomic(given.before);
	write_head(&in.head);
	if (given.train)
		load_train(&set, &in.head, &net);
	if (given.normalise && !net.mean)
		normalise(&net, &set);
	pot_scales(&net);
	before = net;
	if (rnn_init(&before, net.mean != NULL) ||
	    pot_train_init(&pot, options_method(), &form, &net, (uint64_t)given.seed))
		die("not enough memory");
	if (net.mean) {
		memcpy(before.mean, net.mean, (size_t)net.D * sizeof(*net.mean));
		memcpy(before.scale, net.scale, (size_t)net.D * sizeof(*net.scale));
	}
	if (options_method()->epochs)
		train_on(&pot, &net, &set, &in.head);
	pot_land(&pot, &net, &before);

	if (given.before) {
		f = eopen_atomic(given.before);
		save(&before, 1, &in.head, f, given.before);
		eclose_atomic(f, given.before);
	}
	save(&net, given.to_float, &in.head, stdout, "stdout");
	dataset_free(&set);
	pot_train_free(&pot);
	rnn_free(&net);
	rnn_free(&before);
	tensor_set_free(&in);
	return 0;
}
