/* SPDX-License-Identifier: MIT */
#include "lstm_s8_wide.h"

#include "clones.h"

#define ROWS LSTM_S8_ROWS

/* One weight of each of ROWS rows, two in 32 bits; read from any address of int32. */
typedef int16_t vec_s16 __attribute__((vector_size(2 * ROWS), aligned(4), may_alias));
typedef int32_t vec_s32 __attribute__((vector_size(2 * ROWS), aligned(4), may_alias));
typedef uint32_t vec_u32 __attribute__((vector_size(2 * ROWS), aligned(4), may_alias));

static size_t
blocks(const struct lstm_s8 *m)
{
	return (4 * (size_t)m->H + ROWS - 1) / ROWS;
}

static size_t
pairs(size_t cols)
{
	return (cols + 1) / 2;
}

size_t
lstm_s8_wide_size(const struct lstm_s8 *m)
{
	size_t nx = pairs(m->D), nh = pairs(m->H);

	/* Wx, Wh, sx, sh; a, c; x, h */
	return 4 * (blocks(m) * ROWS * (nx + nh + 2) + 5 * (size_t)m->H + nx + nh);
}

/* to (blocks, pairs, 2, ROWS / 2) = from (4H, cols), 0 where there is none */
static void
widen(int32_t *to, const int8_t *from, const struct lstm_s8 *m, size_t cols)
{
	for (size_t b = 0; b < blocks(m); b++)
		for (size_t j = 0; j < 2 * pairs(cols); j++)
			for (size_t i = 0; i < ROWS / 2; i++) {
				size_t low = b * ROWS + i, high = low + ROWS / 2;
				int w0 = low < 4u * m->H && j < cols ? from[low * cols + j] : 0;
				int w1 = high < 4u * m->H && j < cols ? from[high * cols + j] : 0;

				*to++ = w1 * 65536 + (w0 & 65535);
			}
}

/* Node i of the table (act_s16.h), below 0 by sigmoid(-x) = 1 - sigmoid(x). */
static int32_t
node(int32_t i)
{
	int32_t at = i < 0 ? -i : i;
	int32_t v = act_table[at < ACT_TABLE_N ? at : ACT_TABLE_N - 1];

	return i < 0 ? 65536 - v : v;
}

void
lstm_s8_wide_init(struct lstm_s8_wide *w, const struct lstm_s8 *m, void *memory)
{
	size_t rows = blocks(m) * ROWS;

	w->m = m;
	w->nx = pairs(m->D);
	w->nh = pairs(m->H);
	w->Wx = memory;
	w->Wh = w->Wx + rows * w->nx;
	w->sx = w->Wh + rows * w->nh;
	w->sh = w->sx + rows;
	w->a = w->sh + rows;
	w->c = w->a + 4 * (size_t)m->H;
	w->x = (int16_t *)(w->c + m->H);
	w->h = w->x + 2 * w->nx;
	widen(w->Wx, m->Wx, m, m->D);
	widen(w->Wh, m->Wh, m, m->H);
	for (size_t j = 0; j < 2 * (w->nx + w->nh); j++)
		w->x[j] = 0;
	for (int32_t i = -ACT_TABLE_N; i < ACT_TABLE_N; i++) {
		w->line[i + ACT_TABLE_N].at = node(i) * 512;
		w->line[i + ACT_TABLE_N].slope = node(i + 1) - node(i);
	}
}

/* sums (n blocks) = W x: W as in struct lstm_s8_wide, x (2 pairs) */
INLINE void
multiply(int32_t *sums, const int32_t *W, const int16_t *x, size_t n, size_t pairs)
{
	for (size_t b = 0; b < n; b++, sums += ROWS) {
		vec_s32 low = { 0 }, high = { 0 };

		for (size_t j = 0; j < pairs; j++, W += ROWS) {
			vec_s16 p = *(const vec_s16 *)W * x[2 * j] +
				*(const vec_s16 *)(W + ROWS / 2) * x[2 * j + 1];

			low += (vec_s32)((vec_u32)p << 16) >> 16;
			high += (vec_s32)p >> 16;
		}
		*(vec_s32 *)sums = low;
		*(vec_s32 *)(sums + ROWS / 2) = high;
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

INLINE int32_t
clamp(int32_t v, int32_t lo, int32_t hi)
{
	v = v < lo ? lo : v;
	return v > hi ? hi : v;
}

/*
 * From here on all is 32 bits wide, in loops of one thing each: a loop with an
 * int8 in it would be cut into pieces of 32 units or more.
 */

/* a = sat16(sat16(RQ_x(bx + Wx x)) + RQ_h(bh + Wh h)): one gate, from its row on */
INLINE void
gate_sum(int32_t *restrict a, const int32_t *restrict sx, const int32_t *restrict sh,
	const int32_t *restrict bx, const int32_t *restrict bh, struct requant rx,
	struct requant rh, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		int32_t v = clamp(requant(bx[k] + sx[k], rx), INT16_MIN, INT16_MAX);

		a[k] = clamp(v + requant(bh[k] + sh[k], rh), INT16_MIN, INT16_MAX);
	}
}

/* 2^25 (sigmoid(x) - 1/2), x in units of 1/(24 * 512) */
INLINE int32_t
on_line(const struct lstm_s8_line *line, int32_t x)
{
	const struct lstm_s8_line *l = &line[ACT_TABLE_N + (x >> 9)];

	return l->at + l->slope * (x & 511) - (1 << 24);
}

/* act_sigmoid_s16() in place; ties away from 1/2 */
INLINE void
sigmoid(int32_t *restrict y, const struct lstm_s8_line *restrict line, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		int32_t x = y[k] * 3;

		y[k] = (on_line(line, x) + (1 << 24) + 512 + (x >> 31)) >> 10;
	}
}

