// SPDX-License-Identifier: MIT
/*
 * lstm-train - train a recurrent net on labelled features
 *
 *   lstm-train [--hidden 24] [--seed 42] ... < train.t > model.m
 *
 * reads   features (formats/tensor.md): f32 (frames, features), each labelled
 * writes  a float model (formats/model.md) with the features' settings in its head
 * method  n-layer LSTM + linear (lib/rnn.h), backpropagation through time (lib/bptt.h),
 *         Adam (lib/optim.h), epochs and validation (lib/train.h)
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "err.h"
#include "model.h"
#include "opt.h"
#include "train.h"

#define BYTES_PER_PARAMETER 4

static const char *hidden = "24", *scope = "model", *pooling = "last", *schedule = "constant";
static const char *validate, *log_path, *recipe;
static long layers = 2, budget = 36 * 1024, epochs = 20, batch = 32, patience, seed = 42, jobs = 1;
static double rate = 1e-3, dropout = 0.3, clip, validate_share;
static int normalise, quiet;

static const struct opt opts[] = {
	{ "hidden", 'H', OPT_TEXT, &hidden, 0, 0, "N|auto", "units a layer; auto: as many as --budget lets" },
	{ "layers", 'l', OPT_INT, &layers, 1, RNN_LAYERS_MAX, NULL, "LSTM layers" },
	{ "budget", 0, OPT_BYTES, &budget, 1, 1 << 30, NULL, "bytes of float weights for --hidden auto" },
	{ "budget-scope", 0, OPT_WORD, &scope, 0, 0, "layer|model", "what must fit --budget" },
	{ "pooling", 0, OPT_WORD, &pooling, 0, 0, "last|mean", "what of the top layer is classified" },
	{ "normalise", 'n', OPT_FLAG, &normalise, 0, 0, NULL,
	  "give each feature mean 0 and deviation 1 over the training frames" },
	{ "epochs", 'e', OPT_INT, &epochs, 1, 100000, NULL, "passes over the training set" },
	{ "batch", 'b', OPT_INT, &batch, 1, 65536, NULL, "utterances an update" },
	{ "rate", 'r', OPT_REAL, &rate, 0, 10, NULL, "learning rate of Adam" },
	{ "schedule", 0, OPT_WORD, &schedule, 0, 0, "constant|cosine", "course of the rate" },
	{ "dropout", 'd', OPT_REAL, &dropout, 0, 0.99, "SHARE", "outputs dropped between layers" },
	{ "clip", 'c', OPT_REAL, &clip, 0, 1e9, "NORM", "largest gradient norm; 0: any" },
	{ "validate", 0, OPT_FILE, &validate, 0, 0, "FILE", "features that choose the best epoch" },
	{ "validate-share", 0, OPT_REAL, &validate_share, 0, 0.9, "SHARE",
	  "share of each label held back for that" },
	{ "patience", 'p', OPT_INT, &patience, 0, 100000, NULL,
	  "epochs without a better validation before it stops; 0: never" },
	{ "seed", 's', OPT_INT, &seed, 0, 4294967295.0, NULL, "seed of all that is random" },
	{ "recipe", 0, OPT_TEXT, &recipe, 0, 0, "NAME", "name of the recipe, for the model's head" },
	{ "jobs", 'j', OPT_INT | OPT_NO_TRACE, &jobs, 1, 256, NULL, "threads (at most 4 work)" },
	{ "log", 0, OPT_FILE, &log_path, 0, 0, "FILE", "write a line of figures an epoch" },
	{ "quiet", 'q', OPT_FLAG | OPT_NO_TRACE, &quiet, 0, 0, NULL, "no progress on the terminal" },
	{ 0 }
};

static const struct opt_page page = {
	"train a recurrent net on labelled features",
	"[OPTION]... < train.t > model.m",
	"Utterances are taken at their true length. With --validate or --validate-share the\n"
	"model is that of the epoch with the best validation accuracy (of equal ones the lower\n"
	"loss), else that of the last. The same input and options give the same bytes on any\n"
	"machine with any --jobs. --log: tab-separated, '-' where there is no validation.\n",
};

static FILE *log_file;
static struct timespec started;

/* Reads a stream of features into set; its head must have as many labels as the first's. */
static void
load(struct dataset *set, struct meta *head, FILE *f, const char *input)
{
	struct tensor_reader r = { 0 };
	struct tensor t = { 0 };
	char err[ERR_MAX];
	size_t K;

	etensor_open(&r, f, input);
	emeta_kind(&r.head, input, "features");
	K = labels_count(&r.head);
	if (K == 0)
		die("%s: the features have no labels (wav2mfcc --label)", input);
	if (K < 2 || K > RNN_UNITS_MAX)
		die("%s: labels in the head: expected 2 to %d, got %zu", input, RNN_UNITS_MAX, K);
	while (etensor_read(&r, &t))
		if (dataset_add(set, &t, (int)K, err))
			die("%s: record %s: %s", input, t.name, err);
	if (dataset_finish(set, err))
		die("%s: %s", input, err);
	if (meta_copy(head, &r.head, ""))
		die("%s: not enough memory", input);
	tensor_close(&r);
	tensor_free(&t);
}

static void
load_validation(struct dataset *set, const struct dataset *train_set, const struct meta *head)
{
	struct meta other = { 0 };
	FILE *f = efopen(validate, "rb");
	char diff[ERR_MAX];

	load(set, &other, f, validate);
	if (meta_differ(head, &other, "feature.", diff, sizeof(diff)) ||
	    meta_differ(head, &other, "labels", diff, sizeof(diff)))
		die("%s: not made as the training features: %s", validate, diff);
	if (set->D != train_set->D)
		die("%s: features a frame: expected %d, got %d", validate, train_set->D, set->D);
	fclose(f);
	meta_free(&other);
}

