/* SPDX-License-Identifier: MIT */
#include "quant_layer.h"

static int
load(union quant_layer *layer, int32_t *z, struct quant_shape *s, const struct tensor_set *set,
	int l, char err[ERR_MAX])
{
	struct lstm_s8 *m = &layer->lstm;
	size_t H = (size_t)s->net.H, D = (size_t)rnn_inputs(&s->net, l);
	const struct tensor *Wx, *Wh, *bx, *bh, *requant, *state;

	if (!(Wx = quant_read_pass(s, set, "weight_ih", l, TENSOR_S8, 4 * H, D, err)) ||
		!(Wh = quant_read_pass(s, set, "weight_hh", l, TENSOR_S8, 4 * H, H, err)) ||
		!(bx = quant_read_pass(s, set, "bias_ih", l, TENSOR_S32, 4 * H, 0, err)) ||
		!(bh = quant_read_pass(s, set, "bias_hh", l, TENSOR_S32, 4 * H, 0, err)) ||
		!(requant = quant_read_pass(s, set, "requant", l, TENSOR_S32,
			QUANT_REQUANT_ROWS, 2, err)) ||
		!(state = quant_read_pass(s, set, "state", l, TENSOR_S32, 3, 0, err)) ||
		quant_check_weights(Wx, err) || quant_check_weights(Wh, err))
		return -1;
	for (size_t g = 0; g < LSTM_S8_GATES; g++)
		if (quant_read_requant(&m->rx[g], requant, g, err) ||
			quant_read_requant(&m->rh[g], requant, LSTM_S8_GATES + g, err))
			return -1;
	/* act_tanh_s16() takes -15..12 = cell_e + 12; o tanh(c) <= 2^30 must fit with z_h */
	if (quant_read_requant(&m->r_h, requant, 2 * LSTM_S8_GATES, err) ||
		quant_prove_row(requant->name, 2 * LSTM_S8_GATES, 1 << 30, NULL, 0, 0, &m->r_h,
			err) ||
		quant_read_range(&m->cell_e, state, 0, -27, 0, err) ||
		quant_read_range(&m->cell_clip, state, 1, 0, INT16_MAX, err) ||
		quant_read_range(&m->z_h, state, 2, INT8_MIN, INT8_MAX, err))
		return -1;
	lstm_s8_set_cell(m, m->cell_e);
	*z = m->z_h;
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
		if (quant_prove_row(Wx->name, k, m->bx[k], m->Wx + k * D, D, 128, &m->rx[k / H],
			err) ||
			quant_prove_row(Wh->name, k, m->bh[k], m->Wh + k * H, H, 128,
			&m->rh[k / H], err))
			return -1;
	}
	return 0;
}

static size_t
fast_size(const union quant_layer *layer)
{
	return lstm_s8_wide_size(&layer->lstm);
}

static void
fast_init(union quant_layer_fast *fast, const union quant_layer *layer, void *memory)
{
	lstm_s8_wide_init(&fast->lstm, &layer->lstm, memory);
}

const struct quant_layer_kind quant_layer_lstm = {
	&lstm_s8_cell, &lstm_s8_wide_cell, load, fast_size, fast_init
};
