/* SPDX-License-Identifier: MIT */
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "inputs.h"

static char *
copy(const char *s, size_t n)
{
	char *p = ecalloc(n + 1, 1);

	memcpy(p, s, n);
	return p;
}

static void
replace(char **p, const char *s, size_t n)
{
	free(*p);
	*p = copy(s, n);
}

void
inputs_add(struct inputs *in, const char *path)
{
	struct input *i;

	if (in->n == in->room) {
		in->room = in->room ? 2 * in->room : 256;
		in->items = erealloc(in->items, in->room, sizeof *in->items);
	}
	i = &in->items[in->n++];
	i->path = estrdup(path);
	i->name = estrdup("");
	i->label = estrdup("");
	i->group = estrdup("");
	i->label_index = -1;
}

/* The next line of f without its newline, or NULL at the end; *line grows. A NUL in it: err set. */
static char *
next_line(FILE *f, char **line, size_t *room, const char *input, size_t number, char err[ERR_MAX])
{
	ssize_t n = getline(line, room, f);

	*err = '\0';
	if (n < 0) {
		if (!feof(f))
			snprintf(err, ERR_MAX, "%s: line %zu: cannot be read", input, number);
		return NULL;
	}
	if (n > 0 && (*line)[n - 1] == '\n')
		(*line)[--n] = '\0';
	/* some editors begin UTF-8 with a byte order mark, which nobody sees */
	if (number == 1 && n >= 3 && memcmp(*line, "\xef\xbb\xbf", 3) == 0)
		memmove(*line, *line + 3, (size_t)(n -= 3) + 1);
	if (strlen(*line) != (size_t)n) {
		snprintf(err, ERR_MAX, "%s: line %zu: expected text, got a NUL byte", input,
			number);
		return NULL;
	}
	return *line;
}

int
inputs_read(struct inputs *in, FILE *f, const char *input, char err[ERR_MAX])
{
	char *line = NULL, *s;
	size_t room = 0, number = 0;

	while ((s = next_line(f, &line, &room, input, ++number, err)))
		if (*s)
			inputs_add(in, s);
	free(line);
	return *err ? -1 : 0;
}

