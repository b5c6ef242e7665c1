/* SPDX-License-Identifier: MIT */
/*
 * gate - where in a stream of frames a word begins and ends
 *
 * Fed with the 0th coefficient of mfcc_s16.h, frame by frame: the mean over 32 bands of log2 of
 * their energy. Weak sounds with a wide spectrum, as of s and f, raise it as vowels do, and it is
 * there already: a frame costs a few additions and no multiplication. State: struct gate, 12 bytes.
 *
 *	floor	follows the frames of a closed gate, down faster than up: the noise
 *	opens	with the GATE_ON_FRAMES-th frame in a row that is GATE_ON above the floor
 *	ends	with the GATE_HANG-th in a row that is not GATE_OFF above it. A shorter pause is
 *		one within the word: the closure of a stop
 *	drops	what was loud for less than GATE_MIN frames, a click, or is open for GATE_MAX: no
 *		word. What was heard then is the new floor: so the gate learns a louder noise
 *
 * For the first GATE_LEARN frames the floor is what is lowest, and nothing opens.
 *
 * Constants are for a hop of 160 samples, 20 ms, and were chosen on streams of training recordings
 * in noise: of GATE_ON 3 to 4 dB, GATE_OFF 1.5 to 3, those that cut the most words out at 5 and 10
 * dB and never opened in an hour each of steady white, pink and brown noise.
 *
 *	struct gate g;
 *
 *	gate_init(&g);
 *	for every frame c:
 *		switch (gate_push(&g, c[0])) { ... }
 */
#ifndef WHIT_GATE_H
#define WHIT_GATE_H

#include <stdint.h>

/*
 * A decibel in each band, in c0's unit: 2^10 sqrt(32) log2(10) / 10. Steady noise, white to
 * brown, makes c0 deviate by 0.6 to 0.7 of it.
 */
#define GATE_DB 1924

#define GATE_ON (3 * GATE_DB)		/* four deviations, three times in a row */
#define GATE_OFF (2 * GATE_DB)
#define GATE_FLOOR_MIN (3 * GATE_DB)	/* lower is silence: some 10 units of x */
#define GATE_ON_FRAMES 3		/* 60 ms: longer than a click */
#define GATE_HANG 12			/* 240 ms: longer than the closure of a stop, 150 ms */
#define GATE_MIN 6			/* 120 ms: from the first to the last loud frame */
#define GATE_MAX 125			/* 2.5 s: FSDD's longest word has 2.3 */
#define GATE_LEARN 10			/* 200 ms */
#define GATE_UP 4			/* the floor takes 2^-4 of what is above it: 0.3 s */
#define GATE_DOWN 3			/* 2^-3 of what it is below */

enum gate_event {
	GATE_CLOSED,			/* no word */
	GATE_OPENED,			/* a word, since GATE_ON_FRAMES frames with this one */
	GATE_OPEN,			/* within it, or in a pause after it */
	GATE_ENDED,			/* it was one: g->quiet frames ago */
	GATE_DROPPED			/* it was none */
};

struct gate {
	int32_t floor;			/* of c0 */
	int32_t level;			/* since the gate opened, followed as the floor is */
	uint8_t frames;			/* closed: how many in a row were loud; open: since when */
	uint8_t quiet;			/* frames since the last loud one */
	uint8_t open;
	uint8_t learn;			/* frames to come before it may open */
};

void gate_init(struct gate *g);
/* One frame, |c0| < 2^18. */
enum gate_event gate_push(struct gate *g, int32_t c0);
/* No frame comes any more. Ends or drops the word that is open, else GATE_CLOSED. */
enum gate_event gate_end(struct gate *g);

#endif
