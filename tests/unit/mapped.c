// SPDX-License-Identifier: MIT
/*
 * mapped HOW - puts stdin's bytes into a mapping in two pieces and writes them to stdout again
 *
 * HOW: plain; cut (stdin's file is cut before they are needed); twice (a second mapping beside it,
 * the first is cut); foreign (SIGBUS of somebody else's mapping)
 */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/mapped.h"

static void
fill(struct mapped *m, FILE *f, const char *input, size_t at[2])
{
	static float buf[1 << 16];
	char err[ERR_MAX];
	size_t n;

	mapped_from(m, f, input);
	n = fread(buf, sizeof(*buf), sizeof(buf) / sizeof(*buf), f);
	if (mapped_put(m, 0, buf, n / 2 * sizeof(*buf), &at[0], err) ||
	    mapped_put(m, n / 2 * sizeof(*buf), buf + n / 2, (n - n / 2) * sizeof(*buf), &at[1],
	    err) || mapped_finish(m, err))
		die("%s: %s", input, err);
	mapped_random(m);
}

int
main(int argc, char *argv[])
{
	struct mapped m = { 0 }, second = { 0 };
	const char *how = argc > 1 ? argv[1] : "plain";
	size_t at[2], other[2];

	prog = "mapped";
	fill(&m, stdin, "in\nput", at);
	if (!strcmp(how, "twice")) {
		FILE *f = efopen(argv[0], "rb");

		fill(&second, f, "second", other);
		fclose(f);
		emapped_unchanged(&second);
	}
	emapped_unchanged(&m);
	if (strcmp(how, "plain") && ftruncate(STDIN_FILENO, 0))
		die("truncate:");
	if (!strcmp(how, "foreign")) {
		volatile const char *p = mmap(NULL, 4096, PROT_READ, MAP_SHARED, STDIN_FILENO, 0);

		return *p;
	}
	/* Not by fwrite(): the system's own reading of a missing page is no signal but an error. */
	for (size_t i = at[0]; i < m.size; i++)
		putchar(m.p[i]);
	efclose(stdout, "stdout");
	mapped_close(&second);
	mapped_close(&m);
	return at[1] < at[0];
}
