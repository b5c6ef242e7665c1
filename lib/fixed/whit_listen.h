/* SPDX-License-Identifier: MIT */
/*
 * whit_listen - words in an endless stream of samples: whit.h behind a gate (gate.h)
 *
 *	static uint32_t memory[DIGITS_LISTEN_BYTES / 4];
 *	static struct whit_listen l;
 *	struct whit_heard h;
 *
 *	whit_listen_init(&l, &digits_model, memory);
 *	while ((n = samples from the microphone) > 0)
 *		for (size_t i = 0; i < n; ) {
 *			i += whit_listen_push(&l, samples + i, n - i);
 *			if (whit_listen_pop(&l, &h) && h.word != WHIT_NONE)
 *				puts(whit_label(&digits_model, h.word));
 *		}
 *
 * The front end hears everything. Its last frames wait in a ring; when the gate opens the net
 * starts anew and takes those, from LISTEN_BEFORE frames before the word on, then every
 * frame until the gate ends it. The result is the one of LISTEN_AFTER frames behind the last loud
 * one: the pause that tells the end is no part of the word. So the frame that opens the gate costs
 * LISTEN_RING steps of the net, and all others one or none.
 *
 * LISTEN_BEFORE and LISTEN_AFTER were chosen as gate.h's numbers were: of 0 to 6 and 1 to 4 frames,
 * what finds most words in noise without losing one where there is none.
 */
#ifndef WHIT_LISTEN_H
#define WHIT_LISTEN_H

#include "gate.h"
#include "whit.h"

#define LISTEN_BEFORE 1		/* frames of 20 ms before the first loud one */
#define LISTEN_AFTER 2		/* behind the last; less than GATE_HANG */
#define LISTEN_RING (LISTEN_BEFORE + GATE_ON_FRAMES)
#define LISTEN_CONFIDENCE_NONE (-1)

/* A word, or a sound as long as one. */
struct whit_heard {
	int word;			/* 0..K-1; WHIT_NONE: the label none, or p too low */
	int nearest;			/* 0..K-1 whatever the confidence */
	int32_t confidence;		/* Q0.15; LISTEN_CONFIDENCE_NONE: the model has none */
	uint32_t begin, end;		/* its first and last loud frame since the start */
};

struct whit_listen {
	struct whit w;
	struct gate gate;
	uint8_t *ring;			/* (LISTEN_RING, D) x of the last frames */
	int32_t *logits;		/* (K) where the word ended, if it has */
	uint32_t frames;		/* heard */
	uint32_t begin;			/* first loud frame of the word that is open */
	int none;			/* whit_none() */
};

/* As whit_memory_size(), whit_init(); the model must have an input and labels. */
size_t whit_listen_memory_size(const struct whit_model *model);
void whit_listen_init(struct whit_listen *l, const struct whit_model *model, void *memory);

/* Takes samples (n) of 8 kHz up to the end of a frame. Returns how many, 0 while a frame waits. */
size_t whit_listen_push(struct whit_listen *l, const int16_t *samples, size_t n);
/* Hears the frame if one is complete. 1 and *h when a word ended with it, else 0. */
int whit_listen_pop(struct whit_listen *l, struct whit_heard *h);
/* The stream has ended: 1 and *h when a word was open, else 0. */
int whit_listen_end(struct whit_listen *l, struct whit_heard *h);

#endif
