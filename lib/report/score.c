// SPDX-License-Identifier: MIT
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "score.h"

int
score_init(struct score *s, size_t K)
{
	size_t wide = 5 * K;		/* words of 8 bytes, then the matrix */
	char *b;

	*s = (struct score){ .K = K };
	if (K < 1 || K > SCORE_K_MAX)
		return -1;
	b = s->block = calloc(1, wide * 8 + K * K * sizeof(*s->confusion));
	if (b == NULL)
		return -1;
	s->precision = (double *)b;
	s->recall = s->precision + K;
	s->f1 = s->recall + K;
	s->support = (size_t *)(b + 3 * K * 8);
	s->predicted = (size_t *)(b + 4 * K * 8);
	s->confusion = (uint32_t *)(b + wide * 8);
	return 0;
}

void
score_add(struct score *s, size_t truth, size_t predicted)
{
	assert(truth < s->K && predicted < s->K);
	s->confusion[truth * s->K + predicted]++;
	s->N++;
	s->correct += truth == predicted;
}

int
score_present(const struct score *s, size_t k)
{
	return s->support[k] + s->predicted[k] > 0;
}

static double
ratio(size_t a, size_t b)
{
	return b == 0 ? 0 : (double)a / (double)b;
}

static double
f1(double precision, double recall)
{
	double sum = precision + recall;

	return sum == 0 ? 0 : 2 * precision * recall / sum;
}

/* numpy's add.reduce of contiguous doubles: eight strands up to 128, halves above. */
static double
sum_as_numpy(const double *x, size_t n)
{
	double r[8], sum = 0;
	size_t i, half;

	if (n < 8) {
		for (i = 0; i < n; i++)
			sum += x[i];
		return sum;
	}
	if (n > 128) {
		half = n / 2 - n / 2 % 8;
		return sum_as_numpy(x, half) + sum_as_numpy(x + half, n - half);
	}
	memcpy(r, x, sizeof(r));
	for (i = 8; i < n - n % 8; i += 8)
		for (size_t j = 0; j < 8; j++)
			r[j] += x[i + j];
	sum = ((r[0] + r[1]) + (r[2] + r[3])) + ((r[4] + r[5]) + (r[6] + r[7]));
	for (; i < n; i++)
		sum += x[i];
	return sum;
}

/* Mean over the classes that occur of x (K): plain, or weighted by support. scratch: (K). */
static double
average(const struct score *s, const double *x, int weighted, double *scratch)
{
	size_t n = 0;

	for (size_t k = 0; k < s->K; k++)
		if (score_present(s, k))
			scratch[n++] = weighted ? x[k] * (double)s->support[k] : x[k];
	return sum_as_numpy(scratch, n) / (double)(weighted ? s->N : n);
}

void
score_finish(struct score *s)
{
	double scratch[SCORE_K_MAX];
	double a = ratio(s->correct, s->N);

	s->present = 0;
	for (size_t k = 0; k < s->K; k++) {
		s->support[k] = s->predicted[k] = 0;
		for (size_t j = 0; j < s->K; j++) {
			s->support[k] += s->confusion[k * s->K + j];
			s->predicted[k] += s->confusion[j * s->K + k];
		}
		s->precision[k] = ratio(s->confusion[k * s->K + k], s->predicted[k]);
		s->recall[k] = ratio(s->confusion[k * s->K + k], s->support[k]);
		s->f1[k] = f1(s->precision[k], s->recall[k]);
		s->present += score_present(s, k);
	}
	if (s->N == 0)
		return;
	s->accuracy = (struct score_average){ a, a, f1(a, a) };
	s->macro = (struct score_average){
		average(s, s->precision, 0, scratch), average(s, s->recall, 0, scratch),
		average(s, s->f1, 0, scratch),
	};
	s->weighted = (struct score_average){
		average(s, s->precision, 1, scratch), average(s, s->recall, 1, scratch),
		average(s, s->f1, 1, scratch),
	};
}

void
score_free(struct score *s)
{
	free(s->block);
	*s = (struct score){ 0 };
}

void
score_wilson(size_t correct, size_t n, double z, double *low, double *high)
{
	double N = (double)n, p = (double)correct / N, z2 = z * z;
	double centre = (p + z2 / (2 * N)) / (1 + z2 / N);
	double half = z / (1 + z2 / N) * sqrt(p * (1 - p) / N + z2 / (4 * N * N));

	/* At the ends the bound is exact; rounding would leave it a hair inside. */
	*low = correct == 0 ? 0 : centre - half;
	*high = correct == n ? 1 : centre + half;
}

double
score_quantile(const double *ascending, size_t n, double q)
{
	double at = q * (double)(n - 1), t;
	size_t i;
	double a, b;

	assert(n > 0 && q >= 0 && q <= 1);
	i = (size_t)at;
	if (i + 1 >= n)
		return ascending[n - 1];
	t = at - (double)i;
	a = ascending[i];
	b = ascending[i + 1];
	/* Two forms, as numpy, so that both ends are met exactly. */
	return t < 0.5 ? a + (b - a) * t : b - (b - a) * (1 - t);
}
