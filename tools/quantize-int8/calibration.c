// SPDX-License-Identifier: MIT
#include "calibration.h"

#include <math.h>
#include <stdio.h>

#include "base/err.h"

/* Runs both nets on data: how often they find the same label, and what q had to clamp. */
static size_t
same_labels(struct quant_static *q, struct quant_calib *cal, const struct tensor_set *data,
	struct quant_count *count)
{
	static float logits_f32[RNN_UNITS_MAX];
	static int32_t logits_s32[RNN_UNITS_MAX];
	size_t same = 0;

	for (size_t i = 0; i < data->n; i++) {
		const struct tensor *t = &data->items[i];
		int best = 0, best_f32 = 0;

		quant_static_infer_count(q, t->f32, (int)t->dims[0], logits_s32, count);
		if (rnn_infer(cal->net, &cal->scratch, t->f32, (int)t->dims[0], logits_f32))
			die("not enough memory");
		for (int k = 1; k < cal->net->K; k++) {
			best = logits_s32[k] > logits_s32[best] ? k : best;
			best_f32 = logits_f32[k] > logits_f32[best_f32] ? k : best_f32;
		}
		same += best == best_f32;
	}
	return same;
}

/* One line of the table. */
static void
row(const char *what, double min, double max, double unit, size_t over, size_t n)
{
	fprintf(stderr, "%-16s %10.3f %10.3f %12.6g %10zu %8.3f %%\n", what, min, max, unit, over,
		n ? 100. * (double)over / (double)n : 0);
}

static void
layer_row(int l, const char *what, const struct quant_range *r, double unit, size_t over, size_t n)
{
	char name[64];

	snprintf(name, sizeof name, "layer %d %s", l, what);
	row(name, r->min, r->max, unit, over, n);
}

static void
layer_rows(int l, const struct quant_calib *cal, const struct quant_count *count,
	const struct tensor_set *out)
{
	static const char *const lstm[] = { "gate i", "gate f", "gate g", "gate o" };
	static const char *const gru[] = { "gate r", "gate z", "gate n" };
	int is_gru = cal->net->cell == &cell_gru;
	const struct net_count *over = &count->layer[l];
	size_t n = count->steps * (size_t)cal->net->H;
	char name[64];
	double cell, h = 1. / 32768;		/* of a GRU, whatever it does */
	const struct tensor *state;

	for (int g = 0; g < cal->net->cell->gates; g++)	/* two additions a step */
		layer_row(l, is_gru ? gru[g] : lstm[g], &cal->a[l][g], 1. / 4096, over->gate[g],
			2 * n);
	if (!is_gru) {
		snprintf(name, sizeof name, "lstm.state_l%d", l);
		state = tensor_find(out, name);
		if (!state || meta_get_double(&state->meta, "scale.c", &cell) ||
			meta_get_double(&state->meta, "scale.h", &h))
			die("the model made has no %s", name);
		layer_row(l, "cell", &cal->c[l], cell, over->cell, 2 * n);
	}
	layer_row(l, "h", &cal->h[l], h, over->h, n);
}

void
calibration_print(struct quant_calib *cal, const struct tensor_set *data, struct quant_static *q,
	const struct tensor_set *out)
{
	struct quant_count count = { 0 };
	size_t same = same_labels(q, cal, data, &count);
	const struct tensor *scale = tensor_find(out, "input.scale");
	double min = INFINITY, max = -INFINITY, unit = 0;

	fprintf(stderr, "%-16s %10s %10s %12s %10s %10s\n", "calibration", "min", "max", "unit",
		"saturated", "share");
	for (int d = 0; d < cal->net->D; d++) {
		min = fmin(min, cal->features.x[d].min);
		max = fmax(max, cal->features.x[d].max);
		unit = fmax(unit, 1 / (double)scale->f32[d]);
	}
	row("x (widest unit)", min, max, unit, count.x, count.total_x);
	for (int l = 0; l < cal->net->layers; l++)
		layer_rows(l, cal, &count, out);
	fprintf(stderr, "%zu utterances, %zu frames; the same label as in float: %zu (%.2f %%)\n",
		data->n, count.steps, same, 100. * (double)same / (double)data->n);
}
