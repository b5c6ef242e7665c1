/* SPDX-License-Identifier: MIT */
#include "net_s8.h"

void
net_s8_step_wide(struct net_s8_state *s, struct lstm_s8_wide *wide, const int8_t *x)
{
	size_t at = 0;

	for (size_t l = 0; l < s->net->layers; l++) {
		lstm_s8_step_wide(&wide[l], s->h + at, s->c + at, x);
		x = s->h + at;
		at += s->net->layer[l].H;
	}
	net_s8_pool(s);
}
