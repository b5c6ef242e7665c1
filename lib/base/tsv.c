// SPDX-License-Identifier: MIT
#include "tsv.h"

#include <string.h>

size_t
tsv_cut(char *line, char *field[TSV_FIELDS_MAX])
{
	size_t n = 0;

	line[strcspn(line, "\r\n")] = '\0';
	for (char *s = line; s != NULL; n++) {
		if (n < TSV_FIELDS_MAX)
			field[n] = s;
		s = strchr(s, '\t');
		if (s != NULL)
			*s++ = '\0';
	}
	return n;
}

int
tsv_column(char *const *field, size_t n, const char *name)
{
	int found = -1;

	for (size_t i = 0; i < n && i < TSV_FIELDS_MAX; i++)
		if (strcmp(field[i], name) == 0)
			found = (int)i;
	return found;
}
