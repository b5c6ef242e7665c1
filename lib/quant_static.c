/* SPDX-License-Identifier: MIT */
/* Loads, proves and runs a static int8 model. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "input_s8.h"
#include "lstm_s8_wide.h"
#include "model.h"
#include "net_int.h"
#include "quant.h"
#include "quant_read.h"

struct quant_static {
	struct quant_shape shape;
	const float *offset, *scale;	/* (D), borrowed from the stream */
	/* (D) of fixed features, else NULL: the same, owned, and a frame of them (input_s8.h) */
	int32_t *offset_s32, *scale_s32, *c;
	struct lstm_s8 layer[RNN_LAYERS_MAX];
	struct net_int net;
	struct lstm_s8_wide wide[RNN_LAYERS_MAX];
	struct net_int fast;		/* net by wide layers */
	void *memory;			/* of a state of net, or of fast */
	char *wide_memory;
	int8_t *x;			/* (D) */
};

/* b + sum w x must fit 32 bits for |x| <= x_max; requantised, with 16 bits to add, too. */
static int
prove_row(const char *name, size_t row, int32_t b, const int8_t *w, size_t n, int64_t x_max,
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

static int
check_weights(const struct tensor *t, char err[ERR_MAX])
{
	for (size_t i = 0; i < t->n; i++)
		if (t->s8[i] == INT8_MIN)
			return quant_read_fail(err, t->name, "expected -127..127, got -128 at %zu",
				i);
	return 0;
}

static int
read_requant(struct requant *r, const struct tensor *t, size_t row, char err[ERR_MAX])
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

static int
read_range(int32_t *v, const struct tensor *t, size_t i, int32_t lo, int32_t hi, char err[ERR_MAX])
{
	*v = t->s32[i];
	if (*v < lo || *v > hi)
		return quant_read_fail(err, t->name, "expected %d..%d at %zu, got %d", lo, hi, i,
			*v);
	return 0;
}

static int
load_layer(struct quant_static *q, const struct tensor_set *set, int l, char err[ERR_MAX])
{
	struct quant_shape *s = &q->shape;
	struct lstm_s8 *m = &q->layer[l];
	size_t H = (size_t)s->net.H, D = (size_t)rnn_inputs(&s->net, l);
	const struct tensor *Wx, *Wh, *bx, *bh, *requant, *state;

	if (!(Wx = quant_read_pass(s, set, "weight_ih", l, TENSOR_S8, 4 * H, D, err)) ||
		!(Wh = quant_read_pass(s, set, "weight_hh", l, TENSOR_S8, 4 * H, H, err)) ||
		!(bx = quant_read_pass(s, set, "bias_ih", l, TENSOR_S32, 4 * H, 0, err)) ||
		!(bh = quant_read_pass(s, set, "bias_hh", l, TENSOR_S32, 4 * H, 0, err)) ||
		!(requant = quant_read_pass(s, set, "requant", l, TENSOR_S32,
			QUANT_REQUANT_ROWS, 2, err)) ||
		!(state = quant_read_pass(s, set, "state", l, TENSOR_S32, 3, 0, err)) ||
		check_weights(Wx, err) || check_weights(Wh, err))
		return -1;
	for (size_t g = 0; g < LSTM_S8_GATES; g++)
		if (read_requant(&m->rx[g], requant, g, err) ||
			read_requant(&m->rh[g], requant, LSTM_S8_GATES + g, err))
			return -1;
	/* act_tanh_s16() takes -15..12 = cell_e + 12; o tanh(c) <= 2^30 must fit with z_h */
	if (read_requant(&m->r_h, requant, 2 * LSTM_S8_GATES, err) ||
		prove_row(requant->name, 2 * LSTM_S8_GATES, 1 << 30, NULL, 0, 0, &m->r_h, err) ||
		read_range(&m->cell_e, state, 0, -27, 0, err) ||
		read_range(&m->cell_clip, state, 1, 0, INT16_MAX, err) ||
		read_range(&m->z_h, state, 2, INT8_MIN, INT8_MAX, err))
		return -1;
	lstm_s8_set_cell(m, m->cell_e);
	m->D = (uint16_t)D;
	m->H = (uint16_t)H;
	m->Wx = Wx->s8;
	m->Wh = Wh->s8;
	m->bx = bx->s32;
	m->bh = bh->s32;
	for (size_t k = 0; k < 4 * H; k++) {
		int64_t sum = 0;

		for (size_t j = 0; j < H; j++)
			sum += m->Wh[k * H + j];
		/* or the state of silence would not be one */
		if (m->bh[k] != -m->z_h * sum)
			return quant_read_fail(err, bh->name,
				"expected -z_h times the row's sum, %lld, at %zu, got %d",
				(long long)(-m->z_h * sum), k, m->bh[k]);
		if (prove_row(Wx->name, k, m->bx[k], m->Wx + k * D, D, 128, &m->rx[k / H], err) ||
			prove_row(Wh->name, k, m->bh[k], m->Wh + k * H, H, 128, &m->rh[k / H], err))
			return -1;
	}
	return 0;
}

/* v (D) = f times 2^bits, which must be whole and lo..hi. */
static int
read_whole(int32_t *v, const struct tensor *f, int bits, int32_t lo, int32_t hi,
	char err[ERR_MAX])
{
	for (size_t d = 0; d < f->n; d++) {
		double whole = ldexp((double)f->f32[d], bits);

		if (!(whole >= lo && whole <= hi) || whole != floor(whole))
			return quant_read_fail(err, f->name, "expected whole numbers of 2^-%d in "
				"%d..%d of them, as for features of a fixed front end, got %.9g "
				"at %zu", bits, lo, hi, (double)f->f32[d], d);
		v[d] = (int32_t)whole;
	}
	return 0;
}

/* Of fixed features. 0, or -1 with err. */
static int
load_input(struct quant_static *q, const struct tensor *offset, const struct tensor *scale,
	char err[ERR_MAX])
{
	size_t D = offset->n;

	q->offset_s32 = malloc(3 * D * sizeof *q->offset_s32);
	if (!q->offset_s32)
		return err_set(err, "no memory");
	q->scale_s32 = q->offset_s32 + D;
	q->c = q->scale_s32 + D;
	return read_whole(q->offset_s32, offset, INPUT_S8_UNIT_BITS, 1 - INPUT_S8_OFFSET_END,
			INPUT_S8_OFFSET_END - 1, err) ||
		read_whole(q->scale_s32, scale, INPUT_S8_SCALE_BITS, 0, INPUT_S8_SCALE_MAX, err) ?
		-1 : 0;
}

static int
load(struct quant_static *q, const struct tensor_set *set, char err[ERR_MAX])
{
	struct quant_shape *s = &q->shape;
	const struct tensor *offset, *scale, *Wo, *bo;
	size_t D, H, K;

	if (model_read_head(&s->net, &set->head, "int8", err) || quant_grid_takes(&s->net, err))
		return -1;
	D = (size_t)s->net.D;
	H = (size_t)s->net.H;
	K = (size_t)s->net.K;
	if (!(offset = quant_read_tensor(s, set, "input.offset", TENSOR_F32, D, 0, err)) ||
		!(scale = quant_read_tensor(s, set, "input.scale", TENSOR_F32, D, 0, err)))
		return -1;
	if (quant_features_fixed(&set->head) && load_input(q, offset, scale, err))
		return -1;
	for (int l = 0; l < s->net.layers; l++)
		if (load_layer(q, set, l, err))
			return -1;
	if (!(Wo = quant_read_tensor(s, set, "fc.weight", TENSOR_S8, K, H, err)) ||
		!(bo = quant_read_tensor(s, set, "fc.bias", TENSOR_S32, K, 0, err)) ||
		check_weights(Wo, err) || quant_read_end(s, set, err))
		return -1;
	for (size_t k = 0; k < K; k++)
		if (prove_row(Wo->name, k, bo->s32[k], Wo->s8 + k * H, H,
			s->net.pooling == RNN_MEAN ? 255 << NET_INT_MEAN_BITS : 128, NULL, err))
			return -1;
	q->offset = offset->f32;
	q->scale = scale->f32;
	q->net = (struct net_int){
		.cell = &lstm_s8_cell, .layer = q->layer, .layer_bytes = sizeof *q->layer,
		.linear = matvec_s8_s16, .Wo = Wo->s8, .bo = bo->s32,
		.layers = (uint16_t)s->net.layers, .D = (uint16_t)D, .H = (uint16_t)H,
		.K = (uint16_t)K,
		.pooling = s->net.pooling == RNN_MEAN ? NET_INT_MEAN : NET_INT_LAST,
		.z = q->layer[s->net.layers - 1].z_h,
	};
	return 0;
}

/* Memory of a loaded net, and its weights laid out for the host. 0, or -1 without memory. */
static int
prepare(struct quant_static *q)
{
	size_t layers = (size_t)q->shape.net.layers, n = 0;

	for (size_t l = 0; l < layers; l++)
		n += lstm_s8_wide_size(&q->layer[l]);
	q->memory = malloc(net_int_memory_size(&q->net));
	q->wide_memory = malloc(n);
	q->x = malloc((size_t)q->shape.net.D);
	if (!q->memory || !q->wide_memory || !q->x)
		return -1;
	n = 0;
	for (size_t l = 0; l < layers; l++) {
		lstm_s8_wide_init(&q->wide[l], &q->layer[l], q->wide_memory + n);
		n += lstm_s8_wide_size(&q->layer[l]);
	}
	q->fast = q->net;
	q->fast.cell = &lstm_s8_wide_cell;
	q->fast.layer = q->wide;
	q->fast.layer_bytes = sizeof *q->wide;
	return 0;
}

struct quant_static *
quant_static_load(const struct tensor_set *set, int *D, int *K, char err[ERR_MAX])
{
	struct quant_static *q = calloc(1, sizeof *q);

	if (!q) {
		snprintf(err, ERR_MAX, "no memory");
		return NULL;
	}
	if (load(q, set, err)) {
		quant_static_free(q);
		return NULL;
	}
	if (prepare(q)) {
		quant_static_free(q);
		snprintf(err, ERR_MAX, "no memory");
		return NULL;
	}
	*D = q->shape.net.D;
	*K = q->shape.net.K;
	return q;
}

/* c (D) = x in whole numbers of 2^-10, rounded, halves up, and clamped if they are none. */
static void
whole_features(int32_t *c, const float *x, int D)
{
	for (int d = 0; d < D; d++) {
		double v = floor(ldexp((double)x[d], INPUT_S8_UNIT_BITS) + 0.5);
		double end = INPUT_S8_C_END - 1;

		c[d] = (int32_t)(v > end ? end : v > -end ? v : -end);
	}
}

/*
 * q = clamp(floor((x - offset) * scale + 1/2), -128, 127), of fixed features in integers, else in
 * floats; no number is -128
 */
static void
quantise_input(struct quant_static *q, const float *x, size_t *clamped)
{
	if (q->c) {
		uint32_t over = 0;

		whole_features(q->c, x, q->shape.net.D);
		input_s8(q->x, q->c, q->offset_s32, q->scale_s32, (size_t)q->shape.net.D, &over);
		*clamped += over;
		return;
	}
	for (int d = 0; d < q->shape.net.D; d++) {
		float v = (x[d] - q->offset[d]) * q->scale[d];

		v = floorf(v + .5f);
		if (!(v >= INT8_MIN && v <= INT8_MAX)) {
			++*clamped;
			v = v > 0 ? INT8_MAX : INT8_MIN;
		}
		q->x[d] = (int8_t)v;
	}
}

int
quant_static_infer(struct quant_static *q, const float *x, int T, int32_t *logits)
{
	struct net_int_state s;
	size_t clamped = 0;

	net_int_init(&s, &q->fast, q->memory);
	for (int t = 0; t < T; t++) {
		quantise_input(q, x + (size_t)t * (size_t)q->shape.net.D, &clamped);
		net_int_step(&s, q->x);
	}
	net_int_logits(&s, logits);
	return 0;
}

int
quant_static_infer_count(struct quant_static *q, const float *x, int T, int32_t *logits,
	struct quant_count *count)
{
	struct net_int_state s;

	net_int_init(&s, &q->net, q->memory);
	for (int t = 0; t < T; t++) {
		quantise_input(q, x + (size_t)t * (size_t)q->shape.net.D, &count->x);
		net_int_step_count(&s, q->x, count->layer);
	}
	net_int_logits(&s, logits);
	count->total_x += (size_t)T * (size_t)q->shape.net.D;
	count->steps += (size_t)T;
	return 0;
}

const struct net_int *
quant_static_net(const struct quant_static *q)
{
	return &q->net;
}

const int32_t *
quant_static_offset(const struct quant_static *q)
{
	return q->offset_s32;
}

const int32_t *
quant_static_scale(const struct quant_static *q)
{
	return q->scale_s32;
}

const void *
quant_static_input(struct quant_static *q, const float *features)
{
	size_t clamped = 0;

	quantise_input(q, features, &clamped);
	return q->x;
}

void
quant_static_free(struct quant_static *q)
{
	if (!q)
		return;
	free(q->memory);
	free(q->wide_memory);
	free(q->x);
	free(q->offset_s32);
	free(q);
}
