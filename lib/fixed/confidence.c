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

int16_t
confidence_q15(const struct confidence *c, const int32_t *logits, size_t K)
{
	int32_t best = logits[0], second = K > 1 ? INT32_MIN : best;
	int16_t p;

	for (size_t k = 1; k < K; k++) {
		if (logits[k] > best) {
			second = best;
			best = logits[k];
		} else if (logits[k] > second) {
			second = logits[k];
		}
	}
	p = sat_s16(scaled((int64_t)best - second, c->margin) + scaled(best, c->best) + c->offset,
		NULL);
	act_sigmoid_s16(&p, &p, 1);
	return p;
}
