/* SPDX-License-Identifier: MIT */
/*
 * source - samples of 16 bits and 8 kHz that arrive one by one: raw, or a WAV whose end may not be
 * known yet. What is neither ends the tool.
 */
#ifndef HEAR_SOURCE_H
#define HEAR_SOURCE_H

#include <stdint.h>
#include <stdio.h>

struct source {
	FILE *f;
	const char *name;		/* for messages */
	int raw, endless;		/* endless: the data goes on to the end of the file */
	uint64_t rest;			/* bytes to come, unless endless */
	uint8_t first[4];		/* of raw samples: what was read to know that they are */
	size_t n_first;
};

/* Reads a WAV's header, if there is one. f and name must outlive s. */
void source_open(struct source *s, FILE *f, const char *name);
/* Waits for up to n samples. Returns how many came: 0 at the end. */
size_t source_read(struct source *s, int16_t *x, size_t n);

#endif