/* act_tanh_s16(), y may be x; 2^24 tanh(x) = 2^25 (sigmoid(2x) - 1/2) */
INLINE void
hyperbolic(int32_t *y, const int32_t *x, const struct lstm_s8_line *restrict line, size_t n,
	int32_t e)
{
	int32_t end = 2 * (((ACT_TABLE_N - 1) << 8) - 1);
	int32_t mult = e < 0 ? 3 : 3 * (1 << e), right = e < 0 ? -e : 0;
	int32_t half = (1 << right) >> 1;

	for (size_t k = 0; k < n; k++) {
		int32_t x2 = clamp(2 * ((x[k] * mult + half) >> right), -end, end);

		y[k] = (on_line(line, x2) + 256 + 2 * (x2 >> 31)) >> 9;
	}
}

/* c = f*c + i*g: all (n) */
INLINE void
cell(int32_t *restrict c, const int32_t *restrict i, const int32_t *restrict f,
	const int32_t *restrict g, const struct lstm_s8 *m, size_t n)
{
	struct requant r_fc = m->r_fc, r_ig = m->r_ig;
	int32_t hi = m->cell_clip > 0 ? m->cell_clip : INT16_MAX;
	int32_t lo = m->cell_clip > 0 ? -m->cell_clip : INT16_MIN;

	for (size_t k = 0; k < n; k++) {
		int32_t v = clamp(requant(f[k] * c[k], r_fc), INT16_MIN, INT16_MAX);

		c[k] = clamp(v + requant(i[k] * g[k], r_ig), lo, hi);
	}
}

/* h = sat8(RQ_h(o tanh_c) + z_h): all (n), into tanh_c */
INLINE void
output(int32_t *restrict tanh_c, const int32_t *restrict o, struct requant r, int32_t z, size_t n)
{
	for (size_t k = 0; k < n; k++)
		tanh_c[k] = clamp(requant(o[k] * tanh_c[k], r) + z, INT8_MIN, INT8_MAX);
}

CLONES void
lstm_s8_step_wide(const struct lstm_s8_wide *w, int8_t *h, int16_t *c, const int8_t *x)
{
	const struct lstm_s8 *m = w->m;
	size_t H = m->H, n = (4 * H + ROWS - 1) / ROWS;
	int32_t *i = w->a, *f = i + H, *g = f + H, *o = g + H;

	for (size_t j = 0; j < m->D; j++)
		w->x[j] = x[j];
	for (size_t j = 0; j < H; j++)
		w->h[j] = h[j];
	multiply(w->sx, w->Wx, w->x, n, w->nx);
	multiply(w->sh, w->Wh, w->h, n, w->nh);
	for (size_t q = 0; q < LSTM_S8_GATES; q++)
		gate_sum(i + q * H, w->sx + q * H, w->sh + q * H, m->bx + q * H, m->bh + q * H,
			m->rx[q], m->rh[q], H);
	sigmoid(i, w->line, 2 * H);
	hyperbolic(g, g, w->line, H, 0);
	sigmoid(o, w->line, H);
	for (size_t k = 0; k < H; k++)
		w->c[k] = c[k];
	cell(w->c, i, f, g, m, H);
	for (size_t k = 0; k < H; k++)
		c[k] = (int16_t)w->c[k];
	hyperbolic(g, w->c, w->line, H, m->cell_e + 12);
	output(g, o, m->r_h, m->z_h, H);
	for (size_t k = 0; k < H; k++)
		h[k] = (int8_t)g[k];
}

static void
cell_reset(const void *layer, void *state)
{
	const struct lstm_s8_wide *w = layer;

	lstm_s8_cell.reset(w->m, state);
}

static void
cell_step(const void *layer, void *state, const void *x, void *scratch, struct net_count *count)
{
	const struct lstm_s8_wide *w = layer;
	int16_t *c = state;

	(void)scratch;
	(void)count;
	lstm_s8_step_wide(w, (int8_t *)(c + w->m->H), c, x);
}

const struct net_cell lstm_s8_wide_cell = { cell_reset, cell_step, 1, 3, 8 };
