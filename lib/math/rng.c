// SPDX-License-Identifier: MIT
#include "rng.h"

#define SPLITMIX_GAMMA 0x9e3779b97f4a7c15u	/* 2^64 / golden ratio */

void
rng_init(struct rng *g, uint64_t seed, uint64_t stream)
{
	g->state = 0;
	g->increment = stream << 1 | 1;
	rng_u32(g);
	g->state += seed;
	rng_u32(g);
}

static uint64_t
mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

uint64_t
rng_key(uint64_t seed, uint64_t a, uint64_t b)
{
	return mix(mix(mix(seed + SPLITMIX_GAMMA) + a + SPLITMIX_GAMMA) + b + SPLITMIX_GAMMA);
}

uint32_t
rng_below(struct rng *g, uint32_t n)
{
	uint32_t threshold = -n % n;	/* 2^32 mod n: values below it would be one too many */
	uint32_t u;

	do
		u = rng_u32(g);
	while (u < threshold);
	return u % n;
}

float
rng_float(struct rng *g)
{
	return (float)(rng_u32(g) >> 8) * 0x1p-24f;
}

void
rng_shuffle(struct rng *g, uint32_t *items, size_t n)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = rng_below(g, (uint32_t)i);
		uint32_t t = items[i - 1];

		items[i - 1] = items[j];
		items[j] = t;
	}
}
