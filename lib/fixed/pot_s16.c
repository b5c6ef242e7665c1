/* SPDX-License-Identifier: MIT */
#include "pot_s16.h"

#include "pot4_m0.h"

/* Columns whose numbers are in the table at a time: a whole number of bytes of codes. */
#define TABLE_N 384
#define BLOCK(bits) ((bits) == 5 ? 8u : (unsigned)TABLE_N >> (bits))
#define BLOCK_BYTES(bits) (BLOCK(bits) / 8 * (unsigned)(bits))

/* With `bits` a constant in all that depends on it: no product is left of it, for each width. */
#define WITH_BITS __attribute__((always_inline)) static inline

/* Eight codes, the first lowest. */
struct codes {
	uint32_t low, high;	/* high: of 5 bits the last 8 */
};

/* Of the first n bytes from p, at most `bits`; codes that do not begin there are 0. */
WITH_BITS struct codes
read_codes(const uint8_t *p, size_t n, int bits)
{
	struct codes c = { 0, 0 };

	if (n >= (size_t)bits) {
		c.low = p[0] | (uint32_t)p[1] << 8;
		if (bits > 2)
			c.low |= (uint32_t)p[2] << 16;
		if (bits > 3)
			c.low |= (uint32_t)p[3] << 24;
		if (bits > 4)
			c.high = p[4];
		return c;
	}
	for (int at = 0; n > 0; n--, at += 8)	/* n < 5 */
		c.low |= (uint32_t)*p++ << at;
	return c;
}

WITH_BITS uint32_t
code(struct codes c, int i, int bits)
{
	int at = i * bits;
	uint32_t v = at < 32 ? c.low >> (at & 31) : c.high >> (at & 31);

	if (at < 32 && at + bits > 32)
		v |= c.high << (32 - at);
	return v & ((1u << bits) - 1);
}

#define EIGHT(f) f(0) f(1) f(2) f(3) f(4) f(5) f(6) f(7)

/* n step. A loop that adds step n times would be a product to gcc. */
static inline size_t
times(size_t n, size_t step)
{
	size_t product = 0;

	for (; n > 0; n >>= 1, step <<= 1)
		if (n & 1)
			product += step;
	return product;
}


/*
 * table (n columns of 2^bits) = what x (n) adds by each code, n >= 1; the zero with a sign, which
 * is none, adds 0, too
 */
WITH_BITS void
columns(int32_t *table, const int16_t *x, size_t n, int drop, int bits)
{
	int half = 1 << (bits - 1);

#ifdef POT4_M0
	if (bits == 4 && drop == 0) {
		pot4_m0_columns(table, x, n);
		return;
	}
#endif
	for (; n > 0; n--, table += 2 * half) {
		uint32_t v = (uint32_t)*x++ << (half - 2);

		table[0] = table[half] = 0;
		for (int k = 1; k < half; k++) {
			table[k] = (int32_t)v >> drop;
			table[half + k] = -table[k];
			v = (uint32_t)((int32_t)v >> 1);
		}
	}
}

/*
 * y (rows) += sums of the codes in the first n bytes of each row from p; table of their columns,
 * and of 0 for what is read behind: an even number of 4 bits on a Cortex-M0, else a multiple of 8
 */
WITH_BITS void
rows_sum(int32_t *y, const uint8_t *p, const int32_t *table, size_t rows, size_t n,
	size_t row_bytes, int bits)
{
#ifdef POT4_M0
	if (bits == 4 && rows > 1) {
		const uint8_t *end = p + times(rows & ~(size_t)1, row_bytes);

		pot4_m0_row_pairs(y, p, table, end, n, row_bytes);
		p = end;
		y += rows & ~(size_t)1;
		rows &= 1;
	}
#endif
	for (; rows > 0; rows--, p += row_bytes) {
		const uint8_t *at = p, *end = p + n;
		const int32_t *t = table;
		int32_t sum = *y;

		for (; at < end; at += bits, t += 8 << bits) {
			struct codes c = read_codes(at, (size_t)(end - at), bits);

#define ADD(i) sum += t[((i) << bits) + (int)code(c, i, bits)];
			EIGHT(ADD)
#undef ADD
		}
		*y++ = sum;
	}
}

/* table (2^bits) = what a bias adds by its code, `high` being 2^e */
WITH_BITS void
bias_column(int32_t *table, int32_t e, int bits)
{
	int half = 1 << (bits - 1);

	table[0] = table[half] = 0;
	for (int k = 1; k < half; k++, e--) {
		/* below a unit: 1/2 goes up to 1, -1/2 up to 0 */
		table[k] = e >= 0 ? (int32_t)(1u << e) : e == -1;
		table[half + k] = e >= 0 ? -table[k] : 0;
	}
}

