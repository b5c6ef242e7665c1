/* SPDX-License-Identifier: MIT */
/*
 * The static int8 model from a float net and its calibration.
 *
 * Every input of a matrix is u_d = o_d + s_d q_d with int8 q: features with a
 * scale each (normalisation included), outputs h with one scale and o = -z s.
 * Scales go into the matrix before it is rounded, W'_d = W_d s_d, so that one
 * scale S = max|W'| / 127 a gate is left:
 *
 *	a = b + sum W_d u_d = S (bx + sum Wq_d q_d),  Wq = round(W' / S)
 *	bx = round((b + sum W_d m_d) / S - sum Wq_d (m_d - o_d) / s_d)
 *
 * which is exact at u = m whatever the rounding of W' did. For h, m = 0: that is
 * TensorFlow Lite's bias. For features m is their mean, or what padding is
 * where there are frames of zeros: a net that sees ten such frames in a row
 * adds the same error ten times.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "net_s8.h"
#include "quant.h"

#define W_MAX 127		/* weights are -127..127 */
#define CELL_E_MIN (-15)	/* a cell that stays within +-1 */

/* u (n) = o + s q; rounding W is exact at u = m */
struct input {
	size_t n;
	double *o, *s, *m;
	double *w;		/* (H, n) room for a folded matrix */
};

/* What is known of layer l's output h once its scale is chosen. */
struct output {
	double s;
	int z;
};

static int
fail(char err[ERR_MAX], const char *what, int l, double got)
{
	snprintf(err, ERR_MAX, "layer %d: %s, got %g", l, what, got);
	return -1;
}

/* q (rows, n) = round(W' / S), W' = W_d s_d; returns S. All zero: S = 1. */
static double
fold_and_round(int8_t *q, const float *W, const struct input *in, size_t rows)
{
	size_t n = in->n;
	double max = 0, S;

	for (size_t i = 0; i < rows * n; i++) {
		in->w[i] = W[i] * in->s[i % n];
		max = fmax(max, fabs(in->w[i]));
	}
	S = max > 0 ? max / W_MAX : 1;
	for (size_t i = 0; i < rows * n; i++)
		q[i] = (int8_t)round(in->w[i] / S);
	return S;
}

/* The effective bias in units of S, not yet rounded: (b + sum W m) / S - sum Wq (m - o) / s */
static double
bias_exact_at(double b, const float *W, const int8_t *q, double S, const struct input *in)
{
	double v = b / S;

	for (size_t d = 0; d < in->n; d++)
		v += W[d] * in->m[d] / S - (q[d] ? q[d] * ((in->m[d] - in->o[d]) / in->s[d]) : 0);
	return v;
}

static int
round_bias(double v, int32_t *b)
{
	v = round(v);
	if (!(fabs(v) <= INT32_MAX))
		return -1;
	*b = (int32_t)v;
	return 0;
}

/* Offset and scale of the features, as stored, and what they are to the net. */
static int
make_input(struct tensor_set *set, const struct quant_calib *cal, struct input *in)
{
	const struct rnn *net = cal->net;
	const uint32_t dims[1] = { (uint32_t)net->D };
	struct tensor *offset, *scale;
	size_t D = (size_t)net->D;

	etensor_add(set, "input.offset", TENSOR_F32, 1, dims);
	scale = etensor_add(set, "input.scale", TENSOR_F32, 1, dims);
	offset = scale - 1;
	in->n = D;
	for (size_t d = 0; d < D; d++) {
		const struct quant_range *r = &cal->x[d];
		double width = r->max - r->min, k = net->scale ? net->scale[d] : 1;
		double mean = net->mean ? net->mean[d] : 0, m = r->sum / (double)r->n, z;

		/* q = (x - offset) * scale: min -> -128, max -> 127; a constant gets steps of 1 */
		scale->f32[d] = width > 0 ? (float)(255 / width) : 1;
		if (!isfinite(width) || !isfinite(scale->f32[d]) || scale->f32[d] == 0)
			return -1;
		z = -128 - r->min * (double)scale->f32[d];
		if (cal->zero_frames)	/* padding is exact, input and sum */
			z = round(z), m = 0;
		offset->f32[d] = (float)(-z / scale->f32[d]);
		in->o[d] = (offset->f32[d] - mean) * k;
		in->s[d] = k / scale->f32[d];
		in->m[d] = (m - mean) * k;
	}
	return 0;
}

