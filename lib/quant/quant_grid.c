// SPDX-License-Identifier: MIT
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "input_s8.h"
#include "quant_grid.h"

#define W_MAX 127		/* weights are -127..127 */

int
quant_grid_takes(const struct rnn *net, char err[ERR_MAX])
{
	if (net->directions == 1 && net->pooling != RNN_MAX)
		return 0;
	snprintf(err, ERR_MAX, "integers alone run directions=1, pooling=last or mean so far, got "
		"directions=%d, pooling=%s", net->directions, rnn_pooling_names[net->pooling]);
	return -1;
}

void
quant_range_add(struct quant_range *r, const float *v, size_t n, size_t stride)
{
	for (size_t i = 0; i < n; i++, v += stride) {
		if (r->n == 0 || *v < r->min)
			r->min = *v;
		if (r->n == 0 || *v > r->max)
			r->max = *v;
		r->sum += *v;
		r->n++;
	}
}

void
quant_features_add(struct quant_features *f, const float *x, size_t T)
{
	size_t D = f->D;

	for (size_t t = 0; t < T; t++) {
		size_t d = 0;

		while (d < D && x[t * D + d] == 0)
			d++;
		f->zero_frames += d == D;
	}
	for (size_t d = 0; d < D; d++)
		quant_range_add(&f->x[d], x + d, T, D);
	f->frames += T;
}

int
quant_grid_init(struct quant_grid *g, size_t n)
{
	g->n = n;
	g->o = calloc(3 * n, sizeof(*g->o));
	if (!g->o)
		return -1;
	g->s = g->o + n;
	g->m = g->s + n;
	return 0;
}

void
quant_grid_free(struct quant_grid *g)
{
	free(g->o);
	memset(g, 0, sizeof(*g));
}

/* Of fixed features: the scale that input_s8.h has and is nearest below, or -1. */
static double
fixed_scale(double scale)
{
	scale = floor(scale * (1 << INPUT_S8_SCALE_BITS));
	if (!(scale >= 1))
		return -1;
	return fmin(scale, INPUT_S8_SCALE_MAX) / (1 << INPUT_S8_SCALE_BITS);
}

/* Likewise the offset. */
static double
fixed_offset(double offset)
{
	return round(offset * (1 << INPUT_S8_UNIT_BITS)) / (1 << INPUT_S8_UNIT_BITS);
}

int
quant_grid_features(struct quant_grid *g, float *offset, float *scale,
	const struct quant_features *f, const float *mean, const float *k)
{
	g->n = f->D;
	for (size_t d = 0; d < g->n; d++) {
		const struct quant_range *r = &f->x[d];
		double width = r->max - r->min, k_d = k ? k[d] : 1, mean_d = mean ? mean[d] : 0;
		double m = r->sum / (double)r->n, z, o;

		/* q = (x - offset) * scale: min -> -128, max -> 127; a constant gets steps of 1 */
		scale[d] = width > 0 ? (float)(255 / width) : 1;
		if (f->fixed)
			scale[d] = (float)fixed_scale((double)scale[d]);
		if (!isfinite(width) || !isfinite(scale[d]) || scale[d] <= 0)
			return -1;
		z = -128 - r->min * (double)scale[d];
		if (f->zero_frames)	/* padding is exact, input and sum */
			z = round(z), m = 0;
		o = -z / scale[d];
		offset[d] = (float)(f->fixed ? fixed_offset(o) : o);
		if (f->fixed && fabs(o) * (1 << INPUT_S8_UNIT_BITS) >= INPUT_S8_OFFSET_END - 1)
			return -1;
		g->o[d] = (offset[d] - mean_d) * k_d;
		g->s[d] = k_d / scale[d];
		g->m[d] = (m - mean_d) * k_d;
	}
	return 0;
}

int
quant_grid_output(struct quant_grid *g, size_t H, double lo, double hi)
{
	double s;
	int z;

	lo = fmin(lo, -1. / 128);
	hi = fmax(hi, 1. / 128);
	s = (hi - lo) / 255;
	z = (int)round(-128 - lo / s);
	g->n = H;
	for (size_t k = 0; k < H; k++) {
		g->s[k] = s;
		g->o[k] = -z * s;
		g->m[k] = 0;
	}
	return z;
}

void
quant_grid_wide_output(struct quant_grid *g, size_t H)
{
	g->n = H;
	for (size_t k = 0; k < H; k++) {
		g->s[k] = ldexp(1, -15);
		g->o[k] = 0;
		g->m[k] = 0;
	}
}

double
quant_grid_round(int8_t *q, const float *W, const struct quant_grid *g, size_t rows)
{
	size_t n = g->n;
	double max = 0, S;

	for (size_t i = 0; i < rows * n; i++)
		max = fmax(max, fabs(W[i] * g->s[i % n]));
	S = max > 0 ? max / W_MAX : 1;
	for (size_t i = 0; i < rows * n; i++) {
		double w = round(W[i] * g->s[i % n] / S);

		q[i] = isnan(w) ? 0 : (int8_t)w;
	}
	return S;
}

double
quant_grid_bias(double b, const float *W, const int8_t *q, double S, const struct quant_grid *g)
{
	double v = b / S;

	for (size_t d = 0; d < g->n; d++)
		v += W[d] * g->m[d] / S - (q[d] ? q[d] * ((g->m[d] - g->o[d]) / g->s[d]) : 0);
	return v;
}
