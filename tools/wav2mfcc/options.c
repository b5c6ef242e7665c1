// SPDX-License-Identifier: MIT
#include "options.h"

#include "audio/effects.h"
#include "base/err.h"
#include "audio/front_end.h"
#include "audio/inputs.h"

struct arguments given = {
	.preset = "mfcc13", .label_re = INPUTS_LABEL, .group_re = INPUTS_GROUP, .jobs = 1,
	.vary = VARY_NONE,
};

const struct opt options[] = {
	{ "preset", 'p', OPT_WORD, &given.preset, 0, 0, "mfcc13|mfcc20|mfcc39|device",
	  "settings to start from" },
	{ "jobs", 'j', OPT_INT | OPT_NO_TRACE, &given.jobs, 1, 256, NULL,
	  "threads; the output is the same" },
	{ "corpus", 0, OPT_TEXT, &given.corpus, 0, 0, "NAME", "name of the corpus, for reports" },
	{ "label", 0, OPT_TEXT, &given.label_re, 0, 0, "RE",
	  "label: what the parentheses of RE match in the path; none: no label" },
	{ "group", 0, OPT_TEXT, &given.group_re, 0, 0, "RE",
	  "group (speaker): likewise; none with a --label alone" },
	{ "name", 0, OPT_TEXT, &given.name_re, 0, 0, "RE",
	  "name: likewise, else the file's without extension" },
	{ "labels", 0, OPT_TEXT, &given.labels, 0, 0, "A,B,C",
	  "all labels, in order, else those found, sorted" },
	{ "manifest", 0, OPT_FILE, &given.manifest, 0, 0, "TSV",
	  "recordings: PATH<TAB>LABEL<TAB>GROUP a line" },
	{ "keep-going", 'k', OPT_FLAG | OPT_NO_TRACE, &given.keep_going, 0, 0, NULL,
	  "skip bad recordings, name each, exit 1 at the end" },
	{ "rate", 'r', OPT_INT, &given.set.rate_hz, 1000, 192000, NULL,
	  "sample rate, Hz; others are resampled" },
	{ "bandpass", 0, OPT_TEXT, &given.set.bandpass, 0, 0, "LOW-HIGH",
	  "clean-up, Hz: 300-3000, or none" },
	{ "trim", 0, OPT_REAL, &given.set.trim_db, 0, 200, NULL,
	  "cut ends that far under the loudest, dB; 0: off" },
	{ "peak", 0, OPT_WORD, &given.set.peak, 0, 0, "yes|no", "divide by the largest magnitude" },
	{ "edges", 0, OPT_WORD, &given.set.edges, 0, 0, "reflect|zero|none",
	  "beyond the ends; none: uncentred frames" },
	{ "window", 0, OPT_WORD, &given.set.window, 0, 0, "hann|hamming|blackman|rect",
	  "window, periodic" },
	{ "window-length", 0, OPT_INT, &given.set.window_n, 1, MFCC_FFT_MAX, NULL,
	  "samples, at most --fft" },
	{ "hop", 0, OPT_INT, &given.set.hop_n, 1, 1e6, NULL, "samples from frame to frame" },
	{ "fft", 0, OPT_INT, &given.set.fft_n, 2, MFCC_FFT_MAX, NULL, "samples of the FFT, even" },
	{ "mels", 0, OPT_INT, &given.set.mels, 1, MFCC_MELS_MAX, NULL, "mel filters" },
	{ "low", 0, OPT_REAL, &given.set.low_hz, 0, 96000, NULL, "lower end of the filters, Hz" },
	{ "high", 0, OPT_REAL, &given.set.high_hz, 0, 96000, NULL,
	  "upper end, Hz; 0: half the rate" },
	{ "mel-scale", 0, OPT_WORD, &given.set.mel_scale, 0, 0, "htk|slaney", "mel scale" },
	{ "mel-norm", 0, OPT_WORD, &given.set.mel_norm, 0, 0, "none|area",
	  "filters with peaks of 1, or of equal area" },
	{ "log", 0, OPT_WORD, &given.set.log, 0, 0, "db|ln", "unit of the log energies" },
	{ "floor", 0, OPT_REAL, &given.set.floor_db, 0, 1000, NULL,
	  "least log energy, dB under the maximum; 0: off" },
	{ "coefs", 'c', OPT_INT, &given.set.coefs, 1, MFCC_MELS_MAX, NULL, "coefficients kept" },
	{ "deltas", 0, OPT_INT, &given.set.deltas, 0, 2, NULL, "orders of differences appended" },
	{ "delta-width", 0, OPT_INT, &given.set.delta_width, 3, MFCC_DELTA_WIDTH_MAX, NULL,
	  "frames, odd" },
	{ "frames", 'f', OPT_INT, &given.set.frames, 0, MFCC_FRAMES_MAX, NULL,
	  "zero-pad or cut to; 0: true length" },
	{ "only", 0, OPT_FILE, &given.only, 0, 0, "STREAM",
	  "those whose names are in it; its corpus and labels" },
	{ "speed", 0, OPT_RANGE, &given.vary.speed, 0.25, 4, NULL,
	  "vary: times as fast, and as high" },
	{ "warp", 0, OPT_RANGE, &given.vary.warp, 0.5, 2, NULL,
	  "vary: factor of the vocal tract's length" },
	{ "noise-snr", 0, OPT_RANGE, &given.vary.snr_db, -30, 120, "DB|LOW-HIGH",
	  "vary: white noise that far under" },
	{ "shift", 0, OPT_RANGE, &given.vary.shift_ms, -10000, 10000, "MS|LOW-HIGH",
	  "vary: later, ms; the length stays" },
	{ "eq", 0, OPT_REAL, &given.vary.eq_db, 0, 24, "DB",
	  "vary: two random shelves of -DB..DB" },
	{ "seed", 0, OPT_INT, &given.vary.seed, 0, 4294967295.0, NULL, "of what varies at random" },
	{ "suffix", 0, OPT_TEXT, &given.suffix, 0, 0, "TEXT",
	  "end of the names of what is varied, else ~sSEED" },
	{ 0 }
};

