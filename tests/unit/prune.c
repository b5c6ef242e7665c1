// SPDX-License-Identifier: MIT
/* prune: plans, what weights go, what the rest takes. PyTorch's masks: tests/ref/torch_prune.py. */
#include <stdio.h>
#include <string.h>

#include "train/prune.h"

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
check_plan(void)
{
	struct prune_plan plan = { 0 };
	char err[ERR_MAX];

	expect("last of no plan", 0, prune_last(&plan));
	expect("share of no plan", 0, prune_share(&plan, 1));
	expect("parse", 0, prune_parse(&plan, "10:.5,20:.25,30-50:.01", 50, err));
	expect("steps", 3, plan.n);
	expect("last", 50, prune_last(&plan));
	for (int e = 1; e <= 60; e++)
		expect("share", e == 10 ? .5 : e == 20 ? .25 : e >= 30 && e <= 50 ? .01 : 0,
			prune_share(&plan, e));
	expect("parse", 0, prune_parse(&plan, "1:.999", 1, err));
	expect("share", .999, prune_share(&plan, 1));
}

static void
check_refused(void)
{
	static const char *const bad[][2] = {
		{ "", "expected EPOCH:SHARE or FIRST-LAST:SHARE, got ''" },
		{ "10", "expected EPOCH:SHARE or FIRST-LAST:SHARE, got '10'" },
		{ ":.5", "expected EPOCH:SHARE or FIRST-LAST:SHARE, got ':.5'" },
		{ "0:.5", "expected EPOCH:SHARE or FIRST-LAST:SHARE, got '0:.5'" },
		{ "-3:.5", "expected EPOCH:SHARE or FIRST-LAST:SHARE, got '-3:.5'" },
		{ "1.5:.5", "expected EPOCH:SHARE or FIRST-LAST:SHARE, got '1.5:.5'" },
		{ "5-3:.5", "expected EPOCH:SHARE or FIRST-LAST:SHARE, got '5-3:.5'" },
		{ "3-:.5", "expected EPOCH:SHARE or FIRST-LAST:SHARE, got '3-:.5'" },
		{ "3-4-5:.5", "expected EPOCH:SHARE or FIRST-LAST:SHARE, got '3-4-5:.5'" },
		{ "1:.5,", "expected EPOCH:SHARE or FIRST-LAST:SHARE, got ''" },
		{ "1:.5,,3:.5", "expected EPOCH:SHARE or FIRST-LAST:SHARE, got ''" },
		{ "99999999999:.5",
		  "expected EPOCH:SHARE or FIRST-LAST:SHARE, got '99999999999:.5'" },
		{ "1:.5 ,3:.5", "expected a share above 0 and below 1, got '.5 '" },
		{ "1:", "expected a share above 0 and below 1, got ''" },
		{ "1:x", "expected a share above 0 and below 1, got 'x'" },
		{ "1:nan", "expected a share above 0 and below 1, got 'nan'" },
		{ "1:0", "expected a share above 0 and below 1, got '0'" },
		{ "1:1", "expected a share above 0 and below 1, got '1'" },
		{ "1:1.5", "expected a share above 0 and below 1, got '1.5'" },
		{ "1:-.5", "expected a share above 0 and below 1, got '-.5'" },
		{ "1:50%", "expected a share above 0 and below 1, got '50%'" },
		{ "1:.5:.5", "expected a share above 0 and below 1, got '.5:.5'" },
		{ "5:.5,5:.5", "expected an epoch after 5, got 5" },
		{ "5:.5,4:.5", "expected an epoch after 5, got 4" },
		{ "5-9:.5,8-12:.5", "expected an epoch after 9, got 8" },
		{ "5:.5,8-21:.5", "expected epochs up to 20, the last, got 21" },
	};
	char many[PRUNE_STEPS_MAX * 8 + 16] = "1:.5", err[ERR_MAX];
	struct prune_plan plan;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		if (prune_parse(&plan, bad[i][0], 20, err) == 0 || strcmp(err, bad[i][1])) {
			printf("%s: expected '%s', got '%s'\n", bad[i][0], bad[i][1], err);
			failed = 1;
		}
	}
	for (int i = 2; i <= PRUNE_STEPS_MAX + 1; i++)
		snprintf(many + strlen(many), 16, ",%d:.5", i);
	expect("too many steps", -1, prune_parse(&plan, many, 1000, err));
	*strrchr(many, ',') = '\0';
	expect("just as many", 0, prune_parse(&plan, many, 1000, err));
}

/* One layer, D 1, H 1, K 1: Wx 0..3, Wh 4..7, bx 8..11, bh 12..15, Wo 16, bo 17. */
static void
check_masks(void)
{
	static const float w[18] = { 3, -1, 1, .5f, -.5f, 2, -2, 9, .1f, .1f, .1f, .1f, 0, 0, 0, 0,
		-.25f, 0 };
	struct prune p;
	struct rnn net = {
		.cell = &cell_lstm, .layers = 1, .directions = 1, .D = 1, .H = 1, .K = 1
	};
	float x[18];

	expect("net", 0, rnn_init(&net, 0));
	memcpy(net.w, w, sizeof(w));
	expect("sparsity", 0, prune_sparsity(&net));
	expect("init", 0, prune_init(&p, &net));
	expect("left", 9, (double)p.left);
	prune_more(&p, net.w, .05);		/* 0.45 of a weight: none */
	expect("none of 9", 9, (double)p.left);
	/* Half of 9 is 4.5: 4, the even. By magnitude: Wo, .5, -.5, then -1 before 1. */
	prune_more(&p, net.w, .5);
	expect("half of 9", 5, (double)p.left);
	for (int i = 0; i < 18; i++)
		expect("weight", i == 16 || i == 3 || i == 4 || i == 1 ? 0 : (double)w[i],
			(double)net.w[i]);
	expect("sparsity", 4 / 9., prune_sparsity(&net));
	/* Half of 5: 2 of those left, however small those that went are. */
	prune_more(&p, net.w, .5);
	expect("half of 5", 3, (double)p.left);
	for (int i = 0; i < 18; i++)
		x[i] = 1;
	prune_mask(&p, x);
	for (int i = 0; i < 18; i++)
		expect("mask", i != 16 && i != 3 && i != 4 && i != 1 && i != 2 && i != 5,
			(double)x[i]);
	prune_free(&p);
	rnn_free(&net);
}

static void
check_bytes(void)
{
	expect("nothing", 0, (double)prune_bytes(0, 0, 4));
	expect("no zero", 400, (double)prune_bytes(100, 0, 4));
	expect("all zeros", 13, (double)prune_bytes(100, 100, 4));
	expect("half, f32", 13 + 200, (double)prune_bytes(100, 50, 4));
	expect("half, s8", 13 + 50, (double)prune_bytes(100, 50, 1));
	expect("too few, f32", 400, (double)prune_bytes(100, 3, 4));
	expect("enough, f32", 13 + 384, (double)prune_bytes(100, 4, 4));
	expect("too few, s8", 100, (double)prune_bytes(100, 13, 1));
	expect("enough, s8", 99, (double)prune_bytes(100, 14, 1));
}

int
main(void)
{
	check_plan();
	check_refused();
	check_masks();
	check_bytes();
	return failed;
}
