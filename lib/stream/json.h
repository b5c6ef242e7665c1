/* SPDX-License-Identifier: MIT */
/*
 * json - what a foreign file cannot say in its own words, as JSON (cJSON)
 *
 * safetensors and .npz hold names, types, shapes and numbers. Our labels,
 * groups and metadata travel beside them:
 *
 *	meta_to_json()       {"kind":"model","cell":"lstm"}
 *	records_to_json()    [{"name":"a","label":3,"group":"bob","meta":{...}}, ...]
 *
 * and come back unchanged. All functions that return int give 0, or -1 and
 * one line in err that begins with input.
 */
#ifndef WHIT_JSON_H
#define WHIT_JSON_H

#include <cjson/cJSON.h>

#include "tensor.h"

/* One object of strings, in m's order. The caller frees with cJSON_Delete(). NULL: no memory. */
cJSON *meta_to_json(const struct meta *m);

/*
 * Sets every key of the object o in m. Strings only, each key once, keys and
 * values by the rules of formats/tensor.md. NULL for o: nothing to set.
 */
int meta_from_json(struct meta *m, const cJSON *o, const char *input, char err[ERR_MAX]);

/* One object for each tensor of s, in order; NULL: no memory. The caller frees. */
cJSON *records_to_json(const struct tensor_set *s);

/*
 * Sets label, group and metadata of the tensors of s from such an array, whose names must be
 * those of s in the same order.
 */
int records_from_json(struct tensor_set *s, const cJSON *a, const char *input, char err[ERR_MAX]);

/* The whole number in j, 0..max, or -1 when it is none. */
int64_t json_integer(const cJSON *j, double max);

#endif
