// SPDX-License-Identifier: MIT
/* Sets to 0 what reads a unit; see occlude.h. */
#include <assert.h>

#include "occlude.h"

/* Column c of W (rows, cols). */
static void
clear_column(float *W, int rows, int cols, int c)
{
	for (int i = 0; i < rows; i++)
		W[(size_t)i * (size_t)cols + (size_t)c] = 0;
}

void
occlude_unit(struct rnn *net, int layer, int direction, int unit)
{
	int rows = net->cell->gates * net->H, W = net->directions * net->H;
	int output = direction * net->H + unit;

	assert(layer >= 0 && layer < net->layers && direction >= 0 &&
		direction < net->directions && unit >= 0 && unit < net->H);
	clear_column(net->Wh[layer * net->directions + direction], rows, net->H, unit);
	if (layer + 1 == net->layers)
		clear_column(net->Wo, net->K, W, output);
	for (int d = 0; layer + 1 < net->layers && d < net->directions; d++)
		clear_column(net->Wx[(layer + 1) * net->directions + d], rows, W, output);
}
