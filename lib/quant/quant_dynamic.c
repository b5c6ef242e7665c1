/* SPDX-License-Identifier: MIT */
/* The dynamic int8 model: made, loaded and run as PyTorch 1.13 does. */
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "net/model.h"
#include "quant.h"
#include "quant_read.h"
#include "vec_s8.h"

#define ACT_BITS "activation_bits"	/* head key */
#define STEP (2 * CELL_KEPT + 4)	/* values a unit that a step needs */
#define SCALE_MIN 6.1e-5f		/* PyTorch's SMALL_SCALE_THRESHOLD */

/* W = s q, b float */
struct matrix {
	const int8_t *q;	/* (rows, cols) */
	const float *b;		/* (rows) */
	float s;
	size_t rows, cols;
};

struct quant_dynamic {
	struct quant_shape shape;
	int bits;
	const float *mean, *scale;	/* (D) or both NULL */
	struct matrix Wx[RNN_PASSES_MAX], Wh[RNN_PASSES_MAX], Wo;
	/* for T steps: */
	int T;
	void *block;
	float *x, *y;	/* (T, max(D, W)) inputs of the layer; its outputs */
	float *a;	/* (T, G) input part of the pre-activations */
	int16_t *q;	/* (T, max(D, W)) quantised input minus its zero point */
	float *step;	/* (STEP * H) u, gates; (H) each: c, the c before, tanh c, zeros */
	float *pooled;	/* (W) */
};

/* ---- making ---- */

/* q (n) of w by PyTorch's symmetric per-tensor observer for qint8; returns s */
static float
quantise_weights(int8_t *q, const float *w, size_t n)
{
	float max = 0, s, inverse;

	for (size_t i = 0; i < n; i++)
		max = fmaxf(max, fabsf(w[i]));
	s = fmaxf(max / 127.5f, FLT_EPSILON);
	inverse = 1 / s;
	for (size_t i = 0; i < n; i++)
		q[i] = (int8_t)fminf(fmaxf(rintf(w[i] * inverse), INT8_MIN), INT8_MAX);
	return s;
}

static void
add_s8(struct tensor_set *set, const char *name, const float *w, uint32_t rows, uint32_t cols,
	float *s)
{
	const uint32_t dims[2] = { rows, cols };
	struct tensor *t = etensor_add(set, name, TENSOR_S8, 2, dims);

	*s = quantise_weights(t->s8, w, t->n);
}

static void
add_f32(struct tensor_set *set, const char *name, const float *v, uint32_t n)
{
	memcpy(etensor_add(set, name, TENSOR_F32, 1, &n)->f32, v, n * sizeof *v);
}

int
quant_dynamic_make(struct tensor_set *set, const struct rnn *net, int bits, char err[ERR_MAX])
{
	uint32_t H = (uint32_t)net->H, D = (uint32_t)net->D, K = (uint32_t)net->K;
	uint32_t G = (uint32_t)rnn_gates(net);
	char name[RNN_NAME_MAX];
	float s[2];

	if (bits != 7 && bits != 8)
		return err_set(err, "expected activations of 7 or 8 bits, got %d", bits);
	if (model_write_head(&set->head, net, "int8-dynamic", err))
		return -1;
	emeta_set(&set->head, ACT_BITS, "%d", bits);
	if (net->mean) {
		add_f32(set, "norm.mean", net->mean, D);
		add_f32(set, "norm.scale", net->scale, D);
	}
	for (int p = 0; p < rnn_passes(net); p++) {
		rnn_name(name, net, "weight_ih", p);
		add_s8(set, name, net->Wx[p], G, (uint32_t)rnn_inputs(net, p), &s[0]);
		rnn_name(name, net, "weight_hh", p);
		add_s8(set, name, net->Wh[p], G, H, &s[1]);
		rnn_name(name, net, "bias_ih", p);
		add_f32(set, name, net->bx[p], G);
		rnn_name(name, net, "bias_hh", p);
		add_f32(set, name, net->bh[p], G);
		rnn_name(name, net, "scale", p);
		add_f32(set, name, s, 2);
	}
	add_s8(set, "fc.weight", net->Wo, K, (uint32_t)rnn_outputs(net), &s[0]);
	add_f32(set, "fc.bias", net->bo, K);
	add_f32(set, "fc.scale", s, 1);
	return 0;
}

/* ---- loading ---- */

static int
check_scale(const struct tensor *t, char err[ERR_MAX])
{
	for (size_t i = 0; i < t->n; i++)
		if (!(t->f32[i] > 0))
			return quant_read_fail(err, t->name,
				"expected scales above 0, got %g at %zu", (double)t->f32[i], i);
	return 0;
}

