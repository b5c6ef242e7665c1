/* SPDX-License-Identifier: MIT */
#include "net_s8.h"

void
net_s8_step_count(struct net_s8_state *s, const int8_t *x, struct lstm_s8_count *count)
{
	size_t at = 0;

	for (size_t l = 0; l < s->net->layers; l++) {
		lstm_s8_step_count(&s->net->layer[l], s->h + at, s->c + at, x, s->scratch,
			&count[l]);
		x = s->h + at;
		at += s->net->layer[l].H;
	}
	net_s8_pool(s);
}
