// SPDX-License-Identifier: MIT
#include "utterance.h"

#include <math.h>
#include <string.h>

void
eutterance_kind(const struct meta *features, const char *input, const struct meta *model,
	const char *model_name)
{
	char diff[ERR_MAX];

	emeta_kind(features, input, "features");
	if (meta_differ(model, features, "feature.", diff, sizeof diff))
		die("%s: not the features that %s was trained on: %s", input, model_name, diff);
}

int32_t *
eutterance_labels(const struct meta *features, const char *input, const struct meta *model,
	const char *model_name)
{
	size_t n = labels_count(features), K = labels_count(model);
	int32_t *map = ecalloc(n, sizeof *map);
	char a[TENSOR_META_MAX], b[TENSOR_META_MAX];

	for (size_t i = 0; i < n; i++) {
		int32_t k = 0;

		labels_name(features, (int32_t)i, a, sizeof a);
		while ((size_t)k < K && strcmp(labels_name(model, k, b, sizeof b), a) != 0)
			k++;
		if ((size_t)k == K)
			die("%s: label %.64s is none of those that %s knows", input, a,
				model_name);
		map[i] = k;
	}
	return map;
}

void
eutterance_check(const struct tensor *x, const char *input, int D, size_t labels)
{
	if (x->dtype != TENSOR_F32 || x->ndim != 2 || x->dims[0] < 1 || x->dims[1] != (uint32_t)D)
		die("%s: record %s: expected f32 of at least 1 frame by %d coefficients, "
			"got %s %ux%u in %d dimensions", input, x->name, D,
			tensor_dtype_name(x->dtype), x->dims[0], x->dims[1], x->ndim);
	for (size_t i = 0; i < x->n; i++)
		if (!isfinite(x->f32[i]))
			die("%s: record %s: frame %zu, coefficient %zu is not finite", input,
				x->name, i / (size_t)D, i % (size_t)D);
	if (x->label >= 0 && (size_t)x->label >= labels)
		die("%s: record %s: label %d is none of the head's %zu", input, x->name, x->label,
			labels);
}
