// SPDX-License-Identifier: MIT
/* The loops for x86-64 with AVX-512 (F, VL, DQ, BW: all processors since 2017 that have any). */
#ifdef __x86_64__
#include <immintrin.h>
#include <math.h>
#include <stdint.h>

#include "kernel.h"
#include "kernel_isa.h"

#define ISA_TABLE kernel_avx512
#define ISA_NAME "avx512"
#define LANES 16
#define ROWS 8
#define FMA(a, b, c) _mm512_fmadd_ps((a), (b), (c))
#define LOAD_PART(p, n) (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1), (p))
#define STORE_PART(p, v, n) _mm512_mask_storeu_ps((p), (__mmask16)((1u << (n)) - 1), (v))

#ifdef __clang__
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,fma"))), \
	apply_to = function)
#else
#pragma GCC target("avx512f,avx512vl,avx512dq,avx512bw,fma,prefer-vector-width=512")
#endif

typedef float vec __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

#include "kernel_loops.h"

#ifdef __clang__
#pragma clang attribute pop
#endif
#else
typedef int not_x86;
#endif
