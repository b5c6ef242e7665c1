// SPDX-License-Identifier: MIT
/*
 * fuzz/safetensors - the .safetensors reader on anything: as it comes, then
 * with the header's size made good; what it takes must be written and read
 * again unchanged
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "stream/safetensors.h"

static void
check(const uint8_t *data, size_t n)
{
	struct tensor_set a, b;
	char err[ERR_MAX], *p = NULL;
	size_t size = 0;
	FILE *f = n ? fmemopen((void *)data, n, "rb") : fopen("/dev/null", "rb");
	int rc = safetensors_load(&a, f, "x", err);

	fclose(f);
	if (rc) {
		assert(strncmp(err, "x: ", 3) == 0);
		return;
	}
	f = open_memstream(&p, &size);
	assert(safetensors_save(&a, f, "y", err) == 0);
	fclose(f);
	f = fmemopen(p, size, "rb");
	rc = safetensors_load(&b, f, "y", err);
	assert(rc == 0);
	fclose(f);
	assert(a.n == b.n && a.head.size == b.head.size);
	for (size_t i = 0; i < a.n; i++)
		assert(a.items[i].n == b.items[i].n &&
			strcmp(a.items[i].name, b.items[i].name) == 0 &&
			memcmp(a.items[i].data, b.items[i].data,
				a.items[i].n * tensor_dtype_size(a.items[i].dtype)) == 0);
	tensor_set_free(&a);
	tensor_set_free(&b);
	free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	uint8_t *b;
	size_t brace = 0;

	check(data, n);
	if (n < 10)
		return 0;
	b = malloc(n);
	memcpy(b, data, n);
	for (size_t i = 8; i < n; i++)
		if (b[i] == '}')
			brace = i;
	for (int i = 0; i < 8; i++)
		b[i] = (uint8_t)((brace + 1 - 8) >> 8 * i);
	if (brace)
		check(b, n);
	free(b);
	return 0;
}
