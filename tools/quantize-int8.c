// SPDX-License-Identifier: MIT
/*
 * quantize-int8 - turn a float net into 8-bit integers
 *
 *   quantize-int8 --calibrate train.t < float.m > int8.m
 *   quantize-int8 --method dynamic < float.m > int8.m
 *
 * reads   a float model (formats/model.md) and, for static, the features it was trained on
 * writes  an int8 model: precision=int8 (integers only, lib/fixed) or int8-dynamic
 * method  lib/quant/quant.h
 */
#include "quantize-int8/calibration.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/opt.h"
#include "math/kernel.h"
#include "net/model.h"
#include "quant/quant_data.h"
#include "stream/history.h"

static const char *method = "static", *calibrate;
static long bits = 7;
static int verbose;

static const struct opt opts[] = {
	{ "method", 'm', OPT_WORD, &method, 0, 0, "static|dynamic",
	  "integers only, or int8 weights and float sums as PyTorch's quantize_dynamic" },
	{ "calibrate", 'c', OPT_FILE, &calibrate, 0, 0, "FILE",
	  "static: features of the training set, whose ranges choose the scales" },
	{ "activation-bits", 0, OPT_INT, &bits, 7, 8, NULL,
	  "dynamic: 7 as PyTorch on x86, 8 as its QNNPACK" },
	{ "verbose", 'v', OPT_FLAG | OPT_NO_TRACE, &verbose, 0, 0, NULL,
	  "static: print what the calibration measured to stderr" },
	{ 0 }
};

static const struct opt_page page = {
	"turn a float net into 8-bit integers",
	"[OPTION]... < float.m > int8.m",
	"static needs --calibrate. --verbose prints, for all that was measured there, the range,\n"
	"the unit of the integers and how many values did not fit. Gates beyond +-8 are meant not\n"
	"to fit: sigmoid and tanh are flat there.\n"
	"The environment's WHIT_ISA=sse2|avx2|avx512|neon chooses instructions, not results.\n",
};

static void
make_static(struct tensor_set *out, const struct tensor_set *in, const struct rnn *net)
{
	struct tensor_set data = { 0 };
	struct quant_calib cal;
	struct quant_static *q;
	char err[ERR_MAX];
	int D, K;

	equant_data(&data, calibrate, &in->head, net);
	equant_measure(&cal, &data, &in->head, net);
	if (quant_static_make(out, &cal, err))
		die("%s: %s", calibrate, err);
	equant_measured(&out->head, &cal, &data);
	q = quant_static_load(out, &D, &K, err);	/* proves that no sum overflows */
	if (!q)
		die("%s: no int8 model comes of it: %s", calibrate, err);
	if (verbose)
		calibration_print(&cal, &data, q, out);
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
	if (dynamic && (calibrate || verbose))
		usage_die("--calibrate and --verbose are for --method static: dynamic measures as "
			"it runs");
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
	if (!dynamic && quant_grid_takes(&net, err))
		die("stdin: --method static: %s (dynamic takes it)", err);
	if (meta_copy(&out.head, &in.head, ""))
		die("not enough memory");
	if (dynamic) {
		if (quant_dynamic_make(&out, &net, (int)bits, err))
			die("stdin: %s", err);
	} else {
		make_static(&out, &in, &net);
	}
	history_add(&out.head, opts);
	etensor_save(&out, stdout, "stdout");
	rnn_free(&net);
	tensor_set_free(&in);
	tensor_set_free(&out);
	return 0;
}