/* --hidden N, or auto solved by --budget. */
static int
hidden_units(int D, int K)
{
	double value;
	int H;

	if (strcmp(hidden, "auto")) {
		if (opt_number(hidden, 1, RNN_UNITS_MAX, &value) || value != floor(value))
			usage_die("--hidden: expected 1 to %d or auto, got %s", RNN_UNITS_MAX, hidden);
		return (int)value;
	}
	H = rnn_solve_hidden(budget, strcmp(scope, "layer") ? RNN_SCOPE_MODEL : RNN_SCOPE_LAYER,
		BYTES_PER_PARAMETER, (int)layers, D, K);
	if (!H)
		die("stdin: a %s of 1 unit with %d features and %d labels is larger than --budget %ld",
			scope, D, K, budget);
	return H;
}

static void
check_options(void)
{
	if (strcmp(hidden, "auto")) {
		if (opt_given("budget") || opt_given("budget-scope"))
			usage_die("--budget and --budget-scope are for --hidden auto");
		hidden_units(1, 1);
	}
	if (!(rate > 0))
		usage_die("--rate must be above 0, got %g", rate);
	if (validate && validate_share > 0)
		usage_die("--validate and --validate-share exclude each other");
	if (patience && !validate && !(validate_share > 0))
		usage_die("--patience needs --validate or --validate-share");
}

static void
report(void *validated, const struct train_epoch *e)
{
	struct timespec now;
	char v[64] = "-\t-";

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (validated)
		snprintf(v, sizeof(v), "%.6f\t%.6f", e->validation_loss, e->validation_accuracy);
	if (log_file)
		fprintf(log_file, "%d\t%.6f\t%.6f\t%s\t%.6g\t%.3f\n", e->epoch, e->loss, e->accuracy, v, e->rate,
			(double)(now.tv_sec - started.tv_sec) + (double)(now.tv_nsec - started.tv_nsec) * 1e-9);
	if (quiet || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\repoch %d of %ld: loss %.4f, accuracy %.2f %%", e->epoch, epochs, e->loss,
		100 * e->accuracy);
	if (validated)
		fprintf(stderr, ", validation %.2f %%%s", 100 * e->validation_accuracy,
			e->best ? " (best)" : "       ");
}

/* Features become normalised in place; net keeps what does it. */
static void
normalise_sets(struct rnn *net, struct dataset *set, struct dataset *validation)
{
	dataset_moments(set, net->mean, net->scale);
	dataset_normalise(set, net->mean, net->scale);
	if (validation->x)
		dataset_normalise(validation, net->mean, net->scale);
}

int
main(int argc, char *argv[])
{
	struct dataset set = { 0 }, validation = { 0 };
	struct tensor_set model = { 0 };
	struct train_options o;
	struct rnn net;
	char err[ERR_MAX];
	int K;

	if (opt_parse(argc, argv, opts, &page) != argc)
		usage_die("takes no operands: the features come on stdin");
	check_options();
	if (isatty(STDOUT_FILENO))	/* now, not after the training */
		usage_die("a model is no text for a terminal: redirect stdout");

	load(&set, &model.head, stdin, "stdin");
	K = (int)labels_count(&model.head);
	if (validate)
		load_validation(&validation, &set, &model.head);
	else if (validate_share > 0 && dataset_take(&set, &validation, K, validate_share, (uint64_t)seed, err))
		die("stdin: --validate-share: %s", err);
	if (dataset_classes(&set, K) < 2)
		die("stdin: labels of the utterances: expected 2 different ones at least, got 1");
	if (rnn_init(&net, (int)layers, set.D, hidden_units(set.D, K), K,
	    strcmp(pooling, "mean") ? RNN_LAST : RNN_MEAN, normalise))
		die("not enough memory");
	if (normalise)
		normalise_sets(&net, &set, &validation);

	o = (struct train_options){
		.epochs = (int)epochs, .batch = (int)batch, .patience = (int)patience, .jobs = (int)jobs,
		.rate = rate, .clip = clip, .dropout = dropout, .seed = (uint64_t)seed,
		.schedule = strcmp(schedule, "cosine") ? SCHEDULE_CONSTANT : SCHEDULE_COSINE,
	};
	if (log_path) {
		log_file = eopen_atomic(log_path);
		fprintf(log_file, "epoch\tloss\taccuracy\tvalidation_loss\tvalidation_accuracy\trate\tseconds\n");
	}
	clock_gettime(CLOCK_MONOTONIC, &started);
	train_init_weights(&net, o.seed);
	if (train(&net, &set, validation.n ? &validation : NULL, &o, report,
	    validation.n ? &validation : NULL, err))
		die("stdin: %s", err);
	if (!quiet && isatty(STDERR_FILENO))
		fputc('\n', stderr);
	if (log_file)
		eclose_atomic(log_file, log_path);

	if (model_to_tensors(&model, &net, err))
		die("%s", err);
	if (recipe)
		emeta_set(&model.head, "recipe", "%s", recipe);
	opt_history(&model.head, opts);
	etensor_save(&model, stdout, "stdout");
	dataset_free(&validation);
	dataset_free(&set);
	tensor_set_free(&model);
	rnn_free(&net);
	return 0;
}
