/* SPDX-License-Identifier: MIT */
#include "mfcc_s16.h"

#define MELS MFCC_S16_MELS
#define BINS MFCC_S16_BINS
#define SQUARE_BITS 19		/* of magnitudes before they are squared */
#define LOG_BITS 9		/* of a logarithm below its unit */
#define ROOT_32 1448		/* round(2^13 / sqrt 32) */

void
mfcc_s16_init(struct mfcc_s16 *m, size_t hop)
{
	m->n = 0;
	m->hop = (uint16_t)hop;
}

size_t
mfcc_s16_push(struct mfcc_s16 *m, const int16_t *x, size_t n)
{
	size_t room;
	int16_t *to;

	if (m->n == 0 && n > 0)
		for (; m->n <= MFCC_S16_FRAME / 2; m->n++)
			m->x[m->n] = *x;
	room = MFCC_S16_FRAME + 1u - m->n;
	to = m->x + m->n;
	if (n > room)
		n = room;
	for (const int16_t *end = x + n; x < end; )
		*to++ = *x++;
	m->n = (uint16_t)(m->n + n);
	return n;
}

static inline uint32_t
magnitude(int32_t v)
{
	int32_t sign = v >> 31;

	return (uint32_t)((v ^ sign) - sign);
}

/*
 * Real or imaginary parts, every other of X, become those of 4 Y, without signs: Hann's window is
 * 4 Y[k] = 2 X[k] - X[k - 1] - X[k + 1]. Differences of X are below 2^30 by fft_s32.h, and
 * 4 |Y| <= 4 * 128 * 65535 * 32, the sum of the window times the largest y: 2^30, with what errors
 * add below 2^31. Returns a number with all bits that are set in any of them.
 */
static uint32_t
apply_window(int32_t *X)
{
	const int32_t *end = X + 2 * BINS;
	int32_t x = X[2], d = x - X[0];
	uint32_t bits = 0;

	for (X += 2; X < end; X += 2) {
		int32_t next = X[2], d_next = next - x;
		uint32_t v = magnitude(d - d_next);

		*X = (int32_t)v;
		bits |= v;
		x = next;
		d = d_next;
	}
	return bits;
}

/* v^2 2^-8 of v < 2^19, right to 2^-12 of it */
static inline uint32_t
square(uint32_t v)
{
	if (v < 1 << 16)
		return v * v >> 8;
	v >>= 4;
	return v * v;
}

/* p[k] = |4 Y[k] 2^-shift|^2 2^-8, k = 1..127, below 2^31; p is Y's room. */
static void
take_power(uint32_t *p, const int32_t *Y, int shift)
{
	for (size_t k = 1; k < BINS; k++)
		p[k] = square((uint32_t)Y[2 * k] >> shift) +
			square((uint32_t)Y[2 * k + 1] >> shift);
}

/* log2 v in units of 2^-9, right to one; v > 0 */
static int32_t
log2_u32(uint32_t v)
{
	const uint16_t *node;
	int32_t n = 31;

	for (; v >> 24 == 0; v <<= 8)
		n -= 8;
	for (; v >> 31 == 0; v <<= 1)
		n--;
	node = mfcc_s16_log + ((v >> 26) - MFCC_S16_LOG_N);
	v = node[0] + ((node[1] - node[0]) * (v << 6 >> 16) >> 16);
	return (n << LOG_BITS) + (int32_t)((v + (1u << (14 - LOG_BITS))) >> (15 - LOG_BITS));
}

/*
 * l (MELS) of p, whose sums, weighted in units of 2^-12, are e in units of 2^unit. A bin between
 * two corners belongs to two filters, to the upper one by its weight w, to the lower one by 1 - w.
 * Sums are kept in two parts, of the high and the low 16 bits of p: sum = 2^16 high + low. The
 * weights of a filter add up to less than 9, so high < 9 * 2^15 * 2^12, low < 9 * 2^16 * 2^12; with
 * the offset both are below 2^32.
 */
