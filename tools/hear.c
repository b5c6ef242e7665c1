// SPDX-License-Identifier: MIT
/*
 * hear - find the words in a stream of samples as it arrives, and name them
 *
 *   hear [--threshold P] MODEL < samples
 *
 * reads   16-bit little-endian samples of 8 kHz, one channel, raw or as WAV
 * writes  a line a word, at once: begin and end in seconds, its label or none, confidence
 * method  lib/fixed/whit_listen.h, the code that runs on the device
 */
#include "hear/source.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/opt.h"
#include "quant/recogniser.h"
#include "whit_listen.h"

#define BLOCK 160			/* samples, 20 ms: what a word's line may wait for */
#define RATE_HZ 8000.

static double threshold = -1;		/* not given */

static const struct opt opts[] = {
	{ "threshold", 't', OPT_REAL, &threshold, -1, 1, "P",
	  "confidence that a label needs; 0: any sound gets one; -1: the model's" },
	{ 0 }
};

static const struct opt_page page = {
	"find the words in a stream of samples as it arrives, and name them",
	"[--threshold P] MODEL < samples",
	"Samples are 16-bit little-endian, 8 kHz, one channel; raw, or WAV of any length. The\n"
	"model is one in integers whose features are those of wav2mfcc --preset device.\n"
	"A line a word, or a sound as long as one, separated by tabs: where it begins and ends,\n"
	"in seconds, its label, or none where the confidence is too low, and the confidence, or -\n"
	"when the model has none (the tool confidence gives it one). The label none of a model\n"
	"that was trained with such a one stays none. pipelines/listen has a microphone on its\n"
	"left.\n",
};

static void
say(const struct whit_heard *h, const struct whit_model *model, const struct meta *head)
{
	double second = model->input->hop / RATE_HZ, p = h->confidence / (double)CONFIDENCE_ONE;
	int accepted = threshold < 0 || h->confidence < 0 ? h->word >= 0 : p >= threshold;
	char name[TENSOR_META_MAX];

	printf("%.2f\t%.2f\t%s\t", h->begin * second, (h->end + 1) * second,
		accepted ? labels_name(head, h->nearest, name, sizeof name) : "none");
	if (h->confidence >= 0)
		printf("%.4f\n", p);
	else
		puts("-");
	if (fflush(stdout))
		die("stdout:");
}

int
main(int argc, char *argv[])
{
	int first = opt_parse(argc, argv, opts, &page);
	const char *path = argv[first];
	struct tensor_set set;
	struct whit_model model;
	struct whit_input input;
	struct whit_listen l;
	struct whit_heard h;
	struct recogniser r;
	struct source in;
	int16_t x[BLOCK];
	char err[ERR_MAX], *names;
	void *memory;
	size_t n;

	if (first + 1 != argc)
		usage_die("expected one operand, the model, got %d", argc - first);
	if (isatty(STDIN_FILENO))
		usage_die("expected samples on stdin, got a terminal: see pipelines/listen");
	etensor_load_path(&set, path);
	emeta_kind(&set.head, path, "model");
	if (recogniser_init(&r, &set, err) || recogniser_whit(&model, &input, &r, &set, err))
		die("%s: %s", path, err);
	if (opt_given("threshold") && !r.confident)
		die("%s: --threshold: expected a model with a confidence, which the tool "
			"confidence gives it", path);
	model.labels = names = elabels_names(&set.head, &n);
	memory = ecalloc(whit_listen_memory_size(&model), 1);
	whit_listen_init(&l, &model, memory);
	source_open(&in, stdin, "stdin");
	while ((n = source_read(&in, x, BLOCK)) > 0)
		for (size_t i = 0; i < n; ) {
			i += whit_listen_push(&l, x + i, n - i);
			if (whit_listen_pop(&l, &h))
				say(&h, &model, &set.head);
		}
	if (whit_listen_end(&l, &h))
		say(&h, &model, &set.head);
	efclose(stdout, "stdout");
	free(memory);
	free(names);
	recogniser_free(&r);
	tensor_set_free(&set);
	return 0;
}
