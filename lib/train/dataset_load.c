// SPDX-License-Identifier: MIT
#include <sha2.h>

#include "dataset.h"
#include "base/err.h"

void
edataset_load(struct dataset *set, struct meta *head, FILE *f, const char *input, char sha256[65])
{
	SHA2_CTX sum;
	struct tensor_reader r = { .sha256 = &sum };
	struct tensor t = { 0 };
	char err[ERR_MAX];
	size_t K;

	SHA256Init(&sum);
	dataset_from(set, f, input);
	etensor_open(&r, f, input);
	emeta_kind(&r.head, input, "features");
	K = labels_count(&r.head);
	if (K == 0)
		die("%s: the features have no labels (wav2mfcc --label)", input);
	if (K < 2 || K > RNN_UNITS_MAX)
		die("%s: labels in the head: expected 2 to %d, got %zu", input, RNN_UNITS_MAX, K);
	while (etensor_read(&r, &t))
		if (dataset_add(set, &t, r.payload, (int)K, err))
			die("%s: record %s: %s", input, t.name, err);
	if (dataset_finish(set, err))
		die("%s: %s", input, err);
	if (meta_copy(head, &r.head, ""))
		die("%s: not enough memory", input);
	SHA256End(&sum, sha256);
	tensor_close(&r);
	tensor_free(&t);
}
