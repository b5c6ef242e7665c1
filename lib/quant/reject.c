// SPDX-License-Identifier: MIT
#include "reject.h"

#include <math.h>
#include <string.h>

#include "quant.h"

#define STEPS_MAX 100
#define RIDGE 1e-9		/* keeps what the data does not tell, a margin always 0, at 0 */
#define DONE 1e-12		/* of the gradient */
#define RECORD "confidence"
#define KEPT_BITS 10
#define FIELDS 6

/* What fit() minimises, -log likelihood, and its derivatives. */
struct loss {
	double value, gradient[3], hessian[3][3];
};

static void
measure(struct loss *l, const double w[3], const struct reject_sample *s, size_t n,
	const double weight[2], const double target[2])
{
	memset(l, 0, sizeof *l);
	for (size_t i = 0; i < n; i++) {
		double x[3] = { s[i].margin, s[i].best, 1 };
		double t = w[0] * x[0] + w[1] * x[1] + w[2];
		double p = 1 / (1 + exp(-t)), y = target[s[i].right], v = weight[s[i].word];

		/* log(1 + exp(t)) - y t, without overflow */
		l->value += v * ((t > 0 ? t + log1p(exp(-t)) : log1p(exp(t))) - y * t);
		for (int a = 0; a < 3; a++) {
			l->gradient[a] += v * (p - y) * x[a];
			for (int b = 0; b < 3; b++)
				l->hessian[a][b] += v * p * (1 - p) * x[a] * x[b];
		}
	}
	for (int a = 0; a < 3; a++) {
		l->value += RIDGE / 2 * w[a] * w[a];
		l->gradient[a] += RIDGE * w[a];
		l->hessian[a][a] += RIDGE;
	}
}

/* step = hessian^-1 gradient, by elimination: the hessian is positive definite. */
static void
solve(double step[3], struct loss l)
{
	for (int a = 0; a < 3; a++)
		for (int b = a + 1; b < 3; b++) {
			double f = l.hessian[b][a] / l.hessian[a][a];

			for (int c = a; c < 3; c++)
				l.hessian[b][c] -= f * l.hessian[a][c];
			l.gradient[b] -= f * l.gradient[a];
		}
	for (int a = 2; a >= 0; a--) {
		step[a] = l.gradient[a];
		for (int b = a + 1; b < 3; b++)
			step[a] -= l.hessian[a][b] * step[b];
		step[a] /= l.hessian[a][a];
	}
}

/* Newton's method, each step halved until it descends. */
static void
descend(double w[3], const struct reject_sample *s, size_t n, const double weight[2],
	const double target[2])
{
	struct loss at, next;

	measure(&at, w, s, n, weight, target);
	for (int i = 0; i < STEPS_MAX; i++) {
		double step[3], to[3], part = 1;

		solve(step, at);
		do {
			for (int a = 0; a < 3; a++)
				to[a] = w[a] - part * step[a];
			measure(&next, to, s, n, weight, target);
			part /= 2;
		} while (!(next.value <= at.value) && part > DONE);
		if (!(next.value <= at.value))
			return;
		memcpy(w, to, sizeof to);
		at = next;
		if (fabs(at.gradient[0]) + fabs(at.gradient[1]) + fabs(at.gradient[2]) < DONE)
			return;
	}
}

static double
kept(double v)
{
	return ldexp(floor(ldexp(v, KEPT_BITS) + .5), -KEPT_BITS);
}

int
reject_fit(struct reject_curve *c, const struct reject_sample *s, size_t n, char err[ERR_MAX])
{
	double w[3] = { 0 }, weight[2], target[2];
	size_t words = 0, right = 0;

	for (size_t i = 0; i < n; i++) {
		words += s[i].word != 0;
		right += s[i].right != 0;
	}
	if (right == 0 || words == n)
		return err_set(err, "expected words that the model finds and other sounds, got "
			"%zu and %zu", right, n - words);
	weight[0] = .5 / (double)(n - words);
	weight[1] = .5 / (double)words;
	target[0] = 1 / ((double)(n - right) + 2);
	target[1] = ((double)right + 1) / ((double)right + 2);
	descend(w, s, n, weight, target);
	*c = (struct reject_curve){ kept(w[0]), kept(w[1]), kept(w[2]) };
	return 0;
}

