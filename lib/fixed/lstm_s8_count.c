/* SPDX-License-Identifier: MIT */
#include "lstm_s8.h"
#include "lstm_s8_step.h"

void
lstm_s8_step_count(const struct lstm_s8 *m, int8_t *h, int16_t *c, const int8_t *x,
	int16_t *scratch, struct lstm_s8_count *count)
{
	step(m, h, c, x, scratch, count);
}
