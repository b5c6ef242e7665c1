// SPDX-License-Identifier: MIT
/* Loads, proves and runs a pot model, by the firmware's own products. */
#include "quant_pot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "gru_s16.h"
#include "input_s16.h"
#include "input_s8.h"
#include "lstm_s16.h"
#include "net/model.h"
#include "pot_code.h"
#include "quant_pot_part.h"
#include "quant_read.h"

#define DROPS 2			/* lstm.drop_lN: of Wx, of Wh */
#define H_U (-15)		/* h has units 2^-15 */

struct quant_pot {
	struct quant_shape shape;
	struct quant_pot_form form;
	const float *offset, *scale;	/* (D), borrowed from the stream */
	/* (D) of fixed features, else NULL: as input_s16.h has them, and a frame; owned */
	int32_t *offset_s32, *shift, *c;
	struct quant_pot_part x[RNN_LAYERS_MAX], h[RNN_LAYERS_MAX], o;	/* Wx, Wh, Wo */
	union {
		struct lstm_s16 lstm;
		struct gru_s16 gru;
	} layer[RNN_LAYERS_MAX];
	struct net_int net;
	void *memory;			/* of a state of net */
	int16_t *x_s16;			/* (D) */
};

static const struct matvec_ops *const ops[] = { &matvec_ops_pot2, &matvec_ops_pot3,
	&matvec_ops_pot4, &matvec_ops_pot5 };

int
quant_pot_takes(const struct rnn *net, char err[ERR_MAX])
{
	if (net->directions == 1 && net->pooling != RNN_MAX)
		return 0;
	return err_set(err, "codes of powers of two run directions=1, pooling=last or mean so far, "
		"got directions=%d, pooling=%s", net->directions, rnn_pooling_names[net->pooling]);
}

/* One of two words of the head: 0, 1, or -1 with err. */
static int
read_word(const struct meta *head, const char *key, const char *zero, const char *one,
	char err[ERR_MAX])
{
	char got[32] = "none";

	meta_get(head, key, got, sizeof got);
	if (strcmp(got, zero) == 0 || strcmp(got, one) == 0)
		return strcmp(got, one) == 0;
	return err_set(err, "%s: expected %s or %s, got %s", key, zero, one, got);
}

int
quant_pot_read_form(struct quant_pot_form *form, const struct meta *head, char err[ERR_MAX])
{
	char got[32] = "none";
	long bits;

	if (meta_get_long(head, "pot.bits", POT_CODE_BITS_MIN, POT_CODE_BITS_MAX, &bits)) {
		meta_get(head, "pot.bits", got, sizeof got);
		return err_set(err, "pot.bits: expected %d to %d, got %s", POT_CODE_BITS_MIN,
			POT_CODE_BITS_MAX, got);
	}
	form->bits = (int)bits;
	form->by_row = read_word(head, "pot.range", "tensor", "row", err);
	if (form->by_row < 0)
		return -1;
	form->bias_int32 = read_word(head, "pot.bias", "pot", "int32", err);
	return form->bias_int32 < 0 ? -1 : 0;
}

static int
check_codes(const struct tensor *t, size_t rows, size_t cols, int bits, char err[ERR_MAX])
{
	size_t bad;

	if (pot_code_check(t->u8, rows, cols, bits, &bad))
		return quant_read_fail(err, t->name, "expected a code of %d bits, got a zero with "
			"a sign or bits behind a row, at %zu", bits, bad);
	return 0;
}

static int
check_range(const struct tensor *t, int lo, int hi, char err[ERR_MAX])
{
	for (size_t i = 0; i < t->n; i++)
		if (!(tensor_get(t, i) >= lo && tensor_get(t, i) <= hi))
			return quant_read_fail(err, t->name, "expected %d..%d, got %.0f at %zu",
				lo, hi, tensor_get(t, i), i);
	return 0;
}

/* Names of a part's tensors. */
struct names {
	char W[RNN_NAME_MAX], b[RNN_NAME_MAX], high[RNN_NAME_MAX], high_b[RNN_NAME_MAX],
		drop[RNN_NAME_MAX];
};

