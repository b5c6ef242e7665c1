/* SPDX-License-Identifier: MIT */
/*
 * quant_logits - logits of an int8 model as text, for comparisons
 *
 *   quant_logits MODEL < features.t
 *
 * A line an utterance: its name, then whole numbers (int8) or %.9g (int8-dynamic).
 */
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "quant.h"

int
main(int argc, char *argv[])
{
	static float logits_f32[RNN_UNITS_MAX];
	static int32_t logits_s32[RNN_UNITS_MAX];
	struct quant_dynamic *qd = NULL;
	struct quant_static *qs = NULL;
	struct tensor_set model = { 0 };
	struct tensor_reader r = { 0 };
	struct tensor t = { 0 };
	char err[ERR_MAX], precision[32];
	int D, K;

	prog = "quant_logits";
	if (argc != 2)
		usage_die("one operand, the model");
	etensor_load_path(&model, argv[1]);
	if (!meta_get(&model.head, "precision", precision, sizeof precision))
		die("%s: no precision", argv[1]);
	if (strcmp(precision, "int8") == 0)
		qs = quant_static_load(&model, &D, &K, err);
	else
		qd = quant_dynamic_load(&model, &D, &K, err);
	if (!qs && !qd)
		die("%s: %s", argv[1], err);
	etensor_open(&r, stdin, "stdin");
	while (etensor_read(&r, &t)) {
		int T = (int)t.dims[0];

		if (t.ndim != 2 || t.dtype != TENSOR_F32 || t.dims[1] != (uint32_t)D)
			die("stdin: record %s: not f32 (frames, %d)", t.name, D);
		if (qs ? quant_static_infer(qs, t.f32, T, logits_s32) :
			quant_dynamic_infer(qd, t.f32, T, logits_f32))
			die("not enough memory");
		printf("%s", t.name);
		for (int k = 0; k < K; k++)
			if (qs)
				printf(" %d", (int)logits_s32[k]);
			else
				printf(" %.9g", (double)logits_f32[k]);
		putchar('\n');
	}
	tensor_close(&r);
	tensor_free(&t);
	quant_static_free(qs);
	quant_dynamic_free(qd);
	tensor_set_free(&model);
	efclose(stdout, "stdout");
	return 0;
}
