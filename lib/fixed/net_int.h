/* SPDX-License-Identifier: MIT */
/*
 * net_int - the whole recogniser in integers: recurrent layers, pooling, linear, argmax
 *
 *	h^0_t = x_t,  h^l_t = layer l of h^{l-1}_t	(lstm_s8.h, lstm_s16.h, gru_s16.h)
 *	last:  logit = bo + Wo h_{T-1}		of h int8 its zero point is folded into bo
 *	mean:  logit = bo + Wo p		of h int8 p is int16 in units of s_h / 128:
 *	       p = round(128 sum_t (h_t - z) / T), halves up; |p| <= 32640
 *	       of h int16 in h's own: p = round(sum_t h_t / T), halves up
 *
 * Logits are 32-bit sums in units of the input of Wo times Wo's: they are
 * compared, never rescaled.
 *
 *	static uint32_t memory[NET_MEMORY_BYTES / 4];
 *	struct net_int_state s;
 *
 *	net_int_init(&s, &net, memory);		(once; also resets)
 *	net_int_reset(&s);			(before every utterance)
 *	net_int_step(&s, x);			(every frame)
 *	net_int_logits(&s, logits);		(whenever asked; changes nothing)
 *	word = net_int_argmax(logits, net.K);
 */
#ifndef WHIT_NET_INT_H
#define WHIT_NET_INT_H

#include <stddef.h>
#include <stdint.h>

#include "matvec.h"
#include "net_cell.h"

#define NET_INT_MEAN_BITS 7	/* p has 7 bits below the unit of an int8 h */
#define NET_INT_MEAN_T_MAX 65535 /* later frames do not enter the mean: the sum stays in 32 bits */

enum net_int_pooling { NET_INT_LAST, NET_INT_MEAN };

/* Constant for a model; may lie in flash. Pointers are borrowed. */
struct net_int {
	const struct net_cell *cell;
	const void *layer;		/* (layers) of the cell's struct, layer_bytes apart */
	/* the classifier: a matvec_ops' product, Wo (K, H) and bo (K) as it reads them */
	void (*linear)(int32_t *y, const void *b, const void *W, const int16_t *x, size_t row,
		size_t rows, size_t cols);
	const void *Wo, *bo;
	uint16_t layers, layer_bytes;
	uint16_t D, H, K;		/* inputs, units of every layer, labels */
	uint16_t pooling;		/* enum net_int_pooling */
	int32_t z;			/* zero point of the top layer's h; 0 of int16 */
};

struct net_int_state {
	const struct net_int *net;
	int32_t *sum;			/* (H) of the top layer's h - z; mean only */
	void *scratch;			/* of a step, or (H) int16 for the classifier */
	uint8_t *state;			/* layer after layer (net_cell.h) */
	uint32_t T;			/* frames in sum */
};

/* Layer l: a cell's struct. */
static inline const void *
net_int_layer(const struct net_int *net, size_t l)
{
	return (const uint8_t *)net->layer + l * net->layer_bytes;
}

/* Bytes that net_int_init() needs, a multiple of 4. */
size_t net_int_memory_size(const struct net_int *net);

/*
 * Lays s out in memory (4-byte aligned, net_int_memory_size() bytes) and
 * resets it. net must outlive s.
 */
void net_int_init(struct net_int_state *s, const struct net_int *net, void *memory);

/* Forgets everything heard. */
void net_int_reset(struct net_int_state *s);

/* One frame of features x (D): int8 or int16, as the cell says. */
void net_int_step(struct net_int_state *s, const void *x);

/* The same, adding what was clamped to count (layers) unless it is NULL. */
void net_int_step_count(struct net_int_state *s, const void *x, struct net_count *count);

/* Takes the top layer's h into the mean; both above do it. For who steps the layers alone. */
void net_int_pool(struct net_int_state *s);

/* h (H) of layer l, int8 or int16. */
void *net_int_h(const struct net_int_state *s, size_t l);

/* logits (K) of the frames since the reset; none is silence. Uses the scratch, changes no state. */
void net_int_logits(struct net_int_state *s, int32_t *logits);

/* Index of the largest of K >= 1 logits; the first of equals. */
size_t net_int_argmax(const int32_t *logits, size_t K);

#endif
