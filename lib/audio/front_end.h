/* SPDX-License-Identifier: MIT */
/*
 * front_end - the settings of the front end as options of a tool
 *
 * A tool that makes features keeps one struct mfcc_settings (mfcc.h); the rows of its option table
 * whose value lies inside it are the settings, and a preset fills those that were not given.
 *
 *	mfcc_preset(&set, preset);
 *	first = opt_parse(argc, argv, opts, &page);
 *	front_end_preset(&set, preset, opts);
 *	if (front_end_check(&set, preset, opts, err))
 *		usage_die("%s", err);
 *	...
 *	front_end_name(&head, &set, preset, opts);
 */
#ifndef WHIT_FRONT_END_H
#define WHIT_FRONT_END_H

#include "base/opt.h"
#include "mfcc.h"

/*
 * Gives every setting that was not asked for on the command line the preset's value. A shorter FFT
 * takes the window with it.
 */
void front_end_preset(struct mfcc_settings *set, const char *preset, const struct opt *opts);
/*
 * -1 and err, which begins with the option's name, when a setting was asked for that the front end
 * of the device, once chosen, does not have.
 */
int front_end_check(const struct mfcc_settings *set, const char *preset, const struct opt *opts,
	char err[ERR_MAX]);
/*
 * Sets `features` in head, the settings' name in reports: the preset and the options that depart
 * from it, as mfcc13+frames. Dies without room.
 */
void front_end_name(struct meta *head, const struct mfcc_settings *set, const char *preset,
	const struct opt *opts);

#endif
