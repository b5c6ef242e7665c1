/* SPDX-License-Identifier: MIT */
/*
 * report - what a stream of predictions says about a model
 *
 *	struct report r;
 *
 *	report_pool_add(&pool, &set, "stdin", err);		once a stream
 *	report_from_pool(&r, &pool, "B", err);			scores, sizes, provenance
 *	report_times(&r, &pool.set, f, "times.tsv", err);	optional
 *	report_print(stdout, &report_text, &r, &how);
 *	report_free(&r);
 *
 * All comes from the stream (formats/model.md, "Predictions"): labels, corpus,
 * recipe, features, model.*, and of every record its label, group and
 * predicted=. What the head does not say is shown as '-'.
 *
 * Records without label are left out of the scores and counted. Sizes: 1 KB =
 * 1024 bytes. "Fits 36 KB" has two readings, and both are printed: every layer
 * for itself, or the whole model.
 */
#ifndef WHIT_REPORT_H
#define WHIT_REPORT_H

#include <stdio.h>

#include "base/table.h"
#include "score.h"
#include "stream/tensor.h"

#define REPORT_FIELD 256
#define REPORT_LAYERS_MAX 64
#define REPORT_COLUMNS 100	/* widest line of text; only a matrix of many classes is wider */
#define REPORT_MATRIX_MAX 64	/* classes; a larger matrix is in JSON alone */
#define REPORT_GROUPS_MAX 32	/* groups; more are in JSON alone */

struct report_layer {
	char name[64];
	long parameters, bytes;
	long weights, zeros;		/* in its matrices */
	long sparse_bytes;		/* of all of it (formats/model.md, Sparse) */
};

struct report_group {
	char name[TENSOR_NAME_MAX + 1];
	size_t n, correct;
};

/*
 * What classify --reject made none of: predicted=-1, or the label none. Scores are those without
 * it, of the largest logit: what rejection costs and brings stands here. Utterances without label
 * or of the label none are other sounds than words; each that is not rejected is a false accept.
 */
struct report_reject {
	double threshold;		/* the head's `reject`; -1: classify did not reject */
	size_t words, right;		/* with a label, and those of them whose label was right */
	size_t refused, refused_right;	/* likewise, of the words that were rejected */
	size_t others, others_refused;
	double ece;			/* reject_ece() of `confidence`; -1: not known */
};

struct report {
	/* Text as the head has it, or "-". */
	char corpus[REPORT_FIELD], task[REPORT_FIELD], recipe[REPORT_FIELD], features[REPORT_FIELD];
	char cell[REPORT_FIELD], precision[REPORT_FIELD], sha256[REPORT_FIELD];
	/* Of a model that quantize-pot made: pot.approach, .bits, .weights, .biases, .zeros. */
	char approach[REPORT_FIELD], bits[REPORT_FIELD];
	char pot_weights[REPORT_FIELD], pot_biases[REPORT_FIELD], pot_zeros[REPORT_FIELD];
	int synthetic;			/* the corpus is made by machines */
	long layers, directions, hidden, inputs, parameters, bytes;	/* -1 = not known */
	struct report_layer layer[REPORT_LAYERS_MAX];
	size_t n_layers, largest;	/* largest: the first of the largest by bytes */
	long weights, zeros, sparse_bytes;	/* of all layers; -1 = not known */
	size_t sparse_largest;

	size_t streams, models;		/* pooled: 1 and 1 unless report_pool_add() had more */
	/* "trained on": what the model had to do with these features, or NULL */
	const char *leak;

	size_t N, unlabelled;		/* utterances in all, without label */
	struct score score;		/* of the labelled ones */
	size_t *counts;			/* (K) predictions of all utterances, rejected ones too */
	struct report_reject reject;
	char **label;			/* (K) names */
	struct report_group *group;	/* (n_groups) of the labelled ones, sorted by name */
	size_t n_groups;

	int timed;
	double median_us, p95_us;
	struct meta head;		/* for the history */
};

/* How reports are printed. */
struct report_how {
	long budget_bytes;
	int by_layer;			/* "fits" in one word: each layer, or the whole model */
	int digits;			/* of precision, recall and F1 */
};

/*
 * Streams that become one report: of one model, or of models alike, as the folds of a
 * cross-validation. Zeroed = empty; set is read by report_times() too.
 */
struct report_pool {
	struct tensor_set set;		/* the head: of the first, less what differs */
	char (*models)[65];		/* SHA-256 of each model, once */
	size_t n_models, streams;
	const char *leak;
};

/*
 * Moves all of set, which is empty then, to the pool. Heads must agree but for histories and
 * SHA-256s. 0, or -1 and err with input.
 */
