/* SPDX-License-Identifier: MIT */
/*
 * kernel_isa - one build of the loops for one instruction set (inside of kernel.h)
 *
 * kernel_loops.h is compiled once by each kernel_SET.c, which first defines
 *
 *	ISA_TABLE, ISA_NAME	the table it fills and what WHIT_ISA calls it
 *	LANES, ROWS		floats in a vector; rows of a product's block
 *	vec			the vector, readable from any address
 *	FMA(a, b, c)		a b + c of vectors, rounded once
 *	LOAD_PART(p, n)		the first n floats at p, then 0; nothing beyond them is read
 *	STORE_PART(p, v, n)	the first n floats of v to p; nothing beyond them is written
 */
#ifndef WHIT_KERNEL_ISA_H
#define WHIT_KERNEL_ISA_H

#include <stddef.h>

struct kernel_isa {
	const char *name;
	void (*gemm)(float *C, size_t ldc, const float *A, size_t am, size_t ak, const float *P,
		size_t M, size_t N, size_t K);
	void (*lstm)(float *gates, float *c, float *tc, float *h, size_t ldh, const float *a,
		const float *c_prev, size_t n, size_t H);
	void (*lstm_backward)(float *da, float *dc, const float *dh, size_t ldh,
		const float *gates, const float *tc, const float *c_prev, size_t n, size_t H);
	void (*gru)(float *gates, float *h, size_t ldh, const float *a, const float *u,
		const float *h_prev, size_t n, size_t H);
	void (*gru_backward)(float *da, float *du, float *carry, const float *dh, size_t ldh,
		const float *gates, const float *h_prev, size_t n, size_t H);
	void (*add)(float *y, const float *x, size_t n);
	float (*exp)(float x);
	float (*tanh)(float x);
	float (*sigmoid)(float x);
};

extern const struct kernel_isa kernel_base;	/* what every processor of this kind has */
#ifdef __x86_64__
extern const struct kernel_isa kernel_avx2, kernel_avx512;
#endif

#endif