/* Scale and zero point of h (0 is always a value), and the input that it is to the next matrix. */
static void
make_output(const struct quant_calib *cal, int l, struct output *out, struct input *in)
{
	const struct quant_range *r = &cal->h[l];
	double lo = fmin(r->min, -1. / 128), hi = fmax(r->max, 1. / 128);

	out->s = (hi - lo) / 255;
	out->z = (int)round(-128 - lo / out->s);
	in->n = (size_t)cal->net->H;
	for (size_t k = 0; k < in->n; k++) {
		in->s[k] = out->s;
		in->o[k] = -out->z * out->s;
		in->m[k] = 0;
	}
}

static void
set_scale(struct tensor *t, const char *what, double s)
{
	char key[32];

	snprintf(key, sizeof key, "scale%s%s", *what ? "." : "", what);
	emeta_set(&t->meta, key, "%.9g", s);
}

static struct tensor *
add(struct tensor_set *set, const char *what, int l, enum tensor_dtype d, size_t rows, size_t cols)
{
	const uint32_t dims[2] = { (uint32_t)rows, (uint32_t)cols };
	char name[64];

	snprintf(name, sizeof name, "lstm.%s_l%d", what, l);
	return etensor_add(set, name, d, cols ? 2 : 1, dims);
}

/* x: this layer's input. hs: its own output as input. */
static int
make_layer(struct tensor_set *set, const struct quant_calib *cal, int l, const struct input *x,
	const struct input *hs, const struct output *out, char err[ERR_MAX])
{
	static const char *const names[LSTM_S8_GATES] = { "i", "f", "g", "o" };
	const struct rnn *net = cal->net;
	size_t H = (size_t)net->H, D = x->n, first = set->n;
	struct tensor *Wx, *Wh, *bx, *bh, *requant, *state;
	struct requant r;
	double c_max;
	int cell_e;

	add(set, "weight_ih", l, TENSOR_S8, 4 * H, D);
	add(set, "weight_hh", l, TENSOR_S8, 4 * H, H);
	add(set, "bias_ih", l, TENSOR_S32, 4 * H, 0);
	add(set, "bias_hh", l, TENSOR_S32, 4 * H, 0);
	add(set, "requant", l, TENSOR_S32, QUANT_REQUANT_ROWS, 2);
	add(set, "state", l, TENSOR_S32, 3, 0);
	Wx = &set->items[first], Wh = Wx + 1, bx = Wx + 2, bh = Wx + 3;
	requant = Wx + 4, state = Wx + 5;

	for (size_t g = 0; g < LSTM_S8_GATES; g++) {
		const float *fx = net->Wx[l] + g * H * D, *fh = net->Wh[l] + g * H * H;
		int8_t *qx = Wx->s8 + g * H * D, *qh = Wh->s8 + g * H * H;
		double Sx = fold_and_round(qx, fx, x, H), Sh = fold_and_round(qh, fh, hs, H);

		for (size_t k = 0; k < H; k++) {
			size_t row = g * H + k;
			int32_t sum = 0;
			double b = (double)net->bx[l][row] + net->bh[l][row];

			for (size_t j = 0; j < H; j++)
				sum += qh[k * H + j];
			bh->s32[row] = -out->z * sum;
			b = bias_exact_at(b, fx + k * D, qx + k * D, Sx, x);
			if (round_bias(b, &bx->s32[row]))
				return fail(err, "expected biases within 32 bits", l, b);
		}
		/* gates are Q3.12 */
		if (quant_requant(Sx * 4096, &r))
			return fail(err, "expected a scale of gates in 32 bits", l, Sx);
		requant->s32[2 * g] = r.mult, requant->s32[2 * g + 1] = r.shift;
		if (quant_requant(Sh * 4096, &r))
			return fail(err, "expected a scale of gates in 32 bits", l, Sh);
		requant->s32[8 + 2 * g] = r.mult, requant->s32[9 + 2 * g] = r.shift;
		/* layer 0: of W_d times the feature's own unit */
		set_scale(Wx, names[g], l ? Sx / x->s[0] : Sx);
		set_scale(Wh, names[g], Sh / out->s);
	}
	/* h = o tanh(c), Q0.30, in steps of s_h */
	if (quant_requant(ldexp(1, -30) / out->s, &r))
		return fail(err, "expected a scale of h in 32 bits", l, out->s);
	requant->s32[16] = r.mult, requant->s32[17] = r.shift;

	/* max|c| = m 2^e, m < 1: 2^e fills 16 bits */
	c_max = fmax(-cal->c[l].min, cal->c[l].max);
	if (!(c_max < 32768))
		return fail(err, "expected a cell below 32768", l, c_max);
	frexp(c_max, &cell_e);
	cell_e = cell_e - 15 < CELL_E_MIN ? CELL_E_MIN : cell_e - 15;
	state->s32[0] = cell_e;
	state->s32[1] = 0;
	state->s32[2] = out->z;
	set_scale(state, "c", ldexp(1, cell_e));
	set_scale(state, "h", out->s);
	return 0;
}

