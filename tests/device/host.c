/* SPDX-License-Identifier: MIT */
/* The board that is this machine: the same tests, without a clock and a stack to look at. */
#include "board.h"

#include <stdio.h>

#define FILES 8

static FILE *files[FILES];

void
board_say(const char *text)
{
	fputs(text, stdout);
}

void
board_say_number(uint32_t v)
{
	printf("%lu", (unsigned long)v);
}

int
board_open(const char *path, int writing)
{
	static int n;

	files[n] = fopen(path, writing ? "wb" : "rb");
	return files[n] ? n++ : -1;
}

size_t
board_read(int file, void *to, size_t n)
{
	return fread(to, 1, n, files[file]);
}

void
board_write(int file, const void *from, size_t n)
{
	fwrite(from, 1, n, files[file]);
}

uint32_t
board_ticks(void)
{
	return 0;
}

uint32_t
board_instructions(uint32_t start)
{
	return start;
}

size_t
board_stack(void)
{
	return 0;
}

size_t
board_stack_now(void)
{
	return 0;
}

int
main(void)
{
	return run();
}
