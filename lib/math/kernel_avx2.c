// SPDX-License-Identifier: MIT
/* The loops for x86-64 with AVX2 and FMA. */
#ifdef __x86_64__
#include <immintrin.h>
#include <math.h>
#include <stdint.h>

#include "kernel.h"
#include "kernel_isa.h"

#define ISA_TABLE kernel_avx2
#define ISA_NAME "avx2"
#define LANES 8
#define ROWS 4
#define FMA(a, b, c) _mm256_fmadd_ps((a), (b), (c))
#define LOAD_PART(p, n) (vec)_mm256_maskload_ps((p), first(n))
#define STORE_PART(p, v, n) _mm256_maskstore_ps((p), first(n), (v))

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif

typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

/* All ones in the first n lanes. */
static inline __m256i
first(size_t n)
{
	return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n),
		_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

#include "kernel_loops.h"

#ifdef __clang__
#pragma clang attribute pop
#endif
#else
typedef int not_x86;
#endif
