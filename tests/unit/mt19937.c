// SPDX-License-Identifier: MIT
/*
 * mt19937            checks outputs that others published
 * mt19937 raw SEED N        prints N words (tests/ref/sklearn_split.py compares)
 * mt19937 array A,B,... N   prints N words, array seed
 * mt19937 perm SEED N       prints a permutation of N
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/mt19937.h"

static int failed;

static void
check(const char *what, uint32_t expected, uint32_t got)
{
	if (expected != got) {
		printf("%s: expected %" PRIu32 ", got %" PRIu32 "\n", what, expected, got);
		failed = 1;
	}
}

static void
check_published(void)
{
	/* mt19937ar.out, the first line of its authors' test. */
	static const uint32_t key[4] = { 0x123, 0x234, 0x345, 0x456 };
	static const uint32_t ar[5] = {
		1067595299u, 955945823u, 477289528u, 4107218783u, 4228976476u
	};
	/* np.random.RandomState(42).permutation(10) */
	static const size_t ten[10] = { 8, 1, 5, 0, 7, 2, 9, 4, 3, 6 };
	struct mt19937 r;
	uint32_t last = 0;
	size_t order[10];

	mt19937_seed_array(&r, key, 4);
	for (int i = 0; i < 5; i++)
		check("mt19937ar", ar[i], mt19937_next(&r));
	/* ISO C++ [rand.predef]: the 10000th of a default-seeded mt19937. */
	mt19937_seed(&r, 5489);
	for (int i = 0; i < 10000; i++)
		last = mt19937_next(&r);
	check("10000th word of seed 5489", 4123659995u, last);
	mt19937_seed(&r, 42);
	mt19937_permutation(&r, order, 10);
	for (int i = 0; i < 10; i++)
		check("RandomState(42).permutation(10)", (uint32_t)ten[i], (uint32_t)order[i]);
}

/* Seeds r by "7" or by the array "7,8,9". */
static void
seed(struct mt19937 *r, const char *how, const char *text)
{
	uint32_t key[1000];
	size_t n = 0;

	if (strcmp(how, "array") != 0) {
		mt19937_seed(r, (uint32_t)strtoul(text, NULL, 10));
		return;
	}
	for (char *end; n < 1000 && *text != '\0'; text = end + (*end == ','))
		key[n++] = (uint32_t)strtoul(text, &end, 10);
	mt19937_seed_array(r, key, n);
}

int
main(int argc, char *argv[])
{
	struct mt19937 r;
	size_t n, *order;

	if (argc != 4) {
		check_published();
		return failed;
	}
	n = strtoul(argv[3], NULL, 10);
	seed(&r, argv[1], argv[2]);
	order = calloc(n + 1, sizeof(*order));
	if (order == NULL)
		return 1;
	if (strcmp(argv[1], "perm") == 0)
		mt19937_permutation(&r, order, n);
	else
		for (size_t i = 0; i < n; i++)
			order[i] = mt19937_next(&r);
	for (size_t i = 0; i < n; i++)
		printf("%zu\n", order[i]);
	free(order);
	return 0;
}
