// SPDX-License-Identifier: MIT
/* What the names of the labels mean; see tensor.h. */
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "tensor.h"

int32_t
labels_none(const struct meta *head)
{
	char name[TENSOR_META_MAX];
	int32_t K = (int32_t)labels_count(head);

	for (int32_t k = 0; K > 1 && k < K; k++)
		if (strcmp(labels_name(head, k, name, sizeof name), "none") == 0)
			return k;
	return -1;
}

char *
elabels_names(const struct meta *head, size_t *n)
{
	char name[TENSOR_META_MAX], *names = NULL;
	int32_t K = (int32_t)labels_count(head);

	*n = 0;
	for (int32_t k = 0; k < K; k++) {
		size_t more = strlen(labels_name(head, k, name, sizeof name)) + 1;

		names = erealloc(names, *n + more, 1);
		memcpy(names + *n, name, more);
		*n += more;
	}
	return names;
}
