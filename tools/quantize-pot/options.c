// SPDX-License-Identifier: MIT
#include "options.h"

#include <string.h>

#include "base/err.h"
#include "quant/pot_code.h"

struct arguments given = {
	.approach = "ste", .range = "tensor", .bias = "pot", .high = "fit", .schedule = "own",
	.seed = 42, .jobs = 1, .clip = -1, .teach = DISTILL_GIVEN, .augment = AUGMENT_GIVEN,
};

const struct opt options[] = {
	{ "approach", 'a', OPT_WORD, &given.approach, 0, 0, POT_NAMES, "way there, see below" },
	{ "bits", 'b', OPT_INT, &given.bits, 0, POT_CODE_BITS_MAX, NULL,
	  "of a code, sign included, 2 to 5: zero and 1, 3, 7 or 15 exponents; 0: 4, of the "
	  "published ways 5" },
	{ "range", 'r', OPT_WORD, &given.range, 0, 0, "tensor|row",
	  "what has exponents of its own" },
	{ "high", 0, OPT_WORD, &given.high, 0, 0, "fit|inq",
	  "the largest of them: of the least squared error, or nearest to the largest weight" },
	{ "bias", 0, OPT_WORD, &given.bias, 0, 0, "pot|int32",
	  "biases as codes, too, or left for 32-bit integers" },
	{ "train", 't', OPT_FILE, &given.train, 0, 0, "FILE",
	  "features to train on; round and scale need none" },
	{ "calibrate", 'c', OPT_FILE, &given.calibrate, 0, 0, "FILE",
	  "features whose ranges choose the units of the integers; without: --train's" },
	{ "normalise", 'n', OPT_FLAG, &given.normalise, 0, 0, NULL,
	  "give a net that does not normalise features mean and deviation of --train to do so" },
	{ "epochs", 'e', OPT_INT, &given.epochs, 0, 100000, NULL,
	  "passes over them; 0: the approach's own" },
	{ "batch", 0, OPT_INT, &given.batch, 0, 65536, NULL,
	  "utterances an update; 0: the approach's own" },
	{ "rate", 0, OPT_REAL, &given.rate, 0, 10, NULL,
	  "learning rate, the highest of its course; 0: the approach's own" },
	{ "schedule", 0, OPT_WORD, &given.schedule, 0, 0, "own|constant|cosine|one-cycle",
	  "course of the rate" },
	{ "clip", 0, OPT_REAL, &given.clip, -1, 1e9, "NORM",
	  "largest gradient norm; 0: any; -1: the approach's own" },
	{ "label-smoothing", 0, OPT_REAL, &given.smoothing, 0, 1, "SHARE",
	  "of the target spread evenly over all labels" },
	AUGMENT_OPTS(given.augment),
	DISTILL_OPTS(given.teach),
	{ "seed", 's', OPT_INT, &given.seed, 0, 4294967295.0, NULL, "seed of all that is random" },
	{ "jobs", 'j', OPT_INT | OPT_NO_TRACE, &given.jobs, 1, 256, NULL,
	  "threads (at most 4 work)" },
	{ "before", 0, OPT_FILE, &given.before, 0, 0, "FILE",
	  "write the float model as it is before the final projection" },
	{ "float", 0, OPT_FLAG, &given.to_float, 0, 0, NULL,
	  "write a float model of the same numbers, not an integer one of codes" },
	{ "quiet", 'q', OPT_FLAG | OPT_NO_TRACE, &given.quiet, 0, 0, NULL,
	  "no progress on the terminal" },
	{ 0 }
};

