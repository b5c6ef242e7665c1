/* SPDX-License-Identifier: MIT */
/*
 * text - what may stand in names and metadata (formats/tensor.md, "Text")
 */
#ifndef WHIT_TEXT_H
#define WHIT_TEXT_H

#include <stddef.h>

/*
 * 1 when the n bytes are UTF-8 (RFC 3629) without control characters; newlines: whether '\n' may
 * stand.
 */
int text_ok(const char *s, size_t n, int newlines);

/* NULL when the size bytes are valid metadata, else what is wrong with them. */
const char *meta_check(const char *text, size_t size);

#endif