int report_pool_add(struct report_pool *p, struct tensor_set *set, const char *input,
	char err[ERR_MAX]);
void report_pool_free(struct report_pool *p);

/* 0, or -1 and err without the input's name. task overrides the head's; NULL: keep it. */
int report_from_pool(struct report *r, const struct report_pool *pool, const char *task,
	char err[ERR_MAX]);
/* What a stream of kind=model says of itself; of utterances there are none. 0, or -1 and err. */
int report_from_model(struct report *r, const struct tensor_set *model, char err[ERR_MAX]);
/* Reads lines NAME<TAB>NANOSECONDS, the records of set in order. 0, or -1 and err with input. */
int report_times(struct report *r, const struct tensor_set *set, FILE *f, const char *input,
	char err[ERR_MAX]);
void report_free(struct report *r);

/* Reads confidence and predicted of set for r->reject, r being complete else. 0, or -1 and err. */
int report_read_reject(struct report *r, const struct tensor_set *set, char err[ERR_MAX]);
/* Label found: the largest logit's, whether it was rejected or not; rejected may be NULL. */
long report_label(const struct tensor *t, int *rejected);

/* Whether size fits: 1, 0, or -1 when the stream does not say its size. */
int report_fits_layer(const struct report *r, const struct report_how *how);
int report_fits_model(const struct report *r, const struct report_how *how);
int report_fits(const struct report *r, const struct report_how *how);	/* by how->by_layer */
const char *report_yes_no(int fits);		/* "yes", "no", "-" */
/* The lines of the history that start with prefix: 1 and a copy of the next one, or 0. */
int report_history(const struct report *r, const char *prefix, size_t *pos,
	char value[TENSOR_META_MAX]);
/*
 * Zeros are reported where a model has so many that it is smaller stored sparse. The last two are
 * for such a model, report_sparse_text() too: what it takes then and whether that fits, in a
 * sentence without its full stop. report_read_sparse(): inside, 0, or -1 and err.
 */
int report_read_sparse(struct report *r, char err[ERR_MAX]);
int report_is_sparse(const struct report *r);
int report_any_sparse(const struct report *r, size_t n);
int report_sparse_fits_layer(const struct report *r, const struct report_how *how);
int report_sparse_fits_model(const struct report *r, const struct report_how *how);
void report_sparse_text(const struct report *r, const struct report_how *how, char *buf,
	size_t size);
/* "36 KB"; 206602 as 206,602; bytes in KB with two decimals; less than 0 as - */
const char *report_budget(const struct report_how *how, char buf[32]);
const char *report_thousands(long v, char buf[32]);
const char *report_kilobytes(long bytes, char buf[32]);
/* "lstm", or "bilstm" of two directions; "lstm 2x24", layers by units; "-" */
const char *report_cell(const struct report *r, char *buf, size_t size);
const char *report_net(const struct report *r, char *buf, size_t size);
/* One line that names corpus, task, recipe, net, features and precision. */
void report_title(const struct report *r, char *buf, size_t size);

/* Tables that text and Markdown share; the caller frees. */
void report_layer_table(struct table *t, const struct report *r, const struct report_how *how);
void report_group_table(struct table *t, const struct report *r);
void report_count_table(struct table *t, const struct report *r);
void report_class_table(struct table *t, const struct report *r, const struct report_how *how);
/* At most REPORT_MATRIX_MAX classes. numbered: columns are headed by the labels' numbers. */
void report_matrix_table(struct table *t, const struct report *r, int numbered);
/* What all reports share goes to title, what differs to the table. */
void report_compare_table(struct table *t, const struct report *r, size_t n,
	const struct report_how *how, char *title, size_t size);
/* "nine as five 4, ...": the most frequent confusions, at most five; "" when there are none. */
void report_confusions(const struct report *r, char *buf, size_t size);

/* scikit-learn's classification_report(digits=how->digits), byte for byte. */
void report_classes(FILE *out, const struct report *r, const struct report_how *how);
/* A line an utterance: name, true label or -, label found, margin over the second best logit. */
void report_list(FILE *out, const struct report *r, const struct tensor_set *set);
extern const struct report_style report_text, report_md;	/* report_parts.h */

/* One report; and the table that compares n. */
void report_print(FILE *out, const struct report_style *s, const struct report *r,
	const struct report_how *how);
void report_compare(FILE *out, const struct report_style *s, const struct report *r, size_t n,
	const struct report_how *how);
/* A heading and a line a report. */
void report_tsv(FILE *out, const struct report *r, size_t n, const struct report_how *how);
/* One object. -1 without memory. */
int report_json(FILE *out, const struct report *r, size_t n, const struct report_how *how);

#endif