static void
names_of(struct names *n, const struct rnn *net, int l, int recurrent)
{
	rnn_name(n->W, net, recurrent ? "weight_hh" : "weight_ih", l);
	rnn_name(n->b, net, recurrent ? "bias_hh" : "bias_ih", l);
	rnn_name(n->high, net, recurrent ? "high_hh" : "high_ih", l);
	rnn_name(n->high_b, net, "high_bias", l);
	rnn_name(n->drop, net, "drop", l);
}

/* i: which of high_b's and drop's n */
static int
load_part(struct quant_pot *q, struct quant_pot_part *p, const struct tensor_set *set,
	const struct names *names, size_t rows, size_t cols, size_t i, char err[ERR_MAX])
{
	struct quant_shape *s = &q->shape;
	const struct tensor *high_b, *drop;
	int bits = q->form.bits, biases = !q->form.bias_int32;

	p->bits = bits;
	p->cols = cols;
	if (!(p->W = quant_read_tensor(s, set, names->W, TENSOR_U8, rows,
			pot_code_bytes(cols, bits), err)) ||
		!(p->b = quant_read_tensor(s, set, names->b, biases ? TENSOR_U8 : TENSOR_S32,
			biases ? pot_code_bytes(rows, bits) : rows, 0, err)) ||
		!(p->high = quant_read_tensor(s, set, names->high, TENSOR_S8,
			q->form.by_row ? rows : 1, 0, err)) ||
		check_codes(p->W, rows, cols, bits, err) ||
		(biases && check_codes(p->b, 1, rows, bits, err)) ||
		check_range(p->high, -POT_CODE_HIGH_MAX, POT_CODE_HIGH_MAX, err))
		return -1;
	/* what two matrices share is looked for once */
	drop = tensor_find(set, names->drop);
	high_b = tensor_find(set, names->high_b);
	p->drop = drop->s32[i];
	p->high_b = biases ? high_b->s8[i] : 0;
	if (quant_pot_part_init(p))
		return err_set(err, "no memory");
	if (biases && p->bias.high > 30)
		return quant_read_fail(err, names->b, "expected biases within 32 bits, got 2^%d "
			"units of 2^%d", p->bias.high, p->s);
	return 0;
}

/* What matrices of a layer, or the classifier's, share: n of each. */
static int
load_shared(struct quant_pot *q, const struct tensor_set *set, const struct names *names, size_t n,
	char err[ERR_MAX])
{
	struct quant_shape *s = &q->shape;
	const struct tensor *drop, *high;

	if (!(drop = quant_read_tensor(s, set, names->drop, TENSOR_S32, n, 0, err)) ||
		check_range(drop, 0, pot_code_exponents(q->form.bits) - 1, err))
		return -1;
	if (q->form.bias_int32)
		return 0;
	if (!(high = quant_read_tensor(s, set, names->high_b, TENSOR_S8, n, 0, err)))
		return -1;
	return check_range(high, -POT_CODE_HIGH_MAX, POT_CODE_HIGH_MAX, err);
}

static void
set_lstm(struct lstm_s16 *m, const struct quant_pot_part *x, const struct quant_pot_part *h,
	const struct matvec_ops *mv, int32_t cell_e)
{
	*m = (struct lstm_s16){
		.D = (uint16_t)x->cols, .H = (uint16_t)h->cols, .ops = mv,
		.Wx = &x->matrix, .Wh = &h->matrix, .bx = &x->bias, .bh = &h->bias,
		.rx = quant_pot_part_rescale(x), .rh = quant_pot_part_rescale(h),
		.cell_e = cell_e,
	};
}

static void
set_gru(struct gru_s16 *m, const struct quant_pot_part *x, const struct quant_pot_part *h,
	const struct matvec_ops *mv)
{
	*m = (struct gru_s16){
		.D = (uint16_t)x->cols, .H = (uint16_t)h->cols, .mv = mv,
		.Wx = &x->matrix, .Wh = &h->matrix, .bx = &x->bias, .bh = &h->bias,
	};
	for (int g = 0; g < GRU_S16_GATES; g++) {
		m->rx[g] = quant_pot_part_rescale(x);
		m->rh[g] = quant_pot_part_rescale(h);
	}
}