static const struct opt_page page = {
	"make every weight of a float net zero or a power of two",
	"[OPTION]... < float.m > pot.m",
	"  round       as they are, nothing trained\n"
	"  ste         train on: the net sees rounded weights, gradients go to the exact ones\n"
	"published ways, after their float training 23 more epochs at 5e-4, exponents -8 to 8,\n"
	"nearest in log2 and no zero until the final projection:\n"
	"  ema         after each epoch .85 of a weight and .15 of the nearest power\n"
	"  snap-epoch  the nearest power after each epoch\n"
	"  snap-step   after every 100th update\n"
	"  stochastic  after each epoch the lower or the higher power, log2 right on average\n"
	"  row-shared  after each epoch one magnitude a row, 2 to its median log2\n"
	"  inq         the largest 30, 60, 100 % are rounded and kept for 4, 4, 6 epochs\n"
	"and these, whose weights are not codes, so that only --float can be written:\n"
	"  scale       8-bit matrices with one power of two for a scale, nothing trained\n"
	"  apot2       after each epoch a sum or difference of two powers\n"
	"  mixed       as snap-epoch, but the classifier stays float\n"
	"Each ends with an exact projection. Scales of normalised features become powers of two\n"
	"first, which changes no answer; neither does --normalise. --stretch and what follows to\n"
	"--coef-mask-width, --label-smoothing and --teacher are lstm-train's. The same input and\n"
	"options give the same bytes on any machine with any --jobs. Sources and exact\n"
	"definitions: lib/quant/pot.h, lib/quant/pot_train.h.\n"
	"The environment's WHIT_ISA=sse2|avx2|avx512|neon chooses instructions, not results.\n",
};

static const char *const schedules[] = { [SCHEDULE_CONSTANT] = "constant",
	[SCHEDULE_COSINE] = "cosine", [SCHEDULE_ONE_CYCLE] = "one-cycle" };

const struct pot_method *
options_method(void)
{
	const struct pot_method *m = pot_methods;

	while (strcmp(m->name, given.approach))
		m++;
	return m;
}

/* What is for training alone, given without any. */
static void
check_untrained(const char *approach)
{
	static const char *const training[] = { "train", "normalise", "epochs", "batch", "rate",
		"schedule", "clip", "label-smoothing", "stretch", "drop-steps", "offset", "noise",
		"time-masks", "coef-masks", "teacher" };

	for (size_t i = 0; i < sizeof(training) / sizeof(*training); i++)
		if (opt_given(training[i]))
			usage_die("--%s: --approach %s trains nothing", training[i], approach);
}

void
options_parse(int argc, char *argv[])
{
	const struct pot_method *m;

	if (opt_parse(argc, argv, options, &page) != argc)
		usage_die("takes no operands: the model comes on stdin");
	m = options_method();
	if (opt_given("bits") && given.bits < POT_CODE_BITS_MIN)
		usage_die("--bits must be %d to %d, got %ld", POT_CODE_BITS_MIN, POT_CODE_BITS_MAX,
			given.bits);
	if (opt_given("bits") && !m->bits)
		usage_die("--bits: --approach %s has codes of its own", m->name);
	if (!m->epochs)
		check_untrained(m->name);
	else if (!given.train)
		usage_die("--approach %s needs --train: features of the training set", m->name);
	if (!m->codes && !given.to_float)
		usage_die("--approach %s has no codes: --float writes what it makes", m->name);
	if (given.to_float && given.calibrate)
		usage_die("--calibrate is for integers, --float writes none");
	if (!given.to_float && !given.calibrate && !given.train)
		usage_die("integers need --calibrate: features of the training set (or --float)");
	edistill_check(&given.teach);
	eaugment_from(&given.augment);
}

struct pot_form
options_form(void)
{
	const struct pot_method *m = options_method();

	return (struct pot_form){
		.bits = given.bits ? (int)given.bits : m->bits,
		.by_row = !strcmp(given.range, "row"), .biases = !strcmp(given.bias, "pot"),
		.high = strcmp(given.high, "fit") ? POT_INQ : POT_FIT,
	};
}

struct train_options
options_train(void)
{
	const struct pot_method *m = options_method();
	struct train_options o = {
		.epochs = given.epochs ? (int)given.epochs : m->epochs,
		.batch = given.batch ? (int)given.batch : m->batch,
		.clip = given.clip < 0 ? m->clip : given.clip,
		.jobs = (int)given.jobs, .smoothing = given.smoothing,
		.tau = given.teach.tau, .alpha = given.teach.alpha, .seed = (uint64_t)given.seed,
		.schedule = { .kind = m->schedule, .rate = given.rate > 0 ? given.rate : m->rate },
		.augment = eaugment_from(&given.augment),
	};

	for (size_t i = 0; i < sizeof(schedules) / sizeof(*schedules); i++)
		if (schedules[i] && !strcmp(given.schedule, schedules[i]))
			o.schedule.kind = (enum schedule_kind)i;
	return o;
}
