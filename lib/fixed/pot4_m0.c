/* SPDX-License-Identifier: MIT */
#include "pot4_m0.h"

#ifdef POT4_M0

/* Of a byte of two codes: where in their columns' table the numbers are, in bytes. */
#define LOW(b) (((b) & 15) << 2)
#define HIGH(b) (64 + ((b) >> 4 << 2))
#define BY_4(of, b) of(b), of((b) + 1), of((b) + 2), of((b) + 3)
#define BY_16(of, b) BY_4(of, b), BY_4(of, (b) + 4), BY_4(of, (b) + 8), BY_4(of, (b) + 12)
#define BY_64(of, b) BY_16(of, b), BY_16(of, (b) + 16), BY_16(of, (b) + 32), BY_16(of, (b) + 48)
#define BY_256(of) BY_64(of, 0), BY_64(of, 64), BY_64(of, 128), BY_64(of, 192)

static const uint8_t low[256] = { BY_256(LOW) }, high[256] = { BY_256(HIGH) };

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"	/* in r0 to r3 and on the stack */

__attribute__((naked))
void
pot4_m0_columns(int32_t *table, const int16_t *x, size_t n)
{
#define POWERS \
		"	lsls	r4, r7, #6\n" \
		"	lsls	r5, r7, #5\n" \
		"	lsls	r6, r7, #4\n" \
		"	stmia	r0!, {r3-r6}\n" \
		"	lsls	r4, r7, #3\n" \
		"	lsls	r5, r7, #2\n" \
		"	lsls	r6, r7, #1\n" \
		"	stmia	r0!, {r4-r7}\n"
	__asm__(
		".syntax unified\n"
		"	push	{r4-r7, lr}\n"
		"	movs	r3, #0\n"
		"	lsls	r2, r2, #1\n"
		"	adds	r2, r1\n"		/* r2: end of x */
		"1:	ldrsh	r7, [r1, r3]\n"
		"	adds	r1, #2\n"
		POWERS
		"	rsbs	r7, r7, #0\n"
		POWERS
		"	cmp	r1, r2\n"
		"	bne	1b\n"
		"	pop	{r4-r7, pc}\n");
#undef POWERS
}

__attribute__((naked, noinline))
static void
row_pairs(int32_t *y, const uint8_t *p, const int32_t *table, const uint8_t *end, size_t bytes,
	size_t row_bytes, const uint8_t *low_at, const uint8_t *high_at)
{
#define TWO_COLUMNS(i) \
		"	ldrb	r5, [r3, #" #i "]\n" \
		"	ldrb	r6, [r1, r5]\n" \
		"	ldr	r6, [r0, r6]\n" \
		"	add	r8, r6\n" \
		"	ldrb	r6, [r2, r5]\n" \
		"	ldr	r6, [r0, r6]\n" \
		"	add	r8, r6\n" \
		"	ldrb	r5, [r4, #" #i "]\n" \
		"	ldrb	r6, [r1, r5]\n" \
		"	ldr	r6, [r0, r6]\n" \
		"	adds	r7, r6\n" \
		"	ldrb	r6, [r2, r5]\n" \
		"	ldr	r6, [r0, r6]\n" \
		"	adds	r7, r6\n" \
		"	adds	r0, #128\n"
	__asm__(
		".syntax unified\n"
		"	push	{r4-r7, lr}\n"
		"	mov	r4, r8\n"
		"	mov	r5, r9\n"
		"	mov	r6, r10\n"
		"	mov	r7, r11\n"
		"	push	{r4-r7}\n"
		"	ldr	r4, [sp, #36]\n"
		"	ldr	r5, [sp, #40]\n"
		"	movs	r6, #12\n"		/* r6: bytes that are not there */
		"	subs	r6, r4\n"
		"	mov	r11, r0\n"		/* r11: y */
		"	mov	r9, r2\n"		/* r9: table */
		"	lsls	r7, r6, #5\n"		/* r10: the code behind theirs */
		"	lsls	r0, r6, #1\n"
		"	subs	r7, r0\n"
		"	adr	r0, 3f\n"
		"	adds	r7, r0\n"
		"	adds	r7, #1\n"
		"	mov	r10, r7\n"
		"	subs	r3, r6\n"		/* ip: end, less r6, as are r3, */
		"	mov	ip, r3\n"
		"	subs	r3, r1, r6\n"		/* a row, and r4, */
		"	adds	r4, r3, r5\n"		/* the next */
		"	lsls	r5, r5, #1\n"		/* lr: bytes of both */
		"	mov	lr, r5\n"
		"	ldr	r1, [sp, #44]\n"
		"	ldr	r2, [sp, #48]\n"
		"1:	mov	r5, r11\n"
		"	ldmia	r5!, {r6, r7}\n"	/* r8, r7: the sums */
		"	mov	r8, r6\n"
		"	mov	r0, r9\n"
		"	bx	r10\n"
		"	.balign	4\n"
		"3:\n"
		TWO_COLUMNS(0) TWO_COLUMNS(1) TWO_COLUMNS(2) TWO_COLUMNS(3) TWO_COLUMNS(4)
		TWO_COLUMNS(5) TWO_COLUMNS(6) TWO_COLUMNS(7) TWO_COLUMNS(8) TWO_COLUMNS(9)
		TWO_COLUMNS(10) TWO_COLUMNS(11)
		"	mov	r5, r11\n"
		"	mov	r6, r8\n"
		"	stmia	r5!, {r6, r7}\n"
		"	mov	r11, r5\n"
		"	add	r3, lr\n"
		"	add	r4, lr\n"
		"	cmp	r3, ip\n"
		"	beq	2f\n"
		"	b	1b\n"
		"2:	pop	{r4-r7}\n"
		"	mov	r8, r4\n"
		"	mov	r9, r5\n"
		"	mov	r10, r6\n"
		"	mov	r11, r7\n"
		"	pop	{r4-r7, pc}\n");
#undef TWO_COLUMNS
}

#pragma GCC diagnostic pop

void
pot4_m0_row_pairs(int32_t *y, const uint8_t *p, const int32_t *table, const uint8_t *end,
	size_t bytes, size_t row_bytes)
{
	row_pairs(y, p, table, end, bytes, row_bytes, low, high);
}

#endif
