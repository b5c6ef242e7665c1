/* SPDX-License-Identifier: MIT */
#include "whit_image.h"

#define SIZE_MOST 4096		/* D, H: products of two, times 16, fit 32 bits */

static uint32_t
u16_at(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8;
}

static uint32_t
u32_at(const uint8_t *p)
{
	return u16_at(p) | u16_at(p + 2) << 16;
}

/* zlib's CRC-32, bit by bit: no table in flash for what is done once */
static uint32_t
crc32(const uint8_t *p, size_t n)
{
	uint32_t crc = UINT32_MAX;

	for (; n > 0; n--) {
		crc ^= *p++;
		for (int i = 0; i < 8; i++)
			crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
	}
	return ~crc;
}

/* What is left of the image; take() gives NULL from the first time that it is not enough. */
struct rest {
	const uint8_t *p;
	size_t n;
};

static const void *
take(struct rest *r, size_t n)
{
	const uint8_t *p = r->p;

	if (!p || n > r->n) {
		r->p = NULL;
		return NULL;
	}
	r->p += n;
	r->n -= n;
	return p;
}

static struct requant
requant_at(const int32_t *v)
{
	struct requant r = { v[0], v[1] };

	return r;
}

/* Where a layer lies: its numbers, its biases and its matrices, and how large it is. */
struct place {
	const int32_t *numbers, *b;	/* b: (2G) */
	const int8_t *Wx, *Wh;
	uint16_t D, H;
};

/* Numbers (21) of a layer. 0, or -1 when the cell's unit is none. */
static int
lstm_at(union whit_layer *layer, const struct place *at, int32_t *z)
{
	struct lstm_s8 *m = &layer->lstm;
	const int32_t *v = at->numbers;

	m->D = at->D;
	m->H = at->H;
	m->bx = at->b;
	m->bh = at->b + LSTM_S8_GATES * (size_t)at->H;
	m->Wx = at->Wx;
	m->Wh = at->Wh;
	for (size_t g = 0; g < LSTM_S8_GATES; g++) {
		m->rx[g] = requant_at(v + 2 * g);
		m->rh[g] = requant_at(v + 2 * (LSTM_S8_GATES + g));
	}
	m->r_h = requant_at(v + 4 * LSTM_S8_GATES);
	v += 4 * LSTM_S8_GATES + 2;
	if (v[0] < -27 || v[0] > 0)
		return -1;
	lstm_s8_set_cell(m, v[0]);
	m->cell_clip = v[1];
	*z = m->z_h = v[2];
	return 0;
}

/* Numbers (12). 0. */
static int
gru_at(union whit_layer *layer, const struct place *at, int32_t *z)
{
	struct gru_s16 *m = &layer->gru;

	m->D = at->D;
	m->H = at->H;
	m->mv = &matvec_ops_s8;
	m->bx = at->b;
	m->bh = at->b + GRU_S16_GATES * (size_t)at->H;
	m->Wx = at->Wx;
	m->Wh = at->Wh;
	for (size_t g = 0; g < GRU_S16_GATES; g++) {
		m->rx[g] = requant_at(at->numbers + 2 * g);
		m->rh[g] = requant_at(at->numbers + 2 * (GRU_S16_GATES + g));
	}
	*z = 0;
	return 0;
}

/* By enum whit_image_cell; layer_at: of int8, see read_pot() for the others. */
static const struct kind {
	const struct net_cell *cell;
	void (*quantise)(void *x, const int32_t *c, const struct whit_input *in, size_t D);
	int (*layer_at)(union whit_layer *layer, const struct place *at, int32_t *z);
	uint16_t gates, numbers_bytes;
} kinds[WHIT_IMAGE_CELLS] = {
	{ &lstm_s8_cell, whit_input_s8, lstm_at, LSTM_S8_GATES, WHIT_IMAGE_LSTM },
	{ &gru_s16_cell, whit_input_s8_s16, gru_at, GRU_S16_GATES, WHIT_IMAGE_GRU },
	{ &lstm_s16_cell, whit_input_s16, NULL, LSTM_S8_GATES, WHIT_IMAGE_POT_LSTM },
	{ &gru_s16_cell, whit_input_s16, NULL, GRU_S16_GATES, WHIT_IMAGE_POT_GRU },
};

/* v (6) as formats/model.md has it; NULL stays NULL, and an image with it is broken anyhow. */
static const struct confidence *
read_confidence(struct confidence *c, const int32_t *v)
{
	if (!v)
		return NULL;
	c->margin = requant_at(v);
	c->best = requant_at(v + 2);
	c->offset = v[4];
	c->threshold = v[5];
	return c;
}

/* K names in n bytes: as many ends, the last within. */
static int
labels_end(const char *p, size_t n, size_t K)
{
	for (size_t i = 0; i < n && K > 0; i++)
		K -= p[i] == '\0';
	return K == 0;
}

