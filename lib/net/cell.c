// SPDX-License-Identifier: MIT
#include <string.h>

#include "cell.h"
#include "math/kernel.h"

void
cell_forward(const struct cell *cell, const struct cell_step *s, const float *Wh, const float *bh,
	size_t n, size_t H)
{
	size_t G = (size_t)cell->gates * H, ld = cell->joint ? CELL_KEPT * H : G;

	/* joint: a += Wh h_{t-1};  else u = bh + Wh h_{t-1} */
	for (size_t r = 0; !cell->joint && r < n; r++)
		memcpy(s->u + r * G, bh, G * sizeof(*bh));
	if (!s->first)
		kernel_gemm(cell->joint ? s->a : s->u, ld, s->h_prev, H, 1, Wh, n, G, H);
	cell->forward(s, n, H);
}

static void
lstm_forward(const struct cell_step *s, size_t n, size_t H)
{
	kernel_lstm(s->gates, s->c, s->tc, s->h, s->ldh, s->a, s->c_prev, n, H);
}

static void
lstm_backward(const struct cell_step *s, size_t n, size_t H)
{
	kernel_lstm_backward(s->da, s->carry, s->dh, s->ldh, s->gates, s->tc, s->c_prev, n, H);
}

static void
gru_forward(const struct cell_step *s, size_t n, size_t H)
{
	kernel_gru(s->gates, s->h, s->ldh, s->a, s->u, s->h_prev, n, H);
}

static void
gru_backward(const struct cell_step *s, size_t n, size_t H)
{
	kernel_gru_backward(s->da, s->du, s->carry, s->dh, s->ldh, s->gates, s->h_prev, n, H);
}

const struct cell cell_lstm = { "lstm", 4, 1, 1, lstm_forward, lstm_backward };
const struct cell cell_gru = { "gru", 3, 0, 0, gru_forward, gru_backward };

const struct cell *
cell_find(const char *name)
{
	static const struct cell *const cells[] = { &cell_lstm, &cell_gru };

	for (size_t i = 0; i < sizeof(cells) / sizeof(*cells); i++)
		if (!strcmp(cells[i]->name, name))
			return cells[i];
	return NULL;
}
