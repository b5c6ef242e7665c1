// SPDX-License-Identifier: MIT
/*
 * wav2mfcc - features of recordings
 *
 *   wav2mfcc [OPTION]... [FILE...] > features      (- : one recording on stdin)
 *   find rec -name '*.wav' | sort | wav2mfcc > features
 *
 * reads   WAV, AIFF, AU or FLAC of any rate, channel count and bit depth (lib/wav.h)
 * writes  kind=features, one record a recording: f32 (T, D), with its name, label and group
 * method  resample, band-pass, trim, peak-normalise, MFCC (lib/effects.h, lib/mfcc.h); every
 *         setting that decides the numbers stands in the head as feature.*
 */
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "effects.h"
#include "inputs.h"
#include "mfcc.h"
#include "opt.h"
#include "wav.h"

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

static struct mfcc_settings set;
static const char *preset = "mfcc13", *corpus, *labels, *manifest;
static const char *label_re = INPUTS_LABEL, *group_re = INPUTS_GROUP, *name_re;
static long jobs = 1;
static int keep_going;
static double low_hz, high_hz;		/* of the band-pass */

static const struct opt opts[] = {
	{ "preset", 'p', OPT_WORD, &preset, 0, 0, "mfcc13|mfcc20|mfcc39", "settings to start from" },
	{ "jobs", 'j', OPT_INT | OPT_NO_TRACE, &jobs, 1, 256, NULL, "threads; the output is the same" },
	{ "corpus", 0, OPT_TEXT, &corpus, 0, 0, "NAME", "name of the corpus, for reports" },
	{ "label", 0, OPT_TEXT, &label_re, 0, 0, "RE", "label: the group of RE in the path; none: no label" },
	{ "group", 0, OPT_TEXT, &group_re, 0, 0, "RE", "group (speaker): likewise; none with a --label alone" },
	{ "name", 0, OPT_TEXT, &name_re, 0, 0, "RE", "name: likewise, else the file's without extension" },
	{ "labels", 0, OPT_TEXT, &labels, 0, 0, "A,B,C", "all labels, in order, else those found, sorted" },
	{ "manifest", 0, OPT_FILE, &manifest, 0, 0, "TSV", "recordings: PATH<TAB>LABEL<TAB>GROUP a line" },
	{ "keep-going", 'k', OPT_FLAG | OPT_NO_TRACE, &keep_going, 0, 0, NULL,
		"skip bad recordings, name each, exit 1 at the end" },
	{ "rate", 'r', OPT_INT, &set.rate_hz, 1000, 192000, NULL, "sample rate, Hz; others are resampled" },
	{ "bandpass", 0, OPT_TEXT, &set.bandpass, 0, 0, "LOW-HIGH", "clean-up, Hz: 300-3000, or none" },
	{ "trim", 0, OPT_REAL, &set.trim_db, 0, 200, NULL, "cut ends that far under the loudest, dB; 0: off" },
	{ "peak", 0, OPT_WORD, &set.peak, 0, 0, "yes|no", "divide by the largest magnitude" },
	{ "edges", 0, OPT_WORD, &set.edges, 0, 0, "reflect|zero|none", "beyond the ends; none: uncentred frames" },
	{ "window", 0, OPT_WORD, &set.window, 0, 0, "hann|hamming|blackman|rect", "window, periodic" },
	{ "window-length", 0, OPT_INT, &set.window_n, 1, MFCC_FFT_MAX, NULL, "samples, at most --fft" },
	{ "hop", 0, OPT_INT, &set.hop_n, 1, 1e6, NULL, "samples from frame to frame" },
	{ "fft", 0, OPT_INT, &set.fft_n, 2, MFCC_FFT_MAX, NULL, "samples of the FFT, even" },
	{ "mels", 0, OPT_INT, &set.mels, 1, MFCC_MELS_MAX, NULL, "mel filters" },
	{ "low", 0, OPT_REAL, &set.low_hz, 0, 96000, NULL, "lower end of the filters, Hz" },
	{ "high", 0, OPT_REAL, &set.high_hz, 0, 96000, NULL, "upper end, Hz; 0: half the rate" },
	{ "mel-scale", 0, OPT_WORD, &set.mel_scale, 0, 0, "htk|slaney", "mel scale" },
	{ "mel-norm", 0, OPT_WORD, &set.mel_norm, 0, 0, "none|area", "filters with peaks of 1, or of equal area" },
	{ "log", 0, OPT_WORD, &set.log, 0, 0, "db|ln", "unit of the log energies" },
	{ "floor", 0, OPT_REAL, &set.floor_db, 0, 1000, NULL, "least log energy, dB under the maximum; 0: off" },
	{ "coefs", 'c', OPT_INT, &set.coefs, 1, MFCC_MELS_MAX, NULL, "coefficients kept" },
	{ "deltas", 0, OPT_INT, &set.deltas, 0, 2, NULL, "orders of differences appended" },
	{ "delta-width", 0, OPT_INT, &set.delta_width, 3, MFCC_DELTA_WIDTH_MAX, NULL, "frames, odd" },
	{ "frames", 'f', OPT_INT, &set.frames, 0, MFCC_FRAMES_MAX, NULL, "zero-pad or cut to; 0: true length" },
	{ 0 }
};

