// SPDX-License-Identifier: MIT
#include "cell.h"
#include "kernel.h"

static void
forward(const struct cell_step *s, const float *Wh, size_t n, size_t H)
{
	size_t G = 4 * H;

	/* a_t = b + Wx x_t + Wh h_{t-1} */
	if (!s->first)
		kernel_gemm(s->a, G, s->h_prev, H, 1, Wh, n, G, H);
	kernel_lstm(s->gates, s->c, s->tc, s->h, s->ldh, s->a, s->c_prev, n, H);
}

static void
backward(const struct cell_step *s, size_t n, size_t H)
{
	kernel_lstm_backward(s->da, s->carry, s->dh, s->ldh, s->gates, s->tc, s->c_prev, n, H);
}

const struct cell cell_lstm = { "lstm", 4, 1, forward, backward };