/* n bytes for each of the layers; the first. */
static const void *
take_each(struct rest *r, size_t layers, size_t n)
{
	const void *first = take(r, n);

	while (--layers > 0)
		take(r, n);
	return first;
}

/* All but the head, whose sizes are told. 0, or -1 when r does not hold it. */
static int
read_rest(struct whit_image *image, union whit_layer *layer, const struct kind *kind,
	struct rest r)
{
	struct net_int *net = &image->net;
	size_t H = net->H, G = kind->gates * H;
	struct place at = { .D = net->D, .H = net->H };

	at.numbers = take_each(&r, net->layers, kind->numbers_bytes);
	if (image->input.hop) {
		image->input.offset = take(&r, 4 * (size_t)net->D);
		image->input.scale = take(&r, 4 * (size_t)net->D);
	}
	at.b = take_each(&r, net->layers, 2 * 4 * G);
	net->bo = take(&r, 4 * (size_t)net->K);
	if (image->model.confidence)
		image->model.confidence = read_confidence(&image->confidence, take(&r, 4 * 6));
	for (size_t l = 0; l < net->layers; l++) {
		at.Wx = take(&r, G * at.D);
		at.Wh = take(&r, G * H);
		if (!r.p || kind->layer_at(&layer[l], &at, &net->z) != 0)
			return -1;
		at.numbers += kind->numbers_bytes / 4;
		at.b += 2 * G;
		at.D = net->H;
	}
	net->Wo = take(&r, net->K * H);
	image->model.labels = (const char *)r.p;
	return r.p && labels_end(image->model.labels, r.n, net->K) ? 0 : -1;
}

/* What of a pot image is the same in all its parts. */
struct pot_form {
	size_t bits, rows, sums;	/* rows, sums: as flags */
};

static const struct matvec_ops *const pot_ops[] = { &matvec_ops_pot2, &matvec_ops_pot3,
	&matvec_ops_pot4, &matvec_ops_pot5 };

/* Bytes of n codes. */
static size_t
code_bytes(const struct pot_form *form, size_t n)
{
	return (n * form->bits + 7) / 8;
}

/* rows rows of cols codes, and their ups. */
static void
take_matrix(struct pot_matrix *m, struct rest *r, const struct pot_form *form, size_t rows,
	size_t cols, int32_t drop)
{
	m->row_bytes = (uint16_t)code_bytes(form, cols);
	m->codes = take(r, rows * m->row_bytes);
	m->up = form->rows ? take(r, rows) : NULL;
	m->drop = (uint16_t)drop;
}

/* rows biases where they are sums, or where they are codes. */
static void
take_bias(struct pot_bias *b, struct rest *r, const struct pot_form *form, size_t rows,
	int32_t high, int codes)
{
	if (codes && !form->sums)
		*b = (struct pot_bias){ take(r, code_bytes(form, rows)), NULL, high };
	else if (!codes && form->sums)
		*b = (struct pot_bias){ NULL, take(r, 4 * rows), 0 };
}

/* The cell of a layer by its numbers v: shifts (2), highs (2), drops (2), of an LSTM its e. */
static int
pot_cell_at(struct whit_pot_layer *m, const struct kind *kind, const struct matvec_ops *ops,
	const int32_t *v, uint16_t D, uint16_t H)
{
	const struct requant rx = { 1 << 30, v[0] }, rh = { 1 << 30, v[1] };

	if (kind->cell == &lstm_s16_cell) {
		m->cell.lstm = (struct lstm_s16){ D, H, ops, &m->Wx, &m->Wh, &m->bx, &m->bh, rx,
			rh, v[6] };
		return v[6] >= -27 && v[6] <= 0 ? 0 : -1;
	}
	m->cell.gru = (struct gru_s16){ .D = D, .H = H, .mv = ops, .Wx = &m->Wx, .Wh = &m->Wh,
		.bx = &m->bx, .bh = &m->bh };
	for (size_t g = 0; g < GRU_S16_GATES; g++) {
		m->cell.gru.rx[g] = rx;
		m->cell.gru.rh[g] = rh;
	}
	return 0;
}

