/* SPDX-License-Identifier: MIT */
#include "vec_s8.h"

#include "matvec.h"

/*
 * y (4 n4) = b + W x: W (4 n4, cols), x (cols), n4 and cols >= 1. Four rows share each reading of
 * x. The eight registers that a Cortex-M0 can do everything with are just enough for addresses
 * and products, the other four can take the sums; gcc does not find that by itself. A frame
 * of 2x24 LSTM: 58,500 instructions so, 74,600 by the C below. x is int8 or int16.
 */
#if defined(__ARM_ARCH_6M__) && defined(__GNUC__)

#define LOAD_S8 "	ldrsb	r0, [r3, r7]\n"		/* r0 = x[r7] */
#define LOAD_S16 "	lsls	r0, r7, #1\n	ldrsh	r0, [r3, r0]\n"

#define ROWS4(LOAD) \
	".syntax unified\n" \
	"	push	{r0, r1, r4-r7, lr}\n"	/* y, b at sp + 16, sp + 20 */ \
	"	mov	r4, r8\n" \
	"	mov	r5, r9\n" \
	"	mov	r6, r10\n" \
	"	mov	r7, r11\n" \
	"	push	{r4-r7}\n" \
	"	ldr	r7, [sp, #48]\n"	/* ip: columns */ \
	"	mov	ip, r7\n" \
	"1:	ldr	r1, [sp, #20]\n"	/* r8-r11: the sums */ \
	"	ldmia	r1!, {r4-r7}\n" \
	"	str	r1, [sp, #20]\n" \
	"	mov	r8, r4\n" \
	"	mov	r9, r5\n" \
	"	mov	r10, r6\n" \
	"	mov	r11, r7\n" \
	"	mov	r7, ip\n"		/* r2, r4, r5, r6: the rows */ \
	"	adds	r4, r2, r7\n" \
	"	adds	r5, r4, r7\n" \
	"	adds	r6, r5, r7\n" \
	"	subs	r7, #1\n"		/* r7: the column, from the last */ \
	"2:\n" LOAD \
	"	ldrsb	r1, [r2, r7]\n" \
	"	muls	r1, r0\n" \
	"	add	r8, r1\n" \
	"	ldrsb	r1, [r4, r7]\n" \
	"	muls	r1, r0\n" \
	"	add	r9, r1\n" \
	"	ldrsb	r1, [r5, r7]\n" \
	"	muls	r1, r0\n" \
	"	add	r10, r1\n" \
	"	ldrsb	r1, [r6, r7]\n" \
	"	muls	r0, r1\n" \
	"	add	r11, r0\n" \
	"	subs	r7, #1\n" \
	"	bpl	2b\n" \
	"	mov	r2, ip\n"		/* the row after them */ \
	"	adds	r2, r6, r2\n" \
	"	ldr	r1, [sp, #16]\n" \
	"	mov	r4, r8\n" \
	"	mov	r5, r9\n" \
	"	mov	r6, r10\n" \
	"	mov	r7, r11\n" \
	"	stmia	r1!, {r4-r7}\n" \
	"	str	r1, [sp, #16]\n" \
	"	ldr	r0, [sp, #44]\n" \
	"	subs	r0, #1\n" \
	"	str	r0, [sp, #44]\n" \
	"	bne	1b\n" \
	"	pop	{r4-r7}\n" \
	"	mov	r8, r4\n" \
	"	mov	r9, r5\n" \
	"	mov	r10, r6\n" \
	"	mov	r11, r7\n" \
	"	pop	{r0, r1, r4-r7, pc}\n"

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"	/* in r0 to r3 and on the stack */
__attribute__((naked, noinline))
static void
rows4_s8(int32_t *y, const int32_t *b, const int8_t *W, const int8_t *x, size_t n4,
	size_t cols)
{
	__asm__(ROWS4(LOAD_S8));
}

__attribute__((naked, noinline))
static void
rows4_s8_s16(int32_t *y, const int32_t *b, const int8_t *W, const int16_t *x, size_t n4,
	size_t cols)
{
	__asm__(ROWS4(LOAD_S16));
}
#pragma GCC diagnostic pop

#else

#define ROWS4(name, type) \
static void \
name(int32_t *y, const int32_t *b, const int8_t *W, const type *x, size_t n4, size_t cols) \
{ \
	for (; n4 > 0; n4--, W += 4 * cols) { \
		const int8_t *W1 = W + cols, *W2 = W1 + cols, *W3 = W2 + cols; \
		int32_t s0 = *b++, s1 = *b++, s2 = *b++, s3 = *b++; \
\
		for (size_t j = 0; j < cols; j++) { \
			int32_t x_j = x[j]; \
\
			s0 += W[j] * x_j; \
			s1 += W1[j] * x_j; \
			s2 += W2[j] * x_j; \
			s3 += W3[j] * x_j; \
		} \
		*y++ = s0; \
		*y++ = s1; \
		*y++ = s2; \
		*y++ = s3; \
	} \
}
ROWS4(rows4_s8, int8_t)
ROWS4(rows4_s8_s16, int16_t)

#endif

void
matvec_s8(int32_t *y, const int32_t *b, const int8_t *W, const int8_t *x, size_t rows, size_t cols)
{
	size_t n = rows & ~(size_t)3;

	if (n > 0)
		rows4_s8(y, b, W, x, n / 4, cols);
	for (; n < rows; n++)
		y[n] = dot_s8(b[n], W + n * cols, x, cols);
}