static int
load_layer(struct quant_pot *q, const struct tensor_set *set, int l, char err[ERR_MAX])
{
	const struct rnn *net = &q->shape.net;
	struct quant_pot_part *x = &q->x[l], *h = &q->h[l];
	size_t H = (size_t)net->H, D = (size_t)rnn_inputs(net, l);
	const struct matvec_ops *mv = ops[q->form.bits - POT_CODE_BITS_MIN];
	struct names nx, nh;
	const struct tensor *state;

	names_of(&nx, net, l, 0);
	names_of(&nh, net, l, 1);
	x->u = l ? H_U : x->u;
	h->u = H_U;
	if (load_shared(q, set, &nx, DROPS, err) ||
		load_part(q, x, set, &nx, (size_t)rnn_gates(net), D, 0, err) ||
		load_part(q, h, set, &nh, (size_t)rnn_gates(net), H, 1, err) ||
		quant_pot_part_prove(x, 1, err) || quant_pot_part_prove(h, 1, err))
		return -1;
	if (net->cell == &cell_gru) {
		set_gru(&q->layer[l].gru, x, h, mv);
		return 0;
	}
	if (!(state = quant_read_pass(&q->shape, set, "state", l, TENSOR_S32, 1, 0, err)) ||
		check_range(state, -27, 0, err))
		return -1;
	set_lstm(&q->layer[l].lstm, x, h, mv, state->s32[0]);
	return 0;
}

/* Of fixed features. */
static int
load_fixed(struct quant_pot *q, const struct tensor *offset, const struct tensor *scale,
	char err[ERR_MAX])
{
	size_t D = offset->n;

	q->offset_s32 = malloc(3 * D * sizeof *q->offset_s32);
	if (!q->offset_s32)
		return err_set(err, "no memory");
	q->shift = q->offset_s32 + D;
	q->c = q->shift + D;
	for (size_t d = 0; d < D; d++) {
		double o = ldexp((double)offset->f32[d], INPUT_S8_UNIT_BITS);
		int e = ilogbf(scale->f32[d]) - INPUT_S8_UNIT_BITS;

		if (!(fabs(o) < INPUT_S8_OFFSET_END) || o != floor(o))
			return quant_read_fail(err, offset->name, "expected whole numbers of "
				"2^-%d, as for features of a fixed front end, got %.9g at %zu",
				INPUT_S8_UNIT_BITS, (double)offset->f32[d], d);
		if (e < INPUT_S16_SHIFT_MIN || e > INPUT_S16_SHIFT_MAX)
			return quant_read_fail(err, scale->name, "expected 2^%d to 2^%d, as for "
				"features of a fixed front end, got %.9g at %zu",
				INPUT_S16_SHIFT_MIN + INPUT_S8_UNIT_BITS,
				INPUT_S16_SHIFT_MAX + INPUT_S8_UNIT_BITS,
				(double)scale->f32[d], d);
		q->offset_s32[d] = (int32_t)o;
		q->shift[d] = e;
	}
	return 0;
}

static int
load_input(struct quant_pot *q, const struct tensor_set *set, char err[ERR_MAX])
{
	struct quant_shape *s = &q->shape;
	const struct tensor *offset, *scale, *unit;
	size_t D = (size_t)s->net.D;
	int e;

	if (!(offset = quant_read_tensor(s, set, "input.offset", TENSOR_F32, D, 0, err)) ||
		!(scale = quant_read_tensor(s, set, "input.scale", TENSOR_F32, D, 0, err)) ||
		!(unit = quant_read_tensor(s, set, "input.unit", TENSOR_S32, 1, 0, err)) ||
		check_range(unit, -40, 20, err))
		return -1;
	for (size_t d = 0; d < D; d++)
		if (frexpf(scale->f32[d], &e) != .5f)
			return quant_read_fail(err, scale->name, "expected powers of two, got "
				"%.9g at %zu", (double)scale->f32[d], d);
	q->offset = offset->f32;
	q->scale = scale->f32;
	q->x[0].u = unit->s32[0];
	return quant_features_fixed(&set->head) ? load_fixed(q, offset, scale, err) : 0;
}

