// SPDX-License-Identifier: MIT
#include "opt.h"

#include <errno.h>
#include <math.h>
#include <popt.h>
#include <stdlib.h>
#include <string.h>

#include "err.h"

#define OPTS_MAX 64
#define HELP_WIDTH 100
#define HELP_INDENT "                              "
#define VAL_HELP 1000
#define VAL_VERSION 1001
#define TYPE(o) ((o)->type & ~OPT_NO_TRACE)

/* What opt_given() and opt_line() remember of the command line. */
static const struct opt *table;
static char *given[OPTS_MAX];		/* the last text given, or NULL */
static poptContext con;			/* here, so that what exits early leaks nothing */

static size_t
opt_count(const struct opt *opts)
{
	size_t n = 0;

	while (opts[n].name)
		n++;
	return n;
}

int
opt_number(const char *s, double min, double max, double *value)
{
	char *end;
	double v;

	errno = 0;
	v = strtod(s, &end);
	if (end == s || *end || errno || !(v >= min && v <= max) || strpbrk(s, " \tpPxX"))
		return -1;
	*value = v;
	return 0;
}

static int
is_word(const char *words, const char *s)
{
	size_t n = strlen(s);

	for (const char *w = words; *w; w += strcspn(w, "|"), w += *w == '|')
		if (n && strcspn(w, "|") == n && strncmp(w, s, n) == 0)
			return 1;
	return 0;
}

static void
set_number(const struct opt *o, const char *text)
{
	char digits[64];
	size_t n = strlen(text);
	double v, unit = 1;

	if (TYPE(o) == OPT_BYTES && n > 1 && n < sizeof digits && strchr("KMG", text[n - 1])) {
		unit = text[n - 1] == 'K' ? 1024 : text[n - 1] == 'M' ? 1048576 : 1073741824;
		memcpy(digits, text, n - 1);
		digits[n - 1] = '\0';
		text = digits;
	}
	if (opt_number(text, -HUGE_VAL, HUGE_VAL, &v) != 0 ||
	    !((v *= unit) >= o->min && v <= o->max) || (TYPE(o) != OPT_REAL && v != floor(v)))
		usage_die("--%s: expected %s %.10g..%.10g, got '%s'", o->name,
			TYPE(o) == OPT_REAL ? "a number" : TYPE(o) == OPT_BYTES ?
			"bytes, as 36K or 36864," : "a whole number", o->min, o->max,
			given[o - table]);
	if (TYPE(o) == OPT_REAL)
		*(double *)o->value = v;
	else
		*(long *)o->value = (long)v;
}

/* "X" or "LOW-HIGH"; either may be negative: the '-' between them is the one behind a number. */
static void
set_range(const struct opt *o, const char *text)
{
	struct opt_range *r = o->value;
	char low[64];
	char *end;
	size_t n;

	strtod(text, &end);
	n = (size_t)(end - text);
	if (n > 0 && n < sizeof low && (*end == '-' || !*end)) {
		memcpy(low, text, n);
		low[n] = '\0';
		if (opt_number(low, o->min, o->max, &r->low) == 0 &&
		    opt_number(*end ? end + 1 : low, o->min, o->max, &r->high) == 0 &&
		    r->low <= r->high)
			return;
	}
	usage_die("--%s: expected a number or LOW-HIGH in %.10g..%.10g, got '%s'", o->name, o->min,
		o->max, text);
}

static void
set_value(const struct opt *o, const char *text)
{
	struct opt_list *list;

	switch (TYPE(o)) {
	case OPT_FLAG:
		*(int *)o->value = 1;
		break;
	case OPT_WORD:
		if (!is_word(o->words, text))
			usage_die("--%s: expected one of %s, got '%s'", o->name, o->words, text);
		*(const char **)o->value = text;
		break;
	case OPT_FILE:
		if (!*text)
			usage_die("--%s: expected a path, got ''", o->name);
		*(const char **)o->value = text;
		break;
	case OPT_TEXT:
		*(const char **)o->value = text;
		break;
	case OPT_RANGE:
		set_range(o, text);
		break;
	case OPT_LIST:
		list = o->value;
		list->items = erealloc(list->items, list->n + 1, sizeof *list->items);
		list->items[list->n++] = text;
		break;
	default:
		set_number(o, text);
	}
}