/* y (rows) = b, or y 2^up + b: of rows `row` and on, up (rows) */
WITH_BITS void
add_bias(int32_t *y, const struct pot_bias *b, const uint8_t *up, size_t row, size_t rows, int bits)
{
	int32_t t[1 << 5];
	const uint8_t *p = b->codes;
	size_t k = 0;
	int at = 0;		/* bit of p */

	if (p) {
		bias_column(t, b->high, bits);
		p += times(row >> 3, (size_t)bits);	/* 8 codes are whole bytes */
		at = (int)times(row & 7, (size_t)bits);
	}
	if (p && at == 0 && !up)
		for (; k + 8 <= rows; k += 8, p += bits) {
			struct codes c = read_codes(p, (size_t)bits, bits);

#define SET(i) *y++ = t[code(c, i, bits)];
			EIGHT(SET)
#undef SET
		}
	for (; k < rows; k++, y++) {
		int32_t v;

		if (p) {
			uint32_t two = p[at >> 3];

			if ((at & 7) + bits > 8)
				two |= (uint32_t)p[(at >> 3) + 1] << 8;
			v = t[(two >> (at & 7)) & ((1u << bits) - 1)];
			at += bits;
		} else {
			v = b->sums[row + k];
		}
		*y = up ? (int32_t)((uint32_t)*y << up[k]) + v : v;
	}
}

WITH_BITS void
product(int32_t *y, const struct pot_bias *b, const struct pot_matrix *m, const int16_t *x,
	size_t row, size_t rows, size_t cols, int bits)
{
	int32_t table[TABLE_N];
	const uint8_t *p = m->codes + times(row, m->row_bytes);
	const uint8_t *up = m->up ? m->up + row : NULL;
	size_t left = m->row_bytes;

	if (up)
		for (size_t k = 0; k < rows; k++)
			y[k] = 0;
	else
		add_bias(y, b, NULL, row, rows, bits);
	for (; left > BLOCK_BYTES(bits); left -= BLOCK_BYTES(bits)) {
		columns(table, x, BLOCK(bits), m->drop, bits);
		rows_sum(y, p, table, rows, BLOCK_BYTES(bits), m->row_bytes, bits);
		x += BLOCK(bits);
		p += BLOCK_BYTES(bits);
		cols -= BLOCK(bits);
	}
	columns(table, x, cols, m->drop, bits);
	for (; cols & 7; cols++)
		table[cols << bits] = 0;	/* a code behind the last is 0 */
	rows_sum(y, p, table, rows, left, m->row_bytes, bits);
	if (up)
		add_bias(y, b, up, row, rows, bits);
}

/* What is seldom, away from the loop below. */
__attribute__((noinline)) static int16_t
clamped(int32_t v, uint32_t *over)
{
	return sat_s16(v, over);
}

/*
 * y = sat16(RQ(u)), or of y + it: left, or right and rounded, by so many bits. Which is a constant
 * in each call.
 */
WITH_BITS void
shift_all(int16_t *y, const int32_t *u, int left, int by, size_t n, int add, uint32_t *over)
{
	for (const int32_t *end = u + n; u < end; y++) {
		int32_t v = left ? (int32_t)((uint32_t)*u++ << by) : shift_round(*u++, by);

		if (add)
			v += *y;
		*y = (int16_t)v;
		if (*y != v)
			*y = clamped(v, over);
	}
}

WITH_BITS void
shift_by(int16_t *y, const int32_t *u, struct requant r, size_t n, int add, uint32_t *over)
{
	if (r.shift > 0)
		shift_all(y, u, 1, r.shift - 1, n, add, over);
	else
		shift_all(y, u, 0, -r.shift, n, add, over);
}

static void
rescale(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over)
{
	shift_by(y, u, r, n, 0, over);
}

static void
rescale_add(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over)
{
	shift_by(y, u, r, n, 1, over);
}

#define WIDTH(bits) \
	void \
	pot##bits##_s16(int32_t *y, const void *b, const void *W, const int16_t *x, size_t row, \
		size_t rows, size_t cols) \
	{ \
		product(y, b, W, x, row, rows, cols, bits); \
	} \
	const struct matvec_ops matvec_ops_pot##bits = { pot##bits##_s16, rescale, rescale_add };

WIDTH(2)
WIDTH(3)
WIDTH(4)
WIDTH(5)
