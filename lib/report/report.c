// SPDX-License-Identifier: MIT
/* From a stream of predictions to numbers; see report.h. */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "quant/recogniser.h"
#include "report.h"

#define NS_PER_US 1000.0

static void
field(char *to, const struct meta *head, const char *key)
{
	if (meta_get(head, key, to, REPORT_FIELD) == NULL || *to == '\0')
		strcpy(to, "-");
}

/* -1 in *value where key is absent; fails where it is no whole number. */
static int
number(long *value, const struct meta *head, const char *key, char err[ERR_MAX])
{
	char text[REPORT_FIELD];

	*value = -1;
	if (meta_get(head, key, text, sizeof(text)) == NULL ||
	    meta_get_long(head, key, 0, LONG_MAX, value) == 0)
		return 0;
	snprintf(err, ERR_MAX, "head: %s: expected a whole number, got %s", key, text);
	return -1;
}

/* model.layer.N=NAME PARAMETERS BYTES */
static int
read_layers(struct report *r, char err[ERR_MAX])
{
	char key[TENSOR_NAME_MAX + 1], value[REPORT_FIELD], rest;
	size_t pos = 0;

	while (meta_next(&r->head, &pos, key, sizeof(key), value, sizeof(value))) {
		struct report_layer *l = &r->layer[r->n_layers];

		if (strncmp(key, "model.layer.", 12) != 0)
			continue;
		if (r->n_layers == REPORT_LAYERS_MAX ||
		    sscanf(value, "%63s %18ld %18ld %c", l->name, &l->parameters, &l->bytes,
		    &rest) != 3 ||
		    l->parameters < 0 || l->bytes < 0) {
			snprintf(err, ERR_MAX,
				"head: %.200s: expected NAME PARAMETERS BYTES (at most %d layers), "
				"got %.200s", key, REPORT_LAYERS_MAX, value);
			return -1;
		}
		if (l->bytes > r->layer[r->largest].bytes)
			r->largest = r->n_layers;
		r->n_layers++;
	}
	return 0;
}

static int
read_head(struct report *r, const char *task, char err[ERR_MAX])
{
	const struct meta *h = &r->head;

	field(r->corpus, h, "corpus");
	field(r->task, h, "task");
	field(r->recipe, h, "recipe");
	field(r->features, h, "features");
	field(r->cell, h, "model.cell");
	field(r->precision, h, "model.precision");
	field(r->sha256, h, "model.sha256");
	field(r->approach, h, "pot.approach");
	field(r->bits, h, "pot.bits");
	field(r->pot_weights, h, "pot.weights");
	field(r->pot_biases, h, "pot.biases");
	field(r->pot_zeros, h, "pot.zeros");
	if (task != NULL)
		snprintf(r->task, sizeof(r->task), "%s", task);
	r->synthetic = strstr(r->corpus, "synthetic") != NULL;
	if (number(&r->layers, h, "model.layers", err) ||
	    number(&r->directions, h, "model.directions", err) ||
	    number(&r->hidden, h, "model.hidden", err) ||
	    number(&r->inputs, h, "model.inputs", err) ||
	    number(&r->parameters, h, "model.parameters", err) ||
	    number(&r->bytes, h, "model.bytes", err))
		return -1;
	return read_layers(r, err) != 0 ? -1 : report_read_sparse(r, err);
}

/* Names of the K labels: the head's, or their numbers. */
static void
read_labels(struct report *r, size_t K)
{
	char *text = ecalloc(TENSOR_META_MAX + 1, 1);

	r->label = ecalloc(K, sizeof(*r->label));
	for (size_t k = 0; k < K; k++) {
		if (labels_name(&r->head, (int32_t)k, text, TENSOR_META_MAX + 1) == NULL)
			snprintf(text, 32, "%zu", k);
		r->label[k] = estrdup(text);
	}
	free(text);
}

static int
add_record(struct report *r, const struct tensor *t, int *hit, char err[ERR_MAX])
{
	size_t K = r->score.K;
	long predicted;

	if ((t->dtype != TENSOR_F32 && t->dtype != TENSOR_S32) || t->ndim != 1 || t->dims[0] != K)
		snprintf(err, ERR_MAX, "record %s: expected logits f32 or s32 (%zu), got %s of %zu",
			t->name, K, tensor_dtype_name(t->dtype), t->n);
	else if ((predicted = report_label(t, NULL)) < 0)
		snprintf(err, ERR_MAX, "record %s: expected predicted=-1..%zu, got none of them",
			t->name, K - 1);
	else if (t->label < -1 || (t->label >= 0 && (size_t)t->label >= K))
		snprintf(err, ERR_MAX, "record %s: expected a label below %zu, got %" PRId32,
			t->name, K, t->label);
	else {
		r->counts[predicted]++;
		*hit = t->label == predicted;
		if (t->label >= 0)
			score_add(&r->score, (size_t)t->label, (size_t)predicted);
		else
			r->unlabelled++;
		return 0;
	}
	return -1;
}

static int
by_group(const void *a, const void *b)
{
	const struct report_group *x = a, *y = b;

	return strcmp(x->name, y->name);
}