void
matvec_s8_s16(int32_t *y, const void *b, const void *W, const int16_t *x, size_t row, size_t rows,
	size_t cols)
{
	const int32_t *b_s32 = (const int32_t *)b + row;
	const int8_t *W_s8 = (const int8_t *)W + row * cols;
	size_t n = rows & ~(size_t)3;

	if (n > 0)
		rows4_s8_s16(y, b_s32, W_s8, x, n / 4, cols);
	for (; n < rows; n++)
		y[n] = dot_s8_s16(b_s32[n], W_s8 + n * cols, x, cols);
}

/* requant_s32(), once and not inlined, for what no quicker way covers. */
__attribute__((noinline)) static int32_t
requant_long(int32_t v, struct requant r)
{
	return requant_s32(v, r);
}

/*
 * requant_s32() of many v by one r, without 64 bits: of |v| < 2^20 the products with the three
 * digits of the mantissa fit 32 bits each, and what a digit leaves behind is floored before the
 * next is added, which changes no floor after it. Other v take the long way.
 */
struct digits {
	struct requant r;
	int32_t high, middle, low;	/* mult = high 2^20 + middle 2^10 + low */
	int32_t right;			/* bits that v mult 2^-20 has below 1/2 */
	uint32_t reach, span;		/* 2^20, 2^21; 0, 0: always the long way */
};

static inline struct digits
split(struct requant r)
{
	int quick = r.shift <= 10 && r.shift >= -21;
	struct digits d = { r, r.mult >> 20, (r.mult >> 10) & 1023, r.mult & 1023,
		10 - r.shift, quick ? 1u << 20 : 0, quick ? 1u << 21 : 0 };

	return d;
}

static inline int32_t
requant_by_digits(int32_t v, const struct digits *d)
{
	int32_t p;

	if ((uint32_t)v + d->reach >= d->span)
		return requant_long(v, d->r);
	p = (v * d->low) >> 10;
	p = (v * d->middle + p) >> 10;
	p += v * d->high;
	return shift_round(p, d->right);
}

void
requant_s16(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over)
{
	struct digits d = split(r);

	for (; n > 0; n--)
		*y++ = sat_s16(requant_by_digits(*u++, &d), over);
}

void
requant_add_s16(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over)
{
	struct digits d = split(r);

	for (; n > 0; n--, y++)
		*y = sat_s16(*y + requant_by_digits(*u++, &d), over);
}

void
mul_s16(int16_t *y, const int16_t *u, const int16_t *v, struct requant r, size_t n, uint32_t *over)
{
	if (requant_is_shift(r))
		for (; n > 0; n--)
			*y++ = sat_s16(shift_round(*u++ * *v++, -r.shift), over);
	else
		for (; n > 0; n--)
			*y++ = sat_s16(requant_long(*u++ * *v++, r), over);
}

void
mul_add_s16(int16_t *y, const int16_t *u, const int16_t *v, struct requant r, int32_t lo,
	int32_t hi, size_t n, uint32_t *over)
{
	if (requant_is_shift(r))
		for (; n > 0; n--, y++)
			*y = (int16_t)clamp_s32(*y + shift_round(*u++ * *v++, -r.shift), lo, hi,
				over);
	else
		for (; n > 0; n--, y++)
			*y = (int16_t)clamp_s32(*y + requant_long(*u++ * *v++, r), lo, hi, over);
}

/*
 * requant_s32() of |v| < 2^30 with mult = high 2^16 + low and shift = -1 - right, likewise: v in
 * two halves, v mult 2^-31 from four products, floored as above.
 */
static inline int32_t
requant_halves(int32_t v, int32_t high, int32_t low, int right)
{
	int32_t vh = v >> 15, vl = v & 32767;
	int32_t p = vl * high + ((vh * low + ((vl * low) >> 15)) >> 1);

	return shift_round(vh * high + (p >> 15), right);
}

void
mul_s16_s8(int8_t *y, const int16_t *u, const int16_t *v, struct requant r, int32_t z,
	size_t n, uint32_t *over)
{
	int32_t high = r.mult >> 16, low = r.mult & 65535;

	for (; n > 0; n--) {
		int32_t p = *u++ * *v++;

		p = r.shift < 0 ? requant_halves(p, high, low, -1 - r.shift) : requant_long(p, r);
		*y++ = (int8_t)clamp_s32(p + z, INT8_MIN, INT8_MAX, over);
	}
}

/* Of sums as large as 16-bit inputs make: neither is quick for all. */
static inline int32_t
requant_far(int32_t v, struct requant r)
{
	if (r.shift < 0 && v >= -(1 << 30) && v < 1 << 30)
		return requant_halves(v, r.mult >> 16, r.mult & 65535, -1 - r.shift);
	return requant_long(v, r);
}

void
requant_far_s16(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over)
{
	for (; n > 0; n--)
		*y++ = sat_s16(requant_far(*u++, r), over);
}

void
requant_far_add_s16(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over)
{
	for (; n > 0; n--, y++)
		*y = sat_s16(*y + requant_far(*u++, r), over);
}

const struct matvec_ops matvec_ops_s8 = { matvec_s8_s16, requant_far_s16, requant_far_add_s16 };
