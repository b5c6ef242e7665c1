// SPDX-License-Identifier: MIT
/* distill: what the teacher sees, both ends of alpha. The loss: gradient.c, torch_lstm.py. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "train/distill.h"
#include "train/train.h"

#define N 7
#define T_MAX 9
#define FEATURES 3
#define LABELS 4

static const int lengths[N] = { 5, 1, 9, 3, 9, 4, 2 };
static float raw[N][T_MAX * FEATURES], seen[N][T_MAX * FEATURES];
static struct bptt_item items[N];
static int failed;

static void
fail(const char *what)
{
	printf("%s\n", what);
	failed = 1;
}

/* A net of random weights; with norm also a normalisation of its own. */
static void
make(struct rnn *net, int layers, int H, uint64_t seed, int norm)
{
	struct rng g;

	*net = (struct rnn){ .cell = &cell_lstm, .layers = layers, .directions = 1,
		.D = FEATURES, .H = H, .K = LABELS, .pooling = RNN_MEAN };
	if (rnn_init(net, norm))
		fail("memory");
	train_init_weights(net, seed);
	rng_init(&g, seed, 98);
	for (int d = 0; d < FEATURES && norm; d++) {
		net->mean[d] = 50.0f * rng_float(&g) - 25.0f;
		net->scale[d] = 0.02f + rng_float(&g);
	}
}

/* seen: raw as net sees it. */
static void
normalise(const struct rnn *net)
{
	for (int i = 0; i < N; i++) {
		for (int j = 0; j < T_MAX * FEATURES; j++)
			seen[i][j] = net->mean ? (raw[i][j] - net->mean[j % FEATURES]) *
				net->scale[j % FEATURES] : raw[i][j];
		items[i] = (struct bptt_item){ seen[i], lengths[i], i % LABELS };
	}
}

/* The teacher's logits of what the student sees are those of what the features are. */
static void
check_logits(int teacher_norm, int student_norm)
{
	struct rnn teacher, student;
	struct rnn_scratch s = { 0 };
	struct distill d;
	const float *got;
	float expected[LABELS];

	make(&teacher, 2, 11, 1, teacher_norm);
	make(&student, 1, 5, 2, student_norm);
	normalise(&student);
	if (distill_init(&d, &teacher, &student, N, T_MAX, 2) || rnn_pack(&s, &teacher))
		fail("memory");
	for (int n = N; n > 0; n -= 3) {	/* a short batch leaves nothing of the long one */
		got = distill_logits(&d, items, n);
		for (int i = 0; i < n; i++) {
			rnn_infer(&teacher, &s, raw[i], lengths[i], expected);
			for (int k = 0; k < LABELS; k++)
				if (!(fabsf(expected[k] - got[i * LABELS + k]) < 1e-5f))
					fail("the teacher's logits");
		}
	}
	distill_free(&d);
	rnn_scratch_free(&s);
	rnn_free(&teacher);
	rnn_free(&student);
}

/* Its own teacher: nothing to learn at alpha 1; at alpha 0 a teacher changes no bit. */
static void
check_ends(float tau)
{
	struct rnn net, other;
	struct distill d, o;
	struct bptt a, b;

	make(&net, 2, 9, 3, 1);
	make(&other, 1, 12, 4, 1);
	normalise(&net);
	if (bptt_init(&a, &net, N, T_MAX, 0.3f, 1, 1) ||
	    bptt_init(&b, &net, N, T_MAX, 0.3f, 1, 2) ||
	    distill_init(&d, &net, &net, N, T_MAX, 1) ||
	    distill_init(&o, &other, &net, N, T_MAX, 1))
		fail("memory");
	a.smoothing = b.smoothing = 0.1f;
	bptt_batch(&a, items, N, 1);
	b.teacher = distill_logits(&o, items, N);
	b.tau = tau;
	bptt_batch(&b, items, N, 1);
	if (a.loss != b.loss || memcmp(a.grad, b.grad, net.n * sizeof(*a.grad)))
		fail("alpha 0 and no teacher differ");
	b.alpha = 0.5f;
	bptt_batch(&b, items, N, 1);
	if (!memcmp(a.grad, b.grad, net.n * sizeof(*a.grad)))
		fail("a teacher teaches nothing");
	bptt_batch(&a, items, N, 0);
	bptt_batch(&b, items, N, 0);
	if (a.loss != b.loss)
		fail("validation asks the teacher");
	bptt_free(&b);
	if (bptt_init(&b, &net, N, T_MAX, 0.0f, 1, 2))
		fail("memory");
	b.teacher = distill_logits(&d, items, N);
	b.tau = tau;
	b.alpha = 1.0f;
	bptt_batch(&b, items, N, 1);
	if (b.loss != 0.0)
		fail("a net teaches itself: the loss is not 0");
	for (size_t i = 0; i < net.n; i++)
		if (b.grad[i] != 0.0f)
			fail("a net teaches itself: a gradient is not 0");
	bptt_free(&a);
	bptt_free(&b);
	distill_free(&d);
	distill_free(&o);
	rnn_free(&net);
	rnn_free(&other);
}

int
main(void)
{
	struct rng g;

	rng_init(&g, 5, 97);
	for (int i = 0; i < N; i++)
		for (int j = 0; j < T_MAX * FEATURES; j++)
			raw[i][j] = 20.0f * rng_float(&g) - 10.0f;
	for (int i = 0; i < 4; i++)
		check_logits(i & 1, i >> 1);
	check_ends(3.0f);
	check_ends(0.01f);
	return failed;
}
