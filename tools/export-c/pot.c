// SPDX-License-Identifier: MIT
/* What is different of a model of codes: its arrays, and the structs that hold them together. */
#include "gru_s16.h"
#include "image.h"
#include "lstm_s16.h"
#include "pot_s16.h"
#include "whit_image.h"

int
image_pot_bits(const struct net_int *net)
{
	return net->linear == pot2_s16 ? 2 : net->linear == pot3_s16 ? 3 :
		net->linear == pot4_s16 ? 4 : net->linear == pot5_s16 ? 5 : 0;
}

/* A layer, whatever its cell. */
struct parts {
	size_t G;
	const struct pot_matrix *Wx, *Wh;
	const struct pot_bias *bx, *bh;
};

static struct parts
parts_of(const struct net_int *net, int l)
{
	const struct gru_s16 *gru = net_int_layer(net, (size_t)l);
	const struct lstm_s16 *lstm = net_int_layer(net, (size_t)l);

	return net->cell == &gru_s16_cell ?
		(struct parts){ 3 * (size_t)net->H, gru->Wx, gru->Wh, gru->bx, gru->bh } :
		(struct parts){ 4 * (size_t)net->H, lstm->Wx, lstm->Wh, lstm->bx, lstm->bh };
}

/* Bytes of the codes of n biases. */
static size_t
bias_bytes(const struct net_int *net, size_t n)
{
	return (n * (size_t)image_pot_bits(net) + 7) / 8;
}

static void
add_bias(struct image *im, int bytes, const struct pot_bias *b, size_t rows, const char *name,
	int l)
{
	if (b->sums && bytes == 4)
		image_add(im, 4, rows, 0, b->sums, name, l);
	else if (b->codes && bytes == 1)
		image_add(im, 1, bias_bytes(im->model->net, rows), 0, b->codes, name, l);
}

static void
add_matrix(struct image *im, const struct pot_matrix *m, size_t rows, const char *name,
	const char *up, int l)
{
	image_add(im, 1, rows, m->row_bytes, m->codes, name, l);
	if (m->up)
		image_add(im, 1, rows, 0, m->up, up, l);
}

/* Those of so many bytes an element. */
static void
add_all(struct image *im, int bytes)
{
	const struct net_int *net = im->model->net;

	for (int l = 0; l < net->layers; l++) {
		struct parts p = parts_of(net, l);

		if (bytes == 1) {
			add_matrix(im, p.Wx, p.G, "weight_ih", "up_ih", l);
			add_matrix(im, p.Wh, p.G, "weight_hh", "up_hh", l);
		}
		add_bias(im, bytes, p.bx, p.G, "bias_ih", l);
		add_bias(im, bytes, p.bh, p.G, "bias_hh", l);
	}
	if (bytes == 1)
		add_matrix(im, net->Wo, net->K, "fc_weight", "fc_up", -1);
	add_bias(im, bytes, net->bo, net->K, "fc_bias", -1);
}

void
image_pot_arrays(struct image *im)
{
	const struct confidence *c = im->model->confidence;

	add_all(im, 4);
	if (c)
		image_add(im, 4, sizeof *c / 4, 0, c, "confidence", -1);
	add_all(im, 1);
}

uint32_t
image_pot_flags(const struct net_int *net)
{
	const struct pot_matrix *Wo = net->Wo;
	const struct pot_bias *bo = net->bo;

	if (!image_pot_bits(net))
		return 0;
	return (uint32_t)image_pot_bits(net) << WHIT_IMAGE_BITS | (Wo->up ? WHIT_IMAGE_ROWS : 0) |
		(bo->sums ? WHIT_IMAGE_SUMS : 0);
}

uint8_t *
image_pot_layer(uint8_t *to, const struct net_int *net, size_t l)
{
	const struct gru_s16 *gru = net_int_layer(net, l);
	const struct lstm_s16 *lstm = net_int_layer(net, l);
	int is_gru = net->cell == &gru_s16_cell;
	struct parts p = parts_of(net, (int)l);

	to = image_put(to, (uint32_t)(is_gru ? gru->rx[0] : lstm->rx).shift, 4);
	to = image_put(to, (uint32_t)(is_gru ? gru->rh[0] : lstm->rh).shift, 4);
	to = image_put(to, p.bx->codes ? (uint32_t)p.bx->high : 0, 4);
	to = image_put(to, p.bh->codes ? (uint32_t)p.bh->high : 0, 4);
	to = image_put(to, p.Wx->drop, 4);
	to = image_put(to, p.Wh->drop, 4);
	return is_gru ? to : image_put(to, (uint32_t)lstm->cell_e, 4);
}

uint8_t *
image_pot_linear(uint8_t *to, const struct net_int *net)
{
	const struct pot_matrix *Wo = net->Wo;
	const struct pot_bias *bo = net->bo;

	to = image_put(to, bo->codes ? (uint32_t)bo->high : 0, 4);
	return image_put(to, Wo->drop, 4);
}

