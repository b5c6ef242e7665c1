// SPDX-License-Identifier: MIT
/* The loops for any processor of this kind: NEON on aarch64, SSE2 on x86-64. */
#include <math.h>
#include <stdint.h>

#include "kernel.h"
#include "kernel_isa.h"

#define ISA_TABLE kernel_base
#define LANES 4

typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#ifdef __aarch64__
#include <arm_neon.h>
#define ISA_NAME "neon"
#define ROWS 8
#define FMA(a, b, c) vfmaq_f32((c), (a), (b))
#else
#ifdef __x86_64__
#define ISA_NAME "sse2"
#else
#define ISA_NAME "plain"
#endif
#define ROWS 4
#define FMA(a, b, c) fma_each((a), (b), (c))

/* The same bits without the instruction: slow, in the C library. */
static inline vec
fma_each(vec a, vec b, vec c)
{
	for (int i = 0; i < LANES; i++)
		c[i] = fmaf(a[i], b[i], c[i]);
	return c;
}
#endif

#define LOAD_PART(p, n) load_part((p), (n))
#define STORE_PART(p, v, n) store_part((p), (v), (n))

static inline vec
load_part(const float *p, size_t n)
{
	vec v = { 0 };

	for (size_t i = 0; i < n; i++)
		v[i] = p[i];
	return v;
}

static inline void
store_part(float *p, vec v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		p[i] = v[i];
}

#include "kernel_loops.h"
