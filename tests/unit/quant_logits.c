/* SPDX-License-Identifier: MIT */
/*
 * quant_logits - logits of a model as text, for comparisons
 *
 *   quant_logits MODEL < features.t
 *
 * A line an utterance: its name, then whole numbers (of integer nets) or %.9g.
 */
#include <stdio.h>

#include "base/err.h"
#include "quant/recogniser.h"

int
main(int argc, char *argv[])
{
	static union {
		float f32[RNN_UNITS_MAX];
		int32_t s32[RNN_UNITS_MAX];
	} logits;
	struct tensor_set model = { 0 };
	struct tensor_reader in = { 0 };
	struct tensor t = { 0 };
	struct recogniser r;
	char err[ERR_MAX];

	prog = "quant_logits";
	if (argc != 2)
		usage_die("one operand, the model");
	etensor_load_path(&model, argv[1]);
	if (recogniser_init(&r, &model, err))
		die("%s: %s", argv[1], err);
	etensor_open(&in, stdin, "stdin");
	while (etensor_read(&in, &t)) {
		if (t.ndim != 2 || t.dtype != TENSOR_F32 || t.dims[1] != (uint32_t)r.D)
			die("stdin: record %s: not f32 (frames, %d)", t.name, r.D);
		if (recogniser_infer(&r, t.f32, (int)t.dims[0], &logits, err))
			die("%s", err);
		printf("%s", t.name);
		for (int k = 0; k < r.K; k++)
			if (r.dtype == TENSOR_S32)
				printf(" %d", (int)logits.s32[k]);
			else
				printf(" %.9g", (double)logits.f32[k]);
		putchar('\n');
	}
	tensor_close(&in);
	tensor_free(&t);
	recogniser_free(&r);
	tensor_set_free(&model);
	efclose(stdout, "stdout");
	return 0;
}
