// SPDX-License-Identifier: MIT
/*
 * fuzz/npy - the .npy reader on anything; what it takes must be written and
 * read again unchanged
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "stream/npy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct tensor a = { 0 }, b = { 0 };
	char err[ERR_MAX], *p = NULL;
	size_t size = 0;
	FILE *f = n ? fmemopen((void *)data, n, "rb") : fopen("/dev/null", "rb");
	int rc = npy_read(&a, f, "x", err);

	fclose(f);
	if (rc == 0) {
		f = open_memstream(&p, &size);
		assert(npy_write(f, &a) == 0);
		fclose(f);
		assert((size - a.n * tensor_dtype_size(a.dtype)) % 64 == 0);
		f = fmemopen(p, size, "rb");
		assert(npy_read(&b, f, "y", err) == 0);
		fclose(f);
		assert(a.n == b.n && a.dtype == b.dtype && a.ndim == b.ndim &&
			memcmp(a.dims, b.dims, sizeof a.dims) == 0 &&
			memcmp(a.data, b.data, a.n * tensor_dtype_size(a.dtype)) == 0);
		free(p);
	} else {
		assert(strncmp(err, "x: ", 3) == 0);
	}
	tensor_free(&a);
	tensor_free(&b);
	return 0;
}
