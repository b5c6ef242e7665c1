// SPDX-License-Identifier: MIT
/* Reports as JSON; see report.h. Unknown values are null. */
#include <string.h>

#include "base/json_out.h"
#include "base/opt.h"
#include "report.h"

/* Where a model is smaller stored sparse: of the whole or of a layer. */
static void
add_sparse(cJSON *o, long weights, long zeros, long bytes, int fits)
{
	cJSON *s = cJSON_AddObjectToObject(o, "sparse");

	json_whole(s, "weights", weights);
	json_whole(s, "zeros", zeros);
	json_whole(s, "bytes", bytes);
	json_truth(s, "fits", fits);
}

/* A number that the stream has as text. */
static void
share(cJSON *o, const char *key, const char *value)
{
	double x;

	if (opt_number(value, 0, 1, &x))
		cJSON_AddNullToObject(o, key);
	else
		json_real(o, key, x);
}

static void
add_pot(cJSON *o, const struct report *r)
{
	cJSON *p = cJSON_AddObjectToObject(o, "pot");

	json_text(p, "approach", r->approach);
	json_text(p, "bits", r->bits);
	share(p, "weights", r->pot_weights);
	share(p, "biases", r->pot_biases);
	share(p, "zeros", r->pot_zeros);
}

static void
add_model(cJSON *o, const struct report *r, const struct report_how *how)
{
	cJSON *m = cJSON_AddObjectToObject(o, "model"), *layers, *budget;

	json_text(m, "cell", r->cell);
	json_whole(m, "layers", r->layers);
	if (r->directions > 1)
		json_whole(m, "directions", r->directions);
	json_whole(m, "hidden", r->hidden);
	json_whole(m, "inputs", r->inputs);
	json_text(m, "precision", r->precision);
	json_whole(m, "parameters", r->parameters);
	json_whole(m, "bytes", r->bytes);
	json_whole(m, "largest_layer_bytes", r->n_layers > 0 ? r->layer[r->largest].bytes : -1);
	json_text(m, "sha256", r->sha256);
	if (strcmp(r->approach, "-"))
		add_pot(m, r);
	if (report_is_sparse(r))
		add_sparse(m, r->weights, r->zeros, r->sparse_bytes, how->by_layer ?
			report_sparse_fits_layer(r, how) : report_sparse_fits_model(r, how));
	layers = cJSON_AddArrayToObject(m, "layer_table");
	for (size_t i = 0; i < r->n_layers; i++) {
		cJSON *l = cJSON_CreateObject();

		cJSON_AddStringToObject(l, "name", r->layer[i].name);
		json_whole(l, "parameters", r->layer[i].parameters);
		json_whole(l, "bytes", r->layer[i].bytes);
		json_truth(l, "fits", r->layer[i].bytes <= how->budget_bytes);
		if (report_is_sparse(r))
			add_sparse(l, r->layer[i].weights, r->layer[i].zeros,
				r->layer[i].sparse_bytes,
				r->layer[i].sparse_bytes <= how->budget_bytes);
		cJSON_AddItemToArray(layers, l);
	}
	budget = cJSON_AddObjectToObject(o, "budget");
	json_whole(budget, "bytes", how->budget_bytes);
	cJSON_AddStringToObject(budget, "scope", how->by_layer ? "layer" : "model");
	json_truth(budget, "fits", report_fits(r, how));
	json_truth(budget, "fits_layer", report_fits_layer(r, how));
	json_truth(budget, "fits_model", report_fits_model(r, how));
}

static void
add_average(cJSON *o, const char *key, const struct score_average *a)
{
	cJSON *x = cJSON_AddObjectToObject(o, key);

	json_real(x, "precision", a->precision);
	json_real(x, "recall", a->recall);
	json_real(x, "f1", a->f1);
}

static void
add_reject(cJSON *o, const struct report *r)
{
	const struct report_reject *j = &r->reject;
	cJSON *x;

	if (j->threshold < 0)
		return;
	x = cJSON_AddObjectToObject(o, "reject");
	json_real(x, "threshold", j->threshold);
	cJSON_AddNumberToObject(x, "words", (double)j->words);
	cJSON_AddNumberToObject(x, "refused", (double)j->refused);
	cJSON_AddNumberToObject(x, "refused_right", (double)j->refused_right);
	cJSON_AddNumberToObject(x, "others", (double)j->others);
	cJSON_AddNumberToObject(x, "others_refused", (double)j->others_refused);
	if (j->ece >= 0)
		json_real(x, "calibration_error", j->ece);
}

