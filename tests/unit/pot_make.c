// SPDX-License-Identifier: MIT
/*
 * pot_make - the pot model of a float net of powers of two, by quant_pot_make() alone
 *
 *	pot_make FEATURES.t BITS tensor|row pot|int32 < float.m > pot.m
 */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "net/model.h"
#include "quant/quant_pot.h"

int
main(int argc, char *argv[])
{
	struct tensor_set in = { 0 }, data = { 0 }, out = { 0 };
	struct quant_pot_form form = { 0 };
	struct quant_calib cal;
	struct quant_pot *q;
	struct rnn net;
	char err[ERR_MAX];
	int D, K;

	prog = "pot_make";
	if (argc != 5)
		usage_die("FEATURES.t BITS tensor|row pot|int32 < float.m > pot.m");
	form.bits = atoi(argv[2]);
	form.by_row = strcmp(argv[3], "row") == 0;
	form.bias_int32 = strcmp(argv[4], "int32") == 0;
	etensor_load(&in, stdin, "stdin");
	etensor_load_path(&data, argv[1]);
	if (model_from_tensors(&net, &in, err) || quant_pot_takes(&net, err))
		die("stdin: %s", err);
	if (quant_calib_init(&cal, &net))
		die("no memory");
	cal.features.fixed = quant_features_fixed(&in.head);
	for (size_t i = 0; i < data.n; i++)
		if (quant_calib_add(&cal, data.items[i].f32, (int)data.items[i].dims[0]))
			die("no memory");
	if (meta_copy(&out.head, &in.head, "") || quant_pot_make(&out, &cal, &form, err))
		die("stdin: %s", err);
	q = quant_pot_load(&out, &D, &K, err);
	if (!q)
		die("what was made is not taken: %s", err);
	etensor_save(&out, stdout, "stdout");
	quant_pot_free(q);
	quant_calib_free(&cal);
	rnn_free(&net);
	tensor_set_free(&in);
	tensor_set_free(&data);
	tensor_set_free(&out);
	return 0;
}