/* One entry a record in, one a group out. */
static void
merge_groups(struct report *r)
{
	struct report_group *g = r->group;
	size_t n = r->n_groups;

	qsort(g, n, sizeof(*g), by_group);
	r->n_groups = 0;
	for (size_t i = 0; i < n; i++) {
		struct report_group *last = &g[r->n_groups - (r->n_groups > 0)];

		if (r->n_groups > 0 && by_group(last, &g[i]) == 0) {
			last->n++;
			last->correct += g[i].correct;
		} else {
			g[r->n_groups++] = g[i];
		}
	}
}

int
report_from_pool(struct report *r, const struct report_pool *pool, const char *task,
	char err[ERR_MAX])
{
	const struct tensor_set *set = &pool->set;
	size_t K = labels_count(&set->head);

	memset(r, 0, sizeof(*r));
	r->streams = pool->streams;
	r->models = pool->n_models;
	r->leak = pool->leak;
	if (meta_copy(&r->head, &set->head, "") != 0) {
		snprintf(err, ERR_MAX, "out of memory");
		return -1;
	}
	r->N = set->n;
	if (set->n == 0) {
		snprintf(err, ERR_MAX, "expected at least one prediction, got none");
		goto fail;
	}
	if (K == 0)
		K = set->items[0].n;
	if (score_init(&r->score, K) != 0) {
		snprintf(err, ERR_MAX, "expected 1 to %d classes, got %zu", SCORE_K_MAX, K);
		goto fail;
	}
	if (read_head(r, task, err) != 0)
		goto fail;
	read_labels(r, K);
	r->counts = ecalloc(K, sizeof(*r->counts));
	r->group = ecalloc(set->n, sizeof(*r->group));
	for (size_t i = 0; i < set->n; i++) {
		const struct tensor *t = &set->items[i];
		int hit = 0;

		if (add_record(r, t, &hit, err) != 0)
			goto fail;
		if (t->label < 0)
			continue;
		memcpy(r->group[r->n_groups].name, t->group, sizeof(t->group));
		r->group[r->n_groups].n = 1;
		r->group[r->n_groups++].correct = (size_t)hit;
	}
	if (report_read_reject(r, set, err) != 0)
		goto fail;
	score_finish(&r->score);
	merge_groups(r);
	return 0;
fail:
	report_free(r);
	return -1;
}

int
report_from_model(struct report *r, const struct tensor_set *model, char err[ERR_MAX])
{
	memset(r, 0, sizeof(*r));
	if (meta_copy(&r->head, &model->head, "") != 0)
		err_set(err, "out of memory");
	else if (recogniser_describe(&r->head, model, err) == 0 && read_head(r, NULL, err) == 0)
		return 0;
	report_free(r);
	return -1;
}

void
report_free(struct report *r)
{
	for (size_t k = 0; r->label != NULL && k < r->score.K; k++)
		free(r->label[k]);
	free(r->label);
	free(r->counts);
	free(r->group);
	score_free(&r->score);
	meta_free(&r->head);
	memset(r, 0, sizeof(*r));
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* One line into *us. 0, or -1 and err. */
static int
read_time(char *line, const struct tensor *t, double *us, char err[ERR_MAX])
{
	char *tab = strrchr(line, '\t');
	double ns;

	line[strcspn(line, "\n")] = '\0';
	if (tab == NULL || opt_number(tab + 1, 0, 1e18, &ns) != 0) {
		snprintf(err, ERR_MAX, "expected NAME<TAB>NANOSECONDS, got %.100s", line);
		return -1;
	}
	*tab = '\0';
	if (strcmp(line, t->name) != 0) {
		snprintf(err, ERR_MAX, "expected the utterance %s, got %.100s", t->name, line);
		return -1;
	}
	*us = ns / NS_PER_US;
	return 0;
}

int
report_times(struct report *r, const struct tensor_set *set, FILE *f, const char *input,
	char err[ERR_MAX])
{
	double *us = ecalloc(set->n, sizeof(*us));
	char *line = NULL, what[ERR_MAX] = "";
	size_t n = 0, size = 0;

	for (; getline(&line, &size, f) >= 0; n++)
		if (n < set->n && read_time(line, &set->items[n], &us[n], what) != 0)
			break;
	if (what[0] != '\0')
		snprintf(err, ERR_MAX, "%.200s: line %zu: %.290s", input, n + 1, what);
	else if (ferror(f))
		snprintf(err, ERR_MAX, "%.200s: read error in line %zu", input, n + 1);
	else if (n != set->n)
		snprintf(err, ERR_MAX, "%.200s: expected %zu lines, one an utterance, got %zu",
			input, set->n, n);
	else {
		qsort(us, n, sizeof(*us), ascending);
		r->median_us = score_quantile(us, n, 0.5);
		r->p95_us = score_quantile(us, n, 0.95);
		r->timed = 1;
	}
	free(line);
	free(us);
	return r->timed ? 0 : -1;
}

int
report_history(const struct report *r, const char *prefix, size_t *pos, char value[TENSOR_META_MAX])
{
	char key[TENSOR_NAME_MAX + 1];

	while (meta_next(&r->head, pos, key, sizeof(key), value, TENSOR_META_MAX))
		if (strncmp(key, prefix, strlen(prefix)) == 0)
			return 1;
	return 0;
}
