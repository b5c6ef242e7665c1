/* SPDX-License-Identifier: MIT */
/*
 * clones - a function once more for AVX2 and AVX-512, chosen at run time
 *
 * Where vector units may be used at all; on a device, and with -DCLONES=, nothing. For loops in
 * which compilers find vectors; what they call must be INLINE to be cloned with them.
 */
#ifndef WHIT_CLONES_H
#define WHIT_CLONES_H

#ifdef CLONES	/* a test builds without */
#elif defined(__x86_64__) && defined(__SSE2__) && defined(__GNUC__) && !defined(__clang__)
#define CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define CLONES
#endif
#define INLINE static inline __attribute__((always_inline))

#endif
