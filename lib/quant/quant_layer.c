/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "quant_layer.h"

int
quant_prove_row(const char *name, size_t row, int32_t b, const int8_t *w, size_t n, int64_t x_max,
	const struct requant *r, char err[ERR_MAX])
{
	int64_t bound = llabs((long long)b), out;

	for (size_t j = 0; j < n; j++)
		bound += abs(w[j]) * x_max;
	if (bound > INT32_MAX)
		return quant_read_fail(err, name,
			"row %zu: expected sums within 32 bits, got up to %lld", row,
			(long long)bound);
	if (!r)
		return 0;
	out = (((bound * r->mult) >> (30 - r->shift)) + 1) >> 1;
	if (out > INT32_MAX - 32768)
		return quant_read_fail(err, name,
			"row %zu: expected gates within 32 bits, got up to %lld", row,
			(long long)out);
	return 0;
}

int
quant_check_weights(const struct tensor *t, char err[ERR_MAX])
{
	for (size_t i = 0; i < t->n; i++)
		if (t->s8[i] == INT8_MIN)
			return quant_read_fail(err, t->name, "expected -127..127, got -128 at %zu",
				i);
	return 0;
}

int
quant_read_requant(struct requant *r, const struct tensor *t, size_t row, char err[ERR_MAX])
{
	r->mult = t->s32[2 * row];
	r->shift = t->s32[2 * row + 1];
	if ((r->mult != 0 && r->mult < 1 << 30) || r->shift < REQUANT_SHIFT_MIN ||
		r->shift > REQUANT_SHIFT_MAX)
		return quant_read_fail(err, t->name,
			"row %zu: expected a mantissa of 31 bits and a shift in %d..%d, "
			"got %d and %d", row, REQUANT_SHIFT_MIN, REQUANT_SHIFT_MAX, r->mult,
			r->shift);
	return 0;
}

int
quant_read_range(int32_t *v, const struct tensor *t, size_t i, int32_t lo, int32_t hi,
	char err[ERR_MAX])
{
	*v = t->s32[i];
	if (*v < lo || *v > hi)
		return quant_read_fail(err, t->name, "expected %d..%d at %zu, got %d", lo, hi, i,
			*v);
	return 0;
}