/* The classifier reads h (last) or the mean of h - z with 7 more bits (mean). */
static int
make_linear(struct tensor_set *set, const struct rnn *net, struct input *in,
	const struct output *out, char err[ERR_MAX])
{
	size_t H = (size_t)net->H, K = (size_t)net->K;
	const uint32_t dims[2] = { (uint32_t)K, (uint32_t)H };
	struct tensor *W, *b;
	double S;

	for (size_t k = 0; k < H && net->pooling == RNN_MEAN; k++) {
		in->s[k] = out->s / (1 << NET_S8_MEAN_BITS);
		in->o[k] = 0;
	}
	etensor_add(set, "fc.weight", TENSOR_S8, 2, dims);
	b = etensor_add(set, "fc.bias", TENSOR_S32, 1, dims);
	W = b - 1;
	S = fold_and_round(W->s8, net->Wo, in, K);
	for (size_t k = 0; k < K; k++)
		if (round_bias(bias_exact_at(net->bo[k], net->Wo + k * H, W->s8 + k * H, S, in),
			&b->s32[k]))
			return fail(err, "expected biases within 32 bits", net->layers,
				net->bo[k] / S);
	set_scale(W, "", S / in->s[0]);
	set_scale(b, "", S);	/* one logit step */
	return 0;
}

int
quant_static_make(struct tensor_set *set, const struct quant_calib *cal, char err[ERR_MAX])
{
	const struct rnn *net = cal->net;
	size_t H = (size_t)net->H, widest = H > (size_t)net->D ? H : (size_t)net->D;
	/* a layer's input, and its output as input: o, s, m each; then the folded matrix */
	size_t rows = H > (size_t)net->K ? H : (size_t)net->K;
	double *block = calloc((6 + rows) * widest, sizeof *block);
	struct input in[2];
	struct output out = { 0 };
	int status = 0;

	if (!block || cal->utterances == 0) {
		snprintf(err, ERR_MAX, block ? "no utterances to calibrate on" : "no memory");
		free(block);
		return -1;
	}
	for (size_t i = 0; i < 2; i++)
		in[i] = (struct input){ 0, block + 3 * i * widest, block + (3 * i + 1) * widest,
			block + (3 * i + 2) * widest, block + 6 * widest };
	quant_make_head(&set->head, net, "int8");
	if (make_input(set, cal, &in[0]))
		status = fail(err, "expected features of finite range", 0, NAN);
	for (int l = 0; l < net->layers && status == 0; l++) {
		make_output(cal, l, &out, &in[(l + 1) % 2]);
		status = make_layer(set, cal, l, &in[l % 2], &in[(l + 1) % 2], &out, err);
	}
	if (status == 0)
		status = make_linear(set, net, &in[net->layers % 2], &out, err);
	free(block);
	return status;
}
