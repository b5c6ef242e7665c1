/* SPDX-License-Identifier: MIT */
/*
 * kernel - the few loops that take nearly all the time of training
 *
 * Same bits on every machine, compiler and vector width: each output is one
 * sum, taken in the order of k, every term by one fused multiply-add (rounded
 * once); vectors run across outputs only; exp, tanh and log are polynomials of
 * our own. The slow twin kernel_gemm_ref() is the oracle of tests/unit/kernel.c.
 *
 * The loops are compiled for SSE2, AVX2 with FMA, and AVX-512 on x86-64, for
 * NEON on aarch64 (kernel_isa.h); the best that the processor has is used
 * unless kernel_use() says otherwise. SSE2 has no fused multiply-add: there
 * fmaf() of the C library gives the same bits, slowly.
 *
 * A matrix on the right of a product ("packed") has rows of kernel_ld(N)
 * floats, so that no vector reads past its row.
 */
#ifndef WHIT_KERNEL_H
#define WHIT_KERNEL_H

#include <stddef.h>

#include "base/err.h"

/*
 * For loops elsewhere that compilers turn into vectors by themselves: builds for
 * AVX2 and AVX-512 beside the baseline. No multiply-add is fused there.
 */
#ifdef KERNEL_CLONES	/* a test builds without */
#elif defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define KERNEL_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL_CLONES
#endif

#define KERNEL_PAD 16		/* floats in the longest vector */

/*
 * Chooses the loops by name: sse2, avx2, avx512, neon; NULL: the best. Tools
 * pass it the environment's WHIT_ISA, for tests and valgrind. 0, or -1 and err
 * when there are none of that name or the processor cannot run them.
 */
int kernel_use(const char *name, char err[ERR_MAX]);

/* Floats in a row of a packed matrix of N columns: N up to whole vectors, or a little more. */
size_t kernel_ld(size_t N);

/* n floats, 0, at the start of a cache line; NULL without memory. The caller frees with free(). */
float *kernel_alloc(size_t n);

/* P (K, kernel_ld(N)) = B (K, N) dense, or transposed from B (N, K); the tail of each row 0. */
void kernel_pack(float *P, const float *B, size_t K, size_t N);
void kernel_pack_transposed(float *P, const float *B, size_t K, size_t N);

/*
 * C += A P: C (M, N) with rows ldc apart, P packed (K, N). A's element (m, k)
 * is A[m * am + k * ak], so that A may be read transposed.
 */
void kernel_gemm(float *C, size_t ldc, const float *A, size_t am, size_t ak, const float *P,
	size_t M, size_t N, size_t K);
void kernel_gemm_ref(float *C, size_t ldc, const float *A, size_t am, size_t ak, const float *P,
	size_t M, size_t N, size_t K);

/*
 * One LSTM step of n rows. a (n, 4H): pre-activations. c_prev (n, H). Out:
 * gates (n, 4H), activated i, f, g, o, may be a itself; c, tc = tanh(c) (n, H);
 * h (n, H), rows ldh apart.
 */
void kernel_lstm(float *gates, float *c, float *tc, float *h, size_t ldh, const float *a,
	const float *c_prev, size_t n, size_t H);

/*
 * Its gradient. dh (n, H), rows ldh apart: of h. dc (n, H): of c in, of c_prev
 * out. da: of a, packed rows of kernel_ld(4H).
 */
void kernel_lstm_backward(float *da, float *dc, const float *dh, size_t ldh, const float *gates,
	const float *tc, const float *c_prev, size_t n, size_t H);

/*
 * One GRU step of n rows. a (n, 3H), rows 4H apart: bx + Wx x. u (n, 3H): bh +
 * Wh h_prev. h_prev (n, H). Out: gates (n, 4H), activated r, z, n and then u_n,
 * may be a itself; h (n, H), rows ldh apart.
 */
void kernel_gru(float *gates, float *h, size_t ldh, const float *a, const float *u,
	const float *h_prev, size_t n, size_t H);

/*
 * Its gradient. dh (n, H), rows ldh apart: of h, but for carry. carry (n, H):
 * of h in, of h_prev by z out. da, du: of a and u, packed rows of kernel_ld(3H).
 */
void kernel_gru_backward(float *da, float *du, float *carry, const float *dh, size_t ldh,
	const float *gates, const float *h_prev, size_t n, size_t H);

/* y[i] += x[i] */
void kernel_add(float *y, const float *x, size_t n);

/* Max error on all floats that do not overflow: exp 2 ulp, log 2 ulp, tanh and sigmoid 3 ulp. */
float kernel_exp(float x);	/* x below -87 gives exp(-87), above 88 exp(88) */
float kernel_log(float x);	/* x normal and > 0 */
float kernel_tanh(float x);
float kernel_sigmoid(float x);
/* cos(pi * x) for x in 0..1, in double; error below 1e-14. */
double kernel_cospi(double x);

#endif
