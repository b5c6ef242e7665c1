// SPDX-License-Identifier: MIT
#include "augment_opt.h"
#include "base/err.h"

struct augment
eaugment_from(const struct augment_given *g)
{
	if (opt_given("time-mask-width") && !g->time_masks)
		usage_die("--time-mask-width is for --time-masks");
	if (opt_given("coef-mask-width") && !g->coef_masks)
		usage_die("--coef-mask-width is for --coef-masks");
	return (struct augment){
		.stretch = g->stretch, .drop_steps = g->drop_steps,
		.offset = g->offset, .noise = g->noise,
		.time_masks = (int)g->time_masks, .time_mask_width = (int)g->time_mask_width,
		.coef_masks = (int)g->coef_masks, .coef_mask_width = (int)g->coef_mask_width,
	};
}
