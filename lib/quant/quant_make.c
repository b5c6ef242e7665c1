/* SPDX-License-Identifier: MIT */
/*
 * The static int8 model from a float net and its calibration.
 *
 * Matrices are rounded and their biases chosen by quant_grid.h, a gate at a
 * time: a = b + sum W_d u_d = S (bx + sum Wq_d q_d).
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gru_s16.h"
#include "net/model.h"
#include "net_int.h"
#include "quant.h"

#define CELL_E_MIN (-15)	/* a cell that stays within +-1 */

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
make_input(struct tensor_set *set, const struct quant_calib *cal, struct quant_grid *in)
{
	const struct rnn *net = cal->net;
	const uint32_t dims[1] = { (uint32_t)net->D };
	struct tensor *offset, *scale;

	etensor_add(set, "input.offset", TENSOR_F32, 1, dims);
	scale = etensor_add(set, "input.scale", TENSOR_F32, 1, dims);
	offset = scale - 1;
	return quant_grid_features(in, offset->f32, scale->f32, &cal->features, net->mean,
		net->scale);
}

/*
 * Scale and zero point of h, and the input that it is to the next matrix. Of a GRU h is 16 bits of
 * +-1, whatever was measured.
 */
static void
make_output(const struct quant_calib *cal, int l, struct output *out, struct quant_grid *in)
{
	if (cal->net->cell == &cell_gru) {
		quant_grid_wide_output(in, (size_t)cal->net->H);
		*out = (struct output){ in->s[0], 0 };
		return;
	}
	out->z = quant_grid_output(in, (size_t)cal->net->H, cal->h[l].min, cal->h[l].max);
	out->s = in->s[0];
}

static void
set_scale(struct tensor *t, const char *what, double s)
{
	char key[32];

	snprintf(key, sizeof key, "scale%s%s", *what ? "." : "", what);
	emeta_set(&t->meta, key, "%.9g", s);
}

static struct tensor *
add(struct tensor_set *set, const struct rnn *net, const char *what, int l, enum tensor_dtype d,
	size_t rows, size_t cols)
{
	const uint32_t dims[2] = { (uint32_t)rows, (uint32_t)cols };
	char name[RNN_NAME_MAX];

	rnn_name(name, net, what, l);
	return etensor_add(set, name, d, cols ? 2 : 1, dims);
}

/* The factor from a sum in units of S to a gate, Q3.12, as row `row` of t. 0, or -1 with err. */
static int
set_gate_requant(struct tensor *t, size_t row, double S, int l, char err[ERR_MAX])
{
	struct requant r;

	if (quant_requant(S * 4096, &r))
		return fail(err, "expected a scale of gates in 32 bits", l, S);
	t->s32[2 * row] = r.mult;
	t->s32[2 * row + 1] = r.shift;
	return 0;
}

