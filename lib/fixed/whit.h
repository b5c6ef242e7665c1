/* SPDX-License-Identifier: MIT */
/*
 * whit - the firmware library: from samples to a word, with a model made by export-c
 *
 * Freestanding C99, integers only, no allocation. The model is constant and
 * may lie in flash; all state lies in a struct whit and the memory given with
 * it, so that two streams need two of each. With the header of
 * `export-c --prefix digits`:
 *
 *	#include "digits.h"
 *
 *	static uint32_t memory[DIGITS_MEMORY_BYTES / 4];
 *	static struct whit w;
 *	int32_t logits[DIGITS_LABELS];
 *	int word;
 *
 *	whit_init(&w, &digits_model, memory);
 *	while ((n = samples from the microphone) > 0)
 *		whit_push(&w, samples, n);
 *	word = whit_result(&w, logits);
 *	if (word != WHIT_NONE)
 *		puts(whit_label(&digits_model, word));
 *	whit_reset(&w);				(before the next utterance)
 *
 * A model trained on features of another front end than mfcc_s16.h has no
 * input: whoever has its features calls whit_step() a frame, not whit_push().
 *
 * Compile all of lib/fixed with -ffunction-sections and link with
 * --gc-sections: what the host alone uses falls away.
 */
#ifndef WHIT_H
#define WHIT_H

#include <stddef.h>
#include <stdint.h>

#include "confidence.h"
#include "mfcc_s16.h"
#include "net_int.h"

#define WHIT_NONE (-1)		/* no word: no frame was heard yet; no such label */

/* How the coefficients of mfcc_s16.h become the net's x; D <= MFCC_S16_COEFS_MAX. */
struct whit_input {
	uint16_t hop;			/* samples from frame to frame */
	const int32_t *offset;		/* (D) */
	const int32_t *scale;		/* (D) */
	/* x (D), int8 or int16, of c (D) */
	void (*quantise)(void *x, const int32_t *c, const struct whit_input *in, size_t D);
};

/* quantise by input_s8.h, of nets whose x is int8; of others the same values as int16 */
void whit_input_s8(void *x, const int32_t *c, const struct whit_input *in, size_t D);
void whit_input_s8_s16(void *x, const int32_t *c, const struct whit_input *in, size_t D);
/* quantise by input_s16.h, whose shift is then in scale */
void whit_input_s16(void *x, const int32_t *c, const struct whit_input *in, size_t D);

/* What export-c writes. Constant; pointers are borrowed. */
struct whit_model {
	const struct net_int *net;
	const struct whit_input *input;	/* NULL: features come from elsewhere */
	const char *labels;		/* (net->K) names in UTF-8, each ended by a 0 */
	const struct confidence *confidence;	/* NULL: the model has none */
};

struct whit {
	const struct whit_model *model;
	struct mfcc_s16 *front;		/* NULL without input */
	struct net_int_state net;
	uint32_t frames;		/* since the reset; stays at 2^32 - 1 */
};

/* Bytes that whit_init() needs: what the exported header has as PREFIX_MEMORY_BYTES. */
size_t whit_memory_size(const struct whit_model *model);

/*
 * Lays w out in memory (4-byte aligned, whit_memory_size() bytes) and resets
 * it. model and memory must outlive w.
 */
void whit_init(struct whit *w, const struct whit_model *model, void *memory);

/* Forgets everything heard. */
void whit_reset(struct whit *w);

/* Hears n samples of 8 kHz. Returns how many frames they completed. Needs a model with input. */
size_t whit_push(struct whit *w, const int16_t *samples, size_t n);

/*
 * Hears one frame: x (D), int8 or int16 (net_cell.h), as input.offset and input.scale round
 * features (formats/model.md).
 */
void whit_step(struct whit *w, const void *x);

/*
 * logits (K) of the frames since the reset. Returns the index of the largest,
 * the first of equals, or WHIT_NONE before the first frame. Changes nothing:
 * more may follow.
 */
int whit_result(struct whit *w, int32_t *logits);

/* Name of word 0..K-1. */
const char *whit_label(const struct whit_model *model, int word);

/*
 * The label none, which means no word though it is one of K to whit_result(); WHIT_NONE where the
 * model has no such label, or no other.
 */
int whit_none(const struct whit_model *model);

#endif