static const struct opt_page page = {
	"features of recordings",
	"[OPTION]... [FILE...] > features",
	"Without operands, paths come on stdin, one a line; the operand - is one recording on stdin.\n"
	"Words in folders: --label '([^/]+)/[^/]+$' --name '([^/]+/[^/]+)[.]' --group '([^/_]+)_nohash_'\n"
	"The output keeps the order of the input. Defaults shown are those of mfcc13 (torchaudio's MFCC,\n"
	"13 of 40 mels, 36 frames); mfcc20 has 20 and true lengths; mfcc39 is librosa's 13 with deltas.\n"
};

/* Whether o is a setting of the front end. */
static int
decides(const struct opt *o)
{
	return (char *)o->value >= (char *)&set && (char *)o->value < (char *)(&set + 1);
}

/* Gives every setting that was not asked for the preset's value. */
static void
use_preset(void)
{
	struct mfcc_settings asked = set;

	mfcc_preset(&set, preset);
	for (const struct opt *o = opts; o->name; o++) {
		size_t at = (size_t)((char *)o->value - (char *)&set);

		if (decides(o) && opt_given(o->name))
			memcpy((char *)&set + at, (char *)&asked + at, opt_size(o));
	}
	/* A shorter FFT takes the window with it. */
	if (opt_given("fft") && !opt_given("window-length"))
		set.window_n = set.fft_n;
}

/* Whether o, a setting of the front end, was given another value than the preset's. */
static int
departs(const struct opt *o)
{
	struct mfcc_settings usual;

	mfcc_preset(&usual, preset);
	return decides(o) && opt_given(o->name)
		&& !opt_same(o, o->value, (char *)&usual + ((char *)o->value - (char *)&set));
}

static void
find_inputs(struct inputs *in, int argc, char *argv[], int first)
{
	char err[ERR_MAX];
	int bad = 0;

	/* The default group belongs to the default label: with another, it would find nonsense. */
	if (opt_given("label") && !opt_given("group"))
		group_re = NULL;
	if (inputs_expression(&label_re, err) || inputs_expression(&group_re, err)
			|| inputs_expression(&name_re, err))
		usage_die("%s", err);
	if (manifest) {
		FILE *f;

		if (first < argc)
			usage_die("expected operands or --manifest, got both");
		f = efopen(manifest, "r");
		bad = inputs_manifest(in, f, manifest, err);
		fclose(f);
		label_re = opt_given("label") ? label_re : NULL;
		group_re = opt_given("group") ? group_re : NULL;
	} else if (first < argc) {
		for (int i = first; i < argc; i++)
			inputs_add(in, argv[i]);
	} else if (isatty(0)) {
		usage_die("expected recordings as operands or their paths on stdin");
	} else {
		bad = inputs_read(in, stdin, "stdin", err);
	}
	if (bad || inputs_match(in, name_re, label_re, group_re, err))
		die("%s", err);
	if (in->n == 0)
		die("%s: expected paths of recordings, got none", manifest ? manifest : "stdin");
}

static void
make_head(struct meta *head, struct inputs *in)
{
	char err[ERR_MAX];

	emeta_set(head, "kind", "features");
	emeta_set(head, "features", "%s", preset);
	for (const struct opt *o = opts; o->name; o++)
		if (departs(o) && meta_get(head, "features", err, sizeof err))
			emeta_set(head, "features", "%s+%s", err, o->name);
	if (corpus)
		emeta_set(head, "corpus", "%s", corpus);
	if (inputs_labels(in, labels, head, err))
		die("%s", err);
	if (mfcc_describe(&set, head))
		die("head: no room or no memory for the settings");
	opt_history(head, opts);
}

static void
work(struct worker *w, const struct input *in, struct result *out)
{
	out->bad = wav_read(&w->wav, in->path, out->err)
		|| effects_apply(&w->wav, set.rate_hz, low_hz, high_hz, out->err);
	if (out->bad)
		return;
	etensor_name(&out->features, "%s", in->name);
	strcpy(out->features.group, in->group);
	out->features.label = in->label_index;
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
	int first;

	mfcc_preset(&set, preset);
	first = opt_parse(argc, argv, opts, &page);
	use_preset();
	if (effects_band(set.bandpass, set.rate_hz, &low_hz, &high_hz, err))
		usage_die("%s", err);
	workers = ecalloc((size_t)jobs, sizeof *workers);
	for (long i = 0; i < jobs; i++)
		if (mfcc_init(&workers[i].mfcc, &set, err))
			usage_die("%s", err);
	find_inputs(&in, argc, argv, first);
	make_head(&head, &in);
	etensor_create(&out, stdout, "stdout", &head);

	batch = (size_t)jobs * BATCH < in.n ? (size_t)jobs * BATCH : in.n;
	results = ecalloc(batch, sizeof *results);
	for (size_t i = 0; i < in.n; i += batch) {
		size_t n = in.n - i < batch ? in.n - i : batch;

#pragma omp parallel for schedule(dynamic) num_threads((int)jobs)
		for (size_t k = 0; k < n; k++)
			work(&workers[omp_get_thread_num()], &in.items[i + k], &results[k]);
		for (size_t k = 0; k < n; k++)
			if (!results[k].bad) {
				etensor_write(&out, &results[k].features);
			} else if (keep_going) {
				warn("%s: %s", in.items[i + k].path, results[k].err);
				bad++;
			} else {
				die("%s: %s", in.items[i + k].path, results[k].err);
			}
	}
	etensor_end(&out);

	for (size_t k = 0; k < batch; k++)
		tensor_free(&results[k].features);
	for (long i = 0; i < jobs; i++) {
		wav_free(&workers[i].wav);
		mfcc_free(&workers[i].mfcc);
	}
	free(results);
	free(workers);
	inputs_free(&in);
	meta_free(&head);
	return bad > 0;
}