static const struct opt_page page = {
	"MFCC features of recordings",
	"[OPTION]... [FILE...] > features",
	"Without operands, paths come on stdin, one a line; operand -: one recording on stdin.\n"
	"Words in folders:\n"
	"  --label '([^/]+)/[^/]+$' --name '([^/]+/[^/]+)[.]' --group '([^/_]+)_nohash_'\n"
	"The output keeps the order of the input. Defaults shown are those of mfcc13\n"
	"(torchaudio's MFCC, 13 of 40 mels, 36 frames); mfcc20 has 20 and true lengths; mfcc39\n"
	"is librosa's 13 with deltas; device is what a microcontroller computes in integers\n"
	"(lib/fixed), of which --hop, --coefs and --frames can be chosen. Same bytes with any\n"
	"--jobs, and on any machine but where libsndfile decodes or SoX resamples.\n\n"
	"More training data: a number, or for each recording one of its own from LOW-HIGH, to\n"
	"--speed, --warp, --noise-snr, --shift and --eq. Split first, then vary the training\n"
	"part alone, so that no recording is in both parts under two names:\n"
	"  wav2mfcc rec/*.wav > all.t;  split --part train < all.t > train.t\n"
	"  wav2mfcc --only train.t --speed 0.9-1.1 --warp 0.9-1.1 --seed 7 rec/*.wav > more.t\n"
	"  cat train.t more.t | lstm-train > model.m\n"
	"A draw depends on the seed and the recording's name alone. Names get the suffix ~s7,\n"
	"and each record's metadata says what was drawn. Give each such stream its own --seed\n"
	"or --suffix.\n"
};

int
options_parse(int argc, char *argv[])
{
	static char seed_suffix[32];
	char err[ERR_MAX];
	int first;

	mfcc_preset(&given.set, given.preset);
	first = opt_parse(argc, argv, options, &page);
	front_end_preset(&given.set, given.preset, options);
	if (!given.suffix) {
		snprintf(seed_suffix, sizeof seed_suffix, "~s%ld", given.vary.seed);
		given.suffix = seed_suffix;
	}
	if (front_end_check(&given.set, given.preset, options, err))
		usage_die("%s", err);
	if (given.set.fixed && (given.vary.warp.low != 1 || given.vary.warp.high != 1))
		usage_die("--warp: expected none with --preset device: its filters are constants");
	if (effects_band(given.set.bandpass, given.set.rate_hz, &given.low_hz, &given.high_hz, err)
			|| mfcc_check(&given.set, err))
		usage_die("%s", err);
	return first;
}