/* What stands behind the option's name: its words, a name or the type's. */
static const char *
arg_name(const struct opt *o)
{
	static const char *const names[] = {
		[OPT_INT] = "N", [OPT_REAL] = "X", [OPT_RANGE] = "X|LOW-HIGH",
		[OPT_BYTES] = "BYTES", [OPT_TEXT] = "TEXT",
		[OPT_FILE] = "FILE", [OPT_LIST] = "TEXT",
	};

	return TYPE(o) == OPT_FLAG ? NULL : o->words ? o->words : names[TYPE(o)];
}

static void
append_default(char *line, size_t size, const struct opt *o)
{
	const struct opt_range *range;
	size_t n = strlen(line);
	const char *text;

	line += n;
	size -= n;

	switch (TYPE(o)) {
	case OPT_INT:
		snprintf(line, size, " [%ld] (%.10g..%.10g)", *(long *)o->value, o->min, o->max);
		break;
	case OPT_REAL:
		snprintf(line, size, " [%.10g] (%.10g..%.10g)", *(double *)o->value, o->min,
			o->max);
		break;
	case OPT_RANGE:
		range = o->value;
		n = (size_t)snprintf(line, size, " [%.10g", range->low);
		if (range->low < range->high)
			n += (size_t)snprintf(line + n, size - n, "-%.10g", range->high);
		snprintf(line + n, size - n, "] (%.10g..%.10g)", o->min, o->max);
		break;
	case OPT_BYTES:
		if (*(long *)o->value % 1024)
			snprintf(line, size, " [%ld]", *(long *)o->value);
		else
			snprintf(line, size, " [%ldK]", *(long *)o->value / 1024);
		break;
	case OPT_TEXT:
	case OPT_WORD:
	case OPT_FILE:
		text = *(const char **)o->value;
		if (text)
			snprintf(line, size, " [%s]", text);
		break;
	case OPT_LIST:
		snprintf(line, size, " (repeatable)");
		break;
	}
}

/* The help text, its default and range, broken at spaces before column HELP_WIDTH. */
static void
print_wrapped(const struct opt *o)
{
	char text[1024];
	const char *p = text;
	size_t room = HELP_WIDTH - (sizeof HELP_INDENT - 1), n;

	snprintf(text, sizeof text, "%s", o->help);
	append_default(text, sizeof text, o);
	while (strlen(p) > room) {
		for (n = room; n > 0 && p[n] != ' '; n--)
			;
		n = n ? n : room;
		printf("%.*s\n" HELP_INDENT, (int)n, p);
		p += n + (p[n] == ' ');
	}
	puts(p);
}

static void
print_help(const struct opt *opts, const struct opt_page *page)
{
	printf("%s - %s\n\nusage: %s %s\n\n", prog, page->purpose, prog, page->synopsis);
	for (const struct opt *o = opts; o->name; o++) {
		const char *arg = arg_name(o);
		char left[128];

		snprintf(left, sizeof left, "%c%c%s--%s%s%s", o->letter ? '-' : ' ',
			o->letter ? o->letter : ' ', o->letter ? ", " : "  ", o->name,
			arg ? " " : "", arg ? arg : "");
		printf("  %-28s%s", left, strlen(left) >= 28 ? "\n" HELP_INDENT : "");
		print_wrapped(o);
	}
	printf("      --%-22s%s\n      --%-22s%s\n", "help", "print this and exit",
		"version", "print the version and exit");
	if (page->notes)
		printf("\n%s", page->notes);
}

static void
build_popt(struct poptOption *p, const struct opt *opts, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		p[i].longName = opts[i].name;
		p[i].shortName = opts[i].letter;
		p[i].argInfo = TYPE(&opts[i]) == OPT_FLAG ? POPT_ARG_NONE : POPT_ARG_STRING;
		p[i].val = (int)i + 1;
	}
	p[n].longName = "help";
	p[n].val = VAL_HELP;
	p[n + 1].longName = "version";
	p[n + 1].val = VAL_VERSION;
}

