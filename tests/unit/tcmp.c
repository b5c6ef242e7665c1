// SPDX-License-Identifier: MIT
// tcmp A B TOLERANCE: are two streams the same tensors, in order, up to TOLERANCE an element?
// Prints the largest difference; exit 1 when it is above TOLERANCE or a name or shape differs.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "stream/tensor.h"

int
main(int argc, char *argv[])
{
	struct tensor_set a, b;
	double worst = 0;
	const char *where = "-";

	prog = "tcmp";
	if (argc != 4)
		usage_die("usage: tcmp A B TOLERANCE");
	etensor_load_path(&a, argv[1]);
	etensor_load_path(&b, argv[2]);
	if (a.n != b.n || a.n == 0)
		die("expected the same number of tensors and some, got %zu and %zu", a.n, b.n);
	for (size_t i = 0; i < a.n; i++) {
		const struct tensor *x = &a.items[i], *y = &b.items[i];

		if (strcmp(x->name, y->name) || x->ndim != y->ndim ||
			memcmp(x->dims, y->dims, sizeof x->dims))
			die("record %zu: %s (%u, %u) against %s (%u, %u)", i, x->name, x->dims[0],
				x->dims[1], y->name, y->dims[0], y->dims[1]);
		for (size_t k = 0; k < x->n; k++) {
			double d = fabs(tensor_get(x, k) - tensor_get(y, k));

			if (!(d <= worst)) {
				worst = d;
				where = x->name;
			}
		}
	}
	printf("%zu tensors, largest difference %.2e (%s)\n", a.n, worst, where);
	tensor_set_free(&a);
	tensor_set_free(&b);
	return !(worst <= strtod(argv[3], NULL));
}