/* read_rest() of a pot image. */
static int
read_pot(struct whit_image *image, union whit_layer *layer, const struct kind *kind,
	const struct pot_form *form, struct rest r)
{
	struct net_int *net = &image->net;
	const struct matvec_ops *ops = pot_ops[form->bits - 2];
	size_t G = kind->gates * (size_t)net->H, K = net->K, n = kind->numbers_bytes / 4u;
	const int32_t *v = take_each(&r, net->layers, kind->numbers_bytes), *linear;
	uint16_t D = net->D;

	linear = take(&r, WHIT_IMAGE_POT_LINEAR);
	if (!linear)
		return -1;
	if (image->input.hop) {
		image->input.offset = take(&r, 4 * (size_t)D);
		image->input.scale = take(&r, 4 * (size_t)D);
	}
	for (size_t l = 0; l < net->layers; l++) {
		take_bias(&layer[l].pot.bx, &r, form, G, 0, 0);
		take_bias(&layer[l].pot.bh, &r, form, G, 0, 0);
	}
	take_bias(&image->bo, &r, form, K, 0, 0);
	if (image->model.confidence)
		image->model.confidence = read_confidence(&image->confidence, take(&r, 4 * 6));
	for (size_t l = 0; l < net->layers; l++, v += n, D = net->H) {
		struct whit_pot_layer *m = &layer[l].pot;

		take_matrix(&m->Wx, &r, form, G, D, v[4]);
		take_matrix(&m->Wh, &r, form, G, net->H, v[5]);
		take_bias(&m->bx, &r, form, G, v[2], 1);
		take_bias(&m->bh, &r, form, G, v[3], 1);
		if (pot_cell_at(m, kind, ops, v, D, net->H) != 0)
			return -1;
	}
	take_matrix(&image->Wo, &r, form, K, net->H, linear[1]);
	take_bias(&image->bo, &r, form, K, linear[0], 1);
	net->linear = ops->product;
	net->Wo = &image->Wo;
	net->bo = &image->bo;
	net->z = 0;
	image->model.labels = (const char *)r.p;
	return r.p && labels_end(image->model.labels, r.n, K) ? 0 : -1;
}

enum whit_image_error
whit_image_open(struct whit_image *image, union whit_layer *layer, size_t layers_max,
	const void *p, size_t size)
{
	static const uint8_t magic[] = WHIT_IMAGE_MAGIC;
	const uint8_t *head = p;
	struct rest r = { head + WHIT_IMAGE_HEAD, 0 };
	struct net_int *net = &image->net;
	const struct kind *kind;
	struct pot_form form;
	size_t n, cell;

	if (size < WHIT_IMAGE_HEAD || (uintptr_t)p % 4 != 0)
		return WHIT_IMAGE_NONE;
	for (size_t i = 0; i < 8; i++)
		if (head[i] != magic[i])
			return WHIT_IMAGE_NONE;
	n = u32_at(head + 8);
	if (n > size)
		return WHIT_IMAGE_CUT;
	if (n < WHIT_IMAGE_HEAD || crc32(head + 16, n - 16) != u32_at(head + 12))
		return WHIT_IMAGE_BROKEN;
	net->pooling = head[20];
	form = (struct pot_form){ u16_at(head + 20) >> WHIT_IMAGE_BITS,
		u16_at(head + 20) & WHIT_IMAGE_ROWS, u16_at(head + 20) & WHIT_IMAGE_SUMS };
	image->model.confidence = u16_at(head + 20) & WHIT_IMAGE_CONFIDENCE ? &image->confidence :
		NULL;
	cell = u16_at(head + 18);
	if (u16_at(head + 16) != WHIT_IMAGE_VERSION || cell >= WHIT_IMAGE_CELLS ||
		net->pooling > NET_INT_MEAN || u16_at(head + 20) & WHIT_IMAGE_UNKNOWN)
		return WHIT_IMAGE_OTHER;
	kind = &kinds[cell];
	if (kind->layer_at ? form.bits + form.rows + form.sums > 0 :
		form.bits < 2 || form.bits > 5)
		return WHIT_IMAGE_OTHER;
	net->cell = kind->cell;
	net->layer = layer;
	net->layer_bytes = sizeof *layer;
	net->linear = matvec_s8_s16;
	net->layers = (uint16_t)u16_at(head + 22);
	net->D = (uint16_t)u16_at(head + 24);
	net->H = (uint16_t)u16_at(head + 26);
	net->K = (uint16_t)u16_at(head + 28);
	image->input.hop = (uint16_t)u16_at(head + 30);
	image->input.quantise = kind->quantise;
	if (net->layers > layers_max)
		return WHIT_IMAGE_LAYERS;
	r.n = n - WHIT_IMAGE_HEAD;
	if (net->layers == 0 || net->D - 1u >= SIZE_MOST || net->H - 1u >= SIZE_MOST ||
		net->K == 0 || image->input.hop > MFCC_S16_HOP_MAX ||
		(image->input.hop && net->D > MFCC_S16_COEFS_MAX) ||
		(kind->layer_at ? read_rest(image, layer, kind, r) :
		read_pot(image, layer, kind, &form, r)) != 0)
		return WHIT_IMAGE_BROKEN;
	image->model.net = net;
	image->model.input = image->input.hop ? &image->input : NULL;
	image->sha256 = head + 32;
	return WHIT_IMAGE_OK;
}
