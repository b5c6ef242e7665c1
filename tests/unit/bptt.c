// SPDX-License-Identifier: MIT
/*
 * bptt MODEL FEATURES CLIP STEPS RATE [ADAMW DECAY SMOOTHING SCHEDULE AVERAGE
 *      [TEACHER TAU ALPHA]] > dump
 *
 * Trains MODEL for STEPS updates, an epoch each, on all of FEATURES as one batch, without dropout.
 * Dumps what tests/ref/torch_lstm.py compares with PyTorch: logits, loss, grad.NAME (clipped) of
 * the first step; step.NAME after the last, average.NAME (AVERAGE: decay, 0 = mean); rate and beta1
 * of each step (SCHEDULE: optim.h's number). Fails when rnn_infer() and the batch differ by a bit.
 */
#include <stdlib.h>
#include <string.h>

#include "net/model.h"
#include "train/batch.h"
#include "train/bptt.h"
#include "train/dataset.h"
#include "train/distill.h"
#include "train/optim.h"

static void
add(struct tensor_set *out, const char *name, const float *data, uint32_t rows, uint32_t columns)
{
	uint32_t dims[2] = { rows, columns };
	struct tensor *t = etensor_add(out, name, TENSOR_F32, 2, dims);

	memcpy(t->f32, data, t->n * sizeof(*data));
}

/* All tensors of a parameter block, flat, named prefix.NAME. */
static void
add_params(struct tensor_set *out, const char *prefix, const struct rnn *net, const float *block)
{
	static const char *const names[] = { "weight_ih", "weight_hh", "bias_ih", "bias_hh" };
	char name[128], own[RNN_NAME_MAX];

	for (int p = 0; p < rnn_passes(net); p++) {
		const float *at[] = { net->Wx[p], net->Wh[p], net->bx[p], net->bh[p] };
		uint32_t G = (uint32_t)rnn_gates(net);
		uint32_t in = (uint32_t)rnn_inputs(net, p);
		uint32_t n[] = { G * in, G * (uint32_t)net->H, G, G };

		for (int i = 0; i < 4; i++) {
			rnn_name(own, net, names[i], p);
			snprintf(name, sizeof(name), "%s.%s", prefix, own);
			add(out, name, block + (at[i] - net->w), 1, n[i]);
		}
	}
	snprintf(name, sizeof(name), "%s.fc.weight", prefix);
	add(out, name, block + (net->Wo - net->w), 1, (uint32_t)(net->K * rnn_outputs(net)));
	snprintf(name, sizeof(name), "%s.fc.bias", prefix);
	add(out, name, block + (net->bo - net->w), 1, (uint32_t)net->K);
}

/* Every utterance by itself gives the logits that it got in the batch. */
static int
check_infer(const struct rnn *net, const struct tensor_set *features, const struct bptt *b)
{
	struct rnn_scratch s = { 0 };
	float *logits = ecalloc((size_t)net->K, sizeof(*logits));
	int failed = 0;

	if (rnn_pack(&s, net))
		die("memory");
	for (size_t i = 0; i < features->n; i++) {
		const struct tensor *t = &features->items[i];

		if (rnn_infer(net, &s, t->f32, (int)t->dims[0], logits))
			die("memory");
		if (memcmp(logits, b->logits + i * (size_t)net->K,
			(size_t)net->K * sizeof(*logits))) {
			warn("%s: rnn_infer and the batch differ", t->name);
			failed = 1;
		}
	}
	free(logits);
	rnn_scratch_free(&s);
	return failed;
}

int
main(int argc, char *argv[])
{
	struct tensor_set model = { 0 }, features = { 0 }, taught = { 0 }, out = { 0 };
	struct dataset set = { 0 };
	struct augment unchanged = { 0 };
	struct batch batch;
	struct rnn net, teacher = { 0 };
	struct distill distill = { 0 };
	struct bptt b;
	struct adam adam;
	struct average average;
	struct schedule schedule = { 0 };
	struct tensor *rates;
	char err[ERR_MAX];
	int failed = 0;

	prog = "bptt";
	if (argc != 6 && argc != 11 && argc != 14)
		usage_die("MODEL FEATURES CLIP STEPS RATE [ADAMW DECAY SMOOTHING SCHEDULE "
			"AVERAGE [TEACHER TAU ALPHA]]");
	etensor_load_path(&model, argv[1]);
	etensor_load_path(&features, argv[2]);
	if (model_from_tensors(&net, &model, err))
		die("%s: %s", argv[1], err);
	for (size_t i = 0; i < features.n; i++)
		if (dataset_add(&set, &features.items[i], 0, net.K, err))
			die("%s: %s", argv[2], err);
	if (dataset_finish(&set, err))
		die("%s: %s", argv[2], err);
	if (batch_init(&batch, &net, &unchanged, 0, (int)set.n, 1, set.steps))
		die("memory");
	batch_plain(&batch, &set, 0, (int)set.n);
	schedule = (struct schedule){ .rate = atof(argv[5]), .epochs = atoi(argv[4]), .updates = 1,
		.every = 3, .factor = 0.5 };
	if (bptt_init(&b, &net, (int)set.n, set.steps, 0.0f, 1, 3) || adam_init(&adam, net.n) ||
	    average_init(&average, net.n, argc > 6 ? atof(argv[10]) : 0))
		die("memory");
	if (argc > 6) {
		adam.decoupled = atoi(argv[6]);
		adam.decay = atof(argv[7]);
		b.smoothing = (float)atof(argv[8]);
		schedule.kind = (enum schedule_kind)atoi(argv[9]);
	}
	if (argc > 11) {
		etensor_load_path(&taught, argv[11]);
		if (model_from_tensors(&teacher, &taught, err))
			die("%s: %s", argv[11], err);
		if (distill_init(&distill, &teacher, &net, (int)set.n, set.steps, 2))
			die("memory");
		b.tau = (float)atof(argv[12]);
		b.alpha = (float)atof(argv[13]);
	}
	rates = etensor_add(&out, "rates", TENSOR_F64, 2,
		(uint32_t[]){ (uint32_t)atoi(argv[4]), 2 });
	emeta_set(&out.head, "kind", "tensors");
	for (int step = 0; step < atoi(argv[4]); step++) {
		if (argc > 11)
			b.teacher = distill_logits(&distill, batch.items, (int)set.n);
		bptt_batch(&b, batch.items, (int)set.n, 1);
		if (atof(argv[3]) > 0)
			clip_norm(b.grad, net.n, atof(argv[3]));
		if (step == 0) {
			float loss = (float)b.loss;

			failed |= check_infer(&net, &features, &b);
			add(&out, "logits", b.logits, (uint32_t)set.n, (uint32_t)net.K);
			add(&out, "loss", &loss, 1, 1);
			add_params(&out, "grad", &net, b.grad);
		}
		rates = &out.items[0];
		rates->f64[2 * step] = schedule_rate(&schedule, step);
		rates->f64[2 * step + 1] = adam.beta1 = schedule_beta1(&schedule, step);
		adam_step(&adam, net.w, b.grad, rates->f64[2 * step]);
		average_add(&average, net.w);
	}
	add_params(&out, "step", &net, net.w);
	add_params(&out, "average", &net, average.w);
	etensor_save(&out, stdout, "stdout");
	bptt_free(&b);
	distill_free(&distill);
	rnn_free(&teacher);
	tensor_set_free(&taught);
	adam_free(&adam);
	average_free(&average);
	batch_free(&batch);
	dataset_free(&set);
	rnn_free(&net);
	tensor_set_free(&out);
	tensor_set_free(&model);
	tensor_set_free(&features);
	return failed;
}
