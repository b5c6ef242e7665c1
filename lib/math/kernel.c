// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "float_bits.h"
#include "kernel.h"
#include "kernel_isa.h"

#define CACHE_LINE 64		/* bytes */
#define BAD_STRIDE 256		/* floats: rows so far apart share a few sets of a cache */

static _Atomic(const struct kernel_isa *) chosen;

/* The builds of the loops, best first, and whether this processor runs them. */
static const struct kernel_isa *
build(int i, int *runs)
{
#ifdef __x86_64__
	__builtin_cpu_init();
	switch (i) {
	case 0:
		*runs = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
			__builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
			__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
		return &kernel_avx512;
	case 1:
		*runs = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
		return &kernel_avx2;
	}
	i -= 2;
#endif
	*runs = 1;
	return i == 0 ? &kernel_base : NULL;
}

int
kernel_use(const char *name, char err[ERR_MAX])
{
	const struct kernel_isa *isa;
	char names[64] = "";
	int runs;

	for (int i = 0; (isa = build(i, &runs)); i++) {
		if (!runs)
			continue;
		if (!name || !strcmp(name, isa->name)) {
			atomic_store_explicit(&chosen, isa, memory_order_relaxed);
			return 0;
		}
		snprintf(names + strlen(names), sizeof(names) - strlen(names), "%s%s",
			*names ? ", " : "", isa->name);
	}
	snprintf(err, ERR_MAX, "expected one of %s, which this processor has, got %.64s", names,
		name ? name : "none");
	return -1;
}

static const struct kernel_isa *
isa(void)
{
	const struct kernel_isa *k = atomic_load_explicit(&chosen, memory_order_relaxed);
	char err[ERR_MAX];

	if (k)
		return k;
	kernel_use(NULL, err);		/* by many threads at once, too: all choose the same */
	return atomic_load_explicit(&chosen, memory_order_relaxed);
}

size_t
kernel_ld(size_t N)
{
	size_t ld = (N + KERNEL_PAD - 1) / KERNEL_PAD * KERNEL_PAD;

	return ld && ld % BAD_STRIDE == 0 ? ld + KERNEL_PAD : ld;
}

float *
kernel_alloc(size_t n)
{
	size_t bytes = n * sizeof(float);
	float *p = NULL;

	if (n > ((size_t)-1 - CACHE_LINE) / sizeof(float))
		return NULL;
	bytes += CACHE_LINE - bytes % CACHE_LINE;
	p = aligned_alloc(CACHE_LINE, bytes);
	return p ? memset(p, 0, bytes) : NULL;
}

void
kernel_pack(float *P, const float *B, size_t K, size_t N)
{
	size_t ld = kernel_ld(N);

	for (size_t k = 0; k < K; k++) {
		memcpy(P + k * ld, B + k * N, N * sizeof(*P));
		memset(P + k * ld + N, 0, (ld - N) * sizeof(*P));
	}
}

void
kernel_pack_transposed(float *P, const float *B, size_t K, size_t N)
{
	size_t ld = kernel_ld(N);

	for (size_t k = 0; k < K; k++) {
		for (size_t n = 0; n < N; n++)
			P[k * ld + n] = B[n * K + k];
		memset(P + k * ld + N, 0, (ld - N) * sizeof(*P));
	}
}

void
kernel_gemm_ref(float *C, size_t ldc, const float *A, size_t am, size_t ak, const float *P,
	size_t M, size_t N, size_t K)
{
	size_t ld = kernel_ld(N);

	for (size_t m = 0; m < M; m++)
		for (size_t n = 0; n < N; n++)
			for (size_t k = 0; k < K; k++)
				C[m * ldc + n] = fmaf(A[m * am + k * ak], P[k * ld + n],
					C[m * ldc + n]);
}

void
kernel_gemm(float *C, size_t ldc, const float *A, size_t am, size_t ak, const float *P,
	size_t M, size_t N, size_t K)
{
	isa()->gemm(C, ldc, A, am, ak, P, M, N, K);
}

void
kernel_lstm(float *gates, float *c, float *tc, float *h, size_t ldh, const float *a,
	const float *c_prev, size_t n, size_t H)
{
	isa()->lstm(gates, c, tc, h, ldh, a, c_prev, n, H);
}

void
kernel_lstm_backward(float *da, float *dc, const float *dh, size_t ldh, const float *gates,
	const float *tc, const float *c_prev, size_t n, size_t H)
{
	isa()->lstm_backward(da, dc, dh, ldh, gates, tc, c_prev, n, H);
}

void
kernel_gru(float *gates, float *h, size_t ldh, const float *a, const float *u, const float *h_prev,
	size_t n, size_t H)
{
	isa()->gru(gates, h, ldh, a, u, h_prev, n, H);
}

void
kernel_gru_backward(float *da, float *du, float *carry, const float *dh, size_t ldh,
	const float *gates, const float *h_prev, size_t n, size_t H)
{
	isa()->gru_backward(da, du, carry, dh, ldh, gates, h_prev, n, H);
}

void
kernel_add(float *y, const float *x, size_t n)
{
	isa()->add(y, x, n);
}

float
kernel_exp(float x)
{
	return isa()->exp(x);
}

float
kernel_tanh(float x)
{
	return isa()->tanh(x);
}

float
kernel_sigmoid(float x)
{
	return isa()->sigmoid(x);
}

/* Cephes logf: x = m 2^e with m in sqrt(1/2)..sqrt(2). */
float
kernel_log(float x)
{
	int32_t e = (int32_t)(float_to_bits(x) >> 23) - 126;
	float m = bits_to_float((float_to_bits(x) & 0x7fffffu) | 0x3f000000u);
	float z, p, n;

	if (m < 0.707106781186547524f) {
		e--;
		m = m + m;
	}
	m = m - 1.0f;
	z = m * m;
	n = (float)e;
	p = 7.0376836292e-2f;
	p = p * m - 1.1514610310e-1f;
	p = p * m + 1.1676998740e-1f;
	p = p * m - 1.2420140846e-1f;
	p = p * m + 1.4249322787e-1f;
	p = p * m - 1.6668057665e-1f;
	p = p * m + 2.0000714765e-1f;
	p = p * m - 2.4999993993e-1f;
	p = p * m + 3.3333331174e-1f;
	p = p * m * z;
	p = p + n * -2.12194440e-4f;
	p = p - 0.5f * z;
	return m + p + n * 0.693359375f;
}

/* Taylor's series of cos and sin on 0..pi/4, folded. */
double
kernel_cospi(double x)
{
	double t = x > 0.5 ? 1.0 - x : x, y, sum = 0.0, term = 1.0;
	int i;

	if (t > 0.25) {		/* cos(pi t) = sin(pi (1/2 - t)) */
		y = (0.5 - t) * 3.14159265358979323846;
		term = y;
		for (i = 1; i < 20; i += 2) {
			sum += term;
			term = -term * y * y / ((i + 1) * (i + 2));
		}
	} else {
		y = t * 3.14159265358979323846;
		for (i = 0; i < 20; i += 2) {
			sum += term;
			term = -term * y * y / ((i + 1) * (i + 2));
		}
	}
	return x > 0.5 ? -sum : sum;
}
