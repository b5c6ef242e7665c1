/* SPDX-License-Identifier: MIT */
#include "whit_listen.h"

static size_t
x_bytes(const struct whit_model *model)
{
	return (size_t)model->net->D * model->net->cell->value_bytes;
}

/* Of the ring, rounded to whole words. */
static size_t
ring_bytes(const struct whit_model *model)
{
	return (LISTEN_RING * x_bytes(model) + 3) / 4 * 4;
}

size_t
whit_listen_memory_size(const struct whit_model *model)
{
	return whit_memory_size(model) + 4 * (size_t)model->net->K + ring_bytes(model);
}

void
whit_listen_init(struct whit_listen *l, const struct whit_model *model, void *memory)
{
	l->logits = (int32_t *)((uint8_t *)memory + whit_memory_size(model));
	l->ring = (uint8_t *)(l->logits + model->net->K);
	whit_init(&l->w, model, memory);
	gate_init(&l->gate);
	l->frames = 0;
	l->begin = 0;
	l->none = whit_none(model);
}

size_t
whit_listen_push(struct whit_listen *l, const int16_t *samples, size_t n)
{
	return mfcc_s16_push(l->w.front, samples, n);
}

/* x of frame t, one of the last LISTEN_RING */
static void *
ring_at(const struct whit_listen *l, uint32_t t)
{
	return l->ring + t % LISTEN_RING * x_bytes(l->w.model);
}

static int
tell(struct whit_listen *l, struct whit_heard *h)
{
	const struct whit_model *model = l->w.model;

	h->nearest = (int)net_int_argmax(l->logits, model->net->K);
	h->confidence = LISTEN_CONFIDENCE_NONE;
	h->word = h->nearest == l->none ? WHIT_NONE : h->nearest;
	if (model->confidence) {
		h->confidence = confidence_q15(model->confidence, l->logits, model->net->K,
			l->none);
		if (h->confidence < model->confidence->threshold)
			h->word = WHIT_NONE;
	}
	h->begin = l->begin;
	h->end = l->frames - 1 - l->gate.quiet;
	return 1;
}

int
whit_listen_end(struct whit_listen *l, struct whit_heard *h)
{
	int early = l->gate.quiet < LISTEN_AFTER;

	if (gate_end(&l->gate) != GATE_ENDED)
		return 0;
	if (early)
		net_int_logits(&l->w.net, l->logits);
	return tell(l, h);
}

int
whit_listen_pop(struct whit_listen *l, struct whit_heard *h)
{
	const struct whit_model *model = l->w.model;
	const struct whit_input *in = model->input;
	int32_t c[MFCC_S16_COEFS_MAX];
	uint32_t t = l->frames;

	if (!mfcc_s16_pop(l->w.front, c, model->net->D))
		return 0;
	in->quantise(ring_at(l, t), c, in, model->net->D);
	l->frames++;
	switch (gate_push(&l->gate, c[0])) {
	case GATE_OPENED:
		l->begin = t + 1 - GATE_ON_FRAMES;
		net_int_reset(&l->w.net);
		for (uint32_t i = t + 1 < LISTEN_RING ? 0 : t + 1 - LISTEN_RING; i <= t; i++)
			net_int_step(&l->w.net, ring_at(l, i));
		return 0;
	case GATE_OPEN:
		net_int_step(&l->w.net, ring_at(l, t));
		if (l->gate.quiet == LISTEN_AFTER)
			net_int_logits(&l->w.net, l->logits);
		return 0;
	case GATE_ENDED:
		return tell(l, h);
	default:
		return 0;
	}
}
