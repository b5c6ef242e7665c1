// SPDX-License-Identifier: MIT
#include "pot_check.h"

#include <string.h>

#include "net/model.h"
#include "pot_code.h"
#include "quant_pot.h"
#include "quant_read.h"

static int
is_bias(const struct tensor *t)
{
	return strstr(t->name, ".bias") != NULL;
}

/* Whether t holds weights: of a matrix or, unless they are excused, biases. */
static int
has_weights(const struct tensor *t, const struct quant_pot_form *form)
{
	return strstr(t->name, ".weight") || (is_bias(t) && !form->bias_int32);
}

/* One range of exponents: n weights from index `first` of t. */
static int
check_range(struct pot_checked *c, const struct tensor *t, size_t first, size_t n,
	char err[ERR_MAX])
{
	uint8_t code;
	int8_t high = 0;
	size_t bad;

	pot_code_high(&high, t->f32 + first, n);
	for (size_t i = first; i < first + n; i++) {
		if (pot_code_pack(&code, t->f32 + i, 1, 1, c->bits, &high, 0, &bad))
			return quant_read_fail(err, t->name, "expected 0 or +-2^k, k in %d..%d, "
				"got %.9g at %zu", high - pot_code_exponents(c->bits) + 1, high,
				(double)t->f32[i], i);
		c->zeros += t->f32[i] == 0;
	}
	c->weights += n;
	return 0;
}

static int
check_f32(struct pot_checked *c, const struct tensor *t, int by_row, char err[ERR_MAX])
{
	size_t n = by_row && t->ndim == 2 ? t->dims[1] : t->n;

	for (size_t i = 0; i < t->n; i += n)
		if (check_range(c, t, i, n, err))
			return -1;
	return 0;
}

/* The first of an int8 tensor that is no power of two times its scale. */
static int
check_s8(const struct tensor *t, char err[ERR_MAX])
{
	for (size_t i = 0; i < t->n; i++) {
		int v = t->s8[i] < 0 ? -t->s8[i] : t->s8[i];

		if (v & (v - 1))
			return quant_read_fail(err, t->name, "expected 0 or +-2^k, got %d times "
				"its scale at %zu", t->s8[i], i);
	}
	return 0;
}

/* Codes are checked by who loads them; here they are counted. */
static void
count_codes(struct pot_checked *c, const struct tensor *t, size_t rows, size_t cols)
{
	for (size_t k = 0; k < rows; k++)
		for (size_t j = 0; j < cols; j++)
			c->zeros += pot_code_at(t->u8 + k * (t->n / rows), j, c->bits) == 0;
	c->weights += rows * cols;
}

static int
check_pot(struct pot_checked *c, const struct tensor_set *set, char err[ERR_MAX])
{
	struct quant_pot_form form;
	struct quant_pot *q;
	struct rnn net;
	int D, K;

	q = quant_pot_load(set, &D, &K, err);
	if (!q)
		return -1;
	quant_pot_free(q);
	if (model_read_head(&net, &set->head, "pot", err) ||
		quant_pot_read_form(&form, &set->head, err))
		return -1;
	c->bits = form.bits;
	for (size_t i = 0; i < set->n; i++) {
		const struct tensor *t = &set->items[i];
		size_t rows = (size_t)(strncmp(t->name, "fc.", 3) ? rnn_gates(&net) : K);
		size_t cols = (size_t)(strstr(t->name, "weight_ih_l0") ? D : net.H);

		if (strstr(t->name, ".weight"))
			count_codes(c, t, rows, cols);
		else if (is_bias(t) && !form.bias_int32)
			count_codes(c, t, 1, rows);
	}
	return 0;
}

int
pot_check(struct pot_checked *c, const struct tensor_set *set, char err[ERR_MAX])
{
	struct quant_pot_form form = { .bits = POT_CODE_BITS_MAX };
	char precision[32] = "none";
	int float32;

	memset(c, 0, sizeof *c);
	meta_get(&set->head, "precision", precision, sizeof precision);
	if (strcmp(precision, "pot") == 0)
		return check_pot(c, set, err);
	if (meta_has(&set->head, "pot.bits") && quant_pot_read_form(&form, &set->head, err))
		return -1;
	c->bits = form.bits;
	float32 = strcmp(precision, "float32") == 0;
	for (size_t i = 0; i < set->n; i++) {
		const struct tensor *t = &set->items[i];

		if (!has_weights(t, &form))
			continue;
		if (t->dtype == TENSOR_F32 && float32) {
			if (check_f32(c, t, form.by_row, err))
				return -1;
		} else if (t->dtype == TENSOR_S8 && check_s8(t, err)) {
			return -1;
		}
	}
	if (!float32)
		return err_set(err, "precision: expected pot or float32, got %s, whose scales "
			"decide what its weights are", precision);
	return c->weights ? 0 : err_set(err, "expected weights, got none");
}
