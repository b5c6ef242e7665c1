// SPDX-License-Identifier: MIT
#include "options.h"

#include <math.h>
#include <string.h>

#include "base/err.h"
#include "quant/quant.h"
#include "quant/quant_pot.h"

static struct prune_plan prune;		/* --prune */
static struct augment augment;		/* --stretch to --coef-mask-width */

/* --precision pot4: as codes of 4 bits. */
static size_t
pot_bytes(const struct rnn *net, int l)
{
	return quant_pot_bytes(net, l, given.precision[3] - '0');
}

static int
hidden(const struct rnn *net)
{
	int is_int8 = !strcmp(given.precision, "int8"), is_pot = given.precision[0] == 'p', H;
	char err[ERR_MAX];
	double value;

	if (strcmp(given.hidden, "auto")) {
		if (opt_number(given.hidden, 1, RNN_UNITS_MAX, &value) || value != floor(value))
			usage_die("--hidden: expected 1 to %d or auto, got %s", RNN_UNITS_MAX,
				given.hidden);
		return (int)value;
	}
	if (is_int8 && quant_grid_takes(net, err))
		usage_die("--precision int8: %s", err);
	if (is_pot && quant_pot_takes(net, err))
		usage_die("--precision %s: %s", given.precision, err);
	H = rnn_solve_hidden(net, given.budget,
		strcmp(given.scope, "layer") ? RNN_SCOPE_MODEL : RNN_SCOPE_LAYER,
		is_int8 ? quant_static_bytes : is_pot ? pot_bytes : rnn_float_bytes);
	if (!H)
		die("stdin: a %s of 1 unit with %d features and %d labels%s is larger than "
			"--budget %ld", given.scope, net->D, net->K, is_int8 ? " in int8" :
			is_pot ? " in powers of two" : "", given.budget);
	return H;
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

struct rnn
options_net(int D, int K)
{
	struct rnn net = { .cell = cell_find(given.cell), .layers = (int)given.layers,
		.directions = given.bidirectional ? 2 : 1, .D = D, .K = K };

	net.pooling = (enum rnn_pooling)index_of("last|mean|max", given.pooling);
	net.H = hidden(&net);
	return net;
}

int
options_qat(void)
{
	return !strcmp(given.qat, "int8");
}

/* An option that says how another one works is an error without it. */
static void
check_pairs(void)
{
	static const struct {
		const char *name, *needs;
		const char *const *value;	/* of the other, to equal text */
		const char *text;
	} pairs[] = {
		{ "step-epochs", "--schedule step", &given.schedule, "step" },
		{ "step-factor", "--schedule step", &given.schedule, "step" },
		{ "average-decay", "--average ema", &given.average, "ema" },
		{ "average-epochs", "--average tail", &given.average, "tail" },
	};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		if (opt_given(pairs[i].name) && strcmp(*pairs[i].value, pairs[i].text))
			usage_die("--%s is for %s", pairs[i].name, pairs[i].needs);
}

void
options_parse(int argc, char *argv[])
{
	char err[ERR_MAX];

	if (opt_parse(argc, argv, options, &options_page) != argc)
		usage_die("takes no operands: the features come on stdin");
	if (strcmp(given.hidden, "auto")) {
		if (opt_given("budget") || opt_given("budget-scope") || opt_given("precision"))
			usage_die("--budget, --budget-scope and --precision are for --hidden auto");
		hidden(NULL);
	}
	if (!(given.rate > 0))
		usage_die("--rate must be above 0, got %g", given.rate);
	if (given.validate && given.validate_share > 0)
		usage_die("--validate and --validate-share exclude each other");
	if (given.patience && !given.validate && !(given.validate_share > 0))
		usage_die("--patience needs --validate or --validate-share");
	if (given.resume && !given.checkpoint)
		usage_die("--resume needs --checkpoint");
	if (given.checkpoint && given.log_path && !strcmp(given.checkpoint, given.log_path))
		usage_die("--checkpoint and --log must be two files");
	check_pairs();
	if (!strcmp(given.average, "tail") && given.average_epochs > given.epochs)
		usage_die("--average-epochs must be at most --epochs %ld, got %ld", given.epochs,
			given.average_epochs);
	edistill_check(&given.teach);
	if (given.prune && prune_parse(&prune, given.prune, (int)given.epochs, err))
		usage_die("--prune: %s", err);
	augment = eaugment_from(&given.augment);
	if (!given.normalise && augment_normalised(&augment))
		usage_die("--offset, --noise, --time-masks and --coef-masks need --normalise");
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
		.prune = prune, .tau = given.teach.tau, .alpha = given.teach.alpha,
		.schedule = {
			.kind = (enum schedule_kind)index_of("constant|cosine|one-cycle|step",
			given.schedule),
			.rate = given.rate, .every = (int)given.step_epochs,
			.factor = given.step_factor,
		},
		.augment = augment,
	};
}