static int
load_pass(struct quant_dynamic *q, const struct tensor_set *set, int p, char err[ERR_MAX])
{
	struct quant_shape *s = &q->shape;
	size_t H = (size_t)s->net.H, D = (size_t)rnn_inputs(&s->net, p);
	size_t G = (size_t)rnn_gates(&s->net);
	const struct tensor *Wx, *Wh, *bx, *bh, *scale;

	if (!(Wx = quant_read_pass(s, set, "weight_ih", p, TENSOR_S8, G, D, err)) ||
		!(Wh = quant_read_pass(s, set, "weight_hh", p, TENSOR_S8, G, H, err)) ||
		!(bx = quant_read_pass(s, set, "bias_ih", p, TENSOR_F32, G, 0, err)) ||
		!(bh = quant_read_pass(s, set, "bias_hh", p, TENSOR_F32, G, 0, err)) ||
		!(scale = quant_read_pass(s, set, "scale", p, TENSOR_F32, 2, 0, err)) ||
		check_scale(scale, err))
		return -1;
	q->Wx[p] = (struct matrix){ Wx->s8, bx->f32, scale->f32[0], G, D };
	q->Wh[p] = (struct matrix){ Wh->s8, bh->f32, scale->f32[1], G, H };
	return 0;
}

static int
load(struct quant_dynamic *q, const struct tensor_set *set, char err[ERR_MAX])
{
	struct quant_shape *s = &q->shape;
	const struct tensor *t, *b, *scale;
	size_t D, W, K;
	long bits;

	if (model_read_head(&s->net, &set->head, "int8-dynamic", err))
		return -1;
	if (meta_get_long(&set->head, ACT_BITS, 7, 8, &bits)) {
		snprintf(err, ERR_MAX, "head: expected " ACT_BITS " of 7 or 8");
		return -1;
	}
	q->bits = (int)bits;
	D = (size_t)s->net.D;
	W = (size_t)rnn_outputs(&s->net);
	K = (size_t)s->net.K;
	if (tensor_find(set, "norm.mean") || tensor_find(set, "norm.scale")) {
		if (!(t = quant_read_tensor(s, set, "norm.mean", TENSOR_F32, D, 0, err)))
			return -1;
		q->mean = t->f32;
		if (!(t = quant_read_tensor(s, set, "norm.scale", TENSOR_F32, D, 0, err)))
			return -1;
		q->scale = t->f32;
	}
	for (int p = 0; p < rnn_passes(&s->net); p++)
		if (load_pass(q, set, p, err))
			return -1;
	if (!(t = quant_read_tensor(s, set, "fc.weight", TENSOR_S8, K, W, err)) ||
		!(b = quant_read_tensor(s, set, "fc.bias", TENSOR_F32, K, 0, err)) ||
		!(scale = quant_read_tensor(s, set, "fc.scale", TENSOR_F32, 1, 0, err)) ||
		check_scale(scale, err) || quant_read_end(s, set, err))
		return -1;
	q->Wo = (struct matrix){ t->s8, b->f32, scale->f32[0], K, W };
	return 0;
}

struct quant_dynamic *
quant_dynamic_load(const struct tensor_set *set, int *D, int *K, char err[ERR_MAX])
{
	struct quant_dynamic *q = calloc(1, sizeof *q);

	if (!q) {
		snprintf(err, ERR_MAX, "no memory");
		return NULL;
	}
	if (load(q, set, err)) {
		free(q);
		return NULL;
	}
	*D = q->shape.net.D;
	*K = q->shape.net.K;
	return q;
}

void
quant_dynamic_free(struct quant_dynamic *q)
{
	if (!q)
		return;
	free(q->block);
	free(q);
}

/* ---- running ---- */

/* Scale and zero point for min..max: PyTorch's ChooseQuantizationParams(min, max, 0, qmax) */
static float
choose(float min, float max, int qmax, int *zero)
{
	double scale, from_min, from_max, z;

	min = fminf(min, 0);
	max = fmaxf(max, 0);
	scale = ((double)max - min) / qmax;
	if ((float)scale == 0 || isinf(1 / (float)scale))
		scale = .1;
	if (scale < (double)SCALE_MIN) {
		double grown = (double)SCALE_MIN / scale;

		scale = (double)SCALE_MIN;
		if (min == 0) {
			max = SCALE_MIN * (float)qmax;
		} else if (max == 0) {
			min = -SCALE_MIN * (float)qmax;
		} else {
			min = (float)(min * grown);
			max = (float)(max * grown);
		}
	}
	/* the end of the range that rounds with the smaller error decides */
	from_min = -min / scale;
	from_max = qmax - max / scale;
	z = fabs(min / scale) < qmax + fabs(max / scale) ? from_min : from_max;
	*zero = z > qmax ? qmax : z > 0 ? (int)rint(z) : 0;
	return (float)scale;
}

