/* SPDX-License-Identifier: MIT */
/*
 * image - the numbers of an int8 model in the order in which they leave
 *
 * The header and the .bin hold the same arrays, in the order of this list.
 */
#ifndef WHIT_EXPORT_C_IMAGE_H
#define WHIT_EXPORT_C_IMAGE_H

#include <stdio.h>

#include "rnn.h"
#include "tensor.h"
#include "whit.h"

#define IMAGE_ARRAYS_MAX (4 * RNN_LAYERS_MAX + 5)

struct image_array {
	char name[32];			/* formats/image.md */
	int bytes;			/* of an element: 4 int32, 1 int8 */
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

/* Elements of an array; bytes of all, labels included. */
size_t image_array_n(const struct image_array *a);
size_t image_bytes(const struct image *im);

/* The image (formats/image.md). Whoever closes f sees whether it was written. */
void image_write(FILE *f, const struct image *im);

/* The header, all names beginning with prefix; likewise. */
void header_write(FILE *f, const struct image *im, const char *prefix);

#endif
