/* SPDX-License-Identifier: MIT */
/*
 * requant - from one integer scale to another, with one rounding
 *
 * A real factor f is stored as a mantissa and an exponent,
 *
 *	f = mult * 2^(shift - 31),	2^30 <= mult < 2^31 (or 0)
 *
 * and requant_s32(v) = floor(v * f + 1/2): the exact 64-bit product, rounded
 * once, ties towards plus infinity. This is what CMSIS-NN's arm_nn_requantize()
 * does when CMSIS_NN_USE_SINGLE_ROUNDING is defined; its default rounds twice
 * and differs in the last bit (CMSIS-NN issue 214), so the choice is part of
 * the model format.
 *
 * Freestanding C99, integers only, like all of lib/fixed. Right shifts of
 * negative numbers are arithmetic: every compiler for the targets does that,
 * and tests/unit/fixed.c checks it.
 */
#ifndef WHIT_REQUANT_H
#define WHIT_REQUANT_H

#include <stdint.h>

#define REQUANT_SHIFT_MIN (-31)
#define REQUANT_SHIFT_MAX 30

struct requant {
	int32_t mult;	/* mantissa, 2^30 .. 2^31 - 1, or 0 */
	int32_t shift;	/* REQUANT_SHIFT_MIN .. REQUANT_SHIFT_MAX */
};

/* floor(v * r + 1/2). The caller proves that the result fits 32 bits (lib/quant does at load). */
static inline int32_t
requant_s32(int32_t v, struct requant r)
{
	int64_t p = (int64_t)v * r.mult;

	/* Half is added when one bit is left to shift: p + 2^(30 - shift) could overflow. */
	return (int32_t)(((p >> (30 - r.shift)) + 1) >> 1);
}

/* Whether r is 2^(shift - 1) and no more: requant_s32(v, r) = shift_round(v, -r.shift). */
static inline int
requant_is_shift(struct requant r)
{
	return r.mult == 1 << 30 && r.shift <= 0;
}

/* floor(v / 2^(n + 1) + 1/2), n in 0..31 */
static inline int32_t
shift_round(int32_t v, int n)
{
	return ((v >> n) + 1) >> 1;
}

/* v clamped to lo..hi; *over counts the clamped ones unless it is NULL. */
static inline int32_t
clamp_s32(int32_t v, int32_t lo, int32_t hi, uint32_t *over)
{
	if (v >= lo && v <= hi)
		return v;
	if (over)
		++*over;
	return v < lo ? lo : hi;
}

/* v clamped to 16 bits, the same way. */
static inline int16_t
sat_s16(int32_t v, uint32_t *over)
{
	if (v == (int16_t)v)
		return (int16_t)v;
	if (over)
		++*over;
	return v < 0 ? INT16_MIN : INT16_MAX;
}

#endif
