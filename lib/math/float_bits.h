/* SPDX-License-Identifier: MIT */
/*
 * float_bits - a float32's bits, as IEEE 754 has them, and back
 *
 * Always inlined: the kernels' loops become vectors with them.
 */
#ifndef WHIT_FLOAT_BITS_H
#define WHIT_FLOAT_BITS_H

#include <stdint.h>
#include <string.h>

static inline __attribute__((always_inline)) uint32_t
float_to_bits(float f)
{
	uint32_t u;

	memcpy(&u, &f, sizeof u);
	return u;
}

static inline __attribute__((always_inline)) float
bits_to_float(uint32_t u)
{
	float f;

	memcpy(&f, &u, sizeof f);
	return f;
}

#endif
