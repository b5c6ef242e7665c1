/* SPDX-License-Identifier: MIT */
/*
 * rng - the seeded generator behind everything random in training
 *
 * PCG32 (XSH-RR 64/32): M. E. O'Neill, "PCG: A Family of Simple Fast
 * Space-Efficient Statistically Good Algorithms for Random Number Generation",
 * HMC-CS-2014-0905. A generator is a seed and a stream; each purpose has a
 * stream of its own, so that changing how one draws leaves the others alone.
 *
 *	struct rng g;
 *
 *	rng_init(&g, seed, RNG_ORDER);
 *	rng_shuffle(&g, order, n);
 */
#ifndef WHIT_RNG_H
#define WHIT_RNG_H

#include <stddef.h>
#include <stdint.h>

/*
 * Streams of one seed. RNG_AUDIO + i: variations of recordings (vary.h), i < 16. RNG_STRETCH to
 * RNG_COEF_MASKS: changes to features (augment.h), of seeds by rng_key(seed, epoch, utterance).
 * RNG_DROPOUT + i: gradient lane i (bptt.h), i < 256.
 */
enum rng_stream {
	RNG_WEIGHTS = 1,	/* initial weights, in the order of rnn's block */
	RNG_ORDER = 2,		/* order of the utterances, all epochs in a row */
	RNG_VALIDATE = 4,	/* which utterances --validate-share takes */
	RNG_STRETCH = 5,
	RNG_DROP_STEPS = 6,
	RNG_OFFSET = 7,
	RNG_NOISE = 8,
	RNG_TIME_MASKS = 9,
	RNG_COEF_MASKS = 10,
	RNG_POT = 11,		/* stochastic powers of two (pot_train.h) */
	RNG_AUDIO = 0x40,
	RNG_DROPOUT = 0x100
};

struct rng {
	uint64_t state, increment;
};

/* Starts stream `stream` of seed: pcg32_srandom_r(seed, stream) of the PCG C library. */
void rng_init(struct rng *g, uint64_t seed, uint64_t stream);
/*
 * A seed made of a seed and two numbers, for a piece of work whose draws must not depend on what
 * was drawn before it: SplitMix64's finaliser (Steele, Lea, Flood 2014) after adding each in turn.
 */
uint64_t rng_key(uint64_t seed, uint64_t a, uint64_t b);
#define RNG_MULTIPLIER 6364136223846793005u	/* Knuth's MMIX, as the PCG paper */

/* 32 random bits. Here because dropout draws millions a second. */
static inline uint32_t
rng_u32(struct rng *g)
{
	uint64_t old = g->state;
	uint32_t xorshifted = (uint32_t)(((old >> 18) ^ old) >> 27);
	uint32_t rot = (uint32_t)(old >> 59);

	g->state = old * RNG_MULTIPLIER + g->increment;
	return xorshifted >> rot | xorshifted << (-rot & 31);
}

/* Uniform in 0..n-1 without bias (rejection); n >= 1. */
uint32_t rng_below(struct rng *g, uint32_t n);
/* Uniform in [0, 1): a multiple of 2^-24. */
float rng_float(struct rng *g);
/* Fisher-Yates from the last item down; n < 2^32. */
void rng_shuffle(struct rng *g, uint32_t *items, size_t n);

#endif
