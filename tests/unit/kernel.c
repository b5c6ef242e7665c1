// SPDX-License-Identifier: MIT
/*
 * kernel: products against the plain loop, bit for bit, over sizes around every block and vector
 * length; activations against libm in double, in units of the last place.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/kernel.h"
#include "math/rng.h"

static int failed;

static void
fill(float *x, size_t n, struct rng *g)
{
	for (size_t i = 0; i < n; i++)
		x[i] = 2.0f * rng_float(g) - 1.0f;
}

static void
check_gemm(size_t M, size_t N, size_t K, int transposed, struct rng *g)
{
	size_t ldc = N + 3, ld = kernel_ld(N);
	float *A = malloc((M * K + 1) * sizeof(*A)), *B = malloc((K * N + 1) * sizeof(*B));
	float *P = malloc((K * ld + 1) * sizeof(*P));
	float *C = malloc(M * ldc * sizeof(*C)), *R = malloc(M * ldc * sizeof(*R));
	size_t am = transposed ? 1 : K, ak = transposed ? M : 1;

	fill(A, M * K, g);
	fill(B, K * N, g);
	fill(C, M * ldc, g);
	memcpy(R, C, M * ldc * sizeof(*R));
	(transposed ? kernel_pack : kernel_pack_transposed)(P, B, K, N);
	for (size_t k = 0; k < K; k++)
		for (size_t n = 0; n < ld; n++)
			if (P[k * ld + n] != (n >= N ? 0.0f :
				transposed ? B[k * N + n] : B[n * K + k])) {
				printf("pack %zu x %zu, transposed %d: wrong at %zu, %zu\n", K, N,
					!transposed, k, n);
				failed = 1;
				goto out;
			}
	kernel_gemm(C, ldc, A, am, ak, P, M, N, K);
	kernel_gemm_ref(R, ldc, A, am, ak, P, M, N, K);
	if (memcmp(C, R, M * ldc * sizeof(*R))) {	/* the gaps between rows too */
		printf("gemm M %zu N %zu K %zu transposed %d: other bits than the plain loop\n", M,
			N, K, transposed);
		failed = 1;
	}
out:
	free(A);
	free(B);
	free(P);
	free(C);
	free(R);
}

static void
check_ulp(const char *name, float (*f)(float), double (*expected)(double), double from, double to,
	double limit)
{
	double worst = 0.0;
	float at = 0.0f;

	for (int i = 0; i <= 200000; i++) {
		float x = (float)(from + (to - from) * i / 200000);
		double y = expected((double)x);
		double ulp = fabs((double)nextafterf((float)y, INFINITY) - (double)(float)y);
		double error = fabs((double)f(x) - y) / ulp;

		if (error > worst) {
			worst = error;
			at = x;
		}
	}
	if (!(worst <= limit)) {
		printf("%s: off by %.2f ulp at %g, allowed %.2f\n", name, worst, (double)at, limit);
		failed = 1;
	}
}

static double
sigmoid(double x)
{
	return 1.0 / (1.0 + exp(-x));
}

int
main(void)
{
	static const size_t sizes[] = {
		1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 23, 24, 25, 40, 95, 96, 97, 100
	};
	static const size_t depths[] = { 0, 1, 13, 24, 255, 256, 257, 520 };
	const size_t n = sizeof(sizes) / sizeof(*sizes);
	struct rng g;

	rng_init(&g, 1, 77);
	for (size_t m = 0; m < n; m++)
		for (size_t k = 0; k < n; k++)
			for (size_t d = 0; d < sizeof(depths) / sizeof(*depths); d++)
				if (m < 9 || k == m)
					check_gemm(sizes[m], sizes[k], depths[d], (int)(d + k) % 2,
						&g);

	check_ulp("exp", kernel_exp, exp, -86, 87, 2);
	check_ulp("exp", kernel_exp, exp, -1, 1, 2);
	check_ulp("log", kernel_log, log, 1e-30, 1e-3, 2);
	check_ulp("log", kernel_log, log, 1e-3, 40, 2);
	check_ulp("log", kernel_log, log, 1e3, 1e30, 2);
	check_ulp("tanh", kernel_tanh, tanh, -20, 20, 3);
	check_ulp("tanh", kernel_tanh, tanh, -1, 1, 3);
	check_ulp("tanh", kernel_tanh, tanh, -1e-4, 1e-4, 3);
	check_ulp("sigmoid", kernel_sigmoid, sigmoid, -80, 20, 3);
	for (int i = 0; i <= 1000; i++) {
		double x = i / 1000.0, y = cos(3.14159265358979323846 * x);

		if (!(fabs(kernel_cospi(x) - y) <= 1e-14)) {
			printf("cospi %g: expected %.17g, got %.17g\n", x, y, kernel_cospi(x));
			failed = 1;
		}
	}
	if (kernel_exp(-1000.0f) > 1.7e-38f || !isfinite(kernel_exp(1000.0f)) ||
	    kernel_tanh(1e30f) != 1.0f || kernel_tanh(-1e30f) != -1.0f ||
	    kernel_sigmoid(1e30f) != 1.0f || kernel_sigmoid(-1e30f) > 1e-37f) {
		printf("activations do not saturate\n");
		failed = 1;
	}
	if (kernel_tanh(0.0f) != 0.0f || kernel_exp(0.0f) != 1.0f || kernel_log(1.0f) != 0.0f) {
		printf("tanh 0, exp 0 or log 1 is not exact\n");
		failed = 1;
	}
	return failed;
}
