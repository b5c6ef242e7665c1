/* SPDX-License-Identifier: MIT */
/* Loads, proves and runs a static int8 model. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "input_s8.h"
#include "net/model.h"
#include "net_int.h"
#include "quant.h"
#include "quant_layer.h"

struct quant_static {
	struct quant_shape shape;
	const float *offset, *scale;	/* (D), borrowed from the stream */
	/* (D) of fixed features, else NULL: the same, owned, and a frame of them (input_s8.h) */
	int32_t *offset_s32, *scale_s32, *c;
	const struct quant_layer_kind *kind;
	union quant_layer layer[RNN_LAYERS_MAX];
	struct net_int net;
	union quant_layer_fast fast_layer[RNN_LAYERS_MAX];
	struct net_int fast;		/* net by fast layers */
	void *memory;			/* of a state of net, or of fast */
	char *fast_memory;
	int16_t *x;			/* (D) as the cell takes it, int8 or int16 */
};

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
	int32_t z = 0, p_max;

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
	q->kind = s->net.cell == &cell_gru ? &quant_layer_gru : &quant_layer_lstm;
	for (int l = 0; l < s->net.layers; l++)
		if (q->kind->load(&q->layer[l], &z, s, set, l, err))
			return -1;
	if (!(Wo = quant_read_tensor(s, set, "fc.weight", TENSOR_S8, K, H, err)) ||
		!(bo = quant_read_tensor(s, set, "fc.bias", TENSOR_S32, K, 0, err)) ||
		quant_check_weights(Wo, err) || quant_read_end(s, set, err))
		return -1;
	p_max = q->kind->cell->value_bytes == 2 ? 32768 :
		s->net.pooling == RNN_MEAN ? 255 << NET_INT_MEAN_BITS : 128;
	for (size_t k = 0; k < K; k++)
		if (quant_prove_row(Wo->name, k, bo->s32[k], Wo->s8 + k * H, H, p_max, NULL, err))
			return -1;
	q->offset = offset->f32;
	q->scale = scale->f32;
	q->net = (struct net_int){
		.cell = q->kind->cell, .layer = q->layer, .layer_bytes = sizeof *q->layer,
		.linear = matvec_s8_s16, .Wo = Wo->s8, .bo = bo->s32,
		.layers = (uint16_t)s->net.layers, .D = (uint16_t)D, .H = (uint16_t)H,
		.K = (uint16_t)K,
		.pooling = s->net.pooling == RNN_MEAN ? NET_INT_MEAN : NET_INT_LAST,
		.z = z,
	};
	return 0;
}

/* Memory of a loaded net, and its layers laid out for the host. 0, or -1 without memory. */
static int
prepare(struct quant_static *q)
{
	size_t layers = (size_t)q->shape.net.layers, n = 0;

	for (size_t l = 0; l < layers; l++)
		n += q->kind->fast_size(&q->layer[l]);
	q->memory = malloc(net_int_memory_size(&q->net));
	q->fast_memory = malloc(n);
	q->x = malloc((size_t)q->shape.net.D * sizeof *q->x);
	if (!q->memory || !q->fast_memory || !q->x)
		return -1;
	n = 0;
	for (size_t l = 0; l < layers; l++) {
		q->kind->fast_init(&q->fast_layer[l], &q->layer[l], q->fast_memory + n);
		n += q->kind->fast_size(&q->layer[l]);
	}
	q->fast = q->net;
	q->fast.cell = q->kind->fast_cell;
	q->fast.layer = q->fast_layer;
	q->fast.layer_bytes = sizeof *q->fast_layer;
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

/*
 * q = clamp(floor((x - offset) * scale + 1/2), -128, 127), of fixed features in integers, else in
 * floats; no number is -128
 */
static void
quantise_s8(struct quant_static *q, int8_t *to, const float *x, size_t *clamped)
{
	if (q->c) {
		uint32_t over = 0;

		quant_features_whole(q->c, x, q->shape.net.D);
		input_s8(to, q->c, q->offset_s32, q->scale_s32, (size_t)q->shape.net.D, &over);
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
		to[d] = (int8_t)v;
	}
}

/* The same in the type that the cell takes, to q->x. */
static void
quantise_input(struct quant_static *q, const float *x, size_t *clamped)
{
	int8_t *x_s8 = (int8_t *)q->x;

	quantise_s8(q, x_s8, x, clamped);
	if (q->kind->cell->value_bytes == 2)
		for (int d = q->shape.net.D - 1; d >= 0; d--)	/* never over what is to be read */
			q->x[d] = x_s8[d];
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
	free(q->fast_memory);
	free(q->x);
	free(q->offset_s32);
	free(q);
}
