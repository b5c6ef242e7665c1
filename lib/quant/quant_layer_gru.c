/* SPDX-License-Identifier: MIT */
#include "matvec_wide.h"
#include "quant_layer.h"

#define X_MAX 128		/* of layer 0, the int8 features; of the others h */
#define H_MAX 32768

static int
load(union quant_layer *layer, int32_t *z, struct quant_shape *s, const struct tensor_set *set,
	int l, char err[ERR_MAX])
{
	struct gru_s16 *m = &layer->gru;
	size_t H = (size_t)s->net.H, D = (size_t)rnn_inputs(&s->net, l);
	const struct tensor *Wx, *Wh, *bx, *bh, *requant;

	if (!(Wx = quant_read_pass(s, set, "weight_ih", l, TENSOR_S8, 3 * H, D, err)) ||
		!(Wh = quant_read_pass(s, set, "weight_hh", l, TENSOR_S8, 3 * H, H, err)) ||
		!(bx = quant_read_pass(s, set, "bias_ih", l, TENSOR_S32, 3 * H, 0, err)) ||
		!(bh = quant_read_pass(s, set, "bias_hh", l, TENSOR_S32, 3 * H, 0, err)) ||
		!(requant = quant_read_pass(s, set, "requant", l, TENSOR_S32,
			2 * GRU_S16_GATES, 2, err)) ||
		quant_check_weights(Wx, err) || quant_check_weights(Wh, err))
		return -1;
	for (size_t g = 0; g < GRU_S16_GATES; g++)
		if (quant_read_requant(&m->rx[g], requant, g, err) ||
			quant_read_requant(&m->rh[g], requant, GRU_S16_GATES + g, err))
			return -1;
	for (size_t k = 0; k < 3 * H; k++)
		if (quant_prove_row(Wx->name, k, bx->s32[k], Wx->s8 + k * D, D, l ? H_MAX : X_MAX,
			&m->rx[k / H], err) ||
			quant_prove_row(Wh->name, k, bh->s32[k], Wh->s8 + k * H, H, H_MAX,
			&m->rh[k / H], err))
			return -1;
	m->D = (uint16_t)D;
	m->H = (uint16_t)H;
	m->mv = &matvec_ops_s8;
	m->Wx = Wx->s8;
	m->Wh = Wh->s8;
	m->bx = bx->s32;
	m->bh = bh->s32;
	*z = 0;
	return 0;
}

static size_t
fast_size(const union quant_layer *layer)
{
	const struct gru_s16 *m = &layer->gru;

	return matvec_wide_size(3u * m->H, m->D) + matvec_wide_size(3u * m->H, m->H);
}

static void
fast_init(union quant_layer_fast *fast, const union quant_layer *layer, void *memory)
{
	struct gru_s16 *m = &fast->gru;
	char *Wh = (char *)memory + matvec_wide_size(3u * layer->gru.H, layer->gru.D);

	*m = layer->gru;
	m->mv = &matvec_ops_wide;
	matvec_wide_init(memory, m->Wx, 3u * m->H, m->D);
	matvec_wide_init(Wh, m->Wh, 3u * m->H, m->H);
	m->Wx = memory;
	m->Wh = Wh;
}

const struct quant_layer_kind quant_layer_gru = {
	&gru_s16_cell, &gru_s16_cell, load, fast_size, fast_init
};
