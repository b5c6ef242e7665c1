// SPDX-License-Identifier: MIT
#include "distill_opt.h"

#include "base/err.h"
#include "net/model.h"

void
edistill_check(const struct distill_given *g)
{
	if (!g->path && (opt_given("tau") || opt_given("alpha")))
		usage_die("--tau and --alpha are for --teacher");
}

void
edistill_load(struct rnn *teacher, struct meta *head, int D, const struct distill_given *g)
{
	const char *path = g->path;
	struct tensor_set set;
	char err[ERR_MAX], sha256[65];

	etensor_load_path(&set, path);
	emeta_kind(&set.head, path, "model");
	if (model_from_tensors(teacher, &set, err))
		die("%s: %s", path, err);
	if (meta_differ(head, &set.head, "feature.", err, sizeof(err)) ||
	    meta_differ(head, &set.head, "labels", err, sizeof(err)))
		die("%s: not taught by the training features: %s", path, err);
	if (teacher->D != D)
		die("%s: features a frame: expected %d, got %d", path, D, teacher->D);
	emeta_set(head, "teacher.sha256", "%s", set.sha256);
	emeta_set(head, "teacher.tau", "%g", g->tau);
	emeta_set(head, "teacher.alpha", "%g", g->alpha);
	if (meta_get(&set.head, "train.sha256", sha256, sizeof(sha256)))
		emeta_set(head, "teacher.train.sha256", "%s", sha256);
	tensor_set_free(&set);
}
