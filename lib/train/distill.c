// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "distill.h"
#include "math/pool.h"

int
distill_init(struct distill *d, const struct rnn *teacher, const struct rnn *student, int batch,
	int steps, int jobs)
{
	size_t D = (size_t)teacher->D, room = (size_t)steps * D;

	memset(d, 0, sizeof(*d));
	if (room > (size_t)-1 / sizeof(*d->x) / ((size_t)batch + 2))
		return -1;
	d->steps = steps;
	d->items = malloc((size_t)batch * sizeof(*d->items));
	d->x = malloc(((size_t)batch * room + 2 * D) * sizeof(*d->x));
	if (!d->items || !d->x || bptt_init(&d->bptt, teacher, batch, steps, 0.0f, 0, jobs)) {
		distill_free(d);
		return -1;
	}
	d->factor = d->x + (size_t)batch * room;
	d->term = d->factor + D;
	for (size_t i = 0; i < D; i++) {
		double mean_s = student->mean ? (double)student->mean[i] : 0.0;
		double mean_t = teacher->mean ? (double)teacher->mean[i] : 0.0;
		double scale_s = student->mean ? (double)student->scale[i] : 1.0;
		double scale_t = teacher->mean ? (double)teacher->scale[i] : 1.0;

		/* Alike: 1 and 0, and not a bit changes. */
		d->factor[i] = (float)(scale_t / scale_s);
		d->term[i] = (float)((mean_s - mean_t) * scale_t);
	}
	return 0;
}

void
distill_free(struct distill *d)
{
	bptt_free(&d->bptt);
	free(d->items);
	free(d->x);
	memset(d, 0, sizeof(*d));
}

/* Each lane's share of the batch in the teacher's units. */
static void
convert(void *distill, int lane)
{
	struct distill *d = distill;
	size_t D = (size_t)d->bptt.net->D;

	for (int i = lane; i < d->bptt.n; i += BPTT_LANES) {
		float *x = d->x + (size_t)i * (size_t)d->steps * D;

		d->items[i] = d->from[i];
		d->items[i].x = x;
		for (size_t j = 0; j < (size_t)d->from[i].T * D; j++)
			x[j] = d->from[i].x[j] * d->factor[j % D] + d->term[j % D];
	}
}

const float *
distill_logits(struct distill *d, const struct bptt_item *items, int n)
{
	d->from = items;
	d->bptt.n = n;
	pool_run(d->bptt.pool, convert, d, BPTT_LANES);
	bptt_batch(&d->bptt, d->items, n, 0);
	return d->bptt.logits;
}