/* q (n) = x quantised, minus its zero point; returns the scale */
static float
quantise(int16_t *q, const float *x, size_t n, int bits)
{
	float min = x[0], max = x[0], s, inverse;
	int z;

	for (size_t i = 1; i < n; i++) {
		min = fminf(min, x[i]);
		max = fmaxf(max, x[i]);
	}
	s = choose(min, max, (1 << bits) - 1, &z);
	inverse = 1 / s;
	for (size_t i = 0; i < n; i++) {
		float v = rintf(x[i] * inverse) + (float)z;

		q[i] = (int16_t)((int)(v > 255 ? 255 : v > 0 ? v : 0) - z);
	}
	return s;
}

/* y (n, rows) = s_x s_W (Wq q) + b: x (n, cols) quantised as one; q is room for it */
static void
multiply(float *y, const struct matrix *W, const float *x, size_t n, int16_t *q, int bits)
{
	float s = quantise(q, x, n * W->cols, bits) * W->s;

	for (size_t t = 0; t < n; t++)
		for (size_t k = 0; k < W->rows; k++)
			y[t * W->rows + k] = (float)dot_s8_s16(0, W->q + k * W->cols,
				q + t * W->cols, W->cols) * s + W->b[k];
}

static int
make_room(struct quant_dynamic *q, int T)
{
	size_t H = (size_t)q->shape.net.H, D = (size_t)q->shape.net.D, n = (size_t)T;
	size_t W = (size_t)rnn_outputs(&q->shape.net), widest = D > W ? D : W;
	size_t G = (size_t)rnn_gates(&q->shape.net), floats = n * (2 * widest + G) + STEP * H + W;

	if (q->block && T <= q->T)
		return 0;
	free(q->block);
	q->block = malloc(floats * sizeof(float) + n * widest * sizeof(int16_t));
	if (!q->block)
		return -1;
	q->T = T;
	q->x = q->block;
	q->y = q->x + n * widest;
	q->a = q->y + n * widest;
	q->step = q->a + n * G;
	q->pooled = q->step + STEP * H;
	q->q = (int16_t *)(q->pooled + W);
	return 0;
}

/* Outputs y of one pass from inputs x */
static void
run_pass(struct quant_dynamic *q, int p, int T)
{
	const struct rnn *net = &q->shape.net;
	size_t H = (size_t)net->H, G = (size_t)rnn_gates(net), W = (size_t)rnn_outputs(net);
	int d = p % net->directions;
	float *u = q->step, *gates = u + CELL_KEPT * H, *c = gates + CELL_KEPT * H;
	float *before = c + H, *tanh_c = before + H, *zero = tanh_c + H;
	struct cell_step s = { .u = u, .gates = gates, .c = c, .c_prev = before, .tc = tanh_c,
		.ldh = W, .h_prev = zero };

	multiply(q->a, &q->Wx[p], q->x, (size_t)T, q->q, q->bits);
	memset(c, 0, H * sizeof *c);
	memset(zero, 0, H * sizeof *zero);
	for (int i = 0; i < T; i++) {
		size_t t = (size_t)(d ? T - 1 - i : i);

		s.a = q->a + t * G;
		s.h = q->y + t * W + (size_t)d * H;
		multiply(u, &q->Wh[p], s.h_prev, 1, q->q, q->bits);
		for (size_t k = 0; net->cell->joint && k < G; k++)
			s.a[k] += u[k];
		memcpy(before, c, H * sizeof *c);
		net->cell->forward(&s, 1, H);
		s.h_prev = s.h;
	}
}

int
quant_dynamic_infer(struct quant_dynamic *q, const float *x, int T, float *logits)
{
	const struct rnn *net = &q->shape.net;
	size_t D = (size_t)net->D, W = (size_t)rnn_outputs(net), n = (size_t)T;

	if (make_room(q, T))
		return -1;
	for (size_t i = 0; i < n * D; i++)
		q->x[i] = q->mean ? (x[i] - q->mean[i % D]) * q->scale[i % D] : x[i];
	for (int l = 0; l < net->layers; l++) {
		float *below = q->x;

		for (int d = 0; d < net->directions; d++)
			run_pass(q, l * net->directions + d, T);
		q->x = q->y;
		q->y = below;
	}
	for (int t = 0; t < T; t++)
		rnn_pool(net, q->pooled, q->x + (size_t)t * W, t, T);
	for (size_t k = 0; net->pooling == RNN_MEAN && k < W; k++)
		q->pooled[k] /= (float)T;
	multiply(logits, &q->Wo, q->pooled, 1, q->q, q->bits);
	return 0;
}