int
inputs_manifest(struct inputs *in, FILE *f, const char *path, char err[ERR_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t dir = slash ? (size_t)(slash - path) + 1 : 0, room = 0, number = 0;
	char *line = NULL, *s;

	while ((s = next_line(f, &line, &room, path, ++number, err))) {
		char *column[3], *full;
		size_t n = strlen(s);

		if (n > 0 && s[n - 1] == '\r')
			s[--n] = '\0';
		if (n == 0)
			continue;
		n = 0;
		for (char *p = s; p; n++) {
			char *tab = strchr(p, '\t');

			if (tab)
				*tab = '\0';
			if (n < 3)
				column[n] = p;
			p = tab ? tab + 1 : NULL;
		}
		if (n > 3 || !*column[0]) {
			snprintf(err, ERR_MAX, "%s: line %zu: expected PATH, LABEL, GROUP with "
				"tabs between, got %s", path, number,
				n > 3 ? "more columns" : "no path");
			break;
		}
		full = ecalloc(dir + strlen(column[0]) + 1, 1);
		if (*column[0] != '/')
			memcpy(full, path, dir);
		strcat(full, column[0]);
		inputs_add(in, full);
		free(full);
		if (n > 1)
			replace(&in->items[in->n - 1].label, column[1], strlen(column[1]));
		if (n > 2)
			replace(&in->items[in->n - 1].group, column[2], strlen(column[2]));
	}
	free(line);
	return *err ? -1 : 0;
}

static int
compile(regex_t *re, const char *text, char err[ERR_MAX])
{
	char why[128];
	int code = regcomp(re, text, REG_EXTENDED);

	if (code) {
		regerror(code, NULL, why, sizeof why);
		snprintf(err, ERR_MAX, "'%s': expected a POSIX extended regular expression: %s",
			text, why);
		return -1;
	}
	if (re->re_nsub != 1) {
		snprintf(err, ERR_MAX, "'%s': expected an expression with one group (...), got %zu",
			text, re->re_nsub);
		regfree(re);
		return -1;
	}
	return 0;
}

int
inputs_expression(const char **text, const char *option, char err[ERR_MAX])
{
	char why[ERR_MAX];
	regex_t re;

	if (*text && strcmp(*text, "none") == 0)
		*text = NULL;
	if (!*text)
		return 0;
	if (compile(&re, *text, why))
		return err_at(err, option, "%.300s", why);
	regfree(&re);
	return 0;
}

/* Sets the text at offset in each item to what the group of the expression matches in its path. */
static int
match_all(struct inputs *in, const char *text, size_t offset, const char *what, char err[ERR_MAX])
{
	regex_t re;
	int bad = 0;

	if (compile(&re, text, err))
		return -1;
	for (size_t i = 0; i < in->n && !bad; i++) {
		const char *path = in->items[i].path;
		regmatch_t m[2];
		int code;

		if (strcmp(path, "-") == 0)
			continue;
		code = regexec(&re, path, 2, m, 0);
		if (code && code != REG_NOMATCH) {
			snprintf(err, ERR_MAX, "%s: out of memory for '%s'", path, text);
			bad = -1;
		} else if (code || m[1].rm_so == m[1].rm_eo) {
			snprintf(err, ERR_MAX, "%s: no %s: expected a path that matches '%s' "
				"(--%s%s)", path, what, text, what,
				strcmp(what, "name") ? " RE, or none" : " RE");
			bad = -1;
		} else {
			replace((char **)((char *)&in->items[i] + offset), path + m[1].rm_so,
				(size_t)(m[1].rm_eo - m[1].rm_so));
		}
	}
	regfree(&re);
	return bad;
}

static int
by_name(const void *a, const void *b)
{
	const struct input *const *x = a, *const *y = b;
	int order = strcmp((*x)->name, (*y)->name);

	return order ? order : *x < *y ? -1 : *x > *y;
}

static int
check_names(const struct inputs *in, char err[ERR_MAX])
{
	const struct input **sorted = ecalloc(in->n + 1, sizeof *sorted);
	int bad = 0;

	for (size_t i = 0; i < in->n; i++) {
		const struct input *x = sorted[i] = &in->items[i];
		const char *texts[] = { x->name, x->label, x->group };

		for (size_t j = 0; j < 3 && !bad; j++)
			if (strlen(texts[j]) > TENSOR_NAME_MAX ||
			    !text_ok(texts[j], strlen(texts[j]), 0)) {
				snprintf(err, ERR_MAX, "%.200s: %s: expected at most %d bytes of "
					"UTF-8 without control characters", x->path,
					j == 0 ? "name" : j == 1 ? "label" : "group",
					TENSOR_NAME_MAX);
				bad = -1;
			}
		if (!bad && !*x->name) {
			snprintf(err, ERR_MAX, "%s: expected a file name", x->path);
			bad = -1;
		}
	}
	qsort(sorted, in->n, sizeof *sorted, by_name);
	for (size_t i = 1; i < in->n && !bad; i++)
		if (strcmp(sorted[i - 1]->name, sorted[i]->name) == 0) {
			snprintf(err, ERR_MAX, "%.150s: name '%.100s': expected a name of its own, "
				"got that of %.150s (--name RE)", sorted[i]->path, sorted[i]->name,
				sorted[i - 1]->path);
			bad = -1;
		}
	free(sorted);
	return bad;
}

int
inputs_match(struct inputs *in, const char *name_re, const char *label_re, const char *group_re,
	char err[ERR_MAX])
{
	for (size_t i = 0; i < in->n; i++) {
		const char *path = in->items[i].path, *slash = strrchr(path, '/');
		const char *base = slash ? slash + 1 : path, *dot = strrchr(base, '.');

		if (strcmp(path, "-") == 0)
			base = "stdin";
		replace(&in->items[i].name, base,
			dot && dot > base ? (size_t)(dot - base) : strlen(base));
	}
	if ((name_re && match_all(in, name_re, offsetof(struct input, name), "name", err))
			|| (label_re && match_all(in, label_re, offsetof(struct input, label),
				"label", err))
			|| (group_re && match_all(in, group_re, offsetof(struct input, group),
				"group", err)))
		return -1;
	/*
	 * The hash in its names is a speaker, and the words are folders: never label_speaker_take.
	 */
	for (size_t i = 0; label_re && strcmp(label_re, INPUTS_LABEL) == 0 && i < in->n; i++)
		if (strcmp(in->items[i].group, "nohash") == 0)
			return err_at(err, in->items[i].path,
				"label: expected LABEL_SPEAKER_TAKE, got a name of Speech "
				"Commands: its words are folders (--label, see --help)");
	return check_names(in, err);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The labels found, each once, in bytewise order, joined by ','. The caller frees. */
static char *
join_labels(const struct inputs *in)
{
	const char **texts = ecalloc(in->n + 1, sizeof *texts);
	size_t size = 1;
	char *list, *end;

	for (size_t i = 0; i < in->n; i++) {
		texts[i] = in->items[i].label;
		size += strlen(texts[i]) + 1;
	}
	qsort(texts, in->n, sizeof *texts, by_text);
	list = end = ecalloc(size, 1);
	for (size_t i = 0; i < in->n; i++)
		if (*texts[i] && (i == 0 || strcmp(texts[i - 1], texts[i]))) {
			size_t n = strlen(texts[i]);

			if (end > list)
				*end++ = ',';
			memcpy(end, texts[i], n);
			end += n;
		}
	free(texts);
	return list;
}

/*
 * Splits list in place at its commas into names, *n of them; -1 when one is empty or comes twice.
 */
static int
split_labels(char *list, const char **names, size_t *n)
{
	*n = 0;
	for (char *p = list; p; ) {
		char *comma = strchr(p, ',');

		if (comma)
			*comma = '\0';
		for (size_t k = 0; k < *n; k++)
			if (strcmp(names[k], p) == 0)
				return -1;
		if (!*p)
			return -1;
		names[(*n)++] = p;
		p = comma ? comma + 1 : NULL;
	}
	return 0;
}

/* Gives every label its index in names. */
static int
number_labels(struct inputs *in, const char *const *names, size_t n, char err[ERR_MAX])
{
	for (size_t i = 0; i < in->n; i++) {
		struct input *x = &in->items[i];
		size_t k = 0;

		if (!*x->label)
			continue;
		while (k < n && strcmp(names[k], x->label))
			k++;
		if (k == n) {
			snprintf(err, ERR_MAX, "%.200s: label '%.100s': expected one of the %zu of "
				"--labels", x->path, x->label, n);
			return -1;
		}
		x->label_index = (int32_t)k;
	}
	return 0;
}

int
inputs_labels(struct inputs *in, const char *list, struct meta *head, char err[ERR_MAX])
{
	char *own;
	const char **names;
	size_t n = 0;
	int bad = 0;

	for (size_t i = 0; i < in->n; i++)
		if (strchr(in->items[i].label, ',')) {
			snprintf(err, ERR_MAX, "%.200s: label '%.200s': expected no comma",
				in->items[i].path, in->items[i].label);
			return -1;
		}
	list = list ? list : in->labels;
	own = list ? estrdup(list) : join_labels(in);
	if (!list && !*own) {
		free(own);
		return 0;
	}
	names = ecalloc(strlen(own) + 1, sizeof *names);
	if (meta_set(head, "labels", "%s", own)) {
		snprintf(err, ERR_MAX, "labels: expected UTF-8, fewer than %d bytes in all",
			TENSOR_META_MAX);
		bad = -1;
	} else if (split_labels(own, names, &n)) {
		snprintf(err, ERR_MAX, "labels: expected names separated by single commas, each "
			"once");
		bad = -1;
	} else {
		bad = number_labels(in, names, n, err);
	}
	free(names);
	free(own);
	return bad;
}

void
inputs_free(struct inputs *in)
{
	for (size_t i = 0; i < in->n; i++) {
		free(in->items[i].path);
		free(in->items[i].name);
		free(in->items[i].label);
		free(in->items[i].group);
	}
	free(in->items);
	free(in->corpus);
	free(in->labels);
	*in = (struct inputs){ 0 };
}
