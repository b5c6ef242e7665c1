// SPDX-License-Identifier: MIT
/* The pot model from a float net of powers of two and its calibration. */
#include "quant_pot.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input_s16.h"
#include "input_s8.h"
#include "net/model.h"
#include "pot_code.h"
#include "quant_pot_part.h"
#include "quant_read.h"

#define CELL_E_MIN (-15)	/* a cell that stays within +-1 */
#define H_U (-15)		/* h has units 2^-15 */

/* A tensor of set by its number: set->items may move. */
struct made {
	struct tensor_set *set;
	const struct quant_pot_form *form;
};

static size_t
add(const struct made *m, const char *name, enum tensor_dtype d, size_t rows, size_t cols)
{
	const uint32_t dims[2] = { (uint32_t)rows, (uint32_t)cols };

	etensor_add(m->set, name, d, cols ? 2 : 1, dims);
	return m->set->n - 1;
}

static size_t
add_pass(const struct made *m, const struct rnn *net, const char *what, int l,
	enum tensor_dtype d, size_t rows, size_t cols)
{
	char name[RNN_NAME_MAX];

	rnn_name(name, net, what, l);
	return add(m, name, d, rows, cols);
}

/* Exponent of |w|, a power of two. */
static int
exponent(float w)
{
	int e;

	frexpf(w, &e);
	return e - 1;
}

/*
 * high of each row, as large as its weights allow but not above the tensor's: the nearer to each
 * other, the fewer bits are between the units of rows.
 */
static void
row_highs(int8_t *high, const float *w, size_t rows, size_t cols, int bits)
{
	int n = pot_code_exponents(bits);
	int8_t top = 0;

	pot_code_high(&top, w, rows * cols);
	for (size_t k = 0; k < rows; k++) {
		int least = top;

		high[k] = top;
		for (size_t j = 0; j < cols; j++)
			if (w[k * cols + j] != 0 && exponent(w[k * cols + j]) < least)
				least = exponent(w[k * cols + j]);
		if (least + n - 1 < top && least + n - 1 >= -POT_CODE_HIGH_MAX)
			high[k] = (int8_t)(least + n - 1);
	}
}

/* Codes of w (rows, cols) into tensor t; its highs are there. */
static int
pack(struct tensor *t, const struct tensor *high, const float *w, size_t rows, size_t cols,
	int bits, char err[ERR_MAX])
{
	size_t bad, k;

	if (pot_code_pack(t->u8, w, rows, cols, bits, high->s8, high->n > 1, &bad) == 0)
		return 0;
	k = high->n > 1 ? bad / cols : 0;
	return quant_read_fail(err, t->name, "expected 0 or +-2^k, k in %d..%d, got %.9g at %zu",
		high->s8[k] - pot_code_exponents(bits) + 1, high->s8[k], (double)w[bad], bad);
}

/* A matrix and its bias in float, and where what is made of them goes. */
struct source {
	const float *W, *b;
	size_t rows, cols;
	size_t weight, bias, high, high_b, drop;	/* tensors of the set */
	size_t i;				/* which element of high_b and of drop */
	int u, gates;
};

/* bias_k in units 2^s */
static int
round_biases(struct tensor *t, const float *b, int s, char err[ERR_MAX])
{
	for (size_t k = 0; k < t->n; k++) {
		double v = floor(ldexp((double)b[k], -s) + .5);

		if (!(fabs(v) <= INT32_MAX))
			return quant_read_fail(err, t->name, "expected biases within 32 bits, got "
				"%g at %zu", v, k);
		t->s32[k] = (int32_t)v;
	}
	return 0;
}

/* The unit with the fewest bits dropped with which no sum overflows. *s: its exponent. */
static int
choose_unit(const struct made *m, const struct source *from, int *s, char err[ERR_MAX])
{
	struct tensor *t = m->set->items;
	int status = -1;

	for (int drop = 0; drop < pot_code_exponents(m->form->bits) && status != 0; drop++) {
		struct quant_pot_part p = {
			.W = t + from->weight, .high = t + from->high, .b = t + from->bias,
			.cols = from->cols, .bits = m->form->bits, .drop = drop, .u = from->u,
		};

		if (!m->form->bias_int32)
			p.high_b = t[from->high_b].s8[from->i];
		if (quant_pot_part_init(&p))
			return err_set(err, "no memory");
		*s = p.s;
		t[from->drop].s32[from->i] = drop;
		status = m->form->bias_int32 ?
			round_biases(t + from->bias, from->b, p.s, err) : 0;
		if (status == 0)
			status = quant_pot_part_prove(&p, from->gates, err);
		quant_pot_part_free(&p);
	}
	return status;
}

