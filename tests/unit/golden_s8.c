/* SPDX-License-Identifier: MIT */
/*
 * golden_s8 - lib/fixed equals CMSIS-NN bit for bit
 *
 *   golden_s8 tests/golden/lstm-s8.txt
 *
 * Replays every line of the golden file, which describes itself. Exits 1 and
 * names the first differences when one is not equal.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "act_s16.h"
#include "base/err.h"
#include "lstm_s8.h"
#include "lstm_s8_wide.h"
#include "requant.h"

#define FIELD_MAX 20000
#define UNITS_MAX 256

static int8_t Wx[FIELD_MAX], Wh[FIELD_MAX], x[FIELD_MAX], h[FIELD_MAX], h0[UNITS_MAX];
static int16_t c[FIELD_MAX], c0[UNITS_MAX];
static int32_t bx[4 * UNITS_MAX], bh[4 * UNITS_MAX];
static int32_t rx_mult[4], rx_shift[4], rh_mult[4], rh_shift[4];
static int32_t id, D, H, T, cell_e, cell_clip, z_h, r_fc[2], r_ig[2], r_h[2];
static int failures, requants, acts, cases, steps;

/* What the lines of a case set. bits 0: decimal numbers without a count. */
static const struct {
	const char *name;
	int bits;
	void *data;
	int max;
} fields[] = {
	{ "case", 0, &id, 1 }, { "D", 0, &D, 1 }, { "H", 0, &H, 1 }, { "T", 0, &T, 1 },
	{ "cell_e", 0, &cell_e, 1 }, { "cell_clip", 0, &cell_clip, 1 }, { "z_h", 0, &z_h, 1 },
	{ "r_fc", 0, r_fc, 2 }, { "r_ig", 0, r_ig, 2 }, { "r_h", 0, r_h, 2 },
	{ "Wx", 8, Wx, FIELD_MAX }, { "Wh", 8, Wh, FIELD_MAX },
	{ "x", 8, x, FIELD_MAX }, { "h", 8, h, FIELD_MAX }, { "h0", 8, h0, UNITS_MAX },
	{ "c", 16, c, FIELD_MAX }, { "c0", 16, c0, UNITS_MAX },
	{ "bx", 32, bx, 4 * UNITS_MAX }, { "bh", 32, bh, 4 * UNITS_MAX },
	{ "rx_mult", 32, rx_mult, 4 }, { "rx_shift", 32, rx_shift, 4 },
	{ "rh_mult", 32, rh_mult, 4 }, { "rh_shift", 32, rh_shift, 4 },
};

static void
fail(const char *what, int at, int32_t want, int32_t got)
{
	if (failures++ < 10)
		printf("%s at %d: expected %d, got %d\n", what, at, want, got);
}

/* n numbers of `bits` bits in hex from s into data */
static void
unhex(void *data, int bits, int n, const char *s, const char *name)
{
	char digits[9] = "";
	size_t w = (size_t)bits / 4;

	if (strspn(s, "0123456789abcdef") != (size_t)n * w)
		die("%s: expected %d x %d bits", name, n, bits);
	for (int k = 0; k < n; k++) {
		memcpy(digits, s + (size_t)k * w, w);
		unsigned long v = strtoul(digits, NULL, 16);

		if (bits == 8)
			((int8_t *)data)[k] = (int8_t)v;
		else if (bits == 16)
			((int16_t *)data)[k] = (int16_t)v;
		else
			((int32_t *)data)[k] = (int32_t)v;
	}
}

/* "NAME NUMBER [NUMBER]" or "TYPE NAME COUNT HEX" */
static void
read_field(const char *line)
{
	char type[32], name[32];
	int32_t *d;
	int n, at = 0;

	if (sscanf(line, "%31s %31s", type, name) != 2)
		die("cannot read: %.40s", line);
	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++) {
		if (fields[i].bits == 0 && strcmp(fields[i].name, type) == 0) {
			d = fields[i].data;
			if (sscanf(line, "%*s %d %d", &d[0], fields[i].max > 1 ? &d[1] : &n) <
				fields[i].max)
				die("cannot read: %.40s", line);
			return;
		}
		if (fields[i].bits == 0 || strcmp(fields[i].name, name) != 0)
			continue;
		if (sscanf(line, "%*s %*s %d %n", &n, &at) != 1 || at == 0 || n < 1 ||
			n > fields[i].max || atoi(type + 1) != fields[i].bits)
			die("cannot read: %.40s", line);
		unhex(fields[i].data, fields[i].bits, n, line + at, name);
		return;
	}
	die("unknown field: %.40s", line);
}

