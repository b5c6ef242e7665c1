/* SPDX-License-Identifier: MIT */
/*
 * image - the numbers of an integer model in the order in which they leave
 *
 * The header and the .bin hold the same arrays, in the order of this list.
 */
#ifndef WHIT_EXPORT_C_IMAGE_H
#define WHIT_EXPORT_C_IMAGE_H

#include <stdio.h>

#include "net/rnn.h"
#include "stream/tensor.h"
#include "whit.h"

#define IMAGE_ARRAYS_MAX (6 * RNN_LAYERS_MAX + 7)

struct image_array {
	char name[32];			/* formats/image.md */
	int bytes;			/* of an element: 4 int32, 1 int8 or codes */
	size_t rows, cols;		/* cols 0: one dimension */
	const void *data;		/* borrowed */
};

struct image {
	const struct whit_model *model;	/* borrowed; its labels are not read */
	const struct tensor_set *set;	/* borrowed: labels, sha256 */
	struct image_array array[IMAGE_ARRAYS_MAX];
	size_t n;
	char *labels;			/* K names, each ended by a 0; owned */
	size_t labels_n;		/* bytes of labels */
};

/* model: made of set. Both must outlive im. */
void image_init(struct image *im, const struct whit_model *model, const struct tensor_set *set);
void image_free(struct image *im);

/* One array more; l < 0: of no layer. */
void image_add(struct image *im, int bytes, size_t rows, size_t cols, const void *data,
	const char *name, int l);

/* Bits of a net's codes, 0 of int8. */
int image_pot_bits(const struct net_int *net);
/* A pot model's arrays into im; its structs from the matrices to the layers into the header. */
void image_pot_arrays(struct image *im);
void header_pot_layers(FILE *f, const struct net_int *net, const char *prefix);

/* Of its image: flags beside the pooling, a layer's numbers and the classifier's. */
uint32_t image_pot_flags(const struct net_int *net);
uint8_t *image_pot_layer(uint8_t *to, const struct net_int *net, size_t l);
uint8_t *image_pot_linear(uint8_t *to, const struct net_int *net);
/* v in so many bytes, little-endian whatever this machine is; returns what is behind them. */
uint8_t *image_put(uint8_t *to, uint32_t v, int bytes);

/* Elements of an array; bytes of all, labels included. */
size_t image_array_n(const struct image_array *a);
size_t image_bytes(const struct image *im);

/* The image (formats/image.md). Whoever closes f sees whether it was written. */
void image_write(FILE *f, const struct image *im);

/* The header, all names beginning with prefix; likewise. */
void header_write(FILE *f, const struct image *im, const char *prefix);

#endif
