// SPDX-License-Identifier: MIT
#include "options.h"

#include <math.h>
#include <string.h>

#include "err.h"

#define BYTES_PER_PARAMETER 4

struct arguments given = {
	.hidden = "24", .scope = "model", .pooling = "last", .schedule = "constant",
	.optimiser = "adam",
	.average = "none", .layers = 2, .budget = 36 * 1024, .epochs = 20, .batch = 32, .seed = 42,
	.jobs = 1, .step_epochs = 10, .average_epochs = 5, .time_mask_width = 4,
	.coef_mask_width = 2,
	.rate = 1e-3, .dropout = 0.3, .step_factor = 0.1, .average_decay = 0.99,
};

const struct opt options[] = {
	{ "hidden", 'H', OPT_TEXT, &given.hidden, 0, 0, "N|auto",
	  "units a layer; auto: as many as --budget lets" },
	{ "layers", 'l', OPT_INT, &given.layers, 1, RNN_LAYERS_MAX, NULL, "LSTM layers" },
	{ "budget", 0, OPT_BYTES, &given.budget, 1, 1 << 30, NULL,
	  "bytes of float weights for --hidden auto" },
	{ "budget-scope", 0, OPT_WORD, &given.scope, 0, 0, "layer|model",
	  "what must fit --budget" },
	{ "pooling", 0, OPT_WORD, &given.pooling, 0, 0, "last|mean",
	  "what of the top layer is classified" },
	{ "normalise", 'n', OPT_FLAG, &given.normalise, 0, 0, NULL,
	  "give each feature mean 0 and deviation 1 over the training frames" },
	{ "epochs", 'e', OPT_INT, &given.epochs, 1, 100000, NULL, "passes over the training set" },
	{ "batch", 'b', OPT_INT, &given.batch, 1, 65536, NULL, "utterances an update" },
	{ "optimiser", 0, OPT_WORD, &given.optimiser, 0, 0, "adam|adamw",
	  "how weights follow gradients" },
	{ "weight-decay", 0, OPT_REAL, &given.weight_decay, 0, 10, NULL,
	  "adam: times the weight added to its gradient; adamw: share lost an update at rate 1" },
	{ "rate", 'r', OPT_REAL, &given.rate, 0, 10, NULL,
	  "learning rate, the highest of its course" },
	{ "schedule", 0, OPT_WORD, &given.schedule, 0, 0, "constant|cosine|one-cycle|step",
	  "course of the rate" },
	{ "step-epochs", 0, OPT_INT, &given.step_epochs, 1, 100000, NULL,
	  "--schedule step: epochs between steps" },
	{ "step-factor", 0, OPT_REAL, &given.step_factor, 0, 1, NULL,
	  "--schedule step: what a step leaves of the rate" },
	{ "dropout", 'd', OPT_REAL, &given.dropout, 0, 0.99, "SHARE",
	  "outputs dropped between layers" },
	{ "label-smoothing", 0, OPT_REAL, &given.smoothing, 0, 1, "SHARE",
	  "of the target spread evenly over all labels" },
	{ "clip", 'c', OPT_REAL, &given.clip, 0, 1e9, "NORM", "largest gradient norm; 0: any" },
	{ "average", 0, OPT_WORD, &given.average, 0, 0, "none|ema|tail",
	  "the model is the weights' moving average, or their mean over the last epochs" },
	{ "average-decay", 0, OPT_REAL, &given.average_decay, 0.001, 0.999999, NULL,
	  "--average ema: share of the average that an update keeps" },
	{ "average-epochs", 0, OPT_INT, &given.average_epochs, 1, 100000, NULL,
	  "--average tail: how many last epochs" },
	{ "stretch", 0, OPT_REAL, &given.stretch, 0, 0.9, "SHARE",
	  "change each length by up to that much at random" },
	{ "drop-steps", 0, OPT_REAL, &given.drop_steps, 0, 0.9, "SHARE",
	  "of frames left out at random" },
	{ "offset", 0, OPT_REAL, &given.offset, 0, 100, "SIGMA",
	  "add a random offset to each coefficient of an utterance, in deviations" },
	{ "noise", 0, OPT_REAL, &given.noise, 0, 100, "SIGMA",
	  "add noise to each value, in deviations" },
	{ "time-masks", 0, OPT_INT, &given.time_masks, 0, 100, NULL,
	  "runs of frames set to 0, the mean, in an utterance" },
	{ "time-mask-width", 0, OPT_INT, &given.time_mask_width, 1, 10000, NULL,
	  "most frames a time mask" },
	{ "coef-masks", 0, OPT_INT, &given.coef_masks, 0, 100, NULL,
	  "runs of coefficients set to 0 in an utterance" },
	{ "coef-mask-width", 0, OPT_INT, &given.coef_mask_width, 1, RNN_UNITS_MAX, NULL,
	  "most coefficients a mask" },
	{ "validate", 0, OPT_FILE, &given.validate, 0, 0, "FILE",
	  "features that choose the best epoch" },
	{ "validate-share", 0, OPT_REAL, &given.validate_share, 0, 0.9, "SHARE",
	  "share of each label held back for that" },
	{ "patience", 'p', OPT_INT, &given.patience, 0, 100000, NULL,
	  "epochs without a better validation before it stops; 0: never" },
	{ "seed", 's', OPT_INT, &given.seed, 0, 4294967295.0, NULL, "seed of all that is random" },
	{ "recipe", 0, OPT_TEXT, &given.recipe, 0, 0, "NAME",
	  "name of the recipe, for the model's head" },
	{ "jobs", 'j', OPT_INT | OPT_NO_TRACE, &given.jobs, 1, 256, NULL,
	  "threads (at most 4 work)" },
	{ "log", 0, OPT_FILE, &given.log_path, 0, 0, "FILE", "write a line of figures an epoch" },
	{ "quiet", 'q', OPT_FLAG | OPT_NO_TRACE, &given.quiet, 0, 0, NULL,
	  "no progress on the terminal" },
	{ 0 }
};

