// SPDX-License-Identifier: MIT
/* train: the generator, hidden sizes, datasets, schedules, averages */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/rng.h"
#include "train/dataset.h"
#include "train/optim.h"
#include "train/train.h"

static int failed;

static void
expect(const char *what, double expected, double got)
{
	if (!(expected == got)) {
		printf("%s: expected %.17g, got %.17g\n", what, expected, got);
		failed = 1;
	}
}

static void
check_rng(void)
{
	/* The first line of pcg32-demo in the PCG C library 0.94: seed 42, stream 54. */
	static const uint32_t known[] = { 0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293,
		0xbfa4784b, 0xcbed606e };
	uint32_t items[10], seen = 0, counts[6] = { 0 };
	struct rng g;

	rng_init(&g, 42, 54);
	for (int i = 0; i < 6; i++)
		expect("pcg32", known[i], rng_u32(&g));
	for (int i = 0; i < 60000; i++)
		counts[rng_below(&g, 6)]++;
	for (int i = 0; i < 6; i++)	/* 5 standard deviations */
		if (fabs(counts[i] - 10000.0) > 5 * sqrt(60000.0 * 5 / 36)) {
			printf("below 6: %d came %u times in 60000\n", i, counts[i]);
			failed = 1;
		}
	/* By big integers; SplitMix64's first output for seed 0 is 0xe220a8397b1dcdaf. */
	expect("key, high", 4109595479, (double)(rng_key(0, 1, 2) >> 32));
	expect("key, low", 461368196, (double)(uint32_t)rng_key(0, 1, 2));
	expect("below 1", 0, rng_below(&g, 1));
	for (int i = 0; i < 1000; i++) {
		float u = rng_float(&g);

		if (!(u >= 0.0f && u < 1.0f)) {
			printf("float: %g\n", (double)u);
			failed = 1;
		}
	}
	for (uint32_t i = 0; i < 10; i++)
		items[i] = i;
	rng_shuffle(&g, items, 10);
	for (int i = 0; i < 10; i++)
		seen |= 1u << items[i];
	expect("shuffle keeps all", 1023, seen);
}

static struct rnn
sizes(int layers, int D, int H)
{
	return (struct rnn){ .cell = &cell_lstm, .layers = layers, .directions = 1, .D = D,
		.H = H, .K = 10 };
}

static int
model_hidden(long budget_bytes)
{
	struct rnn net = sizes(2, 13, 0);

	return rnn_solve_hidden(&net, budget_bytes, RNN_SCOPE_MODEL, rnn_float_bytes);
}

static void
check_sizes(void)
{
	struct rnn net = sizes(2, 13, 128), mfcc20 = sizes(1, 20, 0);

	expect("2x128 parameters", 206602, (double)rnn_params(&net));
	expect("36K a layer, mfcc20", 38, rnn_solve_hidden(&mfcc20, 36 * 1024, RNN_SCOPE_LAYER,
		rnn_float_bytes));
	mfcc20.cell = &cell_gru;
	expect("as a GRU", 45, rnn_solve_hidden(&mfcc20, 36 * 1024, RNN_SCOPE_LAYER,
		rnn_float_bytes));
	expect("36K model", 24, model_hidden(36 * 1024));
	expect("144K model", 52, model_hidden(4 * 36 * 1024));
	expect("nothing fits", 0, model_hidden(100));
	expect("exactly fits", 24, model_hidden(8794 * 4));
	expect("one byte less", 23, model_hidden(8794 * 4 - 1));
	net = sizes(0, 13, 24);
	expect("no layer", -1, rnn_init(&net, 0));
	net = sizes(RNN_LAYERS_MAX + 1, 13, 24);
	expect("too many layers", -1, rnn_init(&net, 0));
	net = sizes(1, 13, RNN_UNITS_MAX + 1);
	expect("too many units", -1, rnn_init(&net, 0));

	net = sizes(2, 13, 24);
	expect("2x24 parameters", 8794, (double)rnn_params(&net));
	expect("init", 0, rnn_init(&net, 0));
	train_init_weights(&net, 1);
	for (size_t i = 0; i < net.n; i++)
		if (!(fabsf(net.w[i]) <= 1.0f / sqrtf(24.0f))) {
			printf("weight %zu: %g\n", i, (double)net.w[i]);
			failed = 1;
		}
	rnn_free(&net);
}

