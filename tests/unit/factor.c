// SPDX-License-Identifier: MIT
/* Integer factors from doubles (lib/quant/quant.h), at both ends of what there is. */
#include <math.h>
#include <stdio.h>

#include "quant/quant.h"

static int failures;

static void
check(int good, const char *what, double f)
{
	if (!good && ++failures)
		printf("%a: %s\n", f, what);
}

/* quant_requant(f): the nearest there is, by half a unit of its mantissa; 0 or none where told. */
static void
test_factor(double f, int status, int zero)
{
	struct requant r = { -1, -1 };

	check(quant_requant(f, &r) == status, "whether there is a factor", f);
	if (status || zero) {
		check(r.mult == 0, "expected no factor", f);
		return;
	}
	check(r.mult >= 1 << 30 && r.shift >= REQUANT_SHIFT_MIN && r.shift <= REQUANT_SHIFT_MAX,
		"mantissa or shift out of range", f);
	check(fabs(ldexp(r.mult, r.shift - 31) - f) <= ldexp(1, r.shift - 31), "not nearest", f);
}

int
main(void)
{
	static const double good[] = { 0x1p-32, 0x1.fffffffffp-32, 1, 1 / 3., 0.99999999999,
		0x1p29, 0x1.fffffffcp29, 0x1.fffffffep29, 0x1.fffffffffffffp29 };

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		test_factor(good[i], 0, 0);
	test_factor(0, 0, 1);
	test_factor(0x1p-33, 0, 1);
	test_factor(0x1p30, -1, 0);
	test_factor(-1, -1, 0);
	test_factor((double)NAN, -1, 0);
	printf("%d failures\n", failures);
	return failures > 0;
}
