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

/* Whether the option was given and its value is another than `usual` has. */
static int
departs(const struct mfcc_settings *set, const struct mfcc_settings *usual, const struct opt *o)
{
	return decides(set, o) && opt_given(o->name) &&
		!opt_same(o, o->value, (char *)usual + ((char *)o->value - (char *)set));
}

int
front_end_check(const struct mfcc_settings *set, const char *preset, const struct opt *opts,
	char err[ERR_MAX])
{
	struct mfcc_settings usual;

	mfcc_preset(&usual, preset);
	for (const struct opt *o = opts; set->fixed && o->name; o++)
		if (departs(set, &usual, o) && strcmp(o->name, "hop") != 0 &&
				strcmp(o->name, "coefs") != 0 && strcmp(o->name, "frames") != 0)
			return err_set(err, "--%s: --preset %s has its own, for which its tables "
				"are made: expected no change but --hop, --coefs, --frames",
				o->name, preset);
	return 0;
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
		if (departs(set, &usual, o)
				&& meta_get(head, "features", name, sizeof name))
			emeta_set(head, "features", "%s+%s", name, o->name);
}