static void
check_requant(const char *line)
{
	int v, mult, shift, want;
	int32_t got;

	if (sscanf(line, "requant %d %d %d %d", &v, &mult, &shift, &want) != 4)
		die("cannot read: %.40s", line);
	got = requant_s32(v, (struct requant){ mult, shift });
	if (got != want)
		fail("requant", requants, want, got);
	requants++;
}

static void
check_act(const char *line)
{
	static int16_t y[65536];
	static uint8_t bytes[131072];
	unsigned long want, got;
	char name[32];
	int e;

	if (sscanf(line, "act %31s %d %lx", name, &e, &want) != 3)
		die("cannot read: %.40s", line);
	for (int i = 0; i < 65536; i++)
		y[i] = (int16_t)(i - 32768);
	if (strcmp(name, "sigmoid") == 0)
		act_sigmoid_s16(y, y, 65536);
	else
		act_tanh_s16(y, y, 65536, e);
	for (int i = 0; i < 65536; i++) {
		bytes[2 * i] = (uint8_t)y[i];
		bytes[2 * i + 1] = (uint8_t)((uint16_t)y[i] >> 8);
	}
	got = crc32(0, bytes, sizeof bytes);
	if (got != want)
		fail(name, e, (int32_t)want, (int32_t)got);
	acts++;
}

/* The net just read, by plain, counting and wide steps, against the answers. */
static void
check_case(void)
{
	static int8_t hs[3][UNITS_MAX];
	static int16_t cs[3][UNITS_MAX];
	static int32_t scratch[2 * UNITS_MAX];
	struct net_count count = { 0 };
	struct lstm_s8_wide wide;
	void *memory;
	struct lstm_s8 m = {
		.D = (uint16_t)D, .H = (uint16_t)H, .Wx = Wx, .Wh = Wh, .bx = bx, .bh = bh,
		.r_fc = { r_fc[0], r_fc[1] }, .r_ig = { r_ig[0], r_ig[1] },
		.r_h = { r_h[0], r_h[1] }, .cell_e = cell_e, .cell_clip = cell_clip, .z_h = z_h,
	};

	for (int g = 0; g < LSTM_S8_GATES; g++) {
		m.rx[g] = (struct requant){ rx_mult[g], rx_shift[g] };
		m.rh[g] = (struct requant){ rh_mult[g], rh_shift[g] };
	}
	for (int i = 0; i < 3; i++) {
		memcpy(hs[i], h0, (size_t)H);
		memcpy(cs[i], c0, 2 * (size_t)H);
	}
	memory = ecalloc(lstm_s8_wide_size(&m), 1);
	lstm_s8_wide_init(&wide, &m, memory);
	for (int t = 0; t < T; t++, steps++) {
		lstm_s8_step(&m, hs[0], cs[0], x + t * D, scratch);
		lstm_s8_step_count(&m, hs[1], cs[1], x + t * D, scratch, &count);
		lstm_s8_step_wide(&wide, hs[2], cs[2], x + t * D);
		for (int k = 0; k < 3 * H; k++) {
			int i = k / H, u = k % H;

			if (cs[i][u] != c[t * H + u])
				fail("cell", id * 10000 + t * H + u, c[t * H + u], cs[i][u]);
			if (hs[i][u] != h[t * H + u])
				fail("h", id * 10000 + t * H + u, h[t * H + u], hs[i][u]);
		}
	}
	free(memory);
	cases++;
}

int
main(int argc, char *argv[])
{
	char *line = NULL;
	size_t size = 0;
	FILE *f;

	prog = "golden_s8";
	if (argc != 2)
		usage_die("one operand, the golden file");
	f = efopen(argv[1], "r");
	while (getline(&line, &size, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#')
			continue;
		if (strncmp(line, "requant ", 8) == 0)
			check_requant(line);
		else if (strncmp(line, "act ", 4) == 0)
			check_act(line);
		else if (strcmp(line, "end") == 0)
			check_case();
		else
			read_field(line);
	}
	free(line);
	fclose(f);
	printf("%d requantisations, %d activation tables, %d nets, %d steps: %d differences\n",
		requants, acts, cases, steps, failures);
	return failures > 0 || requants < 200 || acts < 29 || cases < 26;
}
