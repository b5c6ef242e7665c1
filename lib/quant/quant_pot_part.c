// SPDX-License-Identifier: MIT
#include "quant_pot_part.h"

#include <stdlib.h>

#include "pot_code.h"
#include "quant_read.h"

#define GATE_BITS 12		/* gates have units 2^-12 */
#define X_BITS 15		/* |x| <= 2^15 */
#define UP_MAX 31		/* of a row of zeros: no sum of another fits so far up */

int
quant_pot_part_init(struct quant_pot_part *p)
{
	int n = pot_code_exponents(p->bits), least = p->high->s8[0];

	for (size_t k = 1; k < p->high->n; k++)
		if (p->high->s8[k] < least)
			least = p->high->s8[k];
	p->s = least - (n - 1) + p->drop + p->u;
	p->up = NULL;
	if (p->high->n > 1) {
		p->up = malloc(p->high->n);
		if (!p->up)
			return -1;
		for (size_t k = 0; k < p->high->n; k++) {
			int up = p->high->s8[k] - least;

			p->up[k] = (uint8_t)(up < UP_MAX ? up : UP_MAX);
		}
	}
	p->matrix = (struct pot_matrix){ p->W->u8, p->up, (uint16_t)p->W->dims[1],
		(uint16_t)p->drop };
	p->bias = (struct pot_bias){ NULL, NULL, p->high_b - p->s };
	if (p->b->dtype == TENSOR_U8)
		p->bias.codes = p->b->u8;
	else
		p->bias.sums = p->b->s32;
	return 0;
}

void
quant_pot_part_free(struct quant_pot_part *p)
{
	free(p->up);
	p->up = NULL;
}

/* |b_k| in units of the sums, or more than fits */
static int64_t
bias_bound(const struct quant_pot_part *p, size_t k)
{
	unsigned code;
	int e;

	if (p->bias.sums)
		return llabs((long long)p->bias.sums[k]);
	code = pot_code_at(p->bias.codes, k, p->bits);
	if (pot_code_units(code, p->bits) == 0)
		return 0;
	e = p->bias.high - ((int)code & pot_code_exponents(p->bits)) + 1;
	return e > 31 ? INT64_MAX / 2 : e < 0 ? 1 : (int64_t)1 << e;
}

int
quant_pot_part_prove(const struct quant_pot_part *p, int gates, char err[ERR_MAX])
{
	int t = p->s + GATE_BITS;

	if (gates && (t < REQUANT_SHIFT_MIN || t >= REQUANT_SHIFT_MAX))
		return quant_read_fail(err, p->W->name, "expected sums of units 2^%d to 2^%d, got "
			"2^%d", REQUANT_SHIFT_MIN - GATE_BITS, REQUANT_SHIFT_MAX - 1 - GATE_BITS,
			p->s);
	for (size_t k = 0; k < p->W->dims[0]; k++) {
		const uint8_t *row = p->W->u8 + k * p->W->dims[1];
		int up = p->up ? p->up[k] : 0;
		int64_t bound = 0;

		for (size_t j = 0; j < p->cols; j++)
			bound += llabs((long long)pot_code_units(pot_code_at(row, j, p->bits),
				p->bits)) << X_BITS >> p->drop;
		/* 2^14 2^15 2^12 columns: 2^41 */
		bound = up < 21 || bound == 0 ? bound << (bound ? up : 0) : INT64_MAX / 2;
		bound += bias_bound(p, k);
		if (bound > INT32_MAX)
			return quant_read_fail(err, p->W->name, "row %zu: expected sums within 32 "
				"bits, got more", k);
		if (gates && t >= 0 && bound > (INT32_MAX - 32768) >> t)
			return quant_read_fail(err, p->W->name, "row %zu: expected gates within "
				"32 bits, got more", k);
	}
	return 0;
}

struct requant
quant_pot_part_rescale(const struct quant_pot_part *p)
{
	return (struct requant){ 1 << 30, p->s + GATE_BITS + 1 };
}
