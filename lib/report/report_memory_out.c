// SPDX-License-Identifier: MIT
/* What a model takes, as TSV and as JSON; see report_memory.h. */
#include "base/json_out.h"
#include "report_memory.h"

/* ---- TSV: a line a figure ---- */

static void
line(FILE *out, const char *what, const char *of, long bytes, const struct report_how *how)
{
	fprintf(out, "%s\t%s\t", what, of);
	if (bytes < 0)
		fputs("-\t", out);
	else
		fprintf(out, "%ld\t", bytes);
	fprintf(out, "%s\n", how == NULL ? "-" :
		report_yes_no(bytes < 0 ? -1 : bytes <= how->budget_bytes));
}

void
report_memory_tsv(FILE *out, const struct report_memory *m, const struct report_how *how)
{
	const struct report *r = &m->r;

	fputs("what\tof\tbytes\tfits\n", out);
	for (size_t i = 0; i < r->n_layers; i++)
		line(out, "parameters", r->layer[i].name, r->layer[i].bytes, how);
	line(out, "parameters", "whole model", r->bytes, how);
	for (size_t i = 0; i < r->n_layers; i++)
		line(out, "ram", r->layer[i].name, report_memory_layer(m, &r->layer[i]), NULL);
	line(out, "ram", "scratch", m->scratch, NULL);
	line(out, "ram", "front end", m->front_end, NULL);
	line(out, "ram", "whole model", m->ram, NULL);
	for (size_t i = 0; i < m->n_builds; i++) {
		const struct report_build *b = &m->build[i];

		line(out, "model", b->name, b->model, NULL);
		line(out, "tables", b->name, b->tables, NULL);
		line(out, "code", b->name, b->code, NULL);
		line(out, "ram", b->name, b->ram, NULL);
		line(out, "stack", b->name, b->stack, NULL);
	}
	line(out, "reading", "largest layer", r->layer[r->largest].bytes, how);
	line(out, "reading", "whole model", r->bytes, how);
	for (size_t i = 0; i < m->n_builds; i++) {
		char of[REPORT_BUILD_NAME + 32];

		snprintf(of, sizeof(of), "flash, %s", m->build[i].name);
		line(out, "reading", of, report_build_flash(&m->build[i]), how);
		snprintf(of, sizeof(of), "flash, RAM and stack, %s", m->build[i].name);
		line(out, "reading", of, report_build_all(&m->build[i]), how);
	}
}

/* ---- JSON: null where nothing is known ---- */

/* bytes of a reading of the budget, and whether they fit */
static void
add_reading(cJSON *o, const char *key, long bytes, const struct report_how *how)
{
	cJSON *reading = cJSON_AddObjectToObject(o, key);

	json_whole(reading, "bytes", bytes);
	json_truth(reading, "fits", bytes < 0 ? -1 : bytes <= how->budget_bytes);
}

static void
add_builds(cJSON *o, const struct report_memory *m, const struct report_how *how)
{
	cJSON *builds = cJSON_AddArrayToObject(o, "builds");

	for (size_t i = 0; i < m->n_builds; i++) {
		const struct report_build *b = &m->build[i];
		cJSON *x = cJSON_CreateObject();

		cJSON_AddStringToObject(x, "name", b->name);
		json_text(x, "missing", b->missing);
		json_whole(x, "model", b->model);
		json_whole(x, "tables", b->tables);
		json_whole(x, "code", b->code);
		json_whole(x, "ram", b->ram);
		json_whole(x, "stack", b->stack);
		add_reading(x, "flash", report_build_flash(b), how);
		add_reading(x, "all", report_build_all(b), how);
		cJSON_AddItemToArray(builds, x);
	}
}

int
report_memory_json(FILE *out, const struct report_memory *m, const struct report_how *how)
{
	const struct report *r = &m->r;
	cJSON *root = cJSON_CreateObject(), *layers;
	char title[8 * REPORT_FIELD];

	report_title(r, title, sizeof(title));
	cJSON_AddStringToObject(root, "title", title);
	cJSON_AddStringToObject(root, "sha256", r->sha256);
	json_whole(root, "parameters", r->parameters);
	layers = cJSON_AddArrayToObject(root, "layers");
	for (size_t i = 0; i < r->n_layers; i++) {
		const struct report_layer *l = &r->layer[i];
		cJSON *x = cJSON_CreateObject();

		cJSON_AddStringToObject(x, "name", l->name);
		json_whole(x, "parameters", l->parameters);
		json_whole(x, "ram", report_memory_layer(m, l));
		add_reading(x, "size", l->bytes, how);
		cJSON_AddItemToArray(layers, x);
	}
	json_whole(root, "scratch", m->scratch);
	json_whole(root, "front_end", m->front_end);
	json_whole(root, "ram", m->ram);
	add_builds(root, m, how);
	json_whole(root, "budget", how->budget_bytes);
	add_reading(root, "largest_layer", r->layer[r->largest].bytes, how);
	add_reading(root, "whole_model", r->bytes, how);
	return json_print(out, root);
}
