/* SPDX-License-Identifier: MIT */
/*
 * rnn - n layers of recurrent cells and a linear classifier, in float
 *
 * Every layer l takes x_t, the features (l = 0) or the outputs below, through
 * cells of one kind (cell.h), G = gates * H, in one or two directions: forward
 * from step 0 to T-1, and reverse from T-1 to 0 through cells of its own. Its
 * outputs are W = directions * H values a step, h_t of forward before h_t of
 * reverse. A layer in one direction is a pass; passes are counted p = l *
 * directions + d.
 *
 *	logits = bo + Wo p,  p of the top layer's outputs:
 *	last	what each direction ends with, as PyTorch's h_n: h_{T-1} of forward, h_0 of reverse
 *	mean	their mean over t
 *	max	the largest of each over t
 *
 * Layout and initialisation are those of PyTorch's nn.LSTM, nn.GRU and nn.Linear. With
 * mean and scale the net sees (x - mean) * scale.
 *
 *	struct rnn net = { .cell = &cell_lstm, .layers = 2, .directions = 1, .D = 13, .H = 24,
 *		.K = 10 };
 *	struct rnn_scratch s = { 0 };
 *
 *	rnn_init(&net, 0);				(or model_from_tensors())
 *	rnn_pack(&s, &net);				(once; again after weights change)
 *	rnn_infer(&net, &s, x, T, logits);
 *	rnn_scratch_free(&s);
 *	rnn_free(&net);
 */
#ifndef WHIT_RNN_H
#define WHIT_RNN_H

#include <stddef.h>

#include "cell.h"

#define RNN_LAYERS_MAX 8
#define RNN_PASSES_MAX (2 * RNN_LAYERS_MAX)
#define RNN_UNITS_MAX 4096	/* of H, D and K */
#define RNN_NAME_MAX 64		/* of a tensor, with its NUL */

enum rnn_pooling { RNN_LAST, RNN_MEAN, RNN_MAX, RNN_POOLINGS };
enum rnn_scope { RNN_SCOPE_LAYER, RNN_SCOPE_MODEL };

/* All weights are one block w of n floats, owned; the pointers point into it, in this order. */
struct rnn {
	/* its sizes, as the caller of rnn_init() sets them */
	const struct cell *cell;
	int layers, directions;		/* directions: 1 or 2 */
	int D, H, K;			/* features, units a pass, classes */
	enum rnn_pooling pooling;
	/* set by rnn_init() */
	size_t n;			/* parameters; mean and scale are none */
	float *w;
	float *Wx[RNN_PASSES_MAX];	/* (G, D) in layer 0, (G, W) above */
	float *Wh[RNN_PASSES_MAX];	/* (G, H) */
	float *bx[RNN_PASSES_MAX];	/* (G) */
	float *bh[RNN_PASSES_MAX];	/* (G) */
	float *Wo;			/* (K, W) */
	float *bo;			/* (K) */
	float *mean, *scale;		/* (D) each, or both NULL; owned */
};

/* Weights as the kernels read them. Zeroed = empty. */
struct rnn_packed {
	float *Wx[RNN_PASSES_MAX];	/* packed (D_l, G): Wx transposed */
	float *Wh[RNN_PASSES_MAX];	/* packed (H, G) */
	float *b[RNN_PASSES_MAX];	/* (G): bx, of a joint cell bx + bh */
	float *Wo;			/* packed (W, K) */
	float *bo;			/* (K) */
	float *block;			/* owned; all of the above */
};

/* Working memory of rnn_infer(). Zeroed = empty. a, c, h: of the last call, dense, read-only. */
struct rnn_scratch {
	float *a[RNN_PASSES_MAX];	/* (T, CELL_KEPT * H) an LSTM's pre-activations */
	float *c[RNN_PASSES_MAX];	/* (T, H) cell, with has_c */
	float *h[RNN_LAYERS_MAX];	/* (T, W) outputs */
	float *x;			/* (T, D) what layer 0 saw: normalised features */
	float *pooled;			/* (W) what the classifier saw */
	int T;				/* steps that fit now; grows on demand */
	float *steps;			/* owned block behind the above */
	struct rnn_packed packed;
};

/* Passes of all layers; outputs of a layer: W; inputs of pass p: D or W. */
int rnn_passes(const struct rnn *net);
int rnn_outputs(const struct rnn *net);
int rnn_inputs(const struct rnn *net, int p);
/* "last", "mean" and "max", as heads of models say it. */
extern const char *const rnn_pooling_names[RNN_POOLINGS];
/* The name of pass p's tensor `what`, say "weight_ih": "gru.weight_ih_l0", "..._l0_reverse". */
void rnn_name(char name[RNN_NAME_MAX], const struct rnn *net, const char *what, int p);
/* Rows of Wx and Wh: G. */
int rnn_gates(const struct rnn *net);
/* Parameters of layer l in 0..layers, where `layers` means the classifier; or of all. */
size_t rnn_layer_params(const struct rnn *net, int l);
size_t rnn_params(const struct rnn *net);

/*
 * Makes the weights of a net whose sizes are set, all 0; normalise: also mean
 * (0) and scale (1). Whatever else net held is forgotten, so that the copy of
 * a net becomes another of its kind. 0, or -1 without memory or when a size is
 * outside 1..RNN_UNITS_MAX (layers: 1..RNN_LAYERS_MAX, directions: 1..2). The
 * caller frees with rnn_free().
 */
int rnn_init(struct rnn *net, int normalise);
void rnn_free(struct rnn *net);

/*
 * The largest H with which a net of net's other sizes fits budget_bytes: every
 * layer by itself (classifier too) or the whole model. bytes(net, l): of layer l
 * in 0..layers, or of -1, what belongs to none. 0 when none does.
 */
int rnn_solve_hidden(const struct rnn *net, long budget_bytes, enum rnn_scope scope,
	size_t (*bytes)(const struct rnn *net, int l));
/* Such bytes: of float parameters; -1: 0, mean and scale are no parameters. */
size_t rnn_float_bytes(const struct rnn *net, int l);

/* y (T, D) = (x - mean) * scale, or x (T, D) where net has none; y may be x. */
void rnn_normalise(const struct rnn *net, float *y, const float *x, int T);

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

/*
 * pooled (W) takes in the top layer's outputs h (W) of step t, 0 to T-1 in turn. Of RNN_MEAN it
 * is then the sum.
 */
void rnn_pool(const struct rnn *net, float *pooled, const float *h, int t, int T);

#endif
