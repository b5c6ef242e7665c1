/* SPDX-License-Identifier: MIT */
/*
 * whit_image - a model that lies apart from the program: the .bin of export-c (formats/image.md)
 *
 *	static struct whit_image image;
 *	static union whit_layer layers[2];
 *	static uint32_t memory[2048 / 4];
 *
 *	if (whit_image_open(&image, layers, 2, (const void *)0x20000, 0x8000) != WHIT_IMAGE_OK ||
 *		whit_memory_size(&image.model) > sizeof memory)
 *		no model in flash
 *	whit_init(&w, &image.model, memory);
 *
 * The checksum tells damage and what was never written. That no sum of the
 * model overflows is proven by export-c, not here: whoever writes the flash is trusted.
 */
#ifndef WHIT_IMAGE_H
#define WHIT_IMAGE_H

#include "gru_s16.h"
#include "lstm_s16.h"
#include "lstm_s8.h"
#include "pot_s16.h"
#include "whit.h"

#define WHIT_IMAGE_MAGIC "\x89whitbin"
#define WHIT_IMAGE_VERSION 1
#define WHIT_IMAGE_HEAD 64		/* bytes before the layers' numbers */
#define WHIT_IMAGE_LSTM 84		/* bytes of each layer's numbers, by cell */
#define WHIT_IMAGE_GRU 48
#define WHIT_IMAGE_POT_LSTM 28		/* of a pot model */
#define WHIT_IMAGE_POT_GRU 24
#define WHIT_IMAGE_POT_LINEAR 8		/* of its classifier, behind the layers' */
/* Beside the pooling: */
#define WHIT_IMAGE_CONFIDENCE 256	/* there is one */
#define WHIT_IMAGE_ROWS 512		/* pot.range=row */
#define WHIT_IMAGE_SUMS 1024		/* pot.bias=int32 */
#define WHIT_IMAGE_UNKNOWN 2048		/* not yet given a meaning */
#define WHIT_IMAGE_BITS 12		/* from this bit on: pot.bits, else 0 */

enum whit_image_error {
	WHIT_IMAGE_OK,
	WHIT_IMAGE_NONE,		/* no image there, or not aligned to 4 bytes */
	WHIT_IMAGE_OTHER,		/* one of another version, or of a net that is not known */
	WHIT_IMAGE_CUT,			/* longer than size */
	WHIT_IMAGE_BROKEN,		/* the checksum or a number in it is wrong */
	WHIT_IMAGE_LAYERS		/* more layers than there is room for */
};

/* A layer of codes, and what it points to. */
struct whit_pot_layer {
	union {
		struct lstm_s16 lstm;
		struct gru_s16 gru;
	} cell;
	struct pot_matrix Wx, Wh;
	struct pot_bias bx, bh;
};

/* A layer of any kind that an image can hold. */
union whit_layer {
	struct lstm_s8 lstm;
	struct gru_s16 gru;
	struct whit_pot_layer pot;
};

enum whit_image_cell { WHIT_IMAGE_CELL_LSTM, WHIT_IMAGE_CELL_GRU, WHIT_IMAGE_CELL_POT_LSTM,
	WHIT_IMAGE_CELL_POT_GRU, WHIT_IMAGE_CELLS };

/* What is read of an image; most of it points into it. */
struct whit_image {
	struct whit_model model;
	struct whit_input input;
	struct net_int net;
	struct pot_matrix Wo;		/* of a pot model */
	struct pot_bias bo;
	struct confidence confidence;	/* of a model that has one */
	const uint8_t *sha256;		/* (32) of the model's stream */
};

/*
 * Finds the model in the image at p, of which at most size bytes may be read. layer: room for
 * layers_max layers. p (4-byte aligned) and layer must outlive image, which is of no use after an
 * error. For little-endian processors.
 */
enum whit_image_error whit_image_open(struct whit_image *image, union whit_layer *layer,
	size_t layers_max, const void *p, size_t size);

#endif
