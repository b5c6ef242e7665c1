// SPDX-License-Identifier: MIT
#include "json_out.h"

#include <stdlib.h>
#include <string.h>

void
json_text(cJSON *o, const char *key, const char *value)
{
	if (strcmp(value, "-") == 0)
		cJSON_AddNullToObject(o, key);
	else
		cJSON_AddStringToObject(o, key, value);
}

void
json_whole(cJSON *o, const char *key, long value)
{
	if (value < 0)
		cJSON_AddNullToObject(o, key);
	else
		cJSON_AddNumberToObject(o, key, (double)value);
}

void
json_real(cJSON *o, const char *key, double value)
{
	char digits[32];

	for (int n = 15; n <= 17; n++) {
		snprintf(digits, sizeof(digits), "%.*g", n, value);
		if (strtod(digits, NULL) == value)
			break;
	}
	cJSON_AddRawToObject(o, key, digits);
}

void
json_truth(cJSON *o, const char *key, int value)
{
	if (value < 0)
		cJSON_AddNullToObject(o, key);
	else
		cJSON_AddBoolToObject(o, key, value);
}

int
json_print(FILE *out, cJSON *root)
{
	char *printed = cJSON_Print(root);

	cJSON_Delete(root);
	if (printed == NULL)
		return -1;
	fprintf(out, "%s\n", printed);
	free(printed);
	return 0;
}
