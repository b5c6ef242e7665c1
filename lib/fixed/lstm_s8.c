/* SPDX-License-Identifier: MIT */
#include "lstm_s8.h"
#include "lstm_s8_step.h"

size_t
lstm_s8_scratch_n(const struct lstm_s8 *m)
{
	return 2 * (size_t)m->H;
}

void
lstm_s8_reset(const struct lstm_s8 *m, int8_t *h, int16_t *c)
{
	for (size_t k = 0; k < m->H; k++) {
		h[k] = (int8_t)m->z_h;
		c[k] = 0;
	}
}

void
lstm_s8_step(const struct lstm_s8 *m, int8_t *h, int16_t *c, const int8_t *x, int16_t *scratch)
{
	step(m, h, c, x, scratch, NULL);
}