/* x: this layer's input. hs: its own output as input. */
static int
make_lstm(struct tensor_set *set, const struct quant_calib *cal, int l, const struct quant_grid *x,
	const struct quant_grid *hs, const struct output *out, char err[ERR_MAX])
{
	static const char *const names[LSTM_S8_GATES] = { "i", "f", "g", "o" };
	const struct rnn *net = cal->net;
	size_t H = (size_t)net->H, D = x->n, first = set->n;
	struct tensor *Wx, *Wh, *bx, *bh, *requant, *state;
	struct requant r;
	double c_max;
	int cell_e;

	add(set, net, "weight_ih", l, TENSOR_S8, 4 * H, D);
	add(set, net, "weight_hh", l, TENSOR_S8, 4 * H, H);
	add(set, net, "bias_ih", l, TENSOR_S32, 4 * H, 0);
	add(set, net, "bias_hh", l, TENSOR_S32, 4 * H, 0);
	add(set, net, "requant", l, TENSOR_S32, QUANT_REQUANT_ROWS, 2);
	add(set, net, "state", l, TENSOR_S32, 3, 0);
	Wx = &set->items[first], Wh = Wx + 1, bx = Wx + 2, bh = Wx + 3;
	requant = Wx + 4, state = Wx + 5;

	for (size_t g = 0; g < LSTM_S8_GATES; g++) {
		const float *fx = net->Wx[l] + g * H * D, *fh = net->Wh[l] + g * H * H;
		int8_t *qx = Wx->s8 + g * H * D, *qh = Wh->s8 + g * H * H;
		double Sx = quant_grid_round(qx, fx, x, H), Sh = quant_grid_round(qh, fh, hs, H);

		for (size_t k = 0; k < H; k++) {
			size_t row = g * H + k;
			int32_t sum = 0;
			double b = (double)net->bx[l][row] + net->bh[l][row];

			for (size_t j = 0; j < H; j++)
				sum += qh[k * H + j];
			bh->s32[row] = -out->z * sum;
			b = quant_grid_bias(b, fx + k * D, qx + k * D, Sx, x);
			if (round_bias(b, &bx->s32[row]))
				return fail(err, "expected biases within 32 bits", l, b);
		}
		if (set_gate_requant(requant, g, Sx, l, err) ||
			set_gate_requant(requant, LSTM_S8_GATES + g, Sh, l, err))
			return -1;
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

/* Likewise. Its two biases of n differ, and those of r and z follow them: each has its matrix. */
static int
make_gru(struct tensor_set *set, const struct rnn *net, int l, const struct quant_grid *x,
	const struct quant_grid *hs, char err[ERR_MAX])
{
	static const char *const names[GRU_S16_GATES] = { "r", "z", "n" };
	size_t H = (size_t)net->H, D = x->n, first = set->n;
	struct tensor *Wx, *Wh, *bx, *bh, *requant;

	add(set, net, "weight_ih", l, TENSOR_S8, 3 * H, D);
	add(set, net, "weight_hh", l, TENSOR_S8, 3 * H, H);
	add(set, net, "bias_ih", l, TENSOR_S32, 3 * H, 0);
	add(set, net, "bias_hh", l, TENSOR_S32, 3 * H, 0);
	add(set, net, "requant", l, TENSOR_S32, 2 * GRU_S16_GATES, 2);
	Wx = &set->items[first], Wh = Wx + 1, bx = Wx + 2, bh = Wx + 3, requant = Wx + 4;

	for (size_t g = 0; g < GRU_S16_GATES; g++) {
		const float *fx = net->Wx[l] + g * H * D, *fh = net->Wh[l] + g * H * H;
		int8_t *qx = Wx->s8 + g * H * D, *qh = Wh->s8 + g * H * H;
		double Sx = quant_grid_round(qx, fx, x, H), Sh = quant_grid_round(qh, fh, hs, H);

		for (size_t k = 0; k < H; k++) {
			size_t row = g * H + k;
			double a = quant_grid_bias(net->bx[l][row], fx + k * D, qx + k * D, Sx, x);
			double u = quant_grid_bias(net->bh[l][row], fh + k * H, qh + k * H, Sh,
				hs);

			if (round_bias(a, &bx->s32[row]) || round_bias(u, &bh->s32[row]))
				return fail(err, "expected biases within 32 bits", l,
					fabs(a) > fabs(u) ? a : u);
		}
		if (set_gate_requant(requant, g, Sx, l, err) ||
			set_gate_requant(requant, GRU_S16_GATES + g, Sh, l, err))
			return -1;
		set_scale(Wx, names[g], l ? Sx / x->s[0] : Sx);
		set_scale(Wh, names[g], Sh / hs->s[0]);
	}
	return 0;
}

/* The classifier reads h (last) or the mean of h - z, of int8 h with 7 more bits (mean). */
static int
make_linear(struct tensor_set *set, const struct rnn *net, struct quant_grid *in,
	const struct output *out, char err[ERR_MAX])
{
	size_t H = (size_t)net->H, K = (size_t)net->K;
	const uint32_t dims[2] = { (uint32_t)K, (uint32_t)H };
	struct tensor *W, *b;
	double S;

	for (size_t k = 0; k < H && net->cell == &cell_lstm && net->pooling == RNN_MEAN; k++) {
		in->s[k] = out->s / (1 << NET_INT_MEAN_BITS);
		in->o[k] = 0;
	}
	etensor_add(set, "fc.weight", TENSOR_S8, 2, dims);
	b = etensor_add(set, "fc.bias", TENSOR_S32, 1, dims);
	W = b - 1;
	S = quant_grid_round(W->s8, net->Wo, in, K);
	for (size_t k = 0; k < K; k++)
		if (round_bias(quant_grid_bias(net->bo[k], net->Wo + k * H, W->s8 + k * H, S, in),
			&b->s32[k]))
			return fail(err, "expected biases within 32 bits", net->layers,
				net->bo[k] / S);
	set_scale(W, "", S / in->s[0]);
	set_scale(b, "", S);	/* one logit step */
	return 0;
}

size_t
quant_static_bytes(const struct rnn *net, int l)
{
	size_t D = (size_t)net->D, H = (size_t)net->H, K = (size_t)net->K, G, rest;

	if (l < 0)
		return 2 * D * sizeof(float);		/* offset, scale */
	if (l == net->layers)
		return K * H + K * sizeof(int32_t);
	G = (size_t)rnn_gates(net);
	rest = net->cell == &cell_gru ? 2 * 2 * GRU_S16_GATES : 2 * QUANT_REQUANT_ROWS + 3;
	return G * ((l ? H : D) + H) + (2 * G + rest) * sizeof(int32_t);
}

int
quant_static_make(struct tensor_set *set, const struct quant_calib *cal, char err[ERR_MAX])
{
	const struct rnn *net = cal->net;
	size_t H = (size_t)net->H, widest = H > (size_t)net->D ? H : (size_t)net->D;
	struct quant_grid in[2] = { { 0 } };	/* a layer's input, and its output as input */
	struct output out = { 0 };
	int status = 0;

	if (cal->utterances == 0)
		return snprintf(err, ERR_MAX, "no utterances to calibrate on"), -1;
	if (quant_grid_takes(net, err) || model_write_head(&set->head, net, "int8", err))
		return -1;
	if (quant_grid_init(&in[0], widest) || quant_grid_init(&in[1], widest)) {
		quant_grid_free(&in[0]);
		return snprintf(err, ERR_MAX, "no memory"), -1;
	}
	if (make_input(set, cal, &in[0]))
		status = fail(err, "expected features of finite range", 0, NAN);
	for (int l = 0; l < net->layers && status == 0; l++) {
		make_output(cal, l, &out, &in[(l + 1) % 2]);
		status = net->cell == &cell_gru ?
			make_gru(set, net, l, &in[l % 2], &in[(l + 1) % 2], err) :
			make_lstm(set, cal, l, &in[l % 2], &in[(l + 1) % 2], &out, err);
	}
	if (status == 0)
		status = make_linear(set, net, &in[net->layers % 2], &out, err);
	quant_grid_free(&in[0]);
	quant_grid_free(&in[1]);
	return status;
}
