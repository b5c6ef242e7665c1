// SPDX-License-Identifier: MIT
/*
 * device_io - what goes to the programs of tests/device, and what must come of them
 *
 *   device_io features MODEL < features	each utterance: T (u32), x (T, D) int8 or int16
 *   device_io samples DIR < features   each utterance: samples N (u32), DIR/NAME.wav (N) s16
 *   device_io logits < predictions		each utterance: logits (K) s32
 *
 * Raw bytes on stdout, little-endian machines only.
 */
#include <string.h>

#include "audio/wav.h"
#include "quant/recogniser.h"

static void
features(const char *path)
{
	struct tensor_set model = { 0 };
	struct tensor_reader in = { 0 };
	struct tensor t = { 0 };
	struct recogniser r;
	char err[ERR_MAX];
	int D;

	etensor_load_path(&model, path);
	if (recogniser_init(&r, &model, err))
		die("%s: %s", path, err);
	if (!recogniser_net(&r))
		die("%s: not a net of integers", path);
	D = r.D;
	etensor_open(&in, stdin, "stdin");
	while (etensor_read(&in, &t)) {
		if (t.dtype != TENSOR_F32 || t.ndim != 2 || t.dims[1] != (uint32_t)D)
			die("stdin: record %s: not f32 (frames, %d)", t.name, D);
		fwrite(&t.dims[0], sizeof t.dims[0], 1, stdout);
		for (size_t i = 0; i < t.n; i += (size_t)D)
			fwrite(r.pot ? quant_pot_input(r.pot, t.f32 + i) :
				quant_static_input(r.integer, t.f32 + i),
				recogniser_net(&r)->cell->value_bytes, (size_t)D, stdout);
	}
	tensor_close(&in);
	tensor_free(&t);
	recogniser_free(&r);
	tensor_set_free(&model);
}

static void
samples(const char *dir)
{
	struct tensor_reader in = { 0 };
	struct tensor t = { 0 };
	struct wav w = { 0 };
	char err[ERR_MAX], path[4096];

	etensor_open(&in, stdin, "stdin");
	while (etensor_read(&in, &t)) {
		uint32_t n;

		snprintf(path, sizeof path, "%s/%s.wav", dir, t.name);
		if (wav_read(&w, path, err))
			die("%s: %s", path, err);
		n = (uint32_t)w.n;
		fwrite(&n, sizeof n, 1, stdout);
		for (size_t i = 0; i < w.n; i++) {
			int16_t v = (int16_t)(w.samples[i] * 32768);	/* exactly, of 16 bits */

			fwrite(&v, sizeof v, 1, stdout);
		}
	}
	wav_free(&w);
	tensor_close(&in);
	tensor_free(&t);
}

static void
logits(void)
{
	struct tensor_reader in = { 0 };
	struct tensor t = { 0 };

	etensor_open(&in, stdin, "stdin");
	emeta_kind(&in.head, "stdin", "predictions");
	while (etensor_read(&in, &t)) {
		if (t.dtype != TENSOR_S32)
			die("stdin: record %s: not s32", t.name);
		fwrite(t.s32, sizeof *t.s32, t.n, stdout);
	}
	tensor_close(&in);
	tensor_free(&t);
}

int
main(int argc, char *argv[])
{
	prog = "device_io";
	if (argc == 3 && strcmp(argv[1], "features") == 0)
		features(argv[2]);
	else if (argc == 3 && strcmp(argv[1], "samples") == 0)
		samples(argv[2]);
	else if (argc == 2 && strcmp(argv[1], "logits") == 0)
		logits();
	else
		usage_die("expected features MODEL, samples DIR or logits");
	efclose(stdout, "stdout");
	return 0;
}
