/* SPDX-License-Identifier: MIT */
/*
 * json_out - results as JSON (cJSON): null where nothing is known, numbers that read back the same
 *
 * cJSON_AddItemTo... frees nothing on failure and gives no sign: out of memory shows in print.
 */
#ifndef WHIT_JSON_OUT_H
#define WHIT_JSON_OUT_H

#include <cjson/cJSON.h>
#include <stdio.h>

/* null for "-" */
void json_text(cJSON *o, const char *key, const char *value);
/* null below 0 */
void json_whole(cJSON *o, const char *key, long value);
/* The shortest digits that read back as the same double: cJSON's own are not always. */
void json_real(cJSON *o, const char *key, double value);
/* true, false, or null below 0 */
void json_truth(cJSON *o, const char *key, int value);

/* Prints root and a newline, and deletes it. 0, or -1 without memory. Look for errors of out. */
int json_print(FILE *out, cJSON *root);

#endif
