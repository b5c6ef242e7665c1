// SPDX-License-Identifier: MIT
/* Weights trained elsewhere: what makes a model of them. */
#include "commands.h"

#include <string.h>

#include "net/model.h"
#include "net/statedict.h"

void
weights_describe(struct tensor_set *s, const char *input, const char *features,
	const char *pooling)
{
	struct tensor_reader r = { 0 };
	FILE *f;
	char err[ERR_MAX];

	if (statedict_describe(s, err))
		die("%s: %s", input, err);
	if (pooling)
		emeta_set(&s->head, "pooling", "%s", pooling);
	if (!features)
		return;
	f = efopen(features, "rb");
	etensor_open(&r, f, features);
	emeta_kind(&r.head, features, "features");
	if (meta_copy(&s->head, &r.head, "feature.") || meta_copy(&s->head, &r.head, "labels") ||
	    meta_copy(&s->head, &r.head, "corpus"))
		die("%s: metadata: no room", features);
	tensor_close(&r);
	fclose(f);
}

void
weights_check(const struct tensor_set *s, const char *input)
{
	struct rnn net;
	char err[ERR_MAX], kind[16], precision[16];

	if (!meta_get(&s->head, "kind", kind, sizeof kind) || strcmp(kind, "model") != 0 ||
	    !meta_get(&s->head, "precision", precision, sizeof precision) ||
	    strcmp(precision, "float32") != 0)
		return;
	if (model_from_tensors(&net, s, err))
		die("%s: %s", input, err);
	rnn_free(&net);
}
