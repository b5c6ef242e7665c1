// SPDX-License-Identifier: MIT
// wavcat FILE [RATE [LOW-HIGH]]: what wav and effects of lib/audio make of a recording: raw f32.
#include <stdio.h>
#include <stdlib.h>

#include "audio/effects.h"
#include "audio/wav.h"

int
main(int argc, char *argv[])
{
	struct wav w = { 0 };
	char err[ERR_MAX];
	double low = 0, high = 0;

	prog = "wavcat";
	if (argc < 2 || wav_read(&w, argv[1], err))
		die("%s", argc < 2 ? "usage: wavcat FILE [RATE [LOW-HIGH]]" : err);
	fprintf(stderr, "%zu samples, %ld Hz, %d channels\n", w.n, w.rate_hz, w.channels);
	if (argc > 3 && effects_band(argv[3], atol(argv[2]), &low, &high, err))
		die("%s", err);
	if (argc > 2 && effects_apply(&w, 1, atol(argv[2]), low, high, err))
		die("%s", err);
	fwrite(w.samples, sizeof *w.samples, w.n, stdout);
	efclose(stdout, "stdout");
	wav_free(&w);
	return 0;
}
