/* SPDX-License-Identifier: MIT */
/*
 * tensor_bytes - what the reader and the writer of the stream share: formats/tensor.md in numbers
 *
 * For lib/stream/tensor*.c alone; everybody else includes tensor.h.
 */
#ifndef WHIT_TENSOR_BYTES_H
#define WHIT_TENSOR_BYTES_H

#include "tensor.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "payloads are little-endian as in memory"
#endif

#define TENSOR_MAGIC "\x89whit\r\n\x1a"
#define TENSOR_MAGIC_SIZE 8
#define TENSOR_MAJOR 1
#define TENSOR_MINOR 0
#define PREFIX_SIZE 24			/* bytes of a chunk before its header */
#define TNSR_FIXED 32			/* bytes of a tensor's header before its name */
#define HEADER_MAX (TNSR_FIXED + 2 * TENSOR_NAME_MAX + TENSOR_META_MAX + 8)
#define PAD(n) (-(n) & 7u)		/* zero bytes that follow n bytes */

/* Elements of that shape, or -1 when no tensor may have it. */
int64_t tensor_count(enum tensor_dtype d, int ndim, const uint32_t *dims);

#endif
