// SPDX-License-Identifier: MIT
#include <string.h>

#include "front_end.h"

/* Whether o is a setting of the front end. */
static int
decides(const struct mfcc_settings *set, const struct opt *o)
{
	const char *value = o->value;

	return value >= (const char *)set && value < (const char *)(set + 1);
}

void
front_end_preset(struct mfcc_settings *set, const char *preset, const struct opt *opts)
{
	struct mfcc_settings asked = *set;

	mfcc_preset(set, preset);
	for (const struct opt *o = opts; o->name; o++)
		if (decides(set, o) && opt_given(o->name))
			memcpy(o->value, (char *)&asked + ((char *)o->value - (char *)set),
				opt_size(o));
	if (opt_given("fft") && !opt_given("window-length"))
		set->window_n = set->fft_n;
}

void
front_end_name(struct meta *head, const struct mfcc_settings *set, const char *preset,
	const struct opt *opts)
{
	struct mfcc_settings usual;
	char name[ERR_MAX];

	mfcc_preset(&usual, preset);
	emeta_set(head, "features", "%s", preset);
	for (const struct opt *o = opts; o->name; o++)
		if (decides(set, o) && opt_given(o->name)
				&& !opt_same(o, o->value,
					(char *)&usual + ((char *)o->value - (char *)set))
				&& meta_get(head, "features", name, sizeof name))
			emeta_set(head, "features", "%s+%s", name, o->name);
}
