// SPDX-License-Identifier: MIT
#include <math.h>
#include <string.h>

#include "model.h"

/* The i-th tensor of net: its name, shape and place, in the stream's order. 0 after the last. */
static int
entry(const struct rnn *net, int i, char name[RNN_NAME_MAX], uint32_t dims[2], int *ndim,
	float **data)
{
	static const char *const names[] = { "weight_ih", "weight_hh", "bias_ih", "bias_hh" };
	int p = i / 4, rest = i - 4 * rnn_passes(net);

	*ndim = 1;
	dims[1] = 1;
	if (rest < 0) {
		float *const at[] = { net->Wx[p], net->Wh[p], net->bx[p], net->bh[p] };

		rnn_name(name, net, names[i % 4], p);
		*data = at[i % 4];
		*ndim = i % 4 < 2 ? 2 : 1;
		dims[0] = (uint32_t)rnn_gates(net);
		if (*ndim == 2)
			dims[1] = (uint32_t)(i % 4 ? net->H : rnn_inputs(net, p));
		return 1;
	}
	if (rest == 0) {
		strcpy(name, "fc.weight");
		*data = net->Wo;
		*ndim = 2;
		dims[0] = (uint32_t)net->K;
		dims[1] = (uint32_t)rnn_outputs(net);
	} else if (rest == 1) {
		strcpy(name, "fc.bias");
		*data = net->bo;
		dims[0] = (uint32_t)net->K;
	} else if (rest < 4 && net->mean) {
		strcpy(name, rest == 2 ? "norm.mean" : "norm.scale");
		*data = rest == 2 ? net->mean : net->scale;
		dims[0] = (uint32_t)net->D;
	} else {
		return 0;
	}
	return 1;
}

static int
check_word(const struct meta *head, const char *key, const char *expected, char err[ERR_MAX])
{
	char got[64];

	if (!meta_get(head, key, got, sizeof(got)))
		return err_set(err, "%s: expected %s, got none", key, expected);
	if (strcmp(got, expected))
		return err_set(err, "%s: expected %s, got %s", key, expected, got);
	return 0;
}

static int
head_long(const struct meta *head, const char *key, long max, long *value, char err[ERR_MAX])
{
	char got[64];

	if (!meta_get_long(head, key, 1, max, value))
		return 0;
	return err_set(err, "%s: expected 1 to %ld, got %s", key, max,
		meta_get(head, key, got, sizeof(got)) ? got : "none");
}

static int
check_tensor(const struct tensor *t, const uint32_t dims[2], int ndim, char err[ERR_MAX])
{
	if (t->dtype != TENSOR_F32 || t->ndim != ndim || t->dims[0] != dims[0] ||
	    t->dims[1] != dims[1])
		return err_set(err, "tensor %s: expected %d dimensions %ux%u of f32, got %d "
			"dimensions %ux%u of %s", t->name, ndim, (unsigned)dims[0],
			(unsigned)dims[1], t->ndim, (unsigned)t->dims[0], (unsigned)t->dims[1],
			tensor_dtype_name(t->dtype));
	for (size_t i = 0; i < t->n; i++)
		if (!isfinite(t->f32[i]))
			return err_set(err, "tensor %s, element %zu: expected a finite number, got "
				"%g", t->name, i, (double)t->f32[i]);
	return 0;
}

/* Every tensor of net there with its shape, and none other; net has sizes, no weights yet. */
static int
check_tensors(const struct rnn *net, const struct tensor_set *set, char err[ERR_MAX])
{
	char name[RNN_NAME_MAX];
	uint32_t dims[2];
	float *data;
	int ndim, n = 0;

	for (; entry(net, n, name, dims, &ndim, &data); n++) {
		const struct tensor *t = tensor_find(set, name);

		if (!t)
			return err_set(err, "tensor %s: expected one, got none", name);
		if (check_tensor(t, dims, ndim, err))
			return -1;
	}
	for (size_t i = 0; i < set->n; i++) {
		const struct tensor *t = &set->items[i];
		int known = 0;

		for (int j = 0; j < n && !known; j++) {
			entry(net, j, name, dims, &ndim, &data);
			known = !strcmp(name, t->name);
		}
		if (!known)
			return err_set(err, "tensor %s: expected none of that name", t->name);
		if (tensor_find(set, t->name) != t)
			return err_set(err, "tensor %s: expected once, got it twice", t->name);
	}
	return 0;
}

