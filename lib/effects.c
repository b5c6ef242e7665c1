/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "effects.h"

int
effects_band(const char *text, long rate_hz, double *low_hz, double *high_hz, char err[ERR_MAX])
{
	*low_hz = *high_hz = 0;
	if (strcmp(text, "none") == 0)
		return 0;
	snprintf(err, ERR_MAX, "band-pass at %ld Hz: expected none", rate_hz);
	return -1;
}

int
effects_apply(struct wav *w, long rate_hz, double low_hz, double high_hz, char err[ERR_MAX])
{
	(void)low_hz, (void)high_hz;
	if (w->rate_hz == rate_hz)
		return 0;
	snprintf(err, ERR_MAX, "rate: expected %ld Hz, got %ld", rate_hz, w->rate_hz);
	return -1;
}
