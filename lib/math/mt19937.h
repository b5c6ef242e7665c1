/* SPDX-License-Identifier: MIT */
/*
 * mt19937 - the random numbers of numpy's RandomState, bit for bit
 *
 * Only where an answer must be the one that numpy and scikit-learn give:
 * splits. Everything else draws from rng.h.
 *
 *	struct mt19937 r;
 *	size_t order[600];
 *
 *	mt19937_seed(&r, 42);			RandomState(42)
 *	mt19937_permutation(&r, order, 600);	    .permutation(600)
 *
 * Generator: M. Matsumoto and T. Nishimura, "Mersenne Twister", ACM TOMACS 8
 * (1998), with the seedings of mt19937ar.c (2002). Draws below a bound and the
 * shuffle: numpy's legacy ones (masks and rejection), frozen by NEP 19.
 */
#ifndef WHIT_MT19937_H
#define WHIT_MT19937_H

#include <stddef.h>
#include <stdint.h>

#define MT19937_N 624		/* words of state */

struct mt19937 {
	uint32_t state[MT19937_N];
	size_t next;		/* first unused word of state */
};

/* RandomState(seed): one word. */
void mt19937_seed(struct mt19937 *r, uint32_t seed);
/* RandomState([key[0], ...]): n >= 1 words. */
void mt19937_seed_array(struct mt19937 *r, const uint32_t *key, size_t n);
/* Next 32 bits. */
uint32_t mt19937_next(struct mt19937 *r);
/* A whole number in 0..max, both ends possible. max 0 draws nothing. */
uint32_t mt19937_interval(struct mt19937 *r, uint32_t max);
/* order[0..n-1] becomes RandomState.permutation(n); n <= 2^32. */
void mt19937_permutation(struct mt19937 *r, size_t *order, size_t n);

#endif
