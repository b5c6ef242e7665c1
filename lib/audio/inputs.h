/* SPDX-License-Identifier: MIT */
/*
 * inputs - the recordings of a corpus: path, name, label and group of each
 *
 * From file names by POSIX extended regular expressions, each with one group,
 * searched for in the whole path as given; or from a manifest, one recording
 * a line: PATH<TAB>LABEL<TAB>GROUP, the last two optional, paths relative to
 * the manifest. The path "-" (stdin) is named "stdin" and has no label.
 *
 *	struct inputs in = { 0 };
 *
 *	inputs_add(&in, "rec/7_jackson_32.wav");
 *	inputs_match(&in, NULL, INPUTS_LABEL, INPUTS_GROUP, err);
 *	inputs_labels(&in, NULL, &head, err);
 *	...  in.items[i].path, .name, .label_index, .group
 *	inputs_free(&in);
 *
 * Functions return 0, or -1 with one line in err; without memory they die.
 */
#ifndef WHIT_INPUTS_H
#define WHIT_INPUTS_H

#include <stdint.h>
#include <stdio.h>

#include "base/err.h"
#include "stream/tensor.h"

/* {label}_{group}_{take}.wav, the Free Spoken Digit Dataset's. */
#define INPUTS_LABEL "([^/_]+)_[^/_]+_[0-9]+[.][^/.]+$"
#define INPUTS_GROUP "[^/_]+_([^/_]+)_[0-9]+[.][^/.]+$"

struct input {
	char *path;
	char *name, *label, *group;	/* "" when there is none */
	int32_t label_index;		/* into the head's labels, -1: none */
};

/* Zeroed = empty. Owns all texts. */
struct inputs {
	struct input *items;
	size_t n, room;
	char *corpus, *labels;		/* of the stream given to inputs_only(), or NULL */
};

/* Appends a path without name, label, group. */
void inputs_add(struct inputs *in, const char *path);
/* Appends one path a line of f; empty lines are skipped. */
int inputs_read(struct inputs *in, FILE *f, const char *input, char err[ERR_MAX]);
/*
 * Appends the lines of a manifest; empty lines are skipped, lines may end in CR LF, the first may
 * begin with a byte order mark.
 */
int inputs_manifest(struct inputs *in, FILE *f, const char *path, char err[ERR_MAX]);
/*
 * The word "none" becomes NULL; -1 and err, which begins with option, when another text is no
 * expression with one group.
 */
int inputs_expression(const char **re, const char *option, char err[ERR_MAX]);
/*
 * Takes name, label and group of each item from its path. name_re NULL: the last part of the path
 * without its extension; label_re, group_re NULL: left as they are. A path that an expression does
 * not match, a text too long or with control characters, and a name given twice are errors; so are
 * names of Speech Commands (7e7_nohash_0.wav) with INPUTS_LABEL, which would find the speaker.
 */
int inputs_match(struct inputs *in, const char *name_re, const char *label_re, const char *group_re,
	char err[ERR_MAX]);
/*
 * Keeps the inputs whose names are those of the records of the stream f, in the inputs' order, and
 * notes its corpus and labels. A record whose name is none of theirs is an error.
 */
int inputs_only(struct inputs *in, FILE *f, const char *input, char err[ERR_MAX]);
/*
 * Numbers the labels: list is "a,b,c", or NULL for in->labels, or else those found, in bytewise
 * order. Sets head's "labels" when there is one. A label that is not in the list is an error.
 */
int inputs_labels(struct inputs *in, const char *list, struct meta *head, char err[ERR_MAX]);
void inputs_free(struct inputs *in);

#endif