static void
take_logs(int32_t *l, const uint32_t *p, int unit)
{
	int offset_bits = MFCC_S16_LOG_OFFSET_BITS - unit;
	uint32_t offset_high = offset_bits < 16 ? 0 : 1u << (offset_bits - 16);
	uint32_t offset_low = offset_bits < 16 ? 1u << offset_bits : 0;
	uint32_t high = 0, low = 0;
	const uint16_t *w = mfcc_s16_weight + 1;
	const uint32_t *v = p + 1;

	for (size_t m = 0; m <= MELS; m++) {
		uint32_t all_high = 0, all_low = 0, up_high = 0, up_low = 0;

		for (const uint32_t *end = p + mfcc_s16_corner[m]; v < end; v++, w++) {
			all_high += *v >> 16;
			all_low += *v & 0xffff;
			up_high += (*v >> 16) * *w;
			up_low += (*v & 0xffff) * *w;
		}
		if (m > 0) {
			low += offset_low + (all_low << MFCC_S16_WEIGHT_BITS) - up_low;
			high += offset_high + (all_high << MFCC_S16_WEIGHT_BITS) - up_high +
				(low >> 16);
			l[m - 1] = high >> 16 ?
				log2_u32(high) - (offset_bits - 16) * (1 << LOG_BITS) :
				log2_u32(high << 16 | (low & 0xffff)) -
					offset_bits * (1 << LOG_BITS);
		}
		high = up_high;
		low = up_low;
	}
}

/*
 * c (coefs) of l (MELS), which is used up. Cosines of 64 parts of half a circle are every other of
 * the FFT's; those of j are even (j even) or odd about the middle of l. l < 2^14 (e < 2^46: all of
 * y's energy), so a product is below 2^30 and the sum of 16 of them, shifted, below 2^29.
 */
static void
take_dct(int32_t *c, size_t coefs, int32_t *l)
{
	int32_t sum = 0;

	for (size_t i = 0; i < MELS / 2; i++) {
		int32_t a = l[i], b = l[MELS - 1 - i];

		l[i] = a + b;
		l[MELS - 1 - i] = a - b;
		sum += a + b;
	}
	c[0] = (sum * ROOT_32) >> (13 + LOG_BITS - MFCC_S16_UNIT_BITS);
	for (size_t j = 1; j < coefs; j++) {
		const int32_t *v = j & 1 ? l + MELS - 1 : l;
		ptrdiff_t step = j & 1 ? -1 : 1;
		int32_t acc_s32 = 0;

		for (size_t i = 0, at = 2 * j; i < MELS / 2; i++, at += 4 * j, v += step)
			acc_s32 += (*v * fft_s32_cos[at % FFT_S32_N]) >> 5;
		/* 10 bits of a cosine are left, and sqrt(2 / 32) = 1/4 */
		c[j] = (acc_s32 + 1024) >> (10 + LOG_BITS + 2 - MFCC_S16_UNIT_BITS);
	}
}

int
mfcc_s16_pop(struct mfcc_s16 *m, int32_t *c, size_t coefs)
{
	const int16_t *from = m->x + m->hop, *end = m->x + MFCC_S16_FRAME + 1;
	int16_t *to = m->x;
	uint32_t bits;
	int shift = 0;

	if (m->n <= MFCC_S16_FRAME)
		return 0;
	fft_s32(m->X, m->x);
	bits = apply_window(m->X);
	bits |= apply_window(m->X + 1);
	while (bits >> shift >> SQUARE_BITS)
		shift++;
	take_power((uint32_t *)m->X, m->X, shift);
	/* |4 Y 2^(5 - shift)|^2 2^-8 in 2^12 parts */
	take_logs(m->X + BINS, (const uint32_t *)m->X,
		2 * shift + 8 - 2 * (2 + FFT_S32_BITS) - MFCC_S16_WEIGHT_BITS);
	take_dct(c, coefs, m->X + BINS);
	while (from < end)
		*to++ = *from++;
	m->n = (uint16_t)(m->n - m->hop);
	return 1;
}
