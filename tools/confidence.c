// SPDX-License-Identifier: MIT
/*
 * confidence - teach an integer model how sure it may be, and when its answer is none
 *
 *   confidence --words held.t --others others.t [--sibling part.m] < int8.m > sure.m
 *
 * reads   an integer model (formats/model.md), words that its net (or the sibling's) was not
 *         trained on, and sounds that are no words
 * writes  the model with the record `confidence`
 * method  lib/quant/reject.h
 */
#include <stdlib.h>
#include <string.h>

#include "audio/utterance.h"
#include "base/opt.h"
#include "quant/recogniser.h"
#include "quant/reject.h"
#include "stream/history.h"

static const char *words, *others, *sibling;
static double refuse = .02;
static int verbose;

static const struct opt opts[] = {
	{ "words", 'w', OPT_FILE, &words, 0, 0, "FILE",
	  "features of words that the net was not trained on" },
	{ "others", 'o', OPT_FILE, &others, 0, 0, "FILE",
	  "features of noise, of other words: what is none" },
	{ "sibling", 's', OPT_FILE, &sibling, 0, 0, "MODEL",
	  "measure the words with this one, trained without them, in the model's place" },
	{ "refuse", 'r', OPT_REAL, &refuse, 0, 1, "SHARE",
	  "of the words whose label is right, that the threshold may cost" },
	{ "verbose", 'v', OPT_FLAG | OPT_NO_TRACE, &verbose, 0, 0, NULL,
	  "print what was fitted and what it does to words and others, to stderr" },
	{ 0 }
};

static const struct opt_page page = {
	"teach an integer model how sure it may be, and when its answer is none",
	"--words FILE --others FILE [OPTION]... < int8.m > sure.m",
	"The net must not have seen the words, or it is surer than it should be. A model trained\n"
	"on all that there is has a sibling, trained likewise without the words, which hears them\n"
	"in its place; the others it hears itself. classify --reject and hear use the result.\n"
	"The label none is no word: where a model was trained with it, its logit takes from the\n"
	"others' confidence, and what --words holds of it counts as other sounds.\n",
};

/* The logits of all utterances, in their model's integers and in unit 1. */
struct heard {
	struct reject_sample *sample;
	int32_t *logits;		/* (n, K) */
	size_t n, words;		/* words come first, and what stands among them */
};

static void
hear(struct heard *h, struct recogniser *r, const struct tensor_set *model, const char *name,
	const char *path, int are_words, struct meta *head)
{
	size_t K = (size_t)r->K, n;
	struct tensor_set set = { 0 };
	char err[ERR_MAX], sha256[65];
	int32_t *labels;
	double unit;

	etensor_load_path(&set, path);
	eutterance_kind(&set.head, path, &model->head, name);
	if (meta_get(&model->head, "train.sha256", sha256, sizeof sha256) &&
		strcmp(sha256, set.sha256) == 0)
		die("%s: expected what the net has not seen, got what %s was trained on", path,
			name);
	emeta_set(head, are_words ? "confidence.words.sha256" : "confidence.others.sha256", "%s",
		set.sha256);
	if (set.n == 0)
		die("%s: expected utterances, got none", path);
	if (reject_scale(&unit, model, err))
		die("%s: %s", name, err);
	labels = are_words ? eutterance_labels(&set.head, path, &model->head, name) : NULL;
	n = h->n + set.n;
	h->sample = erealloc(h->sample, n, sizeof *h->sample);
	h->logits = erealloc(h->logits, n * K, sizeof *h->logits);
	for (size_t i = 0; i < set.n; i++) {
		const struct tensor *x = &set.items[i];
		int32_t *y = h->logits + (h->n + i) * K, best, second;
		int word;

		eutterance_check(x, path, r->D, labels_count(&set.head));
		if (are_words && x->label < 0)
			die("%s: record %s: expected a word with a label, got none", path, x->name);
		if (recogniser_infer(r, x->f32, (int)x->dims[0], y, err))
			die("%s: record %s: %s", path, x->name, err);
		word = are_words && labels[x->label] != r->none;
		best = confidence_best(&second, y, K, r->none);
		h->sample[h->n + i] = (struct reject_sample){
			unit * ((double)best - second), unit * best, word,
			word && labels[x->label] == (int32_t)net_int_argmax(y, K)
		};
	}
	h->n = n;
	h->words = are_words ? n : h->words;
	free(labels);
	tensor_set_free(&set);
}

