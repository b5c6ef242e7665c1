// SPDX-License-Identifier: MIT
/*
 * classify - name the word in each utterance with a model
 *
 *   classify [--reject] [--times FILE] MODEL < features > predictions
 *
 * reads   features (formats/tensor.md) made with the model's front end
 * writes  one record an utterance: its name, label and speaker, the logits
 *         (f32, or s32 of an integer net), predicted=INDEX, confidence= of a model that has
 *         one (formats/model.md, Predictions)
 */
#include <sha2.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "audio/utterance.h"
#include "base/opt.h"
#include "math/kernel.h"
#include "quant/recogniser.h"
#include "stream/history.h"

static const char *times;
static int reject;

static const struct opt opts[] = {
	{ "times", 't', OPT_FILE | OPT_NO_TRACE, &times, 0, 0, NULL,
	  "write NAME<TAB>NANOSECONDS of each utterance to this file" },
	{ "reject", 'r', OPT_FLAG, &reject, 0, 0, NULL,
	  "predict none where the model's confidence is below its threshold" },
	{ 0 }
};

static const struct opt_page page = {
	"name the word in each utterance with a model",
	"[--reject] [--times FILE] MODEL < features > predictions",
	"The predictions go to report. Features must come from the model's front end. A model\n"
	"that was trained with the label none predicts it as any other; it means no word.\n"
	"The environment's WHIT_ISA=sse2|avx2|avx512|neon chooses instructions, not results.\n",
};

/* The head of the predictions: what the features are, what the model is. */
static void
make_head(struct meta *head, const struct meta *features, const struct tensor_set *model,
	const char *path)
{
	static const char *const of_model[] = { "labels", "train.sha256", "validate.sha256",
		"calibration.sha256", "teacher.", "pot.", "confidence.", "history." };
	static char value[TENSOR_META_MAX];
	char err[ERR_MAX], recipe[256], key[TENSOR_NAME_MAX + 1];
	int bad = meta_copy(head, features, "corpus") || meta_copy(head, features, "feature");

	for (size_t i = 0; i < sizeof of_model / sizeof *of_model; i++)
		bad = bad || meta_copy(head, &model->head, of_model[i]);
	if (bad)
		die("%s: the metadata is too long", path);
	for (size_t pos = 0; meta_next(features, &pos, key, sizeof key, value, sizeof value); )
		if (strncmp(key, "history.", 8) == 0 && strlen(key) < TENSOR_NAME_MAX - 5) {
			memmove(key + 5, key, strlen(key) + 1);
			memcpy(key, "test.", 5);
			emeta_set(head, key, "%s", value);
		}
	emeta_set(head, "kind", "predictions");
	if (meta_get(&model->head, "recipe", recipe, sizeof recipe))
		emeta_set(head, "recipe", "%s", recipe);
	if (recogniser_describe(head, model, err))
		die("%s: %s", path, err);
	history_add(head, opts);
}

static size_t
argmax(const struct tensor *y)
{
	size_t best = 0;

	for (size_t k = 1; k < y->n; k++)
		if (tensor_get(y, k) > tensor_get(y, best))
			best = k;
	return best;
}

static long long
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void
classify(struct recogniser *r, const struct tensor *x, struct tensor *y, const int32_t *labels,
	FILE *log)
{
	const uint32_t dims[] = { (uint32_t)r->K };
	char err[ERR_MAX];
	long long start;
	int32_t p;

	etensor_name(y, "%s", x->name);
	memcpy(y->group, x->group, sizeof y->group);
	y->label = x->label < 0 ? -1 : labels[x->label];
	etensor_shape(y, r->dtype, 1, dims);
	start = now_ns();
	if (recogniser_infer(r, x->f32, (int)x->dims[0], y->data, err))
		die("stdin: record %s: %s", x->name, err);
	if (log)
		fprintf(log, "%s\t%lld\n", x->name, now_ns() - start);
	if (!r->confident) {
		emeta_set(&y->meta, "predicted", "%zu", argmax(y));
		return;
	}
	p = confidence_q15(&r->confidence, y->s32, y->n, r->none);
	emeta_set(&y->meta, "predicted", "%d",
		reject && p < r->confidence.threshold ? -1 : (int)argmax(y));
	emeta_set(&y->meta, "confidence", "%.6f", p / (double)CONFIDENCE_ONE);
}

int
main(int argc, char *argv[])
{
	struct tensor x = { 0 }, y = { 0 };	/* reused by every record, freed below */
	SHA2_CTX sum;
	struct tensor_reader in = { .sha256 = &sum };
	struct tensor_writer out;
	struct tensor_set model;
	struct recogniser r;
	struct meta head = { 0 };
	int first = opt_parse(argc, argv, opts, &page);
	const char *path = argv[first];
	char err[ERR_MAX], sha256[65];
	int32_t *labels;
	FILE *log = NULL;
	int more;

	if (first + 1 != argc)
		usage_die("expected one operand, the model, got %d", argc - first);
	if (kernel_use(getenv("WHIT_ISA"), err))
		die("WHIT_ISA: %s", err);

	etensor_load_path(&model, path);
	emeta_kind(&model.head, path, "model");
	if (recogniser_init(&r, &model, err))
		die("%s: %s", path, err);
	if (reject && !r.confident)
		die("%s: --reject: expected a model with a confidence, which the tool confidence "
			"gives it", path);
	SHA256Init(&sum);
	etensor_open(&in, stdin, "stdin");
	eutterance_kind(&in.head, "stdin", &model.head, path);
	labels = eutterance_labels(&in.head, "stdin", &model.head, path);
	make_head(&head, &in.head, &model, path);
	if (reject)
		emeta_set(&head, "reject", "%.6f",
			r.confidence.threshold / (double)CONFIDENCE_ONE);

	if (times)
		log = eopen_atomic(times);
	etensor_create(&out, stdout, "stdout", &head);
	for (more = etensor_read(&in, &x); more; etensor_write(&out, &y)) {
		eutterance_check(&x, "stdin", r.D, labels_count(&in.head));
		classify(&r, &x, &y, labels, log);
		more = etensor_read(&in, &x);
		if (!more) {	/* only now is the sum that of all bytes */
			SHA256End(&sum, sha256);
			emeta_set(&y.meta, "test.sha256", "%s", sha256);
		}
	}
	etensor_end(&out);
	if (log)
		eclose_atomic(log, times);

	free(labels);
	meta_free(&head);
	tensor_free(&x);
	tensor_free(&y);
	tensor_close(&in);
	recogniser_free(&r);
	tensor_set_free(&model);
	return 0;
}
