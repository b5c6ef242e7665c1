// SPDX-License-Identifier: MIT
/* The options and the page of --help. What they demand of each other: options.c. */
#include "options.h"

struct arguments given = {
	.cell = "lstm", .hidden = "24", .scope = "model", .precision = "float32",
	.pooling = "last", .schedule = "constant", .optimiser = "adam", .qat = "none",
	.average = "none", .layers = 2, .budget = 36 * 1024, .epochs = 20, .batch = 32, .seed = 42,
	.jobs = 1, .step_epochs = 10, .average_epochs = 5, .augment = AUGMENT_GIVEN,
	.rate = 1e-3, .dropout = 0.3, .step_factor = 0.1, .average_decay = 0.99,
	.teach = DISTILL_GIVEN,
};

const struct opt options[] = {
	{ "hidden", 'H', OPT_TEXT, &given.hidden, 0, 0, "N|auto",
	  "units a layer; auto: as many as --budget lets" },
	{ "cell", 0, OPT_WORD, &given.cell, 0, 0, "lstm|gru", "kind of recurrent cell" },
	{ "layers", 'l', OPT_INT, &given.layers, 1, RNN_LAYERS_MAX, NULL, "recurrent layers" },
	{ "bidirectional", 0, OPT_FLAG, &given.bidirectional, 0, 0, NULL,
	  "each layer also from the last frame to the first, by as many units again" },
	{ "budget", 0, OPT_BYTES, &given.budget, 1, 1 << 30, NULL,
	  "bytes of the model for --hidden auto" },
	{ "budget-scope", 0, OPT_WORD, &given.scope, 0, 0, "layer|model",
	  "what must fit --budget" },
	{ "precision", 0, OPT_WORD, &given.precision, 0, 0,
	  "float32|int8|pot2|pot3|pot4|pot5",
	  "what it is counted in: float parameters, or all that quantize-int8 stores of them, or "
	  "quantize-pot with --bits 2 to 5" },
	{ "pooling", 0, OPT_WORD, &given.pooling, 0, 0, "last|mean|max",
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
	DISTILL_OPTS(given.teach),
	{ "prune", 0, OPT_TEXT, &given.prune, 0, 0, "EPOCH[-LAST]:SHARE,...",
	  "at the start of those epochs the smallest weights go: that share of those left" },
	{ "qat", 0, OPT_WORD, &given.qat, 0, 0, "none|int8",
	  "train on weights and values rounded as quantize-int8 --method static will round them" },
	AUGMENT_OPTS(given.augment),
	{ "validate", 0, OPT_FILE, &given.validate, 0, 0, "FILE",
	  "features that choose the best epoch" },
	{ "validate-share", 0, OPT_REAL, &given.validate_share, 0, 0.9, "SHARE",
	  "share of each label's recordings held back for that" },
	{ "patience", 'p', OPT_INT, &given.patience, 0, 100000, NULL,
	  "epochs without a better validation before it stops; 0: never" },
	{ "seed", 's', OPT_INT, &given.seed, 0, 4294967295.0, NULL, "seed of all that is random" },
	{ "recipe", 0, OPT_TEXT, &given.recipe, 0, 0, "NAME",
	  "name of the recipe, for the model's head" },
	{ "jobs", 'j', OPT_INT | OPT_NO_TRACE, &given.jobs, 1, 256, NULL,
	  "threads (at most 4 work)" },
	{ "checkpoint", 0, OPT_FILE, &given.checkpoint, 0, 0, "FILE",
	  "after each epoch, write all that the next one needs" },
	{ "resume", 0, OPT_FLAG | OPT_NO_TRACE, &given.resume, 0, 0, NULL,
	  "go on from --checkpoint FILE; where there is none yet, start" },
	{ "log", 0, OPT_FILE, &given.log_path, 0, 0, "FILE", "write a line of figures an epoch" },
	{ "quiet", 'q', OPT_FLAG | OPT_NO_TRACE, &given.quiet, 0, 0, NULL,
	  "no progress on the terminal" },
	{ 0 }
};

const struct opt_page options_page = {
	"train a recurrent net on labelled features",
	"[OPTION]... < train.t > model.m",
	"Utterances are taken at their true length. With --validate or --validate-share the\n"
	"model is that of the epoch with the best validation accuracy (of equal ones the lower\n"
	"loss), else that of the last. The same input and options give the same bytes on any\n"
	"machine with any --jobs. --log: tab-separated, '-' where there is no validation.\n"
	"--stretch to --coef-masks change the utterances anew in each epoch, each with random\n"
	"numbers of its own; all but --stretch and --drop-steps need --normalise. --optimiser,\n"
	"--schedule, --label-smoothing as PyTorch's AdamW, CosineAnnealingLR, OneCycleLR, StepLR,\n"
	"CrossEntropyLoss.\n"
	"--teacher: the loss is (1 - alpha) cross-entropy + alpha tau^2 KL(teacher || model); the\n"
	"teacher sees the utterances as the model does, changed, and by its own normalisation. It\n"
	"must know the same labels and features.\n"
	"--prune 10:.5,30-50:.01: before epoch 10 half of the weights become 0 for good, before\n"
	"each of epochs 30 to 50 a hundredth of the others: the smallest of all matrices\n"
	"together, no biases. No epoch before the last of these can be the best.\n"
	"--qat int8: what the net sees of its matrices, features and an LSTM's outputs are values\n"
	"that int8 will have, gradients go straight through to the exact weights, and the model\n"
	"holds the rounded ones: quantize-int8 --calibrate of the same features changes none.\n"
	"--validate-share holds a recording back with all that wav2mfcc varied of it.\n"
	"Features may be larger than memory: they stay in the file that is stdin or --validate,\n"
	"which must be left alone meanwhile; those of a pipe in a temporary one ($TMPDIR, /tmp).\n"
	"With --checkpoint FILE --resume the same command, killed at any moment and run again,\n"
	"ends with the model and the log that it would have had; other data or options are\n"
	"refused, --jobs, --log and --quiet aside. FILE stays when training is over; without\n"
	"--resume it is written anew.\n"
	"The environment's WHIT_ISA=sse2|avx2|avx512|neon chooses instructions, not results.\n",
};
