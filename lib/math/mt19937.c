// SPDX-License-Identifier: MIT
#include <assert.h>

#include "mt19937.h"

enum { N = MT19937_N, M = 397 };

void
mt19937_seed(struct mt19937 *r, uint32_t seed)
{
	r->state[0] = seed;
	for (uint32_t i = 1; i < N; i++) {
		uint32_t s = r->state[i - 1];

		r->state[i] = 1812433253u * (s ^ s >> 30) + i;
	}
	r->next = N;
}

void
mt19937_seed_array(struct mt19937 *r, const uint32_t *key, size_t n)
{
	uint32_t *s = r->state;
	size_t i = 1, j = 0;

	assert(n > 0);
	mt19937_seed(r, 19650218);
	for (size_t k = n > N ? n : N; k > 0; k--) {
		s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1664525u) + key[j] + (uint32_t)j;
		if (++i == N) {
			s[0] = s[N - 1];
			i = 1;
		}
		if (++j == n)
			j = 0;
	}
	for (size_t k = N - 1; k > 0; k--) {
		s[i] = (s[i] ^ (s[i - 1] ^ s[i - 1] >> 30) * 1566083941u) - (uint32_t)i;
		if (++i == N) {
			s[0] = s[N - 1];
			i = 1;
		}
	}
	s[0] = 0x80000000u;
}

static void
refill(struct mt19937 *r)
{
	uint32_t *s = r->state;

	for (size_t i = 0; i < N; i++) {
		uint32_t y = (s[i] & 0x80000000u) | (s[(i + 1) % N] & 0x7fffffffu);

		s[i] = s[(i + M) % N] ^ y >> 1 ^ (y & 1 ? 0x9908b0dfu : 0);
	}
	r->next = 0;
}

uint32_t
mt19937_next(struct mt19937 *r)
{
	uint32_t y;

	if (r->next == N)
		refill(r);
	y = r->state[r->next++];
	y ^= y >> 11;
	y ^= y << 7 & 0x9d2c5680u;
	y ^= y << 15 & 0xefc60000u;
	return y ^ y >> 18;
}

uint32_t
mt19937_interval(struct mt19937 *r, uint32_t max)
{
	uint32_t mask = max, v;

	if (max == 0)
		return 0;
	for (int e = 1; e < 32; e *= 2)
		mask |= mask >> e;
	while ((v = mt19937_next(r) & mask) > max)
		;
	return v;
}

void
mt19937_permutation(struct mt19937 *r, size_t *order, size_t n)
{
	assert(n == 0 || n - 1 <= UINT32_MAX);
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	for (size_t i = n; i-- > 1;) {
		size_t j = mt19937_interval(r, (uint32_t)i), t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
}
