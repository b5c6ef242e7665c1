// SPDX-License-Identifier: MIT
#include "json.h"

#include <stdlib.h>
#include <string.h>

cJSON *
meta_to_json(const struct meta *m)
{
	char key[TENSOR_NAME_MAX + 1], *value = malloc(TENSOR_META_MAX + 1);
	cJSON *o = cJSON_CreateObject();
	size_t pos = 0;

	while (o && value && meta_next(m, &pos, key, sizeof key, value, TENSOR_META_MAX + 1))
		if (!cJSON_AddStringToObject(o, key, value)) {
			cJSON_Delete(o);
			o = NULL;
		}
	if (!value) {
		cJSON_Delete(o);
		o = NULL;
	}
	free(value);
	return o;
}

int
meta_from_json(struct meta *m, const cJSON *o, const char *input, char err[ERR_MAX])
{
	const cJSON *j;
	size_t size;
	int rc, twice;

	if (!o)
		return 0;
	if (!cJSON_IsObject(o)) {
		snprintf(err, ERR_MAX, "%.200s: metadata: expected a JSON object", input);
		return -1;
	}
	cJSON_ArrayForEach(j, o) {
		size = m->size;
		rc = cJSON_IsString(j) ? meta_set(m, j->string, "%s", j->valuestring) : -1;
		/* A key that was there is replaced: the text has not grown by a whole line. */
		twice = rc == 0 && m->size != size + strlen(j->string) + strlen(j->valuestring) + 2;
		if (rc || twice) {
			snprintf(err, ERR_MAX, "%.200s: metadata key %.100s: %s", input, j->string,
				twice ? "stands twice" : "expected [a-z0-9._-]+ = one line of "
				"text, 64 KiB in all");
			return -1;
		}
	}
	return 0;
}

cJSON *
records_to_json(const struct tensor_set *s)
{
	cJSON *a = cJSON_CreateArray();

	for (size_t i = 0; a && i < s->n; i++) {
		const struct tensor *t = &s->items[i];
		cJSON *o = cJSON_CreateObject(), *m = NULL;
		int ok = o && cJSON_AddItemToArray(a, o) &&
			cJSON_AddStringToObject(o, "name", t->name) &&
			cJSON_AddNumberToObject(o, "label", t->label) &&
			cJSON_AddStringToObject(o, "group", t->group) &&
			(m = meta_to_json(&t->meta)) && cJSON_AddItemToObject(o, "meta", m);

		if (!ok) {
			cJSON_Delete(a);
			a = NULL;
		}
	}
	return a;
}

static int
record_from_json(struct tensor *t, const cJSON *o, const char *input, char err[ERR_MAX])
{
	const cJSON *name = cJSON_GetObjectItemCaseSensitive(o, "name");
	const cJSON *label = cJSON_GetObjectItemCaseSensitive(o, "label");
	const cJSON *group = cJSON_GetObjectItemCaseSensitive(o, "group");

	if (!cJSON_IsString(name) || strcmp(name->valuestring, t->name) != 0) {
		snprintf(err, ERR_MAX, "%.200s: record %.100s: our notes on the records name "
			"another, or none", input, t->name);
		return -1;
	}
	if (!cJSON_IsString(group) || strlen(group->valuestring) > TENSOR_NAME_MAX ||
	    (json_integer(label, INT32_MAX) < 0 && !(cJSON_IsNumber(label) &&
	    label->valuedouble == -1))) {
		snprintf(err, ERR_MAX, "%.200s: record %.100s: no valid label or group", input,
			t->name);
		return -1;
	}
	t->label = (int32_t)label->valuedouble;
	strcpy(t->group, group->valuestring);
	return meta_from_json(&t->meta, cJSON_GetObjectItemCaseSensitive(o, "meta"), input, err);
}

int
records_from_json(struct tensor_set *s, const cJSON *a, const char *input, char err[ERR_MAX])
{
	const cJSON *o = cJSON_IsArray(a) ? a->child : NULL;
	size_t i;

	for (i = 0; i < s->n && o; i++, o = o->next)
		if (record_from_json(&s->items[i], o, input, err))
			return -1;
	if (o || i < s->n) {
		snprintf(err, ERR_MAX, "%.200s: our notes on the records: expected %zu of them",
			input, s->n);
		return -1;
	}
	return 0;
}

int64_t
json_integer(const cJSON *j, double max)
{
	double v;

	if (!cJSON_IsNumber(j))
		return -1;
	v = j->valuedouble;
	return v >= 0 && v <= max && v == (double)(int64_t)v ? (int64_t)v : -1;
}