static const struct opt_page page = {
	"train a recurrent net on labelled features",
	"[OPTION]... < train.t > model.m",
	"Utterances are taken at their true length. With --validate or --validate-share the\n"
	"model is that of the epoch with the best validation accuracy (of equal ones the lower\n"
	"loss), else that of the last. The same input and options give the same bytes on any\n"
	"machine with any --jobs. --log: tab-separated, '-' where there is no validation.\n"
	"--stretch to --coef-masks change the utterances anew in each epoch, each with random\n"
	"numbers of its own. --optimiser, --schedule, --label-smoothing as PyTorch's AdamW,\n"
	"CosineAnnealingLR, OneCycleLR, StepLR, CrossEntropyLoss.\n"
	"The environment's WHIT_ISA=sse2|avx2|avx512|neon chooses instructions, not results.\n",
};

int
options_hidden(int D, int K)
{
	double value;
	int H;

	if (strcmp(given.hidden, "auto")) {
		if (opt_number(given.hidden, 1, RNN_UNITS_MAX, &value) || value != floor(value))
			usage_die("--hidden: expected 1 to %d or auto, got %s", RNN_UNITS_MAX,
				given.hidden);
		return (int)value;
	}
	H = rnn_solve_hidden(given.budget,
		strcmp(given.scope, "layer") ? RNN_SCOPE_MODEL : RNN_SCOPE_LAYER,
		BYTES_PER_PARAMETER, (int)given.layers, D, K);
	if (!H)
		die("stdin: a %s of 1 unit with %d features and %d labels is larger than --budget "
			"%ld", given.scope, D, K, given.budget);
	return H;
}

enum rnn_pooling
options_pooling(void)
{
	return strcmp(given.pooling, "mean") ? RNN_LAST : RNN_MEAN;
}

/* An option that says how another one works is an error without it. */
static void
check_pairs(void)
{
	static const struct {
		const char *name, *needs;
		/* of the other: a text to equal `text`, or a number not to be 0 */
		const void *value;
		const char *text;
	} pairs[] = {
		{ "step-epochs", "--schedule step", &given.schedule, "step" },
		{ "step-factor", "--schedule step", &given.schedule, "step" },
		{ "average-decay", "--average ema", &given.average, "ema" },
		{ "average-epochs", "--average tail", &given.average, "tail" },
		{ "time-mask-width", "--time-masks", &given.time_masks, NULL },
		{ "coef-mask-width", "--coef-masks", &given.coef_masks, NULL },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (opt_given(pairs[i].name) && (pairs[i].text ?
		    strcmp(*(const char *const *)pairs[i].value, pairs[i].text) :
		    !*(const long *)pairs[i].value))
			usage_die("--%s is for %s", pairs[i].name, pairs[i].needs);
}

void
options_parse(int argc, char *argv[])
{
	if (opt_parse(argc, argv, options, &page) != argc)
		usage_die("takes no operands: the features come on stdin");
	if (strcmp(given.hidden, "auto")) {
		if (opt_given("budget") || opt_given("budget-scope"))
			usage_die("--budget and --budget-scope are for --hidden auto");
		options_hidden(1, 1);
	}
	if (!(given.rate > 0))
		usage_die("--rate must be above 0, got %g", given.rate);
	if (given.validate && given.validate_share > 0)
		usage_die("--validate and --validate-share exclude each other");
	if (given.patience && !given.validate && !(given.validate_share > 0))
		usage_die("--patience needs --validate or --validate-share");
	check_pairs();
	if (!strcmp(given.average, "tail") && given.average_epochs > given.epochs)
		usage_die("--average-epochs must be at most --epochs %ld, got %ld", given.epochs,
			given.average_epochs);
	if (!given.normalise && (given.offset > 0 || given.noise > 0 || given.time_masks ||
	    given.coef_masks))
		usage_die("--offset, --noise, --time-masks and --coef-masks need --normalise");
}

/* Which of words "a|b|c" is word: 0, 1, ... */
static int
index_of(const char *words, const char *word)
{
	int i = 0;

	for (const char *p = words; *p; p += strcspn(p, "|"), p += *p == '|', i++)
		if (strlen(word) == strcspn(p, "|") && !strncmp(p, word, strlen(word)))
			break;
	return i;
}

struct train_options
options_train(void)
{
	return (struct train_options){
		.epochs = (int)given.epochs, .batch = (int)given.batch,
		.patience = (int)given.patience,
		.jobs = (int)given.jobs, .clip = given.clip, .dropout = given.dropout,
		.smoothing = given.smoothing, .weight_decay = given.weight_decay,
		.adamw = !strcmp(given.optimiser, "adamw"), .seed = (uint64_t)given.seed,
		.average = (enum train_average)index_of("none|ema|tail", given.average),
		.average_decay = given.average_decay, .average_epochs = (int)given.average_epochs,
		.schedule = {
			.kind = (enum schedule_kind)index_of("constant|cosine|one-cycle|step",
			given.schedule),
			.rate = given.rate, .every = (int)given.step_epochs,
			.factor = given.step_factor,
		},
		.augment = {
			.stretch = given.stretch, .drop_steps = given.drop_steps,
			.offset = given.offset,
			.noise = given.noise, .time_masks = (int)given.time_masks,
			.time_mask_width = (int)given.time_mask_width,
			.coef_masks = (int)given.coef_masks,
			.coef_mask_width = (int)given.coef_mask_width,
		},
	};
}
