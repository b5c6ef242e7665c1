/* SPDX-License-Identifier: MIT */
#include <stdint.h>
#include <string.h>

#include "kernel.h"
#include "num.h"

/* ln 2 in two parts: the upper one has 21 zero bits at its end, so that k times it is exact. */
#define LN2_HI 6.93147180369123816490e-01
#define LN2_LO 1.90821492927058770002e-10
#define SQRT2 1.41421356237309504880168872421

KERNEL_CLONES void
num_log_n(double *y, const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t bits, e_bits, m_bits;
		double e, m, s, z, p;

		memcpy(&bits, &x[i], 8);
		/* x = 2^e m, 1 <= m < 2; e by way of 2^52 + e, which SSE2 can vectorise */
		e_bits = bits >> 52 | 0x4330000000000000;
		m_bits = (bits & 0x000fffffffffffff) | 0x3ff0000000000000;
		memcpy(&e, &e_bits, 8);
		memcpy(&m, &m_bits, 8);
		e -= 4503599627370496.0 + 1023.0;
		e = m > SQRT2 ? e + 1.0 : e;
		m = m > SQRT2 ? 0.5 * m : m;
		/* ln m = 2 atanh s = 2 (s + s^3/3 + s^5/5 + ...), |s| < 0.1716 */
		s = (m - 1.0) / (m + 1.0);
		z = s * s;
		p = 1.0 / 21;
		p = p * z + 1.0 / 19;
		p = p * z + 1.0 / 17;
		p = p * z + 1.0 / 15;
		p = p * z + 1.0 / 13;
		p = p * z + 1.0 / 11;
		p = p * z + 1.0 / 9;
		p = p * z + 1.0 / 7;
		p = p * z + 1.0 / 5;
		p = p * z + 1.0 / 3;
		p = p * z * s + s;
		y[i] = e * LN2_HI + (e * LN2_LO + 2.0 * p);
	}
}

double
num_log(double x)
{
	double y;

	num_log_n(&y, &x, 1);
	return y;
}

double
num_exp(double x)
{
	int64_t k = (int64_t)(x / NUM_LN2 + (x < 0 ? -0.5 : 0.5));
	double r = (x - (double)k * LN2_HI) - (double)k * LN2_LO, p = 1.0, scale;
	uint64_t bits = (uint64_t)(k + 1023) << 52;

	/* e^r = 1 + r (1 + r/2 (1 + r/3 (...))), |r| < 0.35: 16 terms leave 1e-21 */
	for (int i = 16; i > 0; i--)
		p = 1.0 + r * p / i;
	memcpy(&scale, &bits, 8);
	return p * scale;
}

/* cos(a) and sin(a), 0 <= a <= pi/4 */
static double
cos_small(double a)
{
	double z = a * a, p = 1.0;

	for (int i = 18; i > 0; i -= 2)
		p = 1.0 - z * p / (i * (i - 1));
	return p;
}

static double
sin_small(double a)
{
	double z = a * a, p = 1.0;

	for (int i = 19; i > 1; i -= 2)
		p = 1.0 - z * p / (i * (i - 1));
	return a * p;
}

double
num_cospi(long p, long q)
{
	double sign = 1.0;

	/* cos is even, of period 2, cos(pi - a) = -cos(a), cos(a) = sin(pi/2 - a) */
	p %= 2 * q;
	if (p < 0)
		p = -p;
	if (p > q)
		p = 2 * q - p;
	if (2 * p > q) {
		p = q - p;
		sign = -1.0;
	}
	if (4 * p <= q)
		return sign * cos_small(NUM_PI * (double)p / (double)q);
	return sign * sin_small(NUM_PI * (double)(q - 2 * p) / (double)(2 * q));
}
