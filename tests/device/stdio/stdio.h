/* SPDX-License-Identifier: MIT */
/* What README.md's example wants of <stdio.h>, on a board: stdin is the host's file ./stdin. */
#ifndef WHIT_DEVICE_STDIO_H
#define WHIT_DEVICE_STDIO_H

#include "board.h"

#define stdin "stdin"

static inline size_t
fread(void *to, size_t size, size_t n, const char *path)
{
	static int file, open;

	if (!open)
		file = board_open(path, 0);
	open = 1;
	return board_read(file, to, size * n) / size;
}

static inline int
puts(const char *text)
{
	board_say(text);
	board_say("\n");
	return 0;
}

#endif