/* NAME in full: of layer l, or without one. */
static void
name(FILE *f, const char *prefix, const char *of, int l)
{
	if (l < 0)
		fprintf(f, "%s_%s", prefix, of);
	else
		fprintf(f, "%s_%s_l%d", prefix, of, l);
}

static void
matrix(FILE *f, const struct pot_matrix *m, const char *prefix, const char *codes, const char *up,
	int l)
{
	fputs("{ .codes = ", f);
	name(f, prefix, codes, l);
	if (m->up) {
		fputs(", .up = ", f);
		name(f, prefix, up, l);
	}
	fprintf(f, ",\n\t\t.row_bytes = %d, .drop = %d }", m->row_bytes, m->drop);
}

static void
bias(FILE *f, const struct pot_bias *b, const char *prefix, const char *of, int l)
{
	fprintf(f, "{ .%s = ", b->codes ? "codes" : "sums");
	name(f, prefix, of, l);
	if (b->codes)
		fprintf(f, ", .high = %d", (int)b->high);
	fputs(" }", f);
}

/* A layer's Wx, Wh, bx and bh, one struct each, and the classifier's two. */
static void
structs(FILE *f, const struct net_int *net, const char *prefix)
{
	int layers = net->layers;

	fprintf(f, "\nstatic const struct pot_matrix %s_W[%d] = {\t/* Wx, Wh of each layer */\n",
		prefix, 2 * layers);
	for (int l = 0; l < layers; l++) {
		fputs("\t", f);
		matrix(f, parts_of(net, l).Wx, prefix, "weight_ih", "up_ih", l);
		fputs(",\n\t", f);
		matrix(f, parts_of(net, l).Wh, prefix, "weight_hh", "up_hh", l);
		fputs(",\n", f);
	}
	fprintf(f, "};\n\nstatic const struct pot_bias %s_b[%d] = {\t/* likewise */\n", prefix,
		2 * layers);
	for (int l = 0; l < layers; l++) {
		fputs("\t", f);
		bias(f, parts_of(net, l).bx, prefix, "bias_ih", l);
		fputs(",\n\t", f);
		bias(f, parts_of(net, l).bh, prefix, "bias_hh", l);
		fputs(",\n", f);
	}
	fprintf(f, "};\n\nstatic const struct pot_matrix %s_Wo = ", prefix);
	matrix(f, net->Wo, prefix, "fc_weight", "fc_up", -1);
	fprintf(f, ";\nstatic const struct pot_bias %s_bo = ", prefix);
	bias(f, net->bo, prefix, "fc_bias", -1);
	fputs(";\n", f);
}

/* r of n gates, one of an LSTM as all of them. */
static void
requants(FILE *f, const char *of, const struct requant *r, int n)
{
	fprintf(f, "\t\t.%s = {", of);
	for (int g = 0; g < n; g++)
		fprintf(f, n > 1 ? " { %d, %d }%s" : " %d, %d%s", (int)r[g].mult,
			(int)r[g].shift, g + 1 < n ? "," : "");
	fputs(" },\n", f);
}

static void
layer(FILE *f, const struct net_int *net, int l, const char *prefix)
{
	const struct gru_s16 *gru = net_int_layer(net, (size_t)l);
	const struct lstm_s16 *lstm = net_int_layer(net, (size_t)l);
	int is_gru = net->cell == &gru_s16_cell;

	fprintf(f, "\t{\n\t\t.D = %d, .H = %d,\n", is_gru ? gru->D : lstm->D, net->H);
	fprintf(f, "\t\t.%s = &matvec_ops_pot%d,\n", is_gru ? "mv" : "ops", image_pot_bits(net));
	fprintf(f, "\t\t.Wx = &%s_W[%d], .Wh = &%s_W[%d],\n", prefix, 2 * l, prefix, 2 * l + 1);
	fprintf(f, "\t\t.bx = &%s_b[%d], .bh = &%s_b[%d],\n", prefix, 2 * l, prefix, 2 * l + 1);
	requants(f, "rx", is_gru ? gru->rx : &lstm->rx, is_gru ? GRU_S16_GATES : 1);
	requants(f, "rh", is_gru ? gru->rh : &lstm->rh, is_gru ? GRU_S16_GATES : 1);
	if (!is_gru)
		fprintf(f, "\t\t.cell_e = %d,\n", (int)lstm->cell_e);
	fputs("\t},\n", f);
}

void
header_pot_layers(FILE *f, const struct net_int *net, const char *prefix)
{
	structs(f, net, prefix);
	fprintf(f, "\nstatic const struct %s %s_layer[%d] = {\n",
		net->cell == &gru_s16_cell ? "gru_s16" : "lstm_s16", prefix, net->layers);
	for (int l = 0; l < net->layers; l++)
		layer(f, net, l, prefix);
	fputs("};\n", f);
}
