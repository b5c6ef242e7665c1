/* SPDX-License-Identifier: MIT */
#include "input_s16.h"
#include "input_s8.h"
#include "whit.h"

void
whit_input_s8(void *x, const int32_t *c, const struct whit_input *in, size_t D)
{
	input_s8(x, c, in->offset, in->scale, D, NULL);
}

void
whit_input_s8_s16(void *x, const int32_t *c, const struct whit_input *in, size_t D)
{
	int16_t *x_s16 = x;
	const int8_t *x_s8 = x;

	input_s8(x, c, in->offset, in->scale, D, NULL);
	while (D-- > 0)			/* from the end: never over what is to be read */
		x_s16[D] = x_s8[D];
}

void
whit_input_s16(void *x, const int32_t *c, const struct whit_input *in, size_t D)
{
	input_s16(x, c, in->offset, in->scale, D);
}
