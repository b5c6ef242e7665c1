// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>

#include "history.h"

void
history_add(struct meta *head, const struct opt *opts)
{
	char *line = opt_line(opts), key[32];
	int k = 1;

	do
		snprintf(key, sizeof key, "history.%d", k++);
	while (meta_has(head, key));
	emeta_set(head, key, "%s", line);
	free(line);
}
