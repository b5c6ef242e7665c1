// SPDX-License-Identifier: MIT
#include <ctype.h>
#include <string.h>

#include "base/opt.h"
#include "gru_s16.h"
#include "image.h"
#include "lstm_s8.h"
#include "whit_listen.h"

#define COLUMNS 100

static int
is_gru(const struct net_int *net)
{
	return net->cell == &gru_s16_cell;
}

/* In lib/fixed: NAME.h, struct NAME, NAME_cell. */
static const char *
cell_name(const struct net_int *net)
{
	return is_gru(net) ? "gru_s16" : image_pot_bits(net) ? "lstm_s16" : "lstm_s8";
}

/* Elements of an array, as many on a line as fit; codes: bytes have no sign. */
static void
numbers(FILE *f, const struct image_array *a, int codes)
{
	const int32_t *s32 = a->data;
	const int8_t *s8 = a->data;
	const uint8_t *u8 = a->data;
	int column = 0;

	for (size_t i = 0; i < image_array_n(a); i++) {
		char text[16];
		int n = snprintf(text, sizeof text, "%d,", a->bytes == 4 ? (int)s32[i] :
			codes ? u8[i] : s8[i]);

		if (column + 1 + n > COLUMNS)
			column = 0;
		fputs(column ? " " : i ? "\n\t" : "\t", f);
		fputs(text, f);
		column += column ? 1 + n : 8 + n;	/* a tab is 8 */
	}
	putc('\n', f);
}

static void
array(FILE *f, const struct image_array *a, int codes, const char *prefix)
{
	fprintf(f, "\nstatic const %s %s_%s[%zu] = {", a->bytes == 4 ? "int32_t" :
		codes ? "uint8_t" : "int8_t", prefix, a->name, image_array_n(a));
	if (a->cols)
		fprintf(f, "\t/* (%zu, %zu) */", a->rows, a->cols);
	putc('\n', f);
	numbers(f, a, codes);
	fputs("};\n", f);
}

/* A label as a C string, whatever bytes it has, and the 0 that ends it. */
static void
label(FILE *f, const char *s)
{
	fputs("\n\t\"", f);
	for (; *s; s++) {
		unsigned char c = (unsigned char)*s;

		if (c < 32 || c > 126)
			fprintf(f, "\\%03o", c);
		else if (strchr("\"\\?", c))	/* ? for trigraphs */
			fprintf(f, "\\%c", c);
		else
			putc(c, f);
	}
	fputs("\\0\"", f);
}

static void
requant(FILE *f, const char *name, struct requant r)
{
	fprintf(f, "\t\t.%s = { %d, %d },\n", name, (int)r.mult, (int)r.shift);
}

static void
requants(FILE *f, const char *name, const struct requant *r, size_t gates)
{
	fprintf(f, "\t\t.%s = {\n", name);
	for (size_t g = 0; g < gates; g++)
		fprintf(f, "%s{ %d, %d },%s", g % 2 ? " " : "\t\t\t", (int)r[g].mult,
			(int)r[g].shift, g % 2 || g + 1 == gates ? "\n" : "");
	fputs("\t\t},\n", f);
}

static void
arrays_of(FILE *f, unsigned D, unsigned H, int l, const char *prefix)
{
	fprintf(f, "\t{\n\t\t.D = %u, .H = %u,\n", D, H);
	fprintf(f, "\t\t.Wx = %s_weight_ih_l%d,\n\t\t.Wh = %s_weight_hh_l%d,\n", prefix, l, prefix,
		l);
	fprintf(f, "\t\t.bx = %s_bias_ih_l%d,\n\t\t.bh = %s_bias_hh_l%d,\n", prefix, l, prefix, l);
}

static void
lstm(FILE *f, const struct lstm_s8 *m, int l, const char *prefix)
{
	arrays_of(f, m->D, m->H, l, prefix);
	requants(f, "rx", m->rx, LSTM_S8_GATES);
	requants(f, "rh", m->rh, LSTM_S8_GATES);
	requant(f, "r_fc", m->r_fc);
	requant(f, "r_ig", m->r_ig);
	requant(f, "r_h", m->r_h);
	fprintf(f, "\t\t.cell_e = %d, .cell_clip = %d, .z_h = %d,\n\t},\n", (int)m->cell_e,
		(int)m->cell_clip, (int)m->z_h);
}

static void
gru(FILE *f, const struct gru_s16 *m, int l, const char *prefix)
{
	arrays_of(f, m->D, m->H, l, prefix);
	fputs("\t\t.mv = &matvec_ops_s8,\n", f);
	requants(f, "rx", m->rx, GRU_S16_GATES);
	requants(f, "rh", m->rh, GRU_S16_GATES);
	fputs("\t},\n", f);
}

static void
layers(FILE *f, const struct net_int *net, const char *prefix)
{
	fprintf(f, "\nstatic const struct %s %s_layer[%d] = {\n", cell_name(net), prefix,
		net->layers);
	for (int l = 0; l < net->layers; l++)
		if (is_gru(net))
			gru(f, net_int_layer(net, (size_t)l), l, prefix);
		else
			lstm(f, net_int_layer(net, (size_t)l), l, prefix);
	fputs("};\n", f);
}

/* What of lib/fixed the header needs beside whit.h. */
static void
includes(FILE *f, const struct net_int *net)
{
	fprintf(f, "#include \"%s.h\"\n", cell_name(net));
	if (image_pot_bits(net))
		fputs("#include \"pot_s16.h\"\n", f);
	fputs("#include \"whit.h\"\n\n", f);
}

