// SPDX-License-Identifier: MIT
#include "recogniser.h"

#include <stdlib.h>
#include <string.h>

#include "net/model.h"
#include "pot_code.h"
#include "reject.h"
#include "train/prune.h"

static int
load(struct recogniser *r, const struct tensor_set *set, char err[ERR_MAX])
{
	char precision[32];

	memset(r, 0, sizeof *r);
	if (!meta_get(&set->head, "precision", precision, sizeof precision))
		precision[0] = '\0';
	r->dtype = TENSOR_F32;
	if (strcmp(precision, "int8-dynamic") == 0) {
		r->dynamic = quant_dynamic_load(set, &r->D, &r->K, err);
		return r->dynamic ? 0 : -1;
	}
	if (strcmp(precision, "int8") == 0) {
		r->dtype = TENSOR_S32;
		r->integer = quant_static_load(set, &r->D, &r->K, err);
		return r->integer ? 0 : -1;
	}
	if (strcmp(precision, "pot") == 0) {
		r->dtype = TENSOR_S32;
		r->pot = quant_pot_load(set, &r->D, &r->K, err);
		return r->pot ? 0 : -1;
	}
	if (strcmp(precision, "float32") != 0) {
		snprintf(err, ERR_MAX, "precision: expected float32, int8-dynamic, int8 or pot, "
			"got '%s'", precision);
		return -1;
	}
	if (model_from_tensors(&r->net, set, err))
		return -1;
	if (rnn_pack(&r->scratch, &r->net)) {
		snprintf(err, ERR_MAX, "out of memory");
		recogniser_free(r);
		return -1;
	}
	r->D = r->net.D;
	r->K = r->net.K;
	return 0;
}

int
recogniser_init(struct recogniser *r, const struct tensor_set *set, char err[ERR_MAX])
{
	if (load(r, set, err))
		return -1;
	r->none = labels_none(&set->head);
	r->confident = reject_load(&r->confidence, set, err);
	if (r->confident > 0 && r->dtype != TENSOR_S32)
		r->confident = err_set(err, "record confidence: expected it in a model whose "
			"logits are integers");
	if (r->confident >= 0)
		return 0;
	recogniser_free(r);
	return -1;
}

int
recogniser_infer(struct recogniser *r, const float *x, int T, void *logits, char err[ERR_MAX])
{
	int rc = r->dynamic ? quant_dynamic_infer(r->dynamic, x, T, logits) :
		r->integer ? quant_static_infer(r->integer, x, T, logits) :
		r->pot ? quant_pot_infer(r->pot, x, T, logits) :
		rnn_infer(&r->net, &r->scratch, x, T, logits);

	if (rc)
		snprintf(err, ERR_MAX, "out of memory");
	return rc;
}

const struct net_int *
recogniser_net(const struct recogniser *r)
{
	return r->integer ? quant_static_net(r->integer) : r->pot ? quant_pot_net(r->pot) : NULL;
}

int
recogniser_whit(struct whit_model *m, struct whit_input *in, const struct recogniser *r,
	const struct tensor_set *set, char err[ERR_MAX])
{
	const struct net_int *net = recogniser_net(r);

	if (!net)
		return err_set(err, "expected a net in integers, as quantize-int8 --calibrate "
			"or quantize-pot makes it");
	*in = (struct whit_input){ .hop = (uint16_t)quant_device_hop(&set->head, r->D),
		.offset = r->pot ? quant_pot_offset(r->pot) : quant_static_offset(r->integer),
		.scale = r->pot ? quant_pot_shift(r->pot) : quant_static_scale(r->integer),
		.quantise = r->pot ? whit_input_s16 :
			net->cell->value_bytes == 1 ? whit_input_s8 : whit_input_s8_s16 };
	if (in->hop == 0)
		return err_set(err, "expected a model that hears samples: of features of wav2mfcc "
			"--preset device, of true length");
	*m = (struct whit_model){ net, in, NULL, r->confident ? &r->confidence : NULL };
	return 0;
}

void
recogniser_free(struct recogniser *r)
{
	quant_dynamic_free(r->dynamic);
	quant_static_free(r->integer);
	quant_pot_free(r->pot);
	rnn_scratch_free(&r->scratch);
	rnn_free(&r->net);
	memset(r, 0, sizeof *r);
}