static int
load(struct quant_pot *q, const struct tensor_set *set, char err[ERR_MAX])
{
	static const struct names fc = { "fc.weight", "fc.bias", "fc.high", "fc.high_bias",
		"fc.drop" };
	const struct rnn *net = &q->shape.net;

	if (model_read_head(&q->shape.net, &set->head, "pot", err) || quant_pot_takes(net, err) ||
		quant_pot_read_form(&q->form, &set->head, err) || load_input(q, set, err))
		return -1;
	for (int l = 0; l < net->layers; l++)
		if (load_layer(q, set, l, err))
			return -1;
	q->o.u = H_U;
	if (load_shared(q, set, &fc, 1, err) ||
		load_part(q, &q->o, set, &fc, (size_t)net->K, (size_t)net->H, 0, err) ||
		quant_pot_part_prove(&q->o, 0, err) || quant_read_end(&q->shape, set, err))
		return -1;
	q->net = (struct net_int){
		.cell = net->cell == &cell_gru ? &gru_s16_cell : &lstm_s16_cell,
		.layer = q->layer, .layer_bytes = sizeof *q->layer,
		.linear = ops[q->form.bits - POT_CODE_BITS_MIN]->product, .Wo = &q->o.matrix,
		.bo = &q->o.bias, .layers = (uint16_t)net->layers, .D = (uint16_t)net->D,
		.H = (uint16_t)net->H, .K = (uint16_t)net->K,
		.pooling = net->pooling == RNN_MEAN ? NET_INT_MEAN : NET_INT_LAST,
	};
	q->memory = malloc(net_int_memory_size(&q->net));
	q->x_s16 = malloc((size_t)net->D * sizeof *q->x_s16);
	return q->memory && q->x_s16 ? 0 : err_set(err, "no memory");
}

struct quant_pot *
quant_pot_load(const struct tensor_set *set, int *D, int *K, char err[ERR_MAX])
{
	struct quant_pot *q = calloc(1, sizeof *q);

	if (!q) {
		err_set(err, "no memory");
		return NULL;
	}
	if (load(q, set, err)) {
		quant_pot_free(q);
		return NULL;
	}
	*D = q->shape.net.D;
	*K = q->shape.net.K;
	return q;
}

const int16_t *
quant_pot_input(struct quant_pot *q, const float *x)
{
	int D = q->shape.net.D;

	if (q->c) {
		quant_features_whole(q->c, x, D);
		input_s16(q->x_s16, q->c, q->offset_s32, q->shift, (size_t)D);
		return q->x_s16;
	}
	for (int d = 0; d < D; d++) {
		float v = floorf((x[d] - q->offset[d]) * q->scale[d] + .5f);

		/* no number is the lowest */
		q->x_s16[d] = (int16_t)(v >= INT16_MIN && v <= INT16_MAX ? v :
			v > 0 ? INT16_MAX : INT16_MIN);
	}
	return q->x_s16;
}

int
quant_pot_infer(struct quant_pot *q, const float *x, int T, int32_t *logits)
{
	struct net_int_state s;

	net_int_init(&s, &q->net, q->memory);
	for (int t = 0; t < T; t++)
		net_int_step(&s, quant_pot_input(q, x + (size_t)t * (size_t)q->shape.net.D));
	net_int_logits(&s, logits);
	return 0;
}

const struct net_int *
quant_pot_net(const struct quant_pot *q)
{
	return &q->net;
}

const int32_t *
quant_pot_offset(const struct quant_pot *q)
{
	return q->offset_s32;
}

const int32_t *
quant_pot_shift(const struct quant_pot *q)
{
	return q->shift;
}

void
quant_pot_free(struct quant_pot *q)
{
	if (!q)
		return;
	for (int l = 0; l < RNN_LAYERS_MAX; l++) {
		quant_pot_part_free(&q->x[l]);
		quant_pot_part_free(&q->h[l]);
	}
	quant_pot_part_free(&q->o);
	free(q->offset_s32);
	free(q->memory);
	free(q->x_s16);
	free(q);
}
