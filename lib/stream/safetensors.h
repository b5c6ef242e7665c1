/* SPDX-License-Identifier: MIT */
/*
 * safetensors - whole streams to and from the .safetensors file
 *
 *	safetensors_save(&set, stdout, err);               model.m -> model.safetensors
 *	safetensors_load(&set, stdin, "stdin", err);       and back
 *
 * The file: u64 little-endian header size, a JSON header {"NAME": {"dtype",
 * "shape", "data_offsets": [from, to]}, "__metadata__": {text: text}}, then
 * the numbers, without holes. Head metadata goes into "__metadata__" as it is;
 * labels, groups and metadata of tensors, where there are any, as JSON text
 * under the key SAFETENSORS_RECORDS, which comes back out of the head on
 * load. Names stay as they are: a model's are PyTorch's state_dict names
 * (formats/model.md), with PyTorch's gate order.
 *
 * Types: F32 F64 I8 I16 I32 I64 U8. Others (F16, BF16, BOOL ...) are refused
 * by name. A header that lies about sizes, leaves holes or overlaps is
 * refused; nothing is allocated on a header's word alone.
 *
 * Source: github.com/huggingface/safetensors, README "Format".
 */
#ifndef WHIT_SAFETENSORS_H
#define WHIT_SAFETENSORS_H

#include <stdio.h>

#include "tensor.h"

#define SAFETENSORS_HEADER_MAX 100000000	/* bytes; the reference reader's limit */
#define SAFETENSORS_RECORDS "whit.records"

/*
 * Reads all of f into s (which is overwritten): tensors in the header's
 * order, "__metadata__" as head. 0, or -1 and one line in err, s then empty.
 * The caller frees with tensor_set_free().
 */
int safetensors_load(struct tensor_set *s, FILE *f, const char *input, char err[ERR_MAX]);

/*
 * Writes s; input names it in messages. Wide types come first in the data, so
 * that every tensor is aligned to its type; the JSON has the order of s.
 */
int safetensors_save(const struct tensor_set *s, FILE *f, const char *input, char err[ERR_MAX]);

#endif
