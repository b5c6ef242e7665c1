/* SPDX-License-Identifier: MIT */
#include "matvec_wide.h"

#include "clones.h"

static size_t
filled(size_t cols)
{
	return (cols + MATVEC_WIDE_COLS - 1) / MATVEC_WIDE_COLS * MATVEC_WIDE_COLS;
}

size_t
matvec_wide_size(size_t rows, size_t cols)
{
	return rows * filled(cols) * sizeof(int16_t);
}

void
matvec_wide_init(void *memory, const int8_t *W, size_t rows, size_t cols)
{
	int16_t *to = memory;

	for (; rows > 0; rows--, W += cols)
		for (size_t j = 0; j < filled(cols); j++)
			*to++ = j < cols ? W[j] : 0;
}

CLONES static void
product(int32_t *y, const void *b, const void *W, const int16_t *x, size_t row, size_t rows,
	size_t cols)
{
	int16_t x_filled[MATVEC_WIDE_COLS_MAX];
	size_t n = filled(cols);
	const int32_t *b_k = (const int32_t *)b + row;
	const int16_t *w = (const int16_t *)W + row * n;

	for (size_t j = 0; j < cols; j++)
		x_filled[j] = x[j];
	for (size_t j = cols; j < n; j++)
		x_filled[j] = 0;
	for (; rows > 0; rows--, w += n) {
		int32_t acc_s32 = 0;

		for (size_t j = 0; j < n; j++)
			acc_s32 += w[j] * x_filled[j];
		*y++ = *b_k++ + acc_s32;
	}
}

/* requant_s32(), all 2^62 higher: AVX2 has no shift of negative 64-bit numbers. */
INLINE int32_t
requant(int32_t v, struct requant r)
{
	uint64_t p = (uint64_t)((int64_t)v * r.mult) + (UINT64_C(1) << 62);
	int s = 30 - r.shift;

	return (int32_t)(uint32_t)((((p >> s) + 1) >> 1) - ((UINT64_C(1) << 61) >> s));
}

CLONES static void
rescale(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over)
{
	(void)over;
	for (size_t k = 0; k < n; k++)
		y[k] = sat_s16(requant(u[k], r), NULL);
}

CLONES static void
rescale_add(int16_t *y, const int32_t *u, struct requant r, size_t n, uint32_t *over)
{
	(void)over;
	for (size_t k = 0; k < n; k++)
		y[k] = sat_s16(y[k] + requant(u[k], r), NULL);
}

const struct matvec_ops matvec_ops_wide = { product, rescale, rescale_add };
