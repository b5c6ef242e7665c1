/* SPDX-License-Identifier: MIT */
/* check - what failed, the first twenty in words, and numbers that are the same in every run */
#ifndef TESTS_CHECK_H
#define TESTS_CHECK_H

#include <stdint.h>
#include <stdio.h>

static int failures;
static uint64_t seed = 1;

static void
check(int good, const char *what, long a, long b)
{
	if (!good && failures++ < 20)
		printf("%s (%ld, %ld)\n", what, a, b);
}

/* Knuth's MMIX generator, upper half: lo..hi */
static int
pick(int lo, int hi)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (int)(lo + (int64_t)((seed >> 33) % (uint64_t)((int64_t)hi - lo + 1)));
}

#endif
