// SPDX-License-Identifier: MIT
/* A plan of pruning from the command line; see prune.h. */
#include <math.h>
#include <string.h>

#include "base/opt.h"
#include "prune.h"

/* "12", "12-15" of length n. 0 or -1. */
static int
parse_epochs(struct prune_step *s, const char *text, size_t n)
{
	char from[32], *to;
	double first, last;

	if (n >= sizeof(from))
		return -1;
	memcpy(from, text, n);
	from[n] = '\0';
	to = strchr(from, '-');
	if (to)
		*to++ = '\0';
	if (opt_number(from, 1, INT32_MAX, &first) || first != floor(first) ||
	    opt_number(to ? to : from, first, INT32_MAX, &last) || last != floor(last))
		return -1;
	s->first = (int)first;
	s->last = (int)last;
	return 0;
}

int
prune_parse(struct prune_plan *plan, const char *text, int epochs, char err[ERR_MAX])
{
	memset(plan, 0, sizeof(*plan));
	for (const char *p = text; p; ) {
		struct prune_step *s = &plan->steps[plan->n];
		size_t n = strcspn(p, ","), colon = strcspn(p, ":,");
		char share[32];

		if (plan->n == PRUNE_STEPS_MAX)
			return err_set(err, "expected at most %d steps", PRUNE_STEPS_MAX);
		if (colon == n || n - colon > sizeof(share) || parse_epochs(s, p, colon))
			return err_set(err, "expected EPOCH:SHARE or FIRST-LAST:SHARE, got '%.*s'",
				(int)n, p);
		memcpy(share, p + colon + 1, n - colon - 1);
		share[n - colon - 1] = '\0';
		if (opt_number(share, 0, 1, &s->share) || s->share == 0 || s->share == 1)
			return err_set(err, "expected a share above 0 and below 1, got '%s'",
				share);
		if (plan->n && s->first <= s[-1].last)
			return err_set(err, "expected an epoch after %d, got %d", s[-1].last,
				s->first);
		if (s->last > epochs)
			return err_set(err, "expected epochs up to %d, the last, got %d", epochs,
				s->last);
		plan->n++;
		p = p[n] ? p + n + 1 : NULL;
	}
	return 0;
}
