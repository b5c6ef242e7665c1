// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "qat.h"

int
qat_init(struct qat *q, const struct rnn *net, const struct quant_features *features,
	char err[ERR_MAX])
{
	size_t D = (size_t)net->D, H = (size_t)net->H;
	size_t rows = net->K > net->H ? (size_t)net->K : H, columns = D > H ? D : H;
	float *lo, *unit;

	memset(q, 0, sizeof(*q));
	if (quant_grid_takes(net, err))
		return -1;
	q->block = malloc(2 * D * sizeof(*q->block));
	q->q = malloc(rows * columns);
	if (!q->block || !q->q || quant_grid_init(&q->x, D) || quant_grid_init(&q->h, H)) {
		snprintf(err, ERR_MAX, "not enough memory");
		goto fail;
	}
	lo = q->block;
	unit = q->block + D;
	if (quant_grid_features(&q->x, lo, unit, features, net->mean, net->scale)) {
		snprintf(err, ERR_MAX, "expected features whose ranges 255 steps can divide");
		goto fail;
	}
	for (size_t d = 0; d < D; d++) {
		lo[d] = (float)(q->x.o[d] - 128 * q->x.s[d]);
		unit[d] = (float)q->x.s[d];
	}
	q->units = (struct bptt_units){ .x_lo = lo, .x_unit = unit };
	if (net->cell == &cell_gru) {
		quant_grid_wide_output(&q->h, H);
	} else {
		quant_grid_output(&q->h, H, -1, 1);
		q->units.h_lo = (float)(q->h.o[0] - 128 * q->h.s[0]);
		q->units.h_unit = (float)q->h.s[0];
	}
	return 0;
fail:
	qat_free(q);
	return -1;
}

void
qat_free(struct qat *q)
{
	quant_grid_free(&q->x);
	quant_grid_free(&q->h);
	free(q->block);
	free(q->q);
	memset(q, 0, sizeof(*q));
}

/* to (rows, n) = Wq S / s_d of from; bias (rows) += what keeps a row's result at u = m. */
static void
project(struct qat *q, const struct quant_grid *g, const float *from, float *to, float *bias,
	size_t rows)
{
	double S = quant_grid_round(q->q, from, g, rows);

	for (size_t i = 0; i < rows; i++) {
		double moved = 0;

		for (size_t d = 0; d < g->n; d++) {
			size_t at = i * g->n + d;
			float w = (float)(q->q[at] * S / g->s[d]);

			moved += ((double)from[at] - w) * g->m[d];
			to[at] = w;
		}
		bias[i] = (float)(bias[i] + moved);
	}
}

void
qat_project(void *qat, const struct rnn *from, struct rnn *to)
{
	struct qat *q = qat;
	size_t H = (size_t)from->H, gates = (size_t)from->cell->gates;

	for (int l = 0; l < from->layers; l++) {
		const struct quant_grid *x = l ? &q->h : &q->x;

		memcpy(to->bx[l], from->bx[l], gates * H * sizeof(*to->bx[l]));
		memcpy(to->bh[l], from->bh[l], gates * H * sizeof(*to->bh[l]));
		for (size_t g = 0; g < gates; g++) {
			size_t Wx = g * H * x->n, Wh = g * H * H;

			project(q, x, from->Wx[l] + Wx, to->Wx[l] + Wx, to->bx[l] + g * H, H);
			project(q, &q->h, from->Wh[l] + Wh, to->Wh[l] + Wh, to->bh[l] + g * H, H);
		}
	}
	memcpy(to->bo, from->bo, (size_t)from->K * sizeof(*to->bo));
	project(q, &q->h, from->Wo, to->Wo, to->bo, (size_t)from->K);
}
