/* SPDX-License-Identifier: MIT */
#include "whit.h"

#include <stdbool.h>

size_t
whit_memory_size(const struct whit_model *model)
{
	return net_int_memory_size(model->net) + (model->input ? sizeof(struct mfcc_s16) : 0);
}

void
whit_init(struct whit *w, const struct whit_model *model, void *memory)
{
	w->model = model;
	w->front = model->input ? memory : NULL;
	net_int_init(&w->net, model->net, w->front ? (void *)(w->front + 1) : memory);
	whit_reset(w);
}

void
whit_reset(struct whit *w)
{
	if (w->front)
		mfcc_s16_init(w->front, w->model->input->hop);
	net_int_reset(&w->net);
	w->frames = 0;
}

size_t
whit_push(struct whit *w, const int16_t *samples, size_t n)
{
	const struct whit_input *in = w->model->input;
	size_t D = w->model->net->D, frames = 0;
	int32_t c[MFCC_S16_COEFS_MAX];
	int16_t x[MFCC_S16_COEFS_MAX];	/* or int8 */

	while (n > 0) {
		size_t taken = mfcc_s16_push(w->front, samples, n);

		samples += taken;
		n -= taken;
		if (!mfcc_s16_pop(w->front, c, D))
			continue;
		in->quantise(x, c, in, D);
		whit_step(w, x);
		frames++;
	}
	return frames;
}

void
whit_step(struct whit *w, const void *x)
{
	net_int_step(&w->net, x);
	if (w->frames < UINT32_MAX)
		w->frames++;
}

int
whit_result(struct whit *w, int32_t *logits)
{
	net_int_logits(&w->net, logits);
	return w->frames == 0 ? WHIT_NONE : (int)net_int_argmax(logits, w->model->net->K);
}

const char *
whit_label(const struct whit_model *model, int word)
{
	const char *name = model->labels;

	while (word-- > 0)
		while (*name++)
			;
	return name;
}

/* No strcmp(): there is no libc. */
static bool
is_none(const char *name)
{
	static const char none[] = "none";
	size_t i = 0;

	while (name[i] == none[i] && none[i])
		i++;
	return name[i] == none[i];
}

int
whit_none(const struct whit_model *model)
{
	int K = model->net->K;

	for (int k = 0; K > 1 && k < K; k++)
		if (is_none(whit_label(model, k)))
			return k;
	return WHIT_NONE;
}
