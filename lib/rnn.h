/* SPDX-License-Identifier: MIT */
/*
 * rnn - n-layer LSTM and a linear classifier, in float
 *
 * For every layer l and step t, with x_t the features (l = 0) or the layer
 * below's h_t, gates in the order i, f, g, o:
 *
 *	a_t = bx + bh + Wx x_t + Wh h_{t-1}		(4H): input, forget, cell, output
 *	i, f, o = sigmoid(a_i), sigmoid(a_f), sigmoid(a_o);  g = tanh(a_g)
 *	c_t = f c_{t-1} + i g				(H), c_{-1} = 0
 *	h_t = o tanh(c_t)				(H), h_{-1} = 0
 *
 *	logits = bo + Wo p,  p = h_{T-1} of the top layer (last) or its mean over t (mean)
 *
 * Equations, layout and initialisation are those of PyTorch's nn.LSTM and
 * nn.Linear. With mean and scale the net sees (x - mean) * scale.
 *
 *	struct rnn net;
 *	struct rnn_scratch s = { 0 };
 *
 *	rnn_init(&net, 2, 13, 24, 10, RNN_LAST, 0);	(or model_from_tensors())
 *	rnn_pack(&s, &net);				(once; again after weights change)
 *	rnn_infer(&net, &s, x, T, logits);
 *	rnn_scratch_free(&s);
 *	rnn_free(&net);
 */
#ifndef WHIT_RNN_H
#define WHIT_RNN_H

#include <stddef.h>

#define RNN_LAYERS_MAX 8
#define RNN_UNITS_MAX 4096	/* of H, D and K */

enum rnn_pooling { RNN_LAST, RNN_MEAN };
enum rnn_scope { RNN_SCOPE_LAYER, RNN_SCOPE_MODEL };

/* All weights are one block w of n floats, owned; the pointers point into it, in this order. */
struct rnn {
	int layers, D, H, K;		/* features, units a layer, classes */
	enum rnn_pooling pooling;
	size_t n;			/* parameters; mean and scale are none */
	float *w;
	float *Wx[RNN_LAYERS_MAX];	/* (4H, D) in layer 0, (4H, H) above */
	float *Wh[RNN_LAYERS_MAX];	/* (4H, H) */
	float *bx[RNN_LAYERS_MAX];	/* (4H) */
	float *bh[RNN_LAYERS_MAX];	/* (4H) */
	float *Wo;			/* (K, H) */
	float *bo;			/* (K) */
	float *mean, *scale;		/* (D) each, or both NULL; owned */
};

/* Weights as the kernels read them. Zeroed = empty. */
struct rnn_packed {
	float *Wx[RNN_LAYERS_MAX];	/* packed (D_l, 4H): Wx transposed */
	float *Wh[RNN_LAYERS_MAX];	/* packed (H, 4H) */
	float *b[RNN_LAYERS_MAX];	/* (4H): bx + bh */
	float *Wo;			/* packed (H, K) */
	float *bo;			/* (K) */
	float *block;			/* owned; all of the above */
};

/* Working memory of rnn_infer(). Zeroed = empty. a, c, h: of the last call, dense, read-only. */
struct rnn_scratch {
	float *a[RNN_LAYERS_MAX];	/* (T, 4H) pre-activations, gates i, f, g, o */
	float *c[RNN_LAYERS_MAX];	/* (T, H) cell */
	float *h[RNN_LAYERS_MAX];	/* (T, H) output */
	float *x;			/* (T, D) what layer 0 saw: normalised features */
	float *pooled;			/* (H) what the classifier saw */
	int T;				/* steps that fit now; grows on demand */
	float *steps;			/* owned block behind the above */
	struct rnn_packed packed;
};

/* Inputs of layer l: D or H. */
int rnn_inputs(const struct rnn *net, int l);
/* Parameters of layer l in 0..layers, where `layers` means the classifier. */
size_t rnn_layer_params(int layers, int D, int H, int K, int l);
size_t rnn_params(int layers, int D, int H, int K);

/*
 * Sizes net and sets all weights to 0; normalise: also mean (0) and scale (1).
 * 0, or -1 without memory or when a size is outside 1..RNN_UNITS_MAX (layers:
 * 1..RNN_LAYERS_MAX). The caller frees with rnn_free().
 */
int rnn_init(struct rnn *net, int layers, int D, int H, int K, enum rnn_pooling pooling,
	int normalise);
void rnn_free(struct rnn *net);

/*
 * The largest H whose parameters fit budget_bytes at bytes_per_param each:
 * every layer by itself (classifier too) or the whole model. 0 when none does.
 */
int rnn_solve_hidden(long budget_bytes, enum rnn_scope scope, int bytes_per_param,
	int layers, int D, int K);

/* Copies net's weights into s in the order the kernels read. 0, or -1 without memory. */
int rnn_pack(struct rnn_scratch *s, const struct rnn *net);
/* The same without the scratch: makes room once, or copies again. The caller frees p->block. */
int rnn_pack_weights(struct rnn_packed *p, const struct rnn *net);

/*
 * logits (K) of the utterance x (T, D), T >= 1. s must hold net's weights
 * (rnn_pack). Leaves a, c, h of every layer in s. Same bits as the training's
 * forward pass. 0, or -1 without memory.
 */
int rnn_infer(const struct rnn *net, struct rnn_scratch *s, const float *x, int T, float *logits);
void rnn_scratch_free(struct rnn_scratch *s);

#endif