double
reject_ece(const double *p, const int *right, const int *word, size_t n)
{
	double gap[REJECT_BINS] = { 0 }, sum = 0;
	size_t words = 0;

	for (size_t i = 0; i < n; i++)
		words += word[i] != 0;
	if (words == 0 || words == n)
		return -1;
	for (size_t i = 0; i < n; i++) {
		int bin = (int)(p[i] * REJECT_BINS);

		gap[bin < REJECT_BINS ? bin : REJECT_BINS - 1] += (right[i] - p[i]) * .5 /
			(double)(word[i] ? words : n - words);
	}
	for (int b = 0; b < REJECT_BINS; b++)
		sum += fabs(gap[b]);
	return sum;
}

int
reject_scale(double *scale, const struct tensor_set *model, char err[ERR_MAX])
{
	const struct tensor *bias = tensor_find(model, "fc.bias");
	char got[32] = "none";

	/* whatever it is stored as: s32, or codes of powers of two */
	if (bias)
		meta_get(&bias->meta, "scale", got, sizeof got);
	if (!bias || meta_get_double(&bias->meta, "scale", scale) || !(*scale > 0))
		return err_set(err, "record fc.bias: expected scale=, the unit of logits, got %s",
			got);
	return 0;
}

int
reject_quantise(struct confidence *q, const struct reject_curve *c,
	const struct tensor_set *model, char err[ERR_MAX])
{
	double unit = 0, offset = floor(c->offset * 4096 + .5);

	if (reject_scale(&unit, model, err))
		return -1;
	unit *= 4096;
	if (quant_requant(fabs(c->margin) * unit, &q->margin) ||
		quant_requant(fabs(c->best) * unit, &q->best) ||
		!(fabs(offset) <= CONFIDENCE_OFFSET_MAX))
		return err_set(err, "expected a confidence in 32 bits, got %g of the margin, %g of "
			"the logit, %g", c->margin, c->best, c->offset);
	q->margin.mult = c->margin < 0 ? -q->margin.mult : q->margin.mult;
	q->best.mult = c->best < 0 ? -q->best.mult : q->best.mult;
	q->offset = (int32_t)offset;
	q->threshold = 0;
	return 0;
}

void
reject_store(struct tensor_set *model, const struct confidence *q)
{
	struct tensor *t = tensor_find(model, RECORD);
	const uint32_t dims[] = { FIELDS };

	if (!t)
		t = etensor_add(model, RECORD, TENSOR_S32, 1, dims);
	t->s32[0] = q->margin.mult;
	t->s32[1] = q->margin.shift;
	t->s32[2] = q->best.mult;
	t->s32[3] = q->best.shift;
	t->s32[4] = q->offset;
	t->s32[5] = q->threshold;
}

static int
possible(struct requant r)
{
	int64_t mult = r.mult < 0 ? -(int64_t)r.mult : r.mult;

	return (mult == 0 || mult >= 1 << 30) && r.shift >= REQUANT_SHIFT_MIN &&
		r.shift <= REQUANT_SHIFT_MAX;
}

int
reject_load(struct confidence *q, const struct tensor_set *model, char err[ERR_MAX])
{
	const struct tensor *t = tensor_find(model, RECORD);

	if (!t)
		return 0;
	if (t->dtype != TENSOR_S32 || t->ndim != 1 || t->n != FIELDS)
		return err_set(err, "record " RECORD ": expected s32 (%d), got %s of %zu", FIELDS,
			tensor_dtype_name(t->dtype), t->n);
	*q = (struct confidence){ { t->s32[0], t->s32[1] }, { t->s32[2], t->s32[3] }, t->s32[4],
		t->s32[5] };
	if (!possible(q->margin) || !possible(q->best) || q->offset < -CONFIDENCE_OFFSET_MAX ||
		q->offset > CONFIDENCE_OFFSET_MAX || q->threshold < 0 ||
		q->threshold > CONFIDENCE_ONE)
		return err_set(err, "record " RECORD ": expected two mantissas of 31 bits with "
			"their shifts, an offset within 2^24 and a threshold of 0 to 2^15");
	return 1;
}
