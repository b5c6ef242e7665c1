// SPDX-License-Identifier: MIT
// The elementary functions of lib/math/num against libm's in long double.
#include <math.h>
#include <stdio.h>

#include "math/num.h"

static double worst[3];

static void
see(int i, double got, long double want, long double unit)
{
	double e = (double)(fabsl((long double)got - want) / unit);

	worst[i] = e > worst[i] || e != e ? e : worst[i];
}

int
main(void)
{
	double x[7], y[7];
	int bad = 0;

	for (double v = 1e-300; v < 1e300; v *= 1.0137)
		see(0, num_log(v), logl(v), fmaxl(1, fabsl(logl(v))));
	for (double v = 0.5; v < 2; v += 1e-5)
		see(0, num_log(v), logl(v), 1);
	for (double v = -690; v < 690; v += 0.0137)
		see(1, num_exp(v), expl(v), expl(v));
	for (long q = 1; q < 700; q += 7)
		for (long p = -3 * q; p < 3 * q; p++)
			see(2, num_cospi(p, q),
				cosl(3.14159265358979323846264338327950288L * p / q), 1);
	for (int i = 0; i < 7; i++)
		x[i] = 0.3 + i;
	num_log_n(y, x, 7);
	for (int i = 0; i < 7; i++)
		bad |= y[i] != num_log(x[i]);
	bad |= num_log(1) != 0 || num_exp(0) != 1 || num_cospi(0, 5) != 1 || num_cospi(5, 10) != 0
		|| num_cospi(7, 7) != -1;
	printf("errors: log %.1e, exp %.1e, cos %.1e\n", worst[0], worst[1], worst[2]);
	return bad || !(worst[0] < 4e-16) || !(worst[1] < 4e-16) || !(worst[2] < 4e-16);
}