static void
top(FILE *f, const struct image *im, const char *prefix, const char *upper)
{
	const struct net_int *net = im->model->net;

	fprintf(f, "/*\n * %s - a word recogniser for lib/fixed/whit.h, by whit's export-c %s\n",
		prefix, WHIT_VERSION);
	fprintf(f, " *\n * model sha256 %s\n", im->set->sha256);
	fprintf(f, " * %s %dx%d, %d features a frame, %d labels; %zu bytes of arrays\n *\n",
		is_gru(net) ? "gru" : "lstm", net->layers, net->H, net->D, net->K, image_bytes(im));
	fputs(im->model->input ? " * It hears samples of 8 kHz: whit_push().\n" :
		" * Its features come from elsewhere: whit_step(). For whit_push(), train on\n"
		" * those of wav2mfcc --preset device.\n", f);
	fputs(" * Include it in one C file: what it defines is static.\n */\n", f);
	fprintf(f, "#ifndef WHIT_EXPORT_%s_H\n#define WHIT_EXPORT_%s_H\n\n", upper, upper);
	includes(f, net);
	fprintf(f, "#define %s_INPUTS %d\t/* features a frame */\n", upper, net->D);
	fprintf(f, "#define %s_LABELS %d\n", upper, net->K);
	fprintf(f, "#define %s_MEMORY_BYTES %zu\t/* for whit_init() */\n", upper,
		whit_memory_size(im->model));
	if (im->model->input)
		fprintf(f, "#define %s_LISTEN_BYTES %zu\t/* for whit_listen_init() */\n", upper,
			whit_listen_memory_size(im->model));
}

/* Not as an array: firmware wants the struct. */
static void
confidence(FILE *f, const struct confidence *c, const char *prefix)
{
	if (!c)
		return;
	fprintf(f, "\nstatic const struct confidence %s_confidence = {\n", prefix);
	fprintf(f, "\t.margin = { %d, %d }, .best = { %d, %d },\n", (int)c->margin.mult,
		(int)c->margin.shift, (int)c->best.mult, (int)c->best.shift);
	fprintf(f, "\t.offset = %d, .threshold = %d,\n};\n", (int)c->offset,
		(int)c->threshold);
}

/* The structs that hold the arrays together. */
static void
bottom(FILE *f, const struct image *im, const char *prefix)
{
	const struct net_int *net = im->model->net;
	const struct whit_input *in = im->model->input;
	int pot = image_pot_bits(net);

	if (pot)
		header_pot_layers(f, net, prefix);
	else
		layers(f, net, prefix);
	fprintf(f, "\nstatic const struct net_int %s_net = {\n", prefix);
	fprintf(f, "\t.cell = &%s_cell,\n\t.layer = %s_layer,\n", cell_name(net), prefix);
	if (pot)
		fprintf(f, "\t.linear = pot%d_s16,\n\t.Wo = &%s_Wo,\n\t.bo = &%s_bo,\n", pot,
			prefix, prefix);
	else
		fprintf(f, "\t.linear = matvec_s8_s16,\n\t.Wo = %s_fc_weight,\n"
			"\t.bo = %s_fc_bias,\n", prefix, prefix);
	fprintf(f, "\t.layers = %d, .layer_bytes = sizeof *%s_layer,\n", net->layers, prefix);
	fprintf(f, "\t.D = %d, .H = %d, .K = %d,\n", net->D, net->H, net->K);
	fprintf(f, "\t.pooling = %s, .z = %d,\n};\n",
		net->pooling == NET_INT_MEAN ? "NET_INT_MEAN" : "NET_INT_LAST", (int)net->z);
	if (in) {
		fprintf(f, "\nstatic const struct whit_input %s_input = {\n\t.hop = %d,\n", prefix,
			in->hop);
		fprintf(f, "\t.offset = %s_input_offset,\n\t.scale = %s_input_scale,\n", prefix,
			prefix);
		fprintf(f, "\t.quantise = whit_input_%s,\n};\n", pot ? "s16" :
			is_gru(net) ? "s8_s16" : "s8");
	}
	confidence(f, im->model->confidence, prefix);
	fprintf(f, "\nstatic const struct whit_model %s_model = {\n", prefix);
	fprintf(f, "\t.net = &%s_net,\n", prefix);
	if (in)
		fprintf(f, "\t.input = &%s_input,\n", prefix);
	if (im->model->confidence)
		fprintf(f, "\t.confidence = &%s_confidence,\n", prefix);
	fprintf(f, "\t.labels = %s_labels,\n};\n", prefix);
}

void
header_write(FILE *f, const struct image *im, const char *prefix)
{
	char upper[64];
	size_t n = strlen(prefix);

	for (size_t i = 0; i <= n; i++)
		upper[i] = (char)toupper((unsigned char)prefix[i]);
	top(f, im, prefix, upper);
	for (size_t i = 0; i < im->n; i++)
		if (im->array[i].data != im->model->confidence)
			array(f, &im->array[i], image_pot_bits(im->model->net), prefix);
	fprintf(f, "\nstatic const char %s_labels[%zu] =", prefix, im->labels_n + 1);
	for (const char *s = im->labels; s < im->labels + im->labels_n; s += strlen(s) + 1)
		label(f, s);
	fputs(";\n", f);
	bottom(f, im, prefix);
	fputs("\n#endif\n", f);
}
