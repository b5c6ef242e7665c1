/* SPDX-License-Identifier: MIT */
/*
 * num - logarithm, exponential and cosine whose bits do not depend on libm
 *
 * Tables and features decide what is trained, so they must be the same bits
 * on every machine; glibc picks other code where the processor has fused
 * multiply-add. These use only IEEE + - * / in a fixed order. Relative error
 * below 4e-16 (log near 1: absolute).
 */
#ifndef WHIT_NUM_H
#define WHIT_NUM_H

#include <stddef.h>

#define NUM_LN2 0.693147180559945309417232121458
#define NUM_LN10 2.30258509299404568401799145468
#define NUM_PI 3.14159265358979323846264338328

/* y[i] = ln(x[i]), i < n; every x positive, finite and normal. y may be x. */
void num_log_n(double *y, const double *x, size_t n);
/* ln(x), x as above. */
double num_log(double x);
/* e^x, -700 <= x <= 700. */
double num_exp(double x);
/*
 * cos(pi p / q), q > 0; p and q below 2^60. The angle is reduced in integers, so nothing is lost.
 */
double num_cospi(long p, long q);

#endif
