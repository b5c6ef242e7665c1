// SPDX-License-Identifier: MIT
/*
 * drift - ten minutes without a reset: do the integers stay with the float net?
 *
 *   drift FLOAT.m INT8.m [GROWTH] < features
 *
 * The utterances of stdin, in a random order of fixed seed, again and again, are one stream of
 * 30,000 frames at least, through both nets without a reset. Where an utterance ends the logits
 * are compared: label with label, and the root mean square of what lies between them with that of
 * the float logits of utterances with a reset before each; of many ends the median counts, for a
 * cell that once leaves the range that calibration saw is no drift. What holds of the first tenth
 * of the ends must hold of the last, and after a reset the logits must be those of a fresh start
 * bit for bit. Of a mean over minutes, which is of all words and so of none, labels are not asked.
 *
 * GROWTH: what the integer net hears becomes louder by that much in the course of it, so that a
 * test sees that a drift is noticed.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "net/model.h"
#include "net_int.h"
#include "quant/quant.h"

#define FRAMES 30000
#define LABELS_MAX 64

struct nets {
	struct rnn rnn;
	struct rnn_scratch scratch;
	struct quant_static *q;
	const struct net_int *net;
	struct net_int_state state;
	double unit;			/* of an integer logit */
	struct net_count count[RNN_LAYERS_MAX];
	size_t steps;			/* in count */
};

/* Of many ends of utterances. */
struct score {
	size_t n, same;
	double *error;			/* (n) mean squares; room for FRAMES */
	double power;			/* sum of mean squares of the float logits */
};

static size_t
argmax(const double *v, size_t K)
{
	size_t best = 0;

	for (size_t k = 1; k < K; k++)
		if (v[k] > v[best])
			best = k;
	return best;
}

/* What the float net makes of p, pooled. */
static void
float_logits(double *logits, const struct rnn *net, const double *p)
{
	for (int k = 0; k < net->K; k++) {
		logits[k] = net->bo[k];
		for (int j = 0; j < net->H; j++)
			logits[k] += (double)net->Wo[k * net->H + j] * p[j];
	}
}

static void
compare(struct score *s, const struct nets *n, const double *want, const int32_t *got)
{
	size_t K = (size_t)n->rnn.K;

	s->error[s->n] = 0;
	s->same += argmax(want, K) == net_int_argmax(got, K);
	for (size_t k = 0; k < K; k++) {
		s->error[s->n] += pow(got[k] * n->unit - want[k], 2) / (double)K;
		s->power += want[k] * want[k] / (double)K;
	}
	s->n++;
}

/* Both nets over x (T, D), which ends[0..n) cut into utterances; scores[i * 10 / n] of end i. */
static void
run(struct nets *n, const float *x, const size_t *ends, size_t ends_n, struct score scores[10],
	double growth)
{
	size_t T = ends[ends_n - 1], D = (size_t)n->rnn.D, H = (size_t)n->rnn.H, e = 0;
	float last[LABELS_MAX], *frame = ecalloc(D, sizeof *frame);
	double *p = ecalloc(H, sizeof *p), want[LABELS_MAX];
	int32_t got[LABELS_MAX];

	if (rnn_infer(&n->rnn, &n->scratch, x, (int)T, last))
		die("not enough memory");
	net_int_reset(&n->state);
	for (size_t t = 0; t < T; t++) {
		const float *h = n->scratch.h[n->rnn.layers - 1] + t * H;

		for (size_t d = 0; d < D; d++)
			frame[d] = (float)(x[t * D + d] * (1 + growth * (double)t / (double)T));
		n->steps++;
		net_int_step_count(&n->state, quant_static_input(n->q, frame), n->count);
		for (size_t j = 0; j < H; j++)
			p[j] = n->rnn.pooling == RNN_LAST ? h[j] :
				(p[j] * (double)t + h[j]) / (double)(t + 1);
		if (t + 1 < ends[e])
			continue;
		float_logits(want, &n->rnn, p);
		net_int_logits(&n->state, got);
		compare(&scores[e * 10 / ends_n], n, want, got);
		e++;
	}
	free(frame);
	free(p);
}

