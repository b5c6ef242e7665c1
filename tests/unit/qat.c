// SPDX-License-Identifier: MIT
/*
 * qat MODEL FEATURES > dump
 *
 * Holds the net that --qat int8 trains on against the int8 model: the projected weights of MODEL
 * are those that quantize-int8 finds, scale times q, and making an int8 model of them finds the
 * same q again. Then dumps what tests/ref/torch_qat.py compares with PyTorch: logits of FEATURES
 * in one batch, and grad, what goes to the trained weights, in the order of rnn's block. A weight
 * that is no number leaves a loss that is none.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net/model.h"
#include "quant/qat.h"
#include "quant/quant.h"
#include "train/batch.h"
#include "train/dataset.h"

static int failed;

/* The static int8 model of net. */
static void
quantise(struct tensor_set *out, const struct rnn *net, const struct tensor_set *features,
	struct quant_calib *cal)
{
	char err[ERR_MAX];

	if (quant_calib_init(cal, net))
		die("memory");
	cal->features.fixed = quant_features_fixed(&features->head);
	for (size_t i = 0; i < features->n; i++)
		if (quant_calib_add(cal, features->items[i].f32, (int)features->items[i].dims[0]))
			die("memory");
	if (quant_static_make(out, cal, err))
		die("%s", err);
}

static void
differs(const char *name, size_t i, double expected, double got)
{
	warn("%s: element %zu: expected %.9g, got %.9g", name, i, expected, got);
	failed = 1;
}

/* W (rows, n) is the scales times q: of a whole matrix, or of each gate of it. */
static void
check_matrix(const struct tensor *q, const float *W, const float *k, const struct tensor *input,
	const struct cell *cell)
{
	static const char *const lstm[] = { "scale.i", "scale.f", "scale.g", "scale.o" };
	static const char *const gru[] = { "scale.r", "scale.z", "scale.n" };
	const char *const *keys = cell == &cell_gru ? gru : lstm;
	size_t rows = q->dims[0], n = q->dims[1];
	double whole;
	int parts = meta_get_double(&q->meta, "scale", &whole) != 0;

	for (size_t i = 0; i < rows * n; i++) {
		double S = whole, w;

		if (parts && meta_get_double(&q->meta,
			keys[i / n / (rows / (size_t)cell->gates)], &S))
			die("%s: no scale", q->name);
		if (input)	/* of the feature as it comes */
			S *= (double)input->f32[i % n] / (k ? (double)k[i % n] : 1);
		w = S * q->s8[i];
		if (!(fabs(w - (double)W[i]) <= 1e-6 * fabs(w))) {
			differs(q->name, i, w, (double)W[i]);
			return;
		}
	}
}

static void
check_weights(const struct tensor_set *set, const struct rnn *net)
{
	char name[RNN_NAME_MAX];

	for (int l = 0; l < net->layers; l++) {
		rnn_name(name, net, "weight_ih", l);
		check_matrix(tensor_find(set, name), net->Wx[l], net->scale,
			l ? NULL : tensor_find(set, "input.scale"), net->cell);
		rnn_name(name, net, "weight_hh", l);
		check_matrix(tensor_find(set, name), net->Wh[l], NULL, NULL, net->cell);
	}
	check_matrix(tensor_find(set, "fc.weight"), net->Wo, NULL, NULL, net->cell);
}

/* The same weights, and the same biases of those that see the features. */
static void
check_same(const struct tensor_set *first, const struct tensor_set *again)
{
	for (size_t i = 0; i < first->n; i++) {
		const struct tensor *a = &first->items[i], *b = tensor_find(again, a->name);

		for (size_t j = 0; a->dtype == TENSOR_S8 && j < a->n; j++)
			if (a->s8[j] != b->s8[j])
				differs(a->name, j, a->s8[j], b->s8[j]);
		for (size_t j = 0; strstr(a->name, ".bias_ih_l0") && j < a->n; j++)
			if (abs(a->s32[j] - b->s32[j]) > 1)
				differs(a->name, j, a->s32[j], b->s32[j]);
	}
}

static void
dump(const char *name, const float *data, size_t n, struct tensor_set *out)
{
	memcpy(etensor_add(out, name, TENSOR_F32, 1, (uint32_t[]){ (uint32_t)n })->f32, data,
		n * sizeof(*data));
}

int
main(int argc, char *argv[])
{
	struct tensor_set model = { 0 }, features = { 0 }, made = { 0 }, again = { 0 };
	struct tensor_set out = { 0 };
	struct quant_calib cal, cal_again;
	struct dataset set = { 0 };
	struct augment unchanged = { 0 };
	struct batch batch;
	struct rnn net, twin;
	struct qat q;
	struct bptt b;
	char err[ERR_MAX];

	prog = "qat";
	if (argc != 3)
		usage_die("MODEL FEATURES");
	etensor_load_path(&model, argv[1]);
	etensor_load_path(&features, argv[2]);
	if (model_from_tensors(&net, &model, err))
		die("%s: %s", argv[1], err);
	quantise(&made, &net, &features, &cal);
	if (qat_init(&q, &net, &cal.features, err))
		die("%s: %s", argv[2], err);
	twin = net;
	if (rnn_init(&twin, net.mean != NULL))
		die("memory");
	if (net.mean) {
		memcpy(twin.mean, net.mean, (size_t)net.D * sizeof(*net.mean));
		memcpy(twin.scale, net.scale, (size_t)net.D * sizeof(*net.scale));
	}
	qat_project(&q, &net, &twin);
	check_weights(&made, &twin);
	quantise(&again, &twin, &features, &cal_again);
	check_same(&made, &again);

	for (size_t i = 0; i < features.n; i++)
		if (dataset_add(&set, &features.items[i], 0, net.K, err))
			die("%s: %s", argv[2], err);
	if (dataset_finish(&set, err))
		die("%s: %s", argv[2], err);
	if (batch_init(&batch, &net, &unchanged, 0, (int)set.n, 1, set.steps) ||
	    bptt_init(&b, &twin, (int)set.n, set.steps, 0.0f, 1, 2))
		die("memory");
	b.units = &q.units;
	batch_plain(&batch, &set, 0, (int)set.n);
	bptt_batch(&b, batch.items, (int)set.n, 1);
	dump("logits", b.logits, set.n * (size_t)net.K, &out);
	dump("grad", b.grad, net.n, &out);
	emeta_set(&out.head, "kind", "tensors");
	etensor_save(&out, stdout, "stdout");

	net.Wh[0][0] = NAN;	/* must be seen in the loss, whatever is rounded on the way */
	qat_project(&q, &net, &twin);
	bptt_batch(&b, batch.items, (int)set.n, 1);
	if (!isnan(b.loss))
		differs("loss", 0, (double)NAN, b.loss);

	bptt_free(&b);
	qat_free(&q);
	quant_calib_free(&cal);
	quant_calib_free(&cal_again);
	batch_free(&batch);
	dataset_free(&set);
	rnn_free(&net);
	rnn_free(&twin);
	tensor_set_free(&model);
	tensor_set_free(&features);
	tensor_set_free(&made);
	tensor_set_free(&again);
	tensor_set_free(&out);
	return failed;
}
