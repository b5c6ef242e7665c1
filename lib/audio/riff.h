/* SPDX-License-Identifier: MIT */
/*
 * riff - is a WAV what its header says?
 *
 * libsndfile mends what it cannot believe, and reads on. Here every chunk must be whole and the
 * last end where the file ends; the samples must be whole frames of the declared size; lengths,
 * channels, rate and bits must be possible and agree. What was checked is then given to libsndfile
 * behind a plain 44-byte header made anew, so that it never sees anything else.
 *
 * Source: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0" (1991) and
 * "Multiple channel audio data and WAVE files" (2001); EBU Tech 3306 (RF64).
 */
#ifndef WHIT_RIFF_H
#define WHIT_RIFF_H

#include <stddef.h>

#include "base/err.h"

#define RIFF_PLAIN_HEADER 44	/* bytes of RIFF, a 16-byte fmt and the start of data */

/* 1 when the 4 bytes at b begin a RIFF, RIFX (big-endian) or RF64 file. */
int riff_is(const unsigned char *b);
/*
 * Checks the WAV of size >= 12 bytes at b and writes a plain header over what stands before its
 * samples; *file, *file_n: the plain file, inside b. stream: a data length of 0, 0xffffffff or
 * 0x7ffff000 means "to the end". 0, or -1 and err: what was found, what expected.
 */
int riff_plain(unsigned char *b, size_t size, int stream, unsigned char **file, size_t *file_n,
	char err[ERR_MAX]);
/* 1 when the plain file that riff_plain() made holds 16-bit little-endian PCM. */
int riff_plain_s16(const unsigned char *file);

#endif
