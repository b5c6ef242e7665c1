/* SPDX-License-Identifier: MIT */
#include "input_s8.h"
#include "whit.h"

void
whit_input_s8(void *x, const int32_t *c, const struct whit_input *in, size_t D)
{
	input_s8(x, c, in->offset, in->scale, D, NULL);
}