static int
make_part(const struct made *m, const struct source *from, int *s, char err[ERR_MAX])
{
	struct tensor *t = m->set->items, *high = t + from->high;
	int bits = m->form->bits;

	if (high->n > 1)
		row_highs(high->s8, from->W, from->rows, from->cols, bits);
	else
		high->s8[0] = 0, pot_code_high(high->s8, from->W, from->rows * from->cols);
	if (pack(t + from->weight, high, from->W, from->rows, from->cols, bits, err))
		return -1;
	if (!m->form->bias_int32) {
		struct tensor one = { .n = 1, .s8 = &t[from->high_b].s8[from->i] };

		*one.s8 = -POT_CODE_HIGH_MAX;	/* of no bias: below all units */
		pot_code_high(one.s8, from->b, from->rows);
		if (pack(t + from->bias, &one, from->b, 1, from->rows, bits, err))
			return -1;
	}
	return choose_unit(m, from, s, err);
}

/* Type and elements of a bias; and of a matrix' highs. */
static size_t
add_bias(const struct made *m, const char *name, size_t rows)
{
	return m->form->bias_int32 ? add(m, name, TENSOR_S32, rows, 0) :
		add(m, name, TENSOR_U8, pot_code_bytes(rows, m->form->bits), 0);
}

static size_t
highs(const struct made *m, size_t rows)
{
	return m->form->by_row ? rows : 1;
}

/* The unit of an LSTM's cell: max|c| = m 2^e, m < 1, and 2^e fills 16 bits. */
static int
make_cell(const struct made *m, const struct quant_calib *cal, int l, char err[ERR_MAX])
{
	size_t state = add_pass(m, cal->net, "state", l, TENSOR_S32, 1, 0);
	struct tensor *t = &m->set->items[state];
	double c_max = fmax(-cal->c[l].min, cal->c[l].max);
	int e;

	if (!(c_max < 32768))
		return quant_read_fail(err, t->name, "expected a cell below 32768, got %g", c_max);
	frexp(c_max, &e);
	e = e - 15 < CELL_E_MIN ? CELL_E_MIN : e - 15;
	t->s32[0] = e;
	emeta_set(&t->meta, "scale.c", "%.9g", ldexp(1, e));
	return 0;
}

static int
make_layer(const struct made *m, const struct quant_calib *cal, int l, int u, char err[ERR_MAX])
{
	const struct rnn *net = cal->net;
	size_t G = (size_t)rnn_gates(net), D = (size_t)rnn_inputs(net, l), H = (size_t)net->H;
	struct source x = { net->Wx[l], net->bx[l], G, D, .i = 0, .u = u, .gates = 1 };
	struct source h = { net->Wh[l], net->bh[l], G, H, .i = 1, .u = H_U, .gates = 1 };
	char name[RNN_NAME_MAX];
	int s;

	x.weight = add_pass(m, net, "weight_ih", l, TENSOR_U8, G,
		pot_code_bytes(D, m->form->bits));
	h.weight = add_pass(m, net, "weight_hh", l, TENSOR_U8, G,
		pot_code_bytes(H, m->form->bits));
	rnn_name(name, net, "bias_ih", l);
	x.bias = add_bias(m, name, G);
	rnn_name(name, net, "bias_hh", l);
	h.bias = add_bias(m, name, G);
	x.high = add_pass(m, net, "high_ih", l, TENSOR_S8, highs(m, G), 0);
	h.high = add_pass(m, net, "high_hh", l, TENSOR_S8, highs(m, G), 0);
	if (!m->form->bias_int32)
		x.high_b = h.high_b = add_pass(m, net, "high_bias", l, TENSOR_S8, 2, 0);
	x.drop = h.drop = add_pass(m, net, "drop", l, TENSOR_S32, 2, 0);
	if (net->cell == &cell_lstm && make_cell(m, cal, l, err))
		return -1;
	return make_part(m, &x, &s, err) || make_part(m, &h, &s, err) ? -1 : 0;
}

