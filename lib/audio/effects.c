/* SPDX-License-Identifier: MIT */
#include <math.h>
#include <pthread.h>
#include <sox.h>
#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "effects.h"

/* The signal's way into and out of a chain of effects. */
struct ends {
	const float *in;
	size_t in_n, in_at;
	float *out;
	size_t out_n, out_room;
	double scale;			/* SoX's integers to one of ours; a power of two */
	int no_memory, too_long;
};

static pthread_mutex_t libsox = PTHREAD_MUTEX_INITIALIZER;

int
effects_band(const char *text, long rate_hz, double *low_hz, double *high_hz, char err[ERR_MAX])
{
	double half = (double)rate_hz / 2;
	char low[32];
	size_t n = strcspn(text, "-");

	*low_hz = *high_hz = 0;
	if (strcmp(text, "none") == 0)
		return 0;
	if (n < sizeof low && text[n]) {
		memcpy(low, text, n);
		low[n] = '\0';
		if (opt_number(low, 0, half, low_hz) == 0 &&
		    opt_number(text + n + 1, 0, half, high_hz) == 0
				&& *low_hz > 0 && *low_hz < *high_hz && *high_hz < half)
			return 0;
	}
	snprintf(err, ERR_MAX, "--bandpass: expected LOW-HIGH with 0 < LOW < HIGH < %g Hz (half "
		"the rate), or none, got '%.100s'", half, text);
	return -1;
}

static int
drain_in(sox_effect_t *e, sox_sample_t *out, size_t *n)
{
	struct ends *x = *(struct ends **)e->priv;
	size_t some = x->in_n - x->in_at < *n ? x->in_n - x->in_at : *n;

	for (size_t i = 0; i < some; i++)
		out[i] = (sox_sample_t)lrint((double)x->in[x->in_at + i] / x->scale);
	x->in_at += some;
	*n = some;
	return some ? SOX_SUCCESS : SOX_EOF;
}

static int
flow_out(sox_effect_t *e, const sox_sample_t *in, sox_sample_t *out, size_t *in_n, size_t *out_n)
{
	struct ends *x = *(struct ends **)e->priv;
	float *p;

	(void)out;
	*out_n = 0;
	if (x->out_n + *in_n > WAV_FRAMES_MAX) {
		x->too_long = 1;
		return SOX_EOF;
	}
	if (x->out_n + *in_n > x->out_room) {
		x->out_room = (x->out_n + *in_n) * 2;
		if (!(p = realloc(x->out, x->out_room * sizeof *p))) {
			x->no_memory = 1;
			return SOX_EOF;
		}
		x->out = p;
	}
	for (size_t i = 0; i < *in_n; i++)
		x->out[x->out_n + i] = (float)((double)in[i] * x->scale);
	x->out_n += *in_n;
	return SOX_SUCCESS;
}

/* Appends an effect with its arguments to the chain; signal becomes what it puts out. */
static int
add(sox_effects_chain_t *chain, const sox_effect_handler_t *h, struct ends *x, int argc,
	char *argv[], sox_signalinfo_t *signal)
{
	sox_effect_t *e = h ? sox_create_effect(h) : NULL;

	if (!e)
		return -1;
	if (x)
		*(struct ends **)e->priv = x;
	if (sox_effect_options(e, argc, argv) != SOX_SUCCESS) {
		sox_delete_effect(e);
		return -1;
	}
	/* The chain takes over what e points to, not e. */
	if (sox_add_effect(chain, e, signal, signal) != SOX_SUCCESS) {
		free(e);
		return -1;
	}
	free(e);
	return 0;
}

/*
 * Runs x through the effects that are wanted. Equal rates: no resampling; high_hz 0: no band-pass.
 */
static int
run(struct ends *x, double from_hz, double to_hz, double low_hz, double high_hz)
{
	const sox_effect_handler_t in = { "in", NULL, SOX_EFF_MCHAN, NULL, NULL, NULL, drain_in,
		NULL, NULL, sizeof x };
	const sox_effect_handler_t out = { "out", NULL, SOX_EFF_MCHAN, NULL, NULL, flow_out, NULL,
		NULL, NULL, sizeof x };
	sox_signalinfo_t signal = { from_hz, 1, 32, x->in_n, NULL };
	sox_encodinginfo_t encoding = { SOX_ENCODING_SIGN2, 32, 0, sox_option_default,
		sox_option_default, sox_option_default, sox_false };
	char rate[32], band[80], high[] = "-h", *rate_args[] = { high, rate },
		*band_args[] = { band };
	sox_effects_chain_t *chain = sox_create_effects_chain(&encoding, &encoding);
	int bad = !chain;

	snprintf(rate, sizeof rate, "%.10g", to_hz);
	snprintf(band, sizeof band, "%.10g-%.10g", low_hz, high_hz);
	bad = bad || add(chain, &in, x, 0, NULL, &signal);
	if (!bad && from_hz != to_hz)
		bad = add(chain, sox_find_effect("rate"), NULL, 2, rate_args, &signal);
	if (!bad && high_hz > 0)
		bad = add(chain, sox_find_effect("sinc"), NULL, 1, band_args, &signal);
	bad = bad || add(chain, &out, x, 0, NULL, &signal);
	bad = bad || sox_flow_effects(chain, NULL, NULL) != SOX_SUCCESS;
	if (chain)
		sox_delete_effects_chain(chain);
	return bad ? -1 : 0;
}

/* The power of two that brings the largest magnitude to between 1/4 and 1/2 of SoX's range. */
static double
find_scale(const float *x, size_t n)
{
	float peak = 0;
	int e = 0;

	for (size_t i = 0; i < n; i++)
		peak = fabsf(x[i]) > peak ? fabsf(x[i]) : peak;
	frexp((double)peak, &e);
	return ldexp(1, e - 30);
}

int
effects_apply(struct wav *w, double speed, long rate_hz, double low_hz, double high_hz,
	char err[ERR_MAX])
{
	double from_hz = (double)w->rate_hz * speed, to_hz = (double)rate_hz;
	struct ends x = { .in = w->samples, .in_n = w->n };
	int bad;

	if (from_hz == to_hz && high_hz == 0)
		return 0;
	x.scale = find_scale(w->samples, w->n);
	if ((double)w->n / from_hz * to_hz > (double)WAV_FRAMES_MAX) {
		snprintf(err, ERR_MAX, "too long: expected at most %zu samples at %ld Hz, got %zu "
			"at %.10g", WAV_FRAMES_MAX, rate_hz, w->n, from_hz);
		return -1;
	}
	/* Begun anew each time, so that no table of one signal's lengths serves the next. */
	pthread_mutex_lock(&libsox);
	bad = sox_init() != SOX_SUCCESS;
	if (!bad) {
		sox_get_globals()->output_message_handler = NULL;
		bad = run(&x, from_hz, to_hz, low_hz, high_hz);
		sox_quit();
	}
	pthread_mutex_unlock(&libsox);
	if (x.too_long || x.no_memory || bad || x.out_n == 0) {
		snprintf(err, ERR_MAX, "from %.10g to %ld Hz: %s", from_hz, rate_hz,
			x.no_memory ? "out of memory" : x.too_long ? "too long"
			: x.out_n ? "refused by SoX" : "no sample left");
		free(x.out);
		return -1;
	}
	free(w->samples);
	w->samples = x.out;
	w->samples_room = x.out_room;
	w->n = x.out_n;
	w->rate_hz = rate_hz;
	return 0;
}
