// SPDX-License-Identifier: MIT
#include "progress.h"

#include <errno.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "options.h"
#include "stream/history.h"
#include "train/checkpoint.h"

static struct checkpoint checkpoint;
static FILE *log_file;
static const struct dataset *sets[2];	/* what trains, what validates or NULL */
static double seconds_before;		/* of the training that is resumed */
static struct timespec started;

/* What --checkpoint FILE is of, and what --resume finds in it. */
static void
load_checkpoint(const struct meta *head)
{
	const char *path = given.checkpoint;
	char err[ERR_MAX];
	FILE *f;

	if (checkpoint_of(&checkpoint, head, options, err))
		die("%s: %s", path, err);
	history_add(&checkpoint.head, options);
	etry_atomic(path);	/* now, not after an epoch */
	if (!given.resume)
		return;
	f = fopen(path, "rb");
	if (!f && errno != ENOENT)
		die("%s:", path);
	if (!f && !given.quiet)
		warn("%s: not there yet: starting with epoch 1", path);
	if (!f)
		return;
	if (checkpoint_load(&checkpoint, f, path, err))
		die("%s", err);
	fclose(f);
}

static int
remember(void *unused, const struct train_memory *m, size_t n, char err[ERR_MAX])
{
	int resumed = checkpoint.loaded;

	(void)unused;
	if (checkpoint_begin(&checkpoint, m, n, err))
		die("%s: %s", given.checkpoint, err);
	if (resumed && !given.quiet)
		warn("%s: going on after epoch %ld of %ld", given.checkpoint,
			(long)*(const int64_t *)m[0].data, given.epochs);
	return 0;
}

void
progress_begin(struct train_options *o, const struct meta *head, const struct dataset *set,
	const struct dataset *validation)
{
	sets[0] = set;
	sets[1] = validation;
	if (given.checkpoint) {
		load_checkpoint(head);
		o->remember = remember;
	}
	if (given.log_path) {
		log_file = eopen_atomic(given.log_path);
		fprintf(log_file, "epoch\tloss\taccuracy\tvalidation_loss\t"
			"validation_accuracy\trate\tseconds\n");
	}
	clock_gettime(CLOCK_MONOTONIC, &started);
}

/* Of training: of this run, and of those that it goes on from. */
static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return seconds_before + (double)(now.tv_sec - started.tv_sec) +
		(double)(now.tv_nsec - started.tv_nsec) * 1e-9;
}

static void
log_line(const struct train_epoch *e)
{
	char v[64] = "-\t-";

	if (sets[1])
		snprintf(v, sizeof(v), "%.6f\t%.6f", e->validation_loss, e->validation_accuracy);
	fprintf(log_file, "%.0f\t%.6f\t%.6f\t%s\t%.6g\t%.3f\n", e->epoch, e->loss, e->accuracy, v,
		e->rate, e->seconds);
}

void
progress_report(void *unused, struct train_epoch *e)
{
	int resumed = e->seconds > 0;

	(void)unused;
	if (resumed)
		seconds_before = e->seconds;
	else
		e->seconds = seconds();
	if (log_file)
		log_line(e);
	if (resumed)
		return;
	/* The model says by sha256 what it was trained on. */
	for (int i = 0; i < 2 && sets[i]; i++)
		emapped_unchanged(&sets[i]->map);
	if (given.checkpoint)
		echeckpoint_save(&checkpoint, given.checkpoint);
	if (given.quiet || !isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\repoch %.0f of %ld: loss %.4f, accuracy %.2f %%", e->epoch, given.epochs,
		e->loss, 100 * e->accuracy);
	if (sets[1])
		fprintf(stderr, ", validation %.2f %%%s", 100 * e->validation_accuracy,
			e->best > 0 ? " (best)" : "       ");
}

void
progress_end(void)
{
	if (!given.quiet && isatty(STDERR_FILENO))
		fputc('\n', stderr);
	if (log_file)
		eclose_atomic(log_file, given.log_path);
	checkpoint_free(&checkpoint);
}