/* 3 labels with 9, 4, 1 utterances of 1 to 3 frames of 2 features, the second constant. */
static void
make(struct dataset *s, struct tensor *t)
{
	static const int labels[] = { 0, 1, 0, 0, 2, 1, 0, 0, 1, 0, 0, 0, 1, 0 };
	char err[ERR_MAX];
	float x = 0.0f;

	memset(s, 0, sizeof(*s));
	for (int i = 0; i < 14; i++) {
		uint32_t dims[2] = { (uint32_t)(i % 3 + 1), 2 };

		etensor_shape(t, TENSOR_F32, 2, dims);
		etensor_name(t, "u%d", i);
		t->label = labels[i];
		for (size_t j = 0; j < t->n; j += 2) {
			t->f32[j] = x++;
			t->f32[j + 1] = 0.1f;
		}
		if (dataset_add(s, t, 0, 3, err))
			printf("dataset: %s\n", err), failed = 1;
	}
	expect("finish", 0, dataset_finish(s, err));
}

static void
check_dataset(void)
{
	struct dataset s, v = { 0 }, again, w = { 0 };
	struct tensor t = { 0 };
	float mean[2], scale[2];
	char err[ERR_MAX];
	int counts[3] = { 0 };

	make(&s, &t);
	expect("longest", 3, s.steps);
	dataset_moments(&s, mean, scale);
	expect("mean of 0..26", 13, (double)mean[0]);
	expect("scale of 0..26", (double)(float)(1 / sqrt((27 * 27 - 1) / 12.0)), (double)scale[0]);
	expect("mean of a constant", (double)0.1f, (double)mean[1]);
	expect("scale of a constant", 1, (double)scale[1]);

	/* A quarter: 2 of 9 (2.25), 1 of 4, none of 1. */
	expect("take", 0, dataset_take(&s, &v, 3, 0.25, 3, err));
	expect("taken", 3, (double)v.n);
	expect("left", 11, (double)s.n);
	for (size_t i = 0; i < v.n; i++)
		counts[v.items[i].label]++;
	expect("of label 0", 2, counts[0]);
	expect("of label 1", 1, counts[1]);
	expect("of label 2", 0, counts[2]);
	for (size_t i = 1; i < s.n; i++)
		if (s.items[i].x <= s.items[i - 1].x)
			printf("take: order lost\n"), failed = 1;
	make(&again, &t);
	expect("take again", 0, dataset_take(&again, &w, 3, 0.25, 3, err));
	for (size_t i = 0; i < v.n; i++)
		expect("the same ones", (double)(v.items[i].x - (const float *)s.map.p),
			(double)(w.items[i].x - (const float *)again.map.p));
	expect("classes", 3, dataset_classes(&s, 3));
	dataset_free(&w);
	w = (struct dataset){ 0 };
	expect("nothing to take", -1, dataset_take(&again, &w, 3, 0.01, 3, err));
	dataset_free(&s);
	dataset_free(&v);
	dataset_free(&again);
	dataset_free(&w);
	tensor_free(&t);
}

/* Ten recordings of two labels, "r0" to "r9", and what was varied of them, in any order. */
static void
check_recordings(void)
{
	/* Recording, and 0 for it as it was. r8 and r9 are there varied alone. */
	static const int all[][2] = { { 3, 1 }, { 0, 0 }, { 1, 0 }, { 2, 0 }, { 0, 2 }, { 4, 0 },
		{ 5, 0 }, { 9, 1 }, { 6, 0 }, { 7, 0 }, { 3, 0 }, { 3, 2 }, { 8, 1 }, { 8, 2 },
		{ 0, 1 }, { 9, 2 }, { 9, 3 }, { 6, 4 }, { 5, 1 } };
	enum { N = sizeof(all) / sizeof(*all) };
	char err[ERR_MAX];
	size_t sizes[2] = { 0 };

	for (uint64_t seed = 0; seed < 20; seed++) {
		struct dataset s = { 0 }, v = { 0 };
		struct tensor t = { 0 };
		int side[10] = { 0 }, labels[2] = { 0 };

		for (int i = 0; i < N; i++) {
			etensor_shape(&t, TENSOR_F32, 2, (uint32_t[]){ (uint32_t)i + 1, 1 });
			memset(t.f32, 0, t.n * sizeof(*t.f32));
			etensor_name(&t, all[i][1] ? "r%d~s%d" : "r%d", all[i][0], all[i][1]);
			if (all[i][1])
				emeta_set(&t.meta, "source", "r%d", all[i][0]);
			t.label = all[i][0] % 2;
			expect("add", 0, dataset_add(&s, &t, 0, 2, err));
		}
		expect("finish", 0, dataset_finish(&s, err));
		expect("take", 0, dataset_take(&s, &v, 2, 0.4, seed, err));
		expect("all", N, (double)(s.n + v.n));
		for (size_t i = 0; i < s.n + v.n; i++) {	/* the frames tell which it is */
			int r = all[(i < s.n ? s.items[i].T : v.items[i - s.n].T) - 1][0];

			side[r] |= i < s.n ? 1 : 2;
		}
		for (int r = 0; r < 10; r++) {
			if (side[r] != 1 && side[r] != 2)
				printf("recording %d: expected on one side\n", r), failed = 1;
			labels[r % 2] += side[r] == 2;
		}
		expect("recordings of label 0", 2, labels[0]);
		expect("recordings of label 1", 2, labels[1]);
		sizes[v.n == 4] = v.n;
		dataset_free(&s);
		dataset_free(&v);
		tensor_free(&t);
	}
	if (!sizes[0])
		printf("recordings: no copy was ever taken\n"), failed = 1;
}

