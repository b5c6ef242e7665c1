/* SPDX-License-Identifier: MIT */
#include "confidence.h"

#include "act_s16.h"

#define REACH ((int64_t)1 << 25)	/* beyond the ends of Q3.12 whatever else is added */

/* floor(v r + 1/2), clamped to +-REACH; |v| < 2^32, |r.mult| < 2^31, r.shift <= 30: in 64 bits */
static int32_t
scaled(int64_t v, struct requant r)
{
	int64_t y = (((v * r.mult) >> (30 - r.shift)) + 1) >> 1;

	return (int32_t)(y < -REACH ? -REACH : y > REACH ? REACH : y);
}

int32_t
confidence_best(int32_t *second, const int32_t *logits, size_t K, int none)
{
	size_t first = none == 0;
	int32_t best = logits[first];

	*second = K == 1 ? best : none < 0 ? INT32_MIN : logits[none];
	for (size_t k = first + 1; k < K; k++) {
		if ((int)k == none)
			continue;
		if (logits[k] > best) {
			*second = best > *second ? best : *second;
			best = logits[k];
		} else if (logits[k] > *second) {
			*second = logits[k];
		}
	}
	return best;
}

int16_t
confidence_q15(const struct confidence *c, const int32_t *logits, size_t K, int none)
{
	int32_t second, best = confidence_best(&second, logits, K, none);
	int16_t p;

	p = sat_s16(scaled((int64_t)best - second, c->margin) + scaled(best, c->best) + c->offset,
		NULL);
	act_sigmoid_s16(&p, &p, 1);
	return p;
}