static void
add_scores(cJSON *o, const struct report *r)
{
	const struct score *s = &r->score;
	cJSON *matrix;
	double low, high;

	if (s->N == 0) {
		cJSON_AddNullToObject(o, "accuracy");
		return;
	}
	score_wilson(s->correct, s->N, SCORE_Z95, &low, &high);
	cJSON_AddNumberToObject(o, "correct", (double)s->correct);
	json_real(o, "accuracy", s->accuracy.recall);
	json_real(o, "accuracy_low95", low);
	json_real(o, "accuracy_high95", high);
	json_real(o, "macro_f1", s->macro.f1);
	add_average(o, "macro_avg", &s->macro);
	add_average(o, "weighted_avg", &s->weighted);
	matrix = cJSON_AddArrayToObject(o, "confusion");
	for (size_t k = 0; k < s->K; k++) {
		cJSON *row = cJSON_CreateArray();

		for (size_t j = 0; j < s->K; j++)
			cJSON_AddItemToArray(row, cJSON_CreateNumber(s->confusion[k * s->K + j]));
		cJSON_AddItemToArray(matrix, row);
	}
}

static void
add_classes(cJSON *o, const struct report *r)
{
	const struct score *s = &r->score;
	cJSON *classes = cJSON_AddArrayToObject(o, "classes");

	for (size_t k = 0; k < s->K; k++) {
		cJSON *c = cJSON_CreateObject();

		cJSON_AddStringToObject(c, "label", r->label[k]);
		cJSON_AddNumberToObject(c, "predicted", (double)r->counts[k]);
		if (s->N > 0) {
			json_real(c, "precision", s->precision[k]);
			json_real(c, "recall", s->recall[k]);
			json_real(c, "f1", s->f1[k]);
			cJSON_AddNumberToObject(c, "support", (double)s->support[k]);
		}
		cJSON_AddItemToArray(classes, c);
	}
}

static void
add_groups(cJSON *o, const struct report *r)
{
	cJSON *groups = cJSON_AddArrayToObject(o, "groups");

	for (size_t i = 0; i < r->n_groups; i++) {
		cJSON *g = cJSON_CreateObject();

		cJSON_AddStringToObject(g, "name", r->group[i].name);
		cJSON_AddNumberToObject(g, "n", (double)r->group[i].n);
		cJSON_AddNumberToObject(g, "correct", (double)r->group[i].correct);
		cJSON_AddItemToArray(groups, g);
	}
}

static void
add_history(cJSON *o, const char *key, const struct report *r, const char *prefix)
{
	cJSON *history = cJSON_AddArrayToObject(o, key);
	char value[TENSOR_META_MAX];
	size_t pos = 0;

	while (report_history(r, prefix, &pos, value))
		cJSON_AddItemToArray(history, cJSON_CreateString(value));
}

static cJSON *
one(const struct report *r, const struct report_how *how)
{
	char title[8 * REPORT_FIELD];
	cJSON *o = cJSON_CreateObject(), *times;

	report_title(r, title, sizeof(title));
	cJSON_AddStringToObject(o, "title", title);
	json_text(o, "corpus", r->corpus);
	cJSON_AddBoolToObject(o, "synthetic", r->synthetic);
	json_text(o, "task", r->task);
	json_text(o, "recipe", r->recipe);
	json_text(o, "features", r->features);
	add_model(o, r, how);
	cJSON_AddNumberToObject(o, "utterances", (double)r->N);
	cJSON_AddNumberToObject(o, "unlabelled", (double)r->unlabelled);
	cJSON_AddNumberToObject(o, "test_n", (double)r->score.N);
	add_scores(o, r);
	add_reject(o, r);
	add_classes(o, r);
	add_groups(o, r);
	if (r->timed) {
		times = cJSON_AddObjectToObject(o, "times");
		json_real(times, "median_us", r->median_us);
		json_real(times, "p95_us", r->p95_us);
	} else {
		cJSON_AddNullToObject(o, "times");
	}
	add_history(o, "history", r, "history.");
	add_history(o, "features_history", r, "test.history.");
	cJSON_AddNumberToObject(o, "streams", (double)r->streams);
	cJSON_AddNumberToObject(o, "models", (double)r->models);
	json_text(o, "leak", r->leak != NULL ? r->leak : "-");
	return o;
}

int
report_json(FILE *out, const struct report *r, size_t n, const struct report_how *how)
{
	cJSON *root = cJSON_CreateObject(), *reports = cJSON_AddArrayToObject(root, "reports");

	for (size_t i = 0; i < n; i++)
		cJSON_AddItemToArray(reports, one(&r[i], how));
	return json_print(out, root);
}
