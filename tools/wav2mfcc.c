// SPDX-License-Identifier: MIT
/*
 * wav2mfcc - features of recordings
 *
 *   wav2mfcc [OPTION]... [FILE...] > features      (- : one recording on stdin)
 *   find rec -name '*.wav' | sort | wav2mfcc > features
 *
 * reads   WAV, AIFF, AU or FLAC of any rate, channel count and bit depth (lib/wav.h)
 * writes  kind=features, one record a recording: f32 (T, D), with its name, label and group
 * method  vary (lib/vary.h), resample, band-pass, trim, peak-normalise, MFCC (lib/effects.h,
 *         lib/mfcc.h); every setting of the front end stands in the head as feature.*, what was varied
 *         in the record's metadata
 */
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "effects.h"
#include "front_end.h"
#include "inputs.h"
#include "vary.h"
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
static struct vary vary = VARY_NONE;
static const char *only, *suffix;

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
	{ "only", 0, OPT_FILE, &only, 0, 0, "STREAM", "those whose names are in it; its corpus and labels" },
	{ "speed", 0, OPT_RANGE, &vary.speed, 0.25, 4, NULL, "vary: times as fast, and as high" },
	{ "warp", 0, OPT_RANGE, &vary.warp, 0.5, 2, NULL, "vary: factor of the vocal tract's length" },
	{ "noise-snr", 0, OPT_RANGE, &vary.snr_db, -30, 120, "DB|LOW-HIGH", "vary: white noise that far under" },
	{ "shift", 0, OPT_RANGE, &vary.shift_ms, -10000, 10000, "MS|LOW-HIGH", "vary: later, ms; the length stays" },
	{ "eq", 0, OPT_REAL, &vary.eq_db, 0, 24, "DB", "vary: two random shelves of -DB..DB" },
	{ "seed", 0, OPT_INT, &vary.seed, 0, 4294967295.0, NULL, "of what varies at random" },
	{ "suffix", 0, OPT_TEXT, &suffix, 0, 0, "TEXT", "end of the names of what is varied, else ~sSEED" },
	{ 0 }
};

static const struct opt_page page = {
	"features of recordings",
	"[OPTION]... [FILE...] > features",
	"Without operands, paths come on stdin, one a line; the operand - is one recording on stdin.\n"
	"Words in folders: --label '([^/]+)/[^/]+$' --name '([^/]+/[^/]+)[.]' --group '([^/_]+)_nohash_'\n"
	"The output keeps the order of the input. Defaults shown are those of mfcc13 (torchaudio's MFCC,\n"
	"13 of 40 mels, 36 frames); mfcc20 has 20 and true lengths; mfcc39 is librosa's 13 with deltas.\n"
	"Same bytes with any --jobs, and on any machine but where libsndfile decodes or SoX resamples.\n\n"
	"More training data: a number, or for each recording one of its own from LOW-HIGH, to --speed,\n"
	"--warp, --noise-snr, --shift and --eq. Split first, then vary the training part alone, so that\n"
	"no recording is in both parts under two names:\n"
	"  wav2mfcc rec/*.wav > all.t;  split --part train < all.t > train.t\n"
	"  wav2mfcc --only train.t --speed 0.9-1.1 --warp 0.9-1.1 --seed 7 rec/*.wav > more.t\n"
	"  cat train.t more.t | lstm-train > model.m\n"
	"A draw depends on the seed and the recording's name alone. Names get the suffix ~s7, and each\n"
	"record's metadata says what was drawn. Give each such stream its own --seed or --suffix.\n"
};

static void
find_inputs(struct inputs *in, int argc, char *argv[], int first)
{
	char err[ERR_MAX];
	int bad = 0;
	FILE *f;

	/* The default group belongs to the default label: with another, it would find nonsense. */
	if (opt_given("label") && !opt_given("group"))
		group_re = NULL;
	if (inputs_expression(&label_re, "--label", err)
			|| inputs_expression(&group_re, "--group", err)
			|| inputs_expression(&name_re, "--name", err))
		usage_die("%s", err);
	if (manifest) {
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
	if (only) {
		f = efopen(only, "rb");
		if (inputs_only(in, f, only, err))
			die("%s", err);
		fclose(f);
	}
}

static void
make_head(struct meta *head, struct inputs *in)
{
	char err[ERR_MAX];

	emeta_set(head, "kind", "features");
	front_end_name(head, &set, preset, opts);
	if (corpus || in->corpus)
		emeta_set(head, "corpus", "%s", corpus ? corpus : in->corpus);
	if (inputs_labels(in, labels, head, err))
		die("%s", err);
	if (mfcc_describe(&set, head))
		die("head: no room or no memory for the settings");
	opt_history(head, opts);
}

static void
work(struct worker *w, const struct input *in, struct result *out)
{
	struct variation d;
	int varied = vary_on(&vary);

	vary_draw(&d, &vary, in->name, set.rate_hz);
	out->bad = wav_read(&w->wav, in->path, out->err)
		|| (varied && (effects_apply(&w->wav, d.speed, set.rate_hz, 0, 0, out->err)
			|| vary_signal(&d, w->wav.samples, w->wav.n, set.rate_hz, out->err)))
		|| effects_apply(&w->wav, 1, set.rate_hz, low_hz, high_hz, out->err);
	if (out->bad)
		return;
	etensor_name(&out->features, "%s%s", in->name, varied ? suffix : "");
	strcpy(out->features.group, in->group);
	out->features.label = in->label_index;
	if (varied && vary_describe(&d, &vary, in->name, &out->features.meta))
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
	char err[ERR_MAX], seed_suffix[32];
	size_t batch, bad = 0;
	int first;

	mfcc_preset(&set, preset);
	first = opt_parse(argc, argv, opts, &page);
	front_end_preset(&set, preset, opts);
	snprintf(seed_suffix, sizeof seed_suffix, "~s%ld", vary.seed);
	suffix = suffix ? suffix : seed_suffix;
	if (effects_band(set.bandpass, set.rate_hz, &low_hz, &high_hz, err) || mfcc_check(&set, err))
		usage_die("%s", err);
	workers = ecalloc((size_t)jobs, sizeof *workers);
	for (long i = 0; i < jobs; i++)
		if (mfcc_init(&workers[i].mfcc, &set, err))
			die("%s", err);
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
