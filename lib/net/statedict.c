// SPDX-License-Identifier: MIT
#include "statedict.h"

#include <stdio.h>
#include <string.h>

#include "rnn.h"

int
statedict_rename(struct tensor_set *s, const char *rule, char err[ERR_MAX])
{
	const char *equals = strchr(rule, '=');
	char name[2 * TENSOR_NAME_MAX + 2];
	size_t n = equals ? (size_t)(equals - rule) : 0;
	int found = 0;

	if (!equals || n == 0 || strlen(equals + 1) > TENSOR_NAME_MAX)
		return err_set(err, "rename: expected OLD=NEW, got '%.200s'", rule);
	for (size_t i = 0; i < s->n; i++) {
		struct tensor *t = &s->items[i];

		if (strncmp(t->name, rule, n) != 0)
			continue;
		found = 1;
		snprintf(name, sizeof name, "%s%s", equals + 1, t->name + n);
		if (name[0] == '\0' || strlen(name) > TENSOR_NAME_MAX)
			return err_set(err, "rename %.200s: record %.100s: expected a name of "
				"1..%d bytes", rule, t->name, TENSOR_NAME_MAX);
		strcpy(t->name, name);
	}
	if (!found)
		snprintf(err, ERR_MAX, "rename %.200s: no name begins so", rule);
	return found ? 0 : -1;
}

/* The weight_ih of pass p, or NULL when there is none. */
static const struct tensor *
weight_ih(const struct tensor_set *s, const struct rnn *net, int p)
{
	char name[RNN_NAME_MAX];

	rnn_name(name, net, "weight_ih", p);
	return tensor_find(s, name);
}

int
statedict_describe(struct tensor_set *s, char err[ERR_MAX])
{
	struct rnn gru = { .cell = &cell_gru, .directions = 2 };
	struct rnn net = { .cell = &cell_lstm, .directions = 2 };
	const struct tensor *t, *first;
	int gates;

	if (weight_ih(s, &gru, 0))
		net = gru;
	if (!weight_ih(s, &net, 1))
		net.directions = 1;
	gates = net.cell->gates;
	first = weight_ih(s, &net, 0);
	if (!first)
		return err_set(err, "no record lstm.weight_ih_l0 or gru.weight_ih_l0: expected the "
			"state_dict of an nn.LSTM `lstm` or nn.GRU `gru` and an nn.Linear `fc` "
			"(see --rename)");
	for (; (t = weight_ih(s, &net, rnn_passes(&net))); net.layers++) {
		if (net.layers == RNN_LAYERS_MAX)
			return err_set(err, "record %s: expected at most %d layers", t->name,
				RNN_LAYERS_MAX);
		if (t->ndim != 2 || t->dims[0] == 0 || t->dims[0] % (uint32_t)gates != 0)
			return err_set(err, "record %s: expected (%d * hidden, inputs), got %d "
				"dimensions %u x %u", t->name, gates, t->ndim, t->dims[0],
				t->dims[1]);
	}
	if (meta_set(&s->head, "kind", "model") ||
	    meta_set(&s->head, "cell", "%s", net.cell->name) ||
	    meta_set(&s->head, "layers", "%d", net.layers) ||
	    (net.directions > 1 && meta_set(&s->head, "directions", "%d", net.directions)) ||
	    meta_set(&s->head, "hidden", "%u", first->dims[0] / (uint32_t)gates) ||
	    meta_set(&s->head, "inputs", "%u", first->dims[1]) ||
	    meta_set(&s->head, "precision", "float32"))
		return err_set(err, "metadata: no room for the model's keys");
	return 0;
}