static void
eintegers(struct recogniser *r, const struct tensor_set *model, const char *name)
{
	char err[ERR_MAX];

	if (recogniser_init(r, model, err))
		die("%s: %s", name, err);
	if (r->dtype != TENSOR_S32)
		die("%s: expected a model whose logits are integers, as of quantize-int8 "
			"--calibrate", name);
}

static int
ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The threshold of both: at most the share `refuse` of the words found has less. */
static void
choose(struct confidence *of_others, struct confidence *of_words, const struct reject_curve *c,
	const struct heard *h, size_t K, int none)
{
	double *p = ecalloc(h->n, sizeof *p), *of_right = ecalloc(h->n, sizeof *p);
	int *right = ecalloc(h->n, sizeof *right), *word = ecalloc(h->n, sizeof *word);
	size_t n = 0, n_words = 0, refused = 0, accepted = 0;
	int32_t threshold;

	for (size_t i = 0; i < h->n; i++) {
		p[i] = confidence_q15(i < h->words ? of_words : of_others, h->logits + i * K, K,
			none);
		right[i] = h->sample[i].right;
		word[i] = h->sample[i].word;
		if (right[i])
			of_right[n++] = p[i];
	}
	qsort(of_right, n, sizeof *of_right, ascending);
	threshold = refuse < 1 ? (int32_t)of_right[(size_t)(refuse * (double)n)] : CONFIDENCE_ONE;
	of_others->threshold = of_words->threshold = threshold;
	for (size_t i = 0; i < h->n; i++) {
		n_words += (size_t)word[i];
		refused += right[i] && p[i] < threshold;
		accepted += !word[i] && p[i] >= threshold && h->sample[i].margin >= 0;
		p[i] /= CONFIDENCE_ONE;
	}
	if (verbose)
		fprintf(stderr, "confidence: %.3f of the margin, %.3f of the best logit, %.3f; "
			"threshold %.4f\n"
			"%zu of %zu words found, %zu of them refused; %zu of %zu others accepted\n"
			"calibration error %.4f\n", c->margin, c->best, c->offset,
			threshold / (double)CONFIDENCE_ONE, n, n_words, refused, accepted,
			h->n - n_words, reject_ece(p, right, word, h->n));
	free(p);
	free(of_right);
	free(right);
	free(word);
}

int
main(int argc, char *argv[])
{
	struct tensor_set model = { 0 }, other = { 0 };
	const struct tensor_set *measured = &model;
	struct confidence of_words, of_others;
	struct heard h = { 0 };
	struct reject_curve c;
	struct recogniser r, of_sibling, *hears = &r;
	char err[ERR_MAX];
	const char *name = "stdin";

	if (opt_parse(argc, argv, opts, &page) != argc)
		usage_die("takes no operands: the model comes on stdin");
	if (!words || !others)
		usage_die("needs --words and --others");
	etensor_load(&model, stdin, "stdin");
	emeta_kind(&model.head, "stdin", "model");
	if (sibling) {
		etensor_load_path(&other, name = sibling);
		emeta_kind(&other.head, sibling, "model");
		measured = &other;
		if (meta_differ(&model.head, &other.head, "feature.", err, sizeof err) ||
			meta_differ(&model.head, &other.head, "labels", err, sizeof err))
			die("%s: no sibling of the model: %s", sibling, err);
	}
	eintegers(&r, &model, "stdin");
	if (sibling)
		eintegers(hears = &of_sibling, &other, sibling);
	hear(&h, hears, measured, name, words, 1, &model.head);
	hear(&h, &r, &model, "stdin", others, 0, &model.head);
	if (reject_fit(&c, h.sample, h.n, err))
		die("%s: %s", words, err);
	if (reject_quantise(&of_words, &c, measured, err))
		die("%s: %s", name, err);
	if (reject_quantise(&of_others, &c, &model, err))
		die("stdin: %s", err);
	choose(&of_others, &of_words, &c, &h, (size_t)r.K, r.none);
	reject_store(&model, &of_others);
	emeta_set(&model.head, "confidence.refuse", "%g", refuse);
	if (sibling)
		emeta_set(&model.head, "confidence.sibling.sha256", "%s", other.sha256);
	history_add(&model.head, opts);
	etensor_save(&model, stdout, "stdout");
	recogniser_free(&r);
	if (sibling)
		recogniser_free(&of_sibling);
	free(h.sample);
	free(h.logits);
	tensor_set_free(&other);
	tensor_set_free(&model);
	return 0;
}
