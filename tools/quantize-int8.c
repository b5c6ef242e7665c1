// SPDX-License-Identifier: MIT
/*
 * quantize-int8 - turn a float net into 8-bit integers
 *
 *   quantize-int8 --calibrate train.t < float.m > int8.m
 *   quantize-int8 --method dynamic < float.m > int8.m
 *
 * reads   a float model (formats/model.md) and, for static, the features it was trained on
 * writes  an int8 model: precision=int8 (integers only, lib/fixed) or int8-dynamic
 * method  lib/quant.h
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "err.h"
#include "kernel.h"
#include "model.h"
#include "opt.h"
#include "quant.h"

static const char *method = "static", *calibrate;
static long bits = 7;
static int quiet;

static const struct opt opts[] = {
	{ "method", 'm', OPT_WORD, &method, 0, 0, "static|dynamic",
	  "integers only, or int8 weights and float sums as PyTorch's quantize_dynamic" },
	{ "calibrate", 'c', OPT_FILE, &calibrate, 0, 0, "FILE",
	  "static: features of the training set, whose ranges choose the scales" },
	{ "activation-bits", 0, OPT_INT, &bits, 7, 8, NULL,
	  "dynamic: 7 as PyTorch on x86, 8 as its QNNPACK" },
	{ "quiet", 'q', OPT_FLAG | OPT_NO_TRACE, &quiet, 0, 0, NULL, "no table on stderr" },
	{ 0 }
};

static const struct opt_page page = {
	"turn a float net into 8-bit integers",
	"[OPTION]... < float.m > int8.m",
	"static needs --calibrate and prints, for all that it measured there, the range, the unit\n"
	"of the integers and how many values did not fit. Gates beyond +-8 are meant not to fit:\n"
	"sigmoid and tanh are flat there.\n"
	"The environment's WHIT_ISA=sse2|avx2|avx512|neon chooses instructions, not results.\n",
};

/* The training features, checked against the model. */
static void
load_calibration(struct tensor_set *data, const struct meta *model, const struct rnn *net)
{
	char diff[ERR_MAX];

	etensor_load_path(data, calibrate);
	emeta_kind(&data->head, calibrate, "features");
	if (names_unique(data, calibrate, diff))
		die("%s", diff);
	if (meta_differ(model, &data->head, "feature.", diff, sizeof diff))
		die("%s: not the features that the model was trained on: %s", calibrate, diff);
	if (data->n == 0)
		die("%s: expected utterances to calibrate on, got none", calibrate);
	for (size_t i = 0; i < data->n; i++) {
		const struct tensor *t = &data->items[i];

		if (t->dtype != TENSOR_F32 || t->ndim != 2 || t->dims[0] < 1 ||
			t->dims[1] != (uint32_t)net->D)
			die("%s: record %s: expected f32 (frames, %d), got %s (%u, %u)", calibrate,
				t->name, net->D, tensor_dtype_name(t->dtype), t->dims[0],
				t->dims[1]);
		for (size_t k = 0; k < t->n; k++)
			if (!isfinite(t->f32[k]))
				die("%s: record %s: expected numbers, got %g at %zu", calibrate,
					t->name, (double)t->f32[k], k);
	}
}

/* One line of the table; layer < 0: of no layer. */
static void
row(int layer, const char *what, double min, double max, double unit, size_t over, size_t n)
{
	char name[64];

	if (layer < 0)
		snprintf(name, sizeof name, "%s", what);
	else
		snprintf(name, sizeof name, "layer %d %s", layer, what);
	fprintf(stderr, "%-16s %10.3f %10.3f %12.6g %10zu %8.3f %%\n", name, min, max, unit, over,
		n ? 100. * (double)over / (double)n : 0);
}

