// SPDX-License-Identifier: MIT
#include <math.h>

#include "base/err.h"
#include "quant_data.h"

void
equant_data(struct tensor_set *data, const char *path, const struct meta *model,
	const struct rnn *net)
{
	char diff[ERR_MAX];

	etensor_load_path(data, path);
	emeta_kind(&data->head, path, "features");
	if (names_unique(data, path, diff))
		die("%s", diff);
	if (meta_differ(model, &data->head, "feature.", diff, sizeof(diff)))
		die("%s: not the features that the model was trained on: %s", path, diff);
	if (data->n == 0)
		die("%s: expected utterances to calibrate on, got none", path);
	for (size_t i = 0; i < data->n; i++) {
		const struct tensor *t = &data->items[i];

		if (t->dtype != TENSOR_F32 || t->ndim != 2 || t->dims[0] < 1 ||
		    t->dims[1] != (uint32_t)net->D)
			die("%s: record %s: expected f32 (frames, %d), got %s (%u, %u)", path,
				t->name, net->D, tensor_dtype_name(t->dtype), t->dims[0],
				t->dims[1]);
		for (size_t k = 0; k < t->n; k++)
			if (!isfinite(t->f32[k]))
				die("%s: record %s: expected numbers, got %g at %zu", path, t->name,
					(double)t->f32[k], k);
	}
}

void
equant_measure(struct quant_calib *cal, const struct tensor_set *data, const struct meta *model,
	const struct rnn *net)
{
	if (quant_calib_init(cal, net))
		die("not enough memory");
	cal->features.fixed = quant_features_fixed(model);
	for (size_t i = 0; i < data->n; i++)
		if (quant_calib_add(cal, data->items[i].f32, (int)data->items[i].dims[0]))
			die("not enough memory");
}

void
equant_measured(struct meta *head, const struct quant_calib *cal, const struct tensor_set *data)
{
	emeta_set(head, "calibration.sha256", "%s", data->sha256);
	emeta_set(head, "calibration.utterances", "%zu", data->n);
	emeta_set(head, "calibration.frames", "%zu", cal->features.frames);
}
