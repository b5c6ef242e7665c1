// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "batch.h"
#include "math/rng.h"

int
batch_init(struct batch *b, const struct rnn *net, const struct augment *augment, uint64_t seed,
	int size, int train_steps, int plain_steps)
{
	int steps = augment_steps(augment, train_steps);
	size_t room;

	memset(b, 0, sizeof(*b));
	b->net = net;
	b->augment = augment_any(augment) ? augment : NULL;
	b->seed = seed;
	b->steps = steps > plain_steps ? steps : plain_steps;
	room = (size_t)b->steps * (size_t)net->D;
	if (room > (size_t)-1 / sizeof(*b->frames) / ((size_t)size + BPTT_LANES))
		return -1;
	b->items = malloc((size_t)size * sizeof(*b->items));
	if (b->augment || net->mean)
		b->frames = malloc((size_t)size * room * sizeof(*b->frames));
	if (b->augment && net->mean)
		b->plain = malloc(BPTT_LANES * room * sizeof(*b->plain));
	return b->items && (b->frames || !(b->augment || net->mean)) &&
		(b->plain || !(b->augment && net->mean)) ? 0 : -1;
}

/* Each lane's share of the batch: the utterance, or what becomes of it in this epoch. */
static void
change(void *batch, int lane)
{
	struct batch *b = batch;
	size_t room = (size_t)b->steps * (size_t)b->net->D;

	for (int i = lane; i < b->n; i += BPTT_LANES) {
		struct bptt_item *item = &b->items[i];
		float *y = b->frames + (size_t)i * room;

		*item = b->set->items[b->which[i]];
		if (b->net->mean) {
			rnn_normalise(b->net, b->plain + (size_t)lane * room, item->x, item->T);
			item->x = b->plain + (size_t)lane * room;
		}
		item->T = augment_apply(b->augment, y, item->x, item->T, b->net->D,
			rng_key(b->seed, (uint64_t)b->epoch, b->which[i]));
		item->x = y;
	}
}

/* Item i of the batch, which is filled, without changes. */
static void
normalise(struct batch *b, int i)
{
	struct bptt_item *item = &b->items[i];
	float *y;

	if (!b->net->mean)
		return;
	y = b->frames + (size_t)i * (size_t)b->steps * (size_t)b->net->D;
	rnn_normalise(b->net, y, item->x, item->T);
	item->x = y;
}

void
batch_train(struct batch *b, struct pool *p, const struct dataset *set, const uint32_t *which,
	int n, int epoch)
{
	b->set = set;
	b->which = which;
	b->n = n;
	b->epoch = epoch;
	if (b->augment) {
		pool_run(p, change, b, BPTT_LANES);
		return;
	}
	for (int i = 0; i < n; i++) {
		b->items[i] = set->items[which[i]];
		normalise(b, i);
	}
}

void
batch_plain(struct batch *b, const struct dataset *set, size_t first, int n)
{
	b->n = n;
	memcpy(b->items, set->items + first, (size_t)n * sizeof(*b->items));
	for (int i = 0; i < n; i++)
		normalise(b, i);
}

void
batch_free(struct batch *b)
{
	free(b->items);
	free(b->frames);
	free(b->plain);
	memset(b, 0, sizeof(*b));
}