/* Whether labels agree less often in b than in a, by more than chance: three deviations of it. */
static int
fewer(const struct score *a, const struct score *b)
{
	double n_a = (double)a->n, n_b = (double)b->n;
	double p = (double)(a->same + b->same) / (n_a + n_b);

	return (double)a->same / n_a - (double)b->same / n_b >
		3 * sqrt(p * (1 - p) * (1 / n_a + 1 / n_b));
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median, relative to the logits of utterances as scored in fresh. Sorts. */
static double
error(struct score *s, const struct score *fresh)
{
	qsort(s->error, s->n, sizeof *s->error, ascending);
	return sqrt(s->error[s->n / 2] / (fresh->power / (double)fresh->n));
}

static void
say(const char *what, struct score *s, const struct score *fresh)
{
	printf("%s: %zu of %zu labels the same, median error %.2f %% of the logits\n", what,
		s->same, s->n, 100 * error(s, fresh));
}

static void
load(struct nets *n, const char *float_m, const char *int8_m, struct tensor_set sets[2])
{
	char err[ERR_MAX];
	int D, K;
	const struct tensor *b;

	etensor_load_path(&sets[0], float_m);
	etensor_load_path(&sets[1], int8_m);
	if (model_from_tensors(&n->rnn, &sets[0], err) || rnn_pack(&n->scratch, &n->rnn))
		die("%s: %s", float_m, err);
	n->q = quant_static_load(&sets[1], &D, &K, err);
	if (!n->q)
		die("%s: %s", int8_m, err);
	b = tensor_find(&sets[1], "fc.bias");
	if (D != n->rnn.D || K != n->rnn.K || K > LABELS_MAX ||
		meta_get_double(&b->meta, "scale", &n->unit))
		die("%s: not of %s", int8_m, float_m);
	n->net = quant_static_net(n->q);
	net_int_init(&n->state, n->net, ecalloc(net_int_memory_size(n->net), 1));
}

int
main(int argc, char *argv[])
{
	struct nets n = { 0 };
	struct tensor_set sets[2] = { 0 }, in = { 0 };
	struct score fresh[10] = { 0 }, long_run[10] = { 0 };
	size_t T = 0, ends_n = 0, D;
	size_t *ends = ecalloc(FRAMES, sizeof *ends);
	uint64_t seed = 1;
	int32_t before[LABELS_MAX], after[LABELS_MAX];
	float *x;
	int failed = 0;

	prog = "drift";
	if (argc < 3 || argc > 4)
		usage_die("FLOAT.m INT8.m [GROWTH] < features");
	load(&n, argv[1], argv[2], sets);
	for (int i = 0; i < 10; i++) {
		fresh[i].error = ecalloc(FRAMES, sizeof *fresh[i].error);
		long_run[i].error = ecalloc(FRAMES, sizeof *long_run[i].error);
	}
	etensor_load(&in, stdin, "stdin");
	D = (size_t)n.rnn.D;
	x = ecalloc((FRAMES + 65536) * D, sizeof *x);
	while (T < FRAMES) {
		const struct tensor *t;

		seed = seed * 6364136223846793005u + 1442695040888963407u;
		t = &in.items[(seed >> 33) % in.n];
		if (t->dims[0] > 65536 || t->dims[1] != D)
			die("stdin: record %s: not (frames, %zu)", t->name, D);
		memcpy(x + T * D, t->f32, t->n * sizeof *x);
		T += t->dims[0];
		ends[ends_n++] = T;
	}
	for (size_t i = 0; i < in.n; i++) {
		size_t end = in.items[i].dims[0];

		run(&n, in.items[i].f32, &end, 1, fresh, 0);
	}
	net_int_logits(&n.state, before);
	run(&n, x, ends, ends_n, long_run, argc > 3 ? atof(argv[3]) : 0);
	printf("%zu frames, %zu utterances\n", T, ends_n);
	say("with resets", fresh, fresh);
	say("first tenth", &long_run[0], fresh);
	say("last tenth", &long_run[9], fresh);
	failed |= n.rnn.pooling == RNN_LAST && fewer(&long_run[0], &long_run[9]);
	failed |= !(error(&long_run[9], fresh) <= 1.25 * error(&long_run[0], fresh));
	/* all that was heard is forgotten: the last utterance again */
	ends[0] = in.items[in.n - 1].dims[0];
	run(&n, in.items[in.n - 1].f32, ends, 1, fresh, 0);
	net_int_logits(&n.state, after);
	failed |= memcmp(before, after, (size_t)n.rnn.K * sizeof *after) != 0;
	for (int l = 0; l < n.rnn.layers; l++) {	/* each is clamped twice a step, at most */
		size_t most = 2 * n.steps * (size_t)n.rnn.H;

		for (int g = 0; g < NET_GATES_MAX; g++)
			failed |= n.count[l].gate[g] > most;
		failed |= n.count[l].cell > most || n.count[l].h > most;
		printf("layer %d: saturated gates %u %u %u %u, cell %u, h %u of %zu\n", l,
			n.count[l].gate[0], n.count[l].gate[1], n.count[l].gate[2],
			n.count[l].gate[3], n.count[l].cell, n.count[l].h, most / 2);
	}
	for (int i = 0; i < 10; i++) {
		free(fresh[i].error);
		free(long_run[i].error);
	}
	free(n.state.sum);
	free(x);
	free(ends);
	quant_static_free(n.q);
	rnn_scratch_free(&n.scratch);
	rnn_free(&n.rnn);
	tensor_set_free(&in);
	tensor_set_free(&sets[0]);
	tensor_set_free(&sets[1]);
	return failed;
}