/* Logits are in units 2^s. */
static int
make_linear(const struct made *m, const struct rnn *net, char err[ERR_MAX])
{
	size_t K = (size_t)net->K, H = (size_t)net->H;
	struct source o = { net->Wo, net->bo, K, H, .i = 0, .u = H_U };
	int s;

	o.weight = add(m, "fc.weight", TENSOR_U8, K, pot_code_bytes(H, m->form->bits));
	o.bias = add_bias(m, "fc.bias", K);
	o.high = add(m, "fc.high", TENSOR_S8, highs(m, K), 0);
	if (!m->form->bias_int32)
		o.high_b = add(m, "fc.high_bias", TENSOR_S8, 1, 0);
	o.drop = add(m, "fc.drop", TENSOR_S32, 1, 0);
	if (make_part(m, &o, &s, err))
		return -1;
	emeta_set(&m->set->items[o.bias].meta, "scale", "%.9g", ldexp(1, s));
	return 0;
}

/* Offset, scale and *u, their unit: the smallest that holds all features. */
static int
make_input(const struct made *m, const struct quant_calib *cal, int *u, char err[ERR_MAX])
{
	const struct rnn *net = cal->net;
	size_t D = (size_t)net->D;
	size_t offset = add(m, "input.offset", TENSOR_F32, D, 0);
	size_t scale = add(m, "input.scale", TENSOR_F32, D, 0);
	size_t unit = add(m, "input.unit", TENSOR_S32, 1, 0);
	struct tensor *t = m->set->items;
	double most = 0;
	int e;

	for (size_t d = 0; d < D; d++) {
		const struct quant_range *r = &cal->features.x[d];
		float o = net->mean ? net->mean[d] : 0, k = net->mean ? net->scale[d] : 1;

		if (frexpf(k, &e) != .5f)
			return quant_read_fail(err, "norm.scale", "expected powers of two, got "
				"%.9g at %zu", (double)k, d);
		if (cal->features.fixed)
			o = (float)ldexp(round(ldexp((double)o, INPUT_S8_UNIT_BITS)),
				-INPUT_S8_UNIT_BITS);
		t[offset].f32[d] = o;
		most = fmax(most, fmax(r->max - (double)o, (double)o - r->min) * (double)k);
	}
	if (!isfinite(most))
		return quant_read_fail(err, "input.scale", "expected features of finite range, "
			"got %g", most);
	frexp(most, &e);
	*u = most > 0 ? e - 15 : -15;
	t[unit].s32[0] = *u;
	for (size_t d = 0; d < D; d++)
		t[scale].f32[d] = ldexpf(net->mean ? net->scale[d] : 1, -*u);
	return 0;
}

size_t
quant_pot_bytes(const struct rnn *net, int l, int bits)
{
	size_t D = (size_t)net->D, H = (size_t)net->H, K = (size_t)net->K, G, fixed;

	if (l < 0)
		return 2 * D * sizeof(float) + sizeof(int32_t);		/* offset, scale; unit */
	if (l == net->layers)	/* high, high_bias; drop */
		return K * pot_code_bytes(H, bits) + pot_code_bytes(K, bits) + 2 + sizeof(int32_t);
	G = (size_t)rnn_gates(net);
	/* high of two matrices and two biases; two drops, and an LSTM's state */
	fixed = 4 + (net->cell == &cell_gru ? 2 : 3) * sizeof(int32_t);
	return G * (pot_code_bytes(l ? H : D, bits) + pot_code_bytes(H, bits)) +
		2 * pot_code_bytes(G, bits) + fixed;
}

int
quant_pot_make(struct tensor_set *set, const struct quant_calib *cal,
	const struct quant_pot_form *form, char err[ERR_MAX])
{
	const struct rnn *net = cal->net;
	struct made m = { set, form };
	int u = 0;

	if (cal->utterances == 0)
		return err_set(err, "no utterances to calibrate on");
	if (quant_pot_takes(net, err) || model_write_head(&set->head, net, "pot", err))
		return -1;
	emeta_set(&set->head, "pot.bits", "%d", form->bits);
	emeta_set(&set->head, "pot.range", "%s", form->by_row ? "row" : "tensor");
	emeta_set(&set->head, "pot.bias", "%s", form->bias_int32 ? "int32" : "pot");
	if (make_input(&m, cal, &u, err))
		return -1;
	for (int l = 0; l < net->layers; l++)
		if (make_layer(&m, cal, l, l ? H_U : u, err))
			return -1;
	return make_linear(&m, net, err);
}