int
opt_parse(int argc, char *argv[], const struct opt *opts, const struct opt_page *page)
{
	struct poptOption p[OPTS_MAX + 3] = { 0 };
	size_t n = opt_count(opts);
	const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
	const char **rest;
	int first = argc, rc, m = 0;

	if (argc > 0)
		prog = slash ? slash + 1 : argv[0];
	if (n > OPTS_MAX)
		die("too many options");
	table = opts;
	build_popt(p, opts, n);
	con = poptGetContext(NULL, argc, (const char **)argv, p, POPT_CONTEXT_NO_EXEC);
	if (!con)
		die("out of memory");
	while ((rc = poptGetNextOpt(con)) > 0) {
		if (rc == VAL_HELP) {
			print_help(opts, page);
			efclose(stdout, "stdout");
			exit(0);
		}
		if (rc == VAL_VERSION) {
			printf("%s (whit) %s\n", prog, WHIT_VERSION);
			efclose(stdout, "stdout");
			exit(0);
		}
		/* popt hands over a copy of the text; it lives as long as the process. */
		if (TYPE(&opts[rc - 1]) != OPT_LIST)	/* given again: the last counts */
			free(given[rc - 1]);
		given[rc - 1] = poptGetOptArg(con);
		if (!given[rc - 1] && TYPE(&opts[rc - 1]) != OPT_FLAG)
			die("out of memory");
		set_value(&opts[rc - 1], given[rc - 1]);
		if (!given[rc - 1])
			given[rc - 1] = estrdup("");
	}
	if (rc < -1)
		usage_die("%s: %s (see %s --help)", poptBadOption(con, 0), poptStrerror(rc), prog);
	rest = poptGetArgs(con);
	while (rest && rest[m])
		m++;
	first = argc - m;
	/* Copies: popt frees its own with the context. */
	for (int i = 0; i < m; i++)
		argv[first + i] = estrdup(rest[i]);
	poptFreeContext(con);
	return first;
}

size_t
opt_size(const struct opt *o)
{
	switch (TYPE(o)) {
	case OPT_FLAG:
		return sizeof(int);
	case OPT_INT:
	case OPT_BYTES:
		return sizeof(long);
	case OPT_REAL:
		return sizeof(double);
	case OPT_RANGE:
		return sizeof(struct opt_range);
	case OPT_LIST:
		return sizeof(struct opt_list);
	default:
		return sizeof(char *);
	}
}

int
opt_same(const struct opt *o, const void *a, const void *b)
{
	const char *x, *y;

	if (TYPE(o) != OPT_TEXT && TYPE(o) != OPT_WORD && TYPE(o) != OPT_FILE)
		return memcmp(a, b, opt_size(o)) == 0;
	memcpy(&x, a, sizeof x);
	memcpy(&y, b, sizeof y);
	return x == y || (x && y && strcmp(x, y) == 0);
}

int
opt_given(const char *name)
{
	for (size_t i = 0; table && table[i].name; i++)
		if (strcmp(table[i].name, name) == 0)
			return given[i] != NULL;
	return 0;
}

char *
opt_line(const struct opt *opts)
{
	char *line = NULL;
	size_t size;
	FILE *f = open_memstream(&line, &size);

	if (!f)
		die("out of memory");
	fprintf(f, "%s " WHIT_VERSION, prog);
	for (size_t i = 0; opts[i].name; i++) {
		const struct opt_list *list = opts[i].value;
		size_t times = TYPE(&opts[i]) == OPT_LIST ? list->n : 1;

		if (!given[i] || opts[i].type & OPT_NO_TRACE || TYPE(&opts[i]) == OPT_FILE)
			continue;
		for (size_t j = 0; j < times; j++) {
			fprintf(f, " --%s", opts[i].name);
			if (TYPE(&opts[i]) != OPT_FLAG)
				fprintf(f, " %s", TYPE(&opts[i]) == OPT_LIST ? list->items[j] :
					given[i]);
		}
	}
	if (fclose(f) != 0)
		die("out of memory");
	return line;
}