static int
read_kind(struct rnn *net, const struct meta *head, char err[ERR_MAX])
{
	char cell[64] = "none", pooling[16] = "none";

	meta_get(head, "cell", cell, sizeof(cell));
	net->cell = cell_find(cell);
	if (!net->cell)
		return err_set(err, "cell: expected " CELL_NAMES ", got %s", cell);
	meta_get(head, "pooling", pooling, sizeof(pooling));
	while (net->pooling < RNN_POOLINGS && strcmp(pooling, rnn_pooling_names[net->pooling]))
		net->pooling++;
	if (net->pooling == RNN_POOLINGS)
		return err_set(err, "pooling: expected last, mean or max, got %s", pooling);
	return 0;
}

int
model_read_head(struct rnn *net, const struct meta *head, const char *precision, char err[ERR_MAX])
{
	long layers, directions = 1, H, D, K = (long)labels_count(head);

	memset(net, 0, sizeof(*net));
	if (check_word(head, "kind", "model", err) || read_kind(net, head, err) ||
	    check_word(head, "precision", precision, err) ||
	    head_long(head, "layers", RNN_LAYERS_MAX, &layers, err) ||
	    (meta_has(head, "directions") &&
	    head_long(head, "directions", 2, &directions, err)) ||
	    head_long(head, "hidden", RNN_UNITS_MAX, &H, err) ||
	    head_long(head, "inputs", RNN_UNITS_MAX, &D, err))
		return -1;
	if (K < 1 || K > RNN_UNITS_MAX)
		return err_set(err, "labels: expected 1 to %d names, got %ld", RNN_UNITS_MAX, K);
	net->layers = (int)layers;
	net->directions = (int)directions;
	net->H = (int)H;
	net->D = (int)D;
	net->K = (int)K;
	return 0;
}

int
model_write_head(struct meta *head, const struct rnn *net, const char *precision, char err[ERR_MAX])
{
	if (meta_set(head, "kind", "model") || meta_set(head, "cell", "%s", net->cell->name) ||
	    meta_set(head, "layers", "%d", net->layers) ||
	    (net->directions > 1 && meta_set(head, "directions", "%d", net->directions)) ||
	    meta_set(head, "hidden", "%d", net->H) ||
	    meta_set(head, "inputs", "%d", net->D) ||
	    meta_set(head, "pooling", "%s", rnn_pooling_names[net->pooling]) ||
	    meta_set(head, "precision", "%s", precision))
		return err_set(err, "the head has no room for the model's keys");
	return 0;
}

int
model_from_tensors(struct rnn *net, const struct tensor_set *set, char err[ERR_MAX])
{
	char name[RNN_NAME_MAX];
	uint32_t dims[2];
	float *data, there;
	int ndim, normalise = tensor_find(set, "norm.mean") || tensor_find(set, "norm.scale");

	if (model_read_head(net, &set->head, "float32", err))
		return -1;
	/* Before anything is allocated: the head may lie. */
	net->mean = normalise ? &there : NULL;
	if (check_tensors(net, set, err))
		return -1;
	if (rnn_init(net, normalise))
		return err_set(err, "not enough memory");
	for (int i = 0; entry(net, i, name, dims, &ndim, &data); i++) {
		const struct tensor *t = tensor_find(set, name);

		memcpy(data, t->f32, t->n * sizeof(*data));
	}
	return 0;
}

int
model_to_tensors(struct tensor_set *set, const struct rnn *net, char err[ERR_MAX])
{
	char name[RNN_NAME_MAX];
	uint32_t dims[2];
	float *data;
	int ndim;

	if (model_write_head(&set->head, net, "float32", err))
		return -1;
	for (int i = 0; entry(net, i, name, dims, &ndim, &data); i++) {
		struct tensor *t = etensor_add(set, name, TENSOR_F32, ndim, dims);

		memcpy(t->f32, data, t->n * sizeof(*data));
	}
	return 0;
}