/* Number of the layer that a tensor belongs to by its name: 0.., `layers` for fc, -1 for none. */
static int
layer_of(const char *name, const struct rnn *net)
{
	size_t prefix = strlen(net->cell->name);
	const char *l = strstr(name, "_l");
	char *end;
	long n;

	if (strncmp(name, "fc.", 3) == 0)
		return net->layers;
	if (strncmp(name, net->cell->name, prefix) != 0 || name[prefix] != '.' || !l)
		return -1;
	n = strtol(l + 2, &end, 10);
	return end > l + 2 && n >= 0 && n < net->layers ? (int)n : -1;
}

/* What a layer takes: bytes, of them as weights in matrices, zeros, and bytes stored sparse. */
struct room {
	size_t bytes, weights, zeros, sparse;
};

/* Weights and zeros of a matrix of codes (rows, bytes), of layer l. */
static void
measure_codes(struct room *r, const struct tensor *t, const struct rnn *net, int l, int bits)
{
	size_t cols = (size_t)(strstr(t->name, "weight_ih") ? rnn_inputs(net, l) : net->H);

	for (size_t k = 0; k < t->dims[0]; k++)
		for (size_t j = 0; j < cols; j++)
			r->zeros += pot_code_at(t->u8 + k * t->dims[1], j, bits) == 0;
	r->weights += t->dims[0] * cols;
	r->sparse += t->n;		/* codes are not stored sparse */
}

/* room: layer after layer, fc, input; zeroed. */
static void
measure(struct room *room, const struct tensor_set *set, const struct rnn *net, int bits)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct tensor *t = &set->items[i];
		int l = layer_of(t->name, net);
		struct room *r = &room[l < 0 ? net->layers + 1 : l];
		size_t size = tensor_dtype_size(t->dtype), zeros = 0;

		r->bytes += t->n * size;
		if (!strstr(t->name, "weight")) {
			r->sparse += t->n * size;
			continue;
		}
		if (bits) {
			measure_codes(r, t, net, l, bits);
			continue;
		}
		for (size_t j = 0; j < t->n; j++)
			zeros += tensor_get(t, j) == 0;
		r->weights += t->n;
		r->zeros += zeros;
		r->sparse += prune_bytes(t->n, zeros, size);
	}
}

int
recogniser_describe(struct meta *head, const struct tensor_set *set, char err[ERR_MAX])
{
	static const char *const copied[] = { "cell", "layers", "directions", "hidden", "inputs",
		"precision" };
	struct room room[RNN_LAYERS_MAX + 2] = { 0 };
	char sparse[(RNN_LAYERS_MAX + 2) * 64] = "";
	size_t all_bytes = 0;
	struct quant_pot_form form = { 0 };	/* bits 0: no codes */
	struct rnn net;
	char precision[32] = "none";
	int layers, n = 0, bad = 0;

	meta_get(&set->head, "precision", precision, sizeof precision);
	if (model_read_head(&net, &set->head, precision, err))
		return -1;
	if (strcmp(precision, "pot") == 0 && quant_pot_read_form(&form, &set->head, err))
		return -1;
	layers = net.layers;
	measure(room, set, &net, form.bits);
	bad |= meta_set(head, "model.sha256", "%s", set->sha256);
	for (size_t i = 0; i < sizeof copied / sizeof *copied; i++) {
		char key[32], value[64];

		snprintf(key, sizeof key, "model.%s", copied[i]);
		if (meta_get(&set->head, copied[i], value, sizeof value))
			bad |= meta_set(head, key, "%s", value);
	}
	for (int l = layers + 1; l >= 0; l--)
		all_bytes += room[l].bytes;
	bad |= meta_set(head, "model.parameters", "%zu", rnn_params(&net));
	bad |= meta_set(head, "model.bytes", "%zu", all_bytes);
	for (int i = -1; i <= layers; i++) {
		char key[32], name[32];
		int l = i < 0 ? layers + 1 : i;
		size_t end = strlen(sparse);

		if (i < 0 && room[l].bytes == 0)
			continue;
		snprintf(key, sizeof key, "model.layer.%d", ++n);
		snprintf(name, sizeof name, "%s.l%d", net.cell->name, l);
		bad |= meta_set(head, key, "%s %zu %zu",
			i < 0 ? "input" : i == layers ? "fc" : name,
			i < 0 ? 0 : rnn_layer_params(&net, l), room[l].bytes);
		snprintf(sparse + end, sizeof sparse - end, "%s%zu %zu %zu", end ? " " : "",
			room[l].weights, room[l].zeros, room[l].sparse);
	}
	bad |= meta_set(head, "model.sparse", "%s", sparse);
	if (bad)
		snprintf(err, ERR_MAX, "the metadata is too long");
	return bad ? -1 : 0;
}