/* What the integer net q, loaded from out, does on the calibration data beside the float net. */
static void
print_table(struct quant_static *q, struct quant_calib *cal, const struct tensor_set *data,
	const struct tensor_set *out)
{
	static const char *const gates[] = { "gate i", "gate f", "gate g", "gate o" };
	static struct quant_count count;
	static float logits_f32[RNN_UNITS_MAX];
	static int32_t logits_s32[RNN_UNITS_MAX];
	double min = INFINITY, max = -INFINITY, unit = 0;
	const struct rnn *net = cal->net;
	size_t H = (size_t)net->H, same = 0;
	int D = net->D, K = net->K;

	for (size_t i = 0; i < data->n; i++) {
		const struct tensor *t = &data->items[i];
		int best = 0, best_f32 = 0;

		quant_static_infer_count(q, t->f32, (int)t->dims[0], logits_s32, &count);
		if (rnn_infer(net, &cal->scratch, t->f32, (int)t->dims[0], logits_f32))
			die("not enough memory");
		for (int k = 1; k < K; k++) {
			best = logits_s32[k] > logits_s32[best] ? k : best;
			best_f32 = logits_f32[k] > logits_f32[best_f32] ? k : best_f32;
		}
		same += best == best_f32;
	}

	fprintf(stderr, "%-16s %10s %10s %12s %10s %10s\n", "calibration", "min", "max", "unit",
		"saturated", "share");
	for (int d = 0; d < D; d++) {
		min = fmin(min, cal->x[d].min);
		max = fmax(max, cal->x[d].max);
		unit = fmax(unit, 1 / (double)tensor_find(out, "input.scale")->f32[d]);
	}
	row(-1, "x (widest unit)", min, max, unit, count.x, count.total_x);
	for (int l = 0; l < net->layers; l++) {
		char name[64];
		double cell, h;
		const struct tensor *state;

		snprintf(name, sizeof name, "lstm.state_l%d", l);
		state = tensor_find(out, name);
		if (!state || meta_get_double(&state->meta, "scale.c", &cell) ||
			meta_get_double(&state->meta, "scale.h", &h))
			die("the model made has no %s", name);
		for (int g = 0; g < LSTM_S8_GATES; g++)	/* two additions a step */
			row(l, gates[g], cal->a[l][g].min, cal->a[l][g].max, 1. / 4096,
				count.layer[l].gate[g], 2 * count.steps * H);
		row(l, "cell", cal->c[l].min, cal->c[l].max, cell, count.layer[l].cell,
			2 * count.steps * H);
		row(l, "h", cal->h[l].min, cal->h[l].max, h, count.layer[l].h, count.steps * H);
	}
	fprintf(stderr, "%zu utterances, %zu frames; the same label as in float: %zu (%.2f %%)\n",
		data->n, count.steps, same, 100. * (double)same / (double)data->n);
}

static void
make_static(struct tensor_set *out, const struct tensor_set *in, const struct rnn *net)
{
	struct tensor_set data = { 0 };
	struct quant_calib cal;
	struct quant_static *q;
	char err[ERR_MAX];
	int D, K;

	load_calibration(&data, &in->head, net);
	if (quant_calib_init(&cal, net))
		die("not enough memory");
	for (size_t i = 0; i < data.n; i++)
		if (quant_calib_add(&cal, data.items[i].f32, (int)data.items[i].dims[0]))
			die("not enough memory");
	if (quant_static_make(out, &cal, err))
		die("%s: %s", calibrate, err);
	emeta_set(&out->head, "calibration.sha256", "%s", data.sha256);
	emeta_set(&out->head, "calibration.utterances", "%zu", data.n);
	emeta_set(&out->head, "calibration.frames", "%zu", cal.frames);
	q = quant_static_load(out, &D, &K, err);	/* proves that no sum overflows */
	if (!q)
		die("%s: no int8 model comes of it: %s", calibrate, err);
	if (!quiet)
		print_table(q, &cal, &data, out);
	quant_static_free(q);
	quant_calib_free(&cal);
	tensor_set_free(&data);
}

int
main(int argc, char *argv[])
{
	struct tensor_set in = { 0 }, out = { 0 };
	struct rnn net;
	char err[ERR_MAX];
	int dynamic;

	if (opt_parse(argc, argv, opts, &page) != argc)
		usage_die("takes no operands: the model comes on stdin");
	dynamic = strcmp(method, "dynamic") == 0;
	if (!dynamic && !calibrate)
		usage_die("--method static needs --calibrate: features of the training set");
	if (dynamic && calibrate)
		usage_die("--calibrate is for --method static: dynamic measures as it runs");
	if (!dynamic && opt_given("activation-bits"))
		usage_die("--activation-bits is for --method dynamic");
	if (isatty(STDOUT_FILENO))
		usage_die("a model is no text for a terminal: redirect stdout");
	if (kernel_use(getenv("WHIT_ISA"), err))
		die("WHIT_ISA: %s", err);

	etensor_load(&in, stdin, "stdin");
	emeta_kind(&in.head, "stdin", "model");
	if (model_from_tensors(&net, &in, err))
		die("stdin: %s", err);
	if (meta_copy(&out.head, &in.head, ""))
		die("not enough memory");
	if (dynamic) {
		if (quant_dynamic_make(&out, &net, (int)bits, err))
			die("stdin: %s", err);
	} else {
		make_static(&out, &in, &net);
	}
	opt_history(&out.head, opts);
	etensor_save(&out, stdout, "stdout");
	rnn_free(&net);
	tensor_set_free(&in);
	tensor_set_free(&out);
	return 0;
}