static void
near(const char *what, double expected, double got, double tolerance)
{
	if (!(fabs(expected - got) <= tolerance)) {
		printf("%s: expected %.17g within %g, got %.17g\n", what, expected, tolerance, got);
		failed = 1;
	}
}

static void
check_optim(void)
{
	struct schedule s = { SCHEDULE_CONSTANT, 0.5, 10, 5, 3, 0.1 };
	float g[3] = { 3, 0, 4 };

	expect("norm", 5, clip_norm(g, 3, 10));
	expect("not clipped", 3, (double)g[0]);
	clip_norm(g, 3, 1);
	near("clipped", 1, clip_norm(g, 3, 1), 1e-6);
	expect("constant", 0.5, schedule_rate(&s, 35));
	expect("beta1", 0.9, schedule_beta1(&s, 35));
	s.kind = SCHEDULE_COSINE;
	expect("cosine starts", 0.5, schedule_rate(&s, 4));
	near("cosine, the middle", 0.25, schedule_rate(&s, 25), 1e-15);
	s.kind = SCHEDULE_STEP;
	expect("step, before the first", 0.5, schedule_rate(&s, 3 * 5 - 1));
	near("step, after the first", 0.05, schedule_rate(&s, 3 * 5), 1e-17);
	near("step, the last", 0.0005, schedule_rate(&s, 49), 1e-17);
	s.kind = SCHEDULE_ONE_CYCLE;	/* 50 updates: the top is number 0.3 * 50 - 1 */
	near("one-cycle, first", 0.02, schedule_rate(&s, 0), 1e-15);
	near("one-cycle, half way up", (0.02 + 0.5) / 2, schedule_rate(&s, 7), 1e-15);
	near("one-cycle, top", 0.5, schedule_rate(&s, 14), 1e-15);
	near("one-cycle, last", 2e-6, schedule_rate(&s, 49), 1e-15);
	near("one-cycle, beta1 first", 0.95, schedule_beta1(&s, 0), 1e-15);
	near("one-cycle, beta1 at the top", 0.85, schedule_beta1(&s, 14), 1e-15);
	near("one-cycle, beta1 last", 0.95, schedule_beta1(&s, 49), 1e-15);
}

static void
check_average(void)
{
	float w[2] = { 1, 2 };
	struct average a;

	expect("average", 0, average_init(&a, 2, 0));
	average_swap(&a, w);
	expect("nothing to exchange", 1, (double)w[0]);
	for (int i = 0; i < 4; i++, w[0] += 1, w[1] -= 2)
		average_add(&a, w);
	average_swap(&a, w);
	expect("mean of 1 2 3 4", 2.5, (double)w[0]);
	expect("mean of 2 0 -2 -4", -1, (double)w[1]);
	expect("kept in its place", 5, (double)a.w[0]);
	average_free(&a);
	expect("average", 0, average_init(&a, 1, 0.75));
	for (w[0] = 8; w[0] > 0; w[0] -= 4)
		average_add(&a, w);
	expect("moving average of 8 4", 7, (double)a.w[0]);
	average_free(&a);
}

int
main(void)
{
	check_rng();
	check_sizes();
	check_dataset();
	check_recordings();
	check_optim();
	check_average();
	return failed;
}
