/* SPDX-License-Identifier: MIT */
#include "lstm_s8_wide.h"
#include "vec_s8.h"

#define ROWS 4			/* at a time: they share x, and there are 4H */

static size_t
blocks(size_t n)
{
	return (n + LSTM_S8_BLOCK - 1) / LSTM_S8_BLOCK;
}

size_t
lstm_s8_wide_n(const struct lstm_s8 *m)
{
	size_t G = 4 * (size_t)m->H;

	return ((G + 1) * (blocks(m->D) + blocks(m->H)) + blocks(G)) * LSTM_S8_BLOCK;
}

/* to (rows, n blocks) = from (rows, cols), zeros behind */
static void
widen(int16_t *to, const int8_t *from, size_t rows, size_t cols, size_t n)
{
	for (size_t k = 0; k < rows; k++, to += n * LSTM_S8_BLOCK, from += cols) {
		for (size_t j = 0; j < cols; j++)
			to[j] = from[j];
		for (size_t j = cols; j < n * LSTM_S8_BLOCK; j++)
			to[j] = 0;
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
lstm_s8_wide_init(struct lstm_s8_wide *w, const struct lstm_s8 *m, int16_t *memory)
{
	size_t G = 4 * (size_t)m->H;

	w->m = m;
	w->nx = blocks(m->D);
	w->nh = blocks(m->H);
	w->Wx = memory;
	w->Wh = w->Wx + G * w->nx * LSTM_S8_BLOCK;
	w->x = w->Wh + G * w->nh * LSTM_S8_BLOCK;
	w->h = w->x + w->nx * LSTM_S8_BLOCK;
	w->a = w->h + w->nh * LSTM_S8_BLOCK;
	widen(w->Wx, m->Wx, G, m->D, w->nx);
	widen(w->Wh, m->Wh, G, m->H, w->nh);
	for (size_t j = 0; j < (w->nx + w->nh) * LSTM_S8_BLOCK; j++)
		w->x[j] = 0;
	for (int32_t i = -ACT_TABLE_N; i < ACT_TABLE_N; i++) {
		w->line[i + ACT_TABLE_N].at = node(i) * 512;
		w->line[i + ACT_TABLE_N].slope = node(i + 1) - node(i);
	}
}

/* sums (ROWS) = W x: W (ROWS, n blocks), x (n blocks) */
static inline void
dots(int32_t *restrict sums, const int16_t *restrict W, const int16_t *restrict x, size_t n)
{
	int32_t s0 = 0, s1 = 0, s2 = 0, s3 = 0;
	const int16_t *W1 = W + n * LSTM_S8_BLOCK;
	const int16_t *W2 = W1 + n * LSTM_S8_BLOCK;
	const int16_t *W3 = W2 + n * LSTM_S8_BLOCK;

	/* n counts blocks so that a compiler sees a multiple of 8 steps */
	for (size_t j = 0; j < n * LSTM_S8_BLOCK; j++) {
		s0 += W[j] * x[j];
		s1 += W1[j] * x[j];
		s2 += W2[j] * x[j];
		s3 += W3[j] * x[j];
	}
	sums[0] = s0;
	sums[1] = s1;
	sums[2] = s2;
	sums[3] = s3;
}

/* a = sat16(sat16(RQ_x(bx + Wx x)) + RQ_h(bh + Wh h)), all gates */
static void
gates(struct lstm_s8_wide *w)
{
	const struct lstm_s8 *m = w->m;
	const int16_t *Wx = w->Wx, *Wh = w->Wh;
	size_t H = m->H, gate = 0, end = H;

	for (size_t k = 0; k < 4 * H; k += ROWS) {
		int32_t sx[ROWS], sh[ROWS];

		dots(sx, Wx, w->x, w->nx);
		dots(sh, Wh, w->h, w->nh);
		Wx += ROWS * w->nx * LSTM_S8_BLOCK;
		Wh += ROWS * w->nh * LSTM_S8_BLOCK;
		for (size_t i = 0; i < ROWS; i++) {
			int32_t v;

			if (k + i == end) {
				gate++;
				end += H;
			}
			v = clamp_s32(requant_s32(m->bx[k + i] + sx[i], m->rx[gate]),
				INT16_MIN, INT16_MAX, NULL);
			v += requant_s32(m->bh[k + i] + sh[i], m->rh[gate]);
			w->a[k + i] = (int16_t)clamp_s32(v, INT16_MIN, INT16_MAX, NULL);
		}
	}
}

/* 2^25 (sigmoid(x) - 1/2), x in units of 1/(24 * 512) */
static inline int32_t
on_line(const struct lstm_s8_line *line, int32_t x)
{
	const struct lstm_s8_line *l = &line[ACT_TABLE_N + (x >> 9)];

	return l->at + l->slope * (x & 511) - (1 << 24);
}

/* act_sigmoid_s16() in place; ties away from 1/2 */
static void
sigmoid(int16_t *y, const struct lstm_s8_line *line, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		int32_t x = y[k] * 3;

		y[k] = (int16_t)((on_line(line, x) + (1 << 24) + 512 + (x >> 31)) >> 10);
	}
}

/* act_tanh_s16(); 2^24 tanh(x) = 2^25 (sigmoid(2x) - 1/2) */
static void
hyperbolic(int16_t *y, const int16_t *x, const struct lstm_s8_line *line, size_t n, int32_t e)
{
	int32_t end = 2 * (((ACT_TABLE_N - 1) << 8) - 1);
	int32_t mult = e < 0 ? 3 : 3 * (1 << e);
	int32_t right = e < 0 ? -e : 0;
	int32_t half = right ? 1 << (right - 1) : 0;

	for (size_t k = 0; k < n; k++) {
		int32_t x2 = clamp_s32(2 * ((x[k] * mult + half) >> right), -end, end, NULL);

		y[k] = (int16_t)((on_line(line, x2) + 256 + 2 * (x2 >> 31)) >> 9);
	}
}

void
lstm_s8_step_wide(struct lstm_s8_wide *w, int8_t *h, int16_t *c, const int8_t *x)
{
	const struct lstm_s8 *m = w->m;
	size_t H = m->H;
	int16_t *i = w->a, *f = i + H, *g = f + H, *o = g + H;
	int32_t hi = m->cell_clip > 0 ? m->cell_clip : INT16_MAX;
	int32_t lo = m->cell_clip > 0 ? -m->cell_clip : INT16_MIN;

	for (size_t j = 0; j < m->D; j++)
		w->x[j] = x[j];
	for (size_t j = 0; j < H; j++)
		w->h[j] = h[j];
	gates(w);
	sigmoid(i, w->line, 2 * H);
	hyperbolic(g, g, w->line, H, 0);
	sigmoid(o, w->line, H);
	/* c = f*c + i*g */
	mul_s16(c, f, c, m->r_fc, H, NULL);
	mul_add_s16(c, i, g, m->r_ig, lo, hi, H, NULL);
	/* h = o*tanh(c) */
	hyperbolic(g, c, w->line, H, m->cell_e + 12);
	mul_s16_s8(h, o, g, m->r_h, m->z_h, H, NULL);
}
