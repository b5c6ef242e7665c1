// SPDX-License-Identifier: MIT
#include "image.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/err.h"
#include "whit_image.h"

void
image_add(struct image *im, int bytes, size_t rows, size_t cols, const void *data,
	const char *name, int l)
{
	struct image_array *a = &im->array[im->n++];

	snprintf(a->name, sizeof a->name, l < 0 ? "%s" : "%s_l%d", name, l);
	a->bytes = bytes;
	a->rows = rows;
	a->cols = cols;
	a->data = data;
}

/* Layer l's biases and matrices, whatever its cell. */
struct arrays {
	size_t G, D;
	const void *bx, *bh, *Wx, *Wh;
};

static struct arrays
arrays_of(const struct net_int *net, int l)
{
	const void *layer = net_int_layer(net, (size_t)l);

	if (net->cell == &gru_s16_cell) {
		const struct gru_s16 *m = layer;

		return (struct arrays){ GRU_S16_GATES * (size_t)m->H, m->D, m->bx, m->bh, m->Wx,
			m->Wh };
	} else {
		const struct lstm_s8 *m = layer;

		return (struct arrays){ LSTM_S8_GATES * (size_t)m->H, m->D, m->bx, m->bh, m->Wx,
			m->Wh };
	}
}

static void
int8_arrays(struct image *im)
{
	const struct whit_model *model = im->model;
	const struct net_int *net = model->net;

	for (int l = 0; l < net->layers; l++) {
		struct arrays a = arrays_of(net, l);

		image_add(im, 4, a.G, 0, a.bx, "bias_ih", l);
		image_add(im, 4, a.G, 0, a.bh, "bias_hh", l);
	}
	image_add(im, 4, net->K, 0, net->bo, "fc_bias", -1);
	if (model->confidence)
		image_add(im, 4, sizeof *model->confidence / 4, 0, model->confidence,
			"confidence", -1);
	for (int l = 0; l < net->layers; l++) {
		struct arrays a = arrays_of(net, l);

		image_add(im, 1, a.G, a.D, a.Wx, "weight_ih", l);
		image_add(im, 1, a.G, net->H, a.Wh, "weight_hh", l);
	}
	image_add(im, 1, net->K, net->H, net->Wo, "fc_weight", -1);
}

void
image_init(struct image *im, const struct whit_model *model, const struct tensor_set *set)
{
	const struct whit_input *in = model->input;

	memset(im, 0, sizeof *im);
	im->model = model;
	im->set = set;
	if (in) {
		image_add(im, 4, model->net->D, 0, in->offset, "input_offset", -1);
		image_add(im, 4, model->net->D, 0, in->scale, "input_scale", -1);
	}
	if (image_pot_bits(model->net))
		image_pot_arrays(im);
	else
		int8_arrays(im);
	im->labels = elabels_names(&set->head, &im->labels_n);
}

void
image_free(struct image *im)
{
	free(im->labels);
	memset(im, 0, sizeof *im);
}

size_t
image_array_n(const struct image_array *a)
{
	return a->rows * (a->cols ? a->cols : 1);
}

size_t
image_bytes(const struct image *im)
{
	size_t n = im->labels_n;

	for (size_t i = 0; i < im->n; i++)
		n += image_array_n(&im->array[i]) * (size_t)im->array[i].bytes;
	return n;
}

uint8_t *
image_put(uint8_t *to, uint32_t v, int bytes)
{
	for (; bytes > 0; bytes--, v >>= 8)
		*to++ = (uint8_t)v;
	return to;
}

static uint8_t *
put_requants(uint8_t *to, const struct requant *r, int n)
{
	for (int i = 0; i < n; i++)
		to = image_put(image_put(to, (uint32_t)r[i].mult, 4), (uint32_t)r[i].shift, 4);
	return to;
}

static uint8_t *
put_layer(uint8_t *to, const struct net_int *net, size_t l)
{
	const struct lstm_s8 *m = net_int_layer(net, l);
	const struct gru_s16 *gru = net_int_layer(net, l);

	if (image_pot_bits(net))
		return image_pot_layer(to, net, l);
	if (net->cell == &gru_s16_cell) {
		to = put_requants(to, gru->rx, GRU_S16_GATES);
		return put_requants(to, gru->rh, GRU_S16_GATES);
	}
	to = put_requants(to, m->rx, LSTM_S8_GATES);
	to = put_requants(to, m->rh, LSTM_S8_GATES);
	to = put_requants(to, &m->r_h, 1);
	to = image_put(to, (uint32_t)m->cell_e, 4);
	to = image_put(to, (uint32_t)m->cell_clip, 4);
	return image_put(to, (uint32_t)m->z_h, 4);
}

/* Bytes 16 to 64. */
static uint8_t *
put_head(uint8_t *to, const struct image *im)
{
	const struct net_int *net = im->model->net;
	uint32_t gru = net->cell == &gru_s16_cell;

	to = image_put(to, WHIT_IMAGE_VERSION, 2);
	to = image_put(to, image_pot_bits(net) ? WHIT_IMAGE_CELL_POT_LSTM + gru :
		WHIT_IMAGE_CELL_LSTM + gru, 2);
	to = image_put(to, net->pooling | (im->model->confidence ? WHIT_IMAGE_CONFIDENCE : 0u) |
		image_pot_flags(net), 2);
	to = image_put(to, net->layers, 2);
	to = image_put(to, net->D, 2);
	to = image_put(to, net->H, 2);
	to = image_put(to, net->K, 2);
	to = image_put(to, im->model->input ? im->model->input->hop : 0, 2);
	for (const char *hex = im->set->sha256; *hex; hex += 2) {
		unsigned byte = 0;

		sscanf(hex, "%2x", &byte);
		to = image_put(to, byte, 1);
	}
	return to;
}

void
image_write(FILE *f, const struct image *im)
{
	const struct net_int *net = im->model->net;
	int pot = image_pot_bits(net), gru = net->cell == &gru_s16_cell;
	size_t numbers = pot ? gru ? WHIT_IMAGE_POT_GRU : WHIT_IMAGE_POT_LSTM :
		gru ? WHIT_IMAGE_GRU : WHIT_IMAGE_LSTM;
	size_t n = WHIT_IMAGE_HEAD + net->layers * numbers + (pot ? WHIT_IMAGE_POT_LINEAR : 0) +
		image_bytes(im);
	uint8_t *bytes, *to;

	n = (n + 3) / 4 * 4;
	bytes = ecalloc(n, 1);
	memcpy(bytes, WHIT_IMAGE_MAGIC, 8);
	image_put(bytes + 8, (uint32_t)n, 4);
	to = put_head(bytes + 16, im);
	for (size_t l = 0; l < net->layers; l++)
		to = put_layer(to, net, l);
	if (pot)
		to = image_pot_linear(to, net);
	for (size_t i = 0; i < im->n; i++) {
		const struct image_array *a = &im->array[i];
		const int32_t *s32 = a->data;
		const int8_t *s8 = a->data;

		for (size_t k = 0; k < image_array_n(a); k++)
			to = image_put(to, (uint32_t)(a->bytes == 4 ? s32[k] : s8[k]), a->bytes);
	}
	memcpy(to, im->labels, im->labels_n);
	image_put(bytes + 12, (uint32_t)crc32(0, bytes + 16, (uInt)(n - 16)), 4);
	fwrite(bytes, 1, n, f);
	free(bytes);
}
