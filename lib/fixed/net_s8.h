/* SPDX-License-Identifier: MIT */
/*
 * net_s8 - the whole recogniser in integers: LSTM layers, pooling, linear, argmax
 *
 *	h^0_t = x_t,  h^l_t = layer l of h^{l-1}_t		(lstm_s8.h)
 *	last:  logit = bo + Wo h_{T-1}		h int8, its zero point folded into bo
 *	mean:  logit = bo + Wo p		p int16 in units of s_h / 128:
 *	       p = round(128 sum_t (h_t - z_h) / T), halves up; |p| <= 32640
 *
 * Logits are 32-bit sums in units of s_h s_Wo (last) or s_h s_Wo / 128 (mean):
 * they are compared, never rescaled.
 *
 *	static uint32_t memory[NET_S8_MEMORY_BYTES / 4];
 *	struct net_s8_state s;
 *
 *	net_s8_init(&s, &net, memory);		(once; also resets)
 *	net_s8_reset(&s);			(before every utterance)
 *	net_s8_step(&s, x);			(every frame)
 *	net_s8_logits(&s, logits);		(whenever asked; changes nothing)
 *	word = net_s8_argmax(logits, net.K);
 */
#ifndef WHIT_NET_S8_H
#define WHIT_NET_S8_H

#include <stddef.h>
#include <stdint.h>

#include "lstm_s8.h"
#include "lstm_s8_wide.h"

#define NET_S8_MEAN_BITS 7		/* p has 7 bits below h's unit */
#define NET_S8_MEAN_T_MAX 65535 /* later frames do not enter the mean: the sum stays in 32 bits */

enum net_s8_pooling { NET_S8_LAST, NET_S8_MEAN };

/* Constant for a model; may lie in flash. Pointers are borrowed. */
struct net_s8 {
	uint16_t layers, K;
	uint16_t pooling;		/* enum net_s8_pooling */
	const struct lstm_s8 *layer;	/* (layers) layer[l].D == layer[l-1].H */
	const int8_t *Wo;		/* (K, H) */
	const int32_t *bo;		/* (K) */
};

struct net_s8_state {
	const struct net_s8 *net;
	int32_t *sum;			/* (H) of the top layer's h - z_h; mean only */
	int32_t *scratch;		/* of a step, or (H) int16 of the mean */
	int16_t *c;			/* layer after layer, H each */
	int8_t *h;			/* the same */
	uint32_t T;			/* frames in sum */
};

/* Bytes that net_s8_init() needs, a multiple of 4. */
size_t net_s8_memory_size(const struct net_s8 *net);

/*
 * Lays s out in memory (4-byte aligned, net_s8_memory_size() bytes) and resets
 * it. net must outlive s.
 */
void net_s8_init(struct net_s8_state *s, const struct net_s8 *net, void *memory);

/* Forgets everything heard. */
void net_s8_reset(struct net_s8_state *s);

/* One frame x (D) of int8 features. */
void net_s8_step(struct net_s8_state *s, const int8_t *x);

/* The same, adding what was clamped to count (layers) unless it is NULL. */
void net_s8_step_count(struct net_s8_state *s, const int8_t *x, struct lstm_s8_count *count);

/* The same as net_s8_step(), faster, with wide (layers) made from the net's. For the host. */
void net_s8_step_wide(struct net_s8_state *s, struct lstm_s8_wide *wide, const int8_t *x);

/* Takes the top layer's h into the mean; the three above do it. For who steps the layers alone. */
void net_s8_pool(struct net_s8_state *s);

/* logits (K) of the frames since the reset; none is silence. Uses the scratch, changes no state. */
void net_s8_logits(struct net_s8_state *s, int32_t *logits);

/* Index of the largest of K >= 1 logits; the first of equals. */
size_t net_s8_argmax(const int32_t *logits, size_t K);

#endif
