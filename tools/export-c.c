// SPDX-License-Identifier: MIT
/*
 * export-c - turn an integer model into a C header for firmware
 *
 *   export-c [--prefix NAME] [--bin FILE] < digits.m > digits.h
 *
 * reads   an int8 or pot model (formats/model.md)
 * writes  a C99 header of constants for lib/fixed/whit.h; --bin: the same
 *         numbers as an image to flash by itself (formats/image.md)
 */
#include "export-c/image.h"

#include <ctype.h>
#include <string.h>

#include "base/opt.h"
#include "quant/quant.h"
#include "quant/quant_pot.h"
#include "quant/reject.h"

#define PREFIX_MAX 31

static const char *prefix = "words", *bin;

static const struct opt opts[] = {
	{ "prefix", 'p', OPT_TEXT, &prefix, 0, 0, "NAME", 
	  "what every name in the header begins with" },
	{ "bin", 'b', OPT_FILE, &bin, 0, 0, "FILE", 
	  "also write an image of the model to this file" },
	{ 0 }
};

static const struct opt_page page = {
	"turn an integer model into a C header for firmware",
	"[--prefix NAME] [--bin FILE] < digits.m > NAME.h",
	"The header is C99 with nothing but constants: the arrays of the model, its labels, how\n"
	"much memory it needs. With the C files of lib/fixed, which need no library, it is all\n"
	"that firmware wants: see lib/fixed/whit.h. The image holds the same arrays, for models\n"
	"that are flashed apart from the program: see lib/fixed/whit_image.h.\n"
	"Firmware hears samples when the model's features are those of wav2mfcc --preset device,\n"
	"unpadded; of another model it has the net alone.\n",
};

static void
check_prefix(void)
{
	int ok = isalpha((unsigned char)*prefix) != 0;

	for (const char *s = prefix; *s; s++)
		ok = ok && (isalnum((unsigned char)*s) || *s == '_');
	if (!ok || strlen(prefix) > PREFIX_MAX)
		usage_die("--prefix: expected a letter, then letters, digits or _, at most %d, "
			"got %s", PREFIX_MAX, prefix);
}

/* A model of integers alone, proven: of the two, one stays NULL. Its net. */
static const struct net_int *
load(struct quant_static **q, struct quant_pot **pot, struct whit_input *in,
	const struct tensor_set *set)
{
	char value[64], err[ERR_MAX];
	int D, K;

	emeta_kind(&set->head, "stdin", "model");
	if (!meta_get(&set->head, "precision", value, sizeof value))
		snprintf(value, sizeof value, "none");
	if (strcmp(value, "int8") == 0)
		*q = quant_static_load(set, &D, &K, err);
	else if (strcmp(value, "pot") == 0)
		*pot = quant_pot_load(set, &D, &K, err);
	else
		die("stdin: precision: expected int8 or pot, got %s; quantize-int8 --calibrate "
			"makes int8 of a float model", value);
	if (!*q && !*pot)
		die("stdin: %s", err);
	*in = (struct whit_input){ .hop = (uint16_t)quant_device_hop(&set->head, D),
		.offset = *q ? quant_static_offset(*q) : quant_pot_offset(*pot),
		.scale = *q ? quant_static_scale(*q) : quant_pot_shift(*pot) };
	return *q ? quant_static_net(*q) : quant_pot_net(*pot);
}

int
main(int argc, char *argv[])
{
	struct tensor_set set = { 0 };
	struct whit_model model = { 0 };
	struct confidence confidence;
	struct whit_input input;
	struct quant_static *q = NULL;
	struct quant_pot *pot = NULL;
	struct image im;
	char err[ERR_MAX];
	FILE *f = NULL;
	int confident;

	if (opt_parse(argc, argv, opts, &page) != argc)
		usage_die("takes no operands: the model comes on stdin");
	check_prefix();
	etensor_load(&set, stdin, "stdin");
	model.net = load(&q, &pot, &input, &set);
	if (input.hop)
		model.input = &input;
	confident = reject_load(&confidence, &set, err);
	if (confident < 0)
		die("stdin: %s", err);
	model.confidence = confident ? &confidence : NULL;
	image_init(&im, &model, &set);
	if (bin)
		image_write(f = eopen_atomic(bin), &im);
	header_write(stdout, &im, prefix);
	efclose(stdout, "stdout");
	if (bin)
		eclose_atomic(f, bin);
	image_free(&im);
	quant_static_free(q);
	quant_pot_free(pot);
	tensor_set_free(&set);
	return 0;
}
