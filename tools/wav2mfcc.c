// SPDX-License-Identifier: MIT
/*
 * wav2mfcc - features of recordings
 *
 *   wav2mfcc [OPTION]... [FILE...] > features      (- : one recording on stdin)
 *   find rec -name '*.wav' | sort | wav2mfcc > features
 *
 * reads   WAV, AIFF, AU or FLAC of any rate, channel count and bit depth (lib/audio/wav.h)
 * writes  kind=features, one record a recording: f32 (T, D), with its name, label and group
 * method  vary (lib/audio/vary.h), resample, band-pass, trim, peak-normalise (lib/audio/effects.h),
 *         MFCC (lib/audio/mfcc.h); every setting of the front end stands in the head as feature.*,
 *         what was varied in the record's metadata
 */
#include "wav2mfcc/options.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "audio/effects.h"
#include "audio/front_end.h"
#include "audio/inputs.h"
#include "audio/wav.h"
#include "base/text.h"
#include "stream/history.h"

#define BATCH 64	/* recordings a job between two rounds of writing */

/* What one thread works with. */
struct worker {
	struct wav wav;
	struct mfcc mfcc;
};

/* What became of one recording. */
struct result {
	struct tensor features;
	int bad;
	char err[ERR_MAX];
};

static void
find_inputs(struct inputs *in, int argc, char *argv[], int first)
{
	char err[ERR_MAX];
	int bad = 0;
	FILE *f;

	/* The default group belongs to the default label: with another, it would find nonsense. */
	if (opt_given("label") && !opt_given("group"))
		given.group_re = NULL;
	if (inputs_expression(&given.label_re, "--label", err)
			|| inputs_expression(&given.group_re, "--group", err)
			|| inputs_expression(&given.name_re, "--name", err))
		usage_die("%s", err);
	if (given.manifest) {
		if (first < argc)
			usage_die("expected operands or --manifest, got both");
		f = efopen(given.manifest, "r");
		bad = inputs_manifest(in, f, given.manifest, err);
		fclose(f);
		given.label_re = opt_given("label") ? given.label_re : NULL;
		given.group_re = opt_given("group") ? given.group_re : NULL;
	} else if (first < argc) {
		for (int i = first; i < argc; i++)
			inputs_add(in, argv[i]);
	} else if (isatty(0)) {
		usage_die("expected recordings as operands or their paths on stdin");
	} else {
		bad = inputs_read(in, stdin, "stdin", err);
	}
	if (bad || inputs_match(in, given.name_re, given.label_re, given.group_re, err))
		die("%s", err);
	if (in->n == 0)
		die("%s: expected paths of recordings, got none",
			given.manifest ? given.manifest : "stdin");
	if (given.only) {
		f = efopen(given.only, "rb");
		if (inputs_only(in, f, given.only, err))
			die("%s", err);
		fclose(f);
	}
}

static void
make_head(struct meta *head, struct inputs *in)
{
	char err[ERR_MAX];

	emeta_set(head, "kind", "features");
	front_end_name(head, &given.set, given.preset, options);
	if (given.corpus || in->corpus)
		emeta_set(head, "corpus", "%s", given.corpus ? given.corpus : in->corpus);
	if (inputs_labels(in, given.labels, head, err))
		die("%s", err);
	if (mfcc_describe(&given.set, head))
		die("head: no room or no memory for the settings");
	history_add(head, options);
}

/* Names t as the recording, suffix behind it. 0, or -1 with err. */
static int
name(struct tensor *t, const struct input *in, const char *suffix, char err[ERR_MAX])
{
	size_t n = strlen(in->name) + strlen(suffix);

	if (n > TENSOR_NAME_MAX || !text_ok(suffix, strlen(suffix), 0))
		return err_set(err, "name with --suffix: expected at most %d bytes of UTF-8 "
			"without control characters, got %zu bytes", TENSOR_NAME_MAX, n);
	etensor_name(t, "%s%s", in->name, suffix);
	strcpy(t->group, in->group);
	t->label = in->label_index;
	return 0;
}

static void
work(struct worker *w, const struct input *in, struct result *out)
{
	struct variation d;
	long rate_hz = given.set.rate_hz;
	int varied = vary_on(&given.vary);

	vary_draw(&d, &given.vary, in->name, rate_hz);
	out->bad = name(&out->features, in, varied ? given.suffix : "", out->err)
		|| wav_read(&w->wav, in->path, out->err)
		|| (varied && (effects_apply(&w->wav, d.speed, rate_hz, 0, 0, out->err)
			|| vary_signal(&d, w->wav.samples, w->wav.n, rate_hz, out->err)))
		|| effects_apply(&w->wav, 1, rate_hz, given.low_hz, given.high_hz, out->err);
	if (out->bad)
		return;
	if (varied && vary_describe(&d, &given.vary, in->name, &out->features.meta))
		die("%s: out of memory", in->path);
	mfcc_warp(&w->mfcc, d.warp);
	out->bad = mfcc_compute(&w->mfcc, &out->features, w->wav.samples, w->wav.n, out->err);
}

int
main(int argc, char *argv[])
{
	struct inputs in = { 0 };
	struct meta head = { 0 };
	struct tensor_writer out;
	struct worker *workers;
	struct result *results;
	char err[ERR_MAX];
	size_t batch, bad = 0;
	int first = options_parse(argc, argv);

	workers = ecalloc((size_t)given.jobs, sizeof *workers);
	for (long i = 0; i < given.jobs; i++)
		if (mfcc_init(&workers[i].mfcc, &given.set, err))
			die("%s", err);
	find_inputs(&in, argc, argv, first);
	make_head(&head, &in);
	etensor_create(&out, stdout, "stdout", &head);

	batch = (size_t)given.jobs * BATCH < in.n ? (size_t)given.jobs * BATCH : in.n;
	results = ecalloc(batch, sizeof *results);
	for (size_t i = 0; i < in.n; i += batch) {
		size_t n = in.n - i < batch ? in.n - i : batch;

#pragma omp parallel for schedule(dynamic) num_threads((int)given.jobs)
		for (size_t k = 0; k < n; k++)
			work(&workers[omp_get_thread_num()], &in.items[i + k], &results[k]);
		for (size_t k = 0; k < n; k++)
			if (!results[k].bad) {
				etensor_write(&out, &results[k].features);
			} else if (given.keep_going) {
				warn("%s: %s", in.items[i + k].path, results[k].err);
				bad++;
			} else {
				die("%s: %s", in.items[i + k].path, results[k].err);
			}
	}
	etensor_end(&out);

	for (size_t k = 0; k < batch; k++)
		tensor_free(&results[k].features);
	for (long i = 0; i < given.jobs; i++) {
		wav_free(&workers[i].wav);
		mfcc_free(&workers[i].mfcc);
	}
	free(results);
	free(workers);
	inputs_free(&in);
	meta_free(&head);
	return bad > 0;
}
