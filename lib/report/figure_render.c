// SPDX-License-Identifier: MIT
/* Runs gnuplot and keeps what it draws; see figure.h. */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "figure.h"

/* A line's or point's colour, and what a dark reader sees instead. */
#define DARK_LINE(light, dark) \
	"[stroke=\"rgb(" light ")\"],[color=\"rgb(" light ")\"]{stroke:" dark ";color:" dark "}"

/* What a dark reader sees instead; the page, inks, rules, empty cells and lines. */
#define DARK \
	"<style>@media (prefers-color-scheme:dark){" \
	"rect[fill=\"#ffffff\"]{fill:#0d1117}" \
	"[fill=\"rgb(31,35,40)\"]{fill:#e6edf3}" \
	"[fill=\"rgb(89,99,110)\"]{fill:#9198a1}" \
	"[stroke=\"rgb(180, 191, 201)\"]{stroke:#59636e}" \
	"[stroke=\"rgb(227, 232, 237)\"]{stroke:#262d36}" \
	"[fill=\"rgb(243, 245, 247)\"]{fill:#1a2029}" \
	DARK_LINE("  0, 114, 178", "#56b4e9") DARK_LINE("213,  94,   0", "#f28e2b") \
	DARK_LINE("  0, 128,  96", "#2fc79a") DARK_LINE("170,  68, 153", "#e39bc3") \
	DARK_LINE("122, 106,   0", "#d9c24c") DARK_LINE(" 89,  99, 110", "#9198a1") \
	"[fill=\"rgb(0,114,178)\"]{fill:#56b4e9}" \
	"[fill=\"rgb(213,94,0)\"]{fill:#f28e2b}" \
	"}</style>\n"

/* gnuplot's SVG where it can be bettered; the plots' names would show as tooltips. */
static const struct { const char *from, *until, *to; } polish[] = {
	{ "<g id=\"gnuplot_canvas\">", NULL, DARK "<g id=\"gnuplot_canvas\">" },
	{ "font-family=\"sans-serif:Bold\"", NULL,
	  "font-family=\"sans-serif\" font-weight=\"bold\"" },
	{ " preserveAspectRatio='none'", NULL,
	  " preserveAspectRatio='none' style='image-rendering:pixelated'" },
	{ "<title>gnuplot_plot_", "</title>", "" },
};

extern char **environ;

/* The environment without what gnuplot or its locale would follow; the caller frees. */
static char **
plain_environment(void)
{
	static const char *const cut[] = { "LC_", "LANG", "GNU", "GDFONTPATH" };
	static char locale[] = "LC_ALL=C.UTF-8";
	size_t n = 0, kept = 0;
	char **env;

	while (environ[n] != NULL)
		n++;
	env = ecalloc(n + 2, sizeof(*env));
	for (size_t i = 0; i < n; i++) {
		int out = 0;

		for (size_t k = 0; k < sizeof(cut) / sizeof(*cut); k++)
			out |= strncmp(environ[i], cut[k], strlen(cut[k])) == 0;
		if (!out)
			env[kept++] = environ[i];
	}
	env[kept] = locale;
	return env;
}

/* All of f, NUL-terminated; the caller frees. */
static char *
slurp(FILE *f, size_t *n)
{
	size_t size = 65536;
	char *s = ecalloc(size, 1);

	rewind(f);
	for (*n = 0; (*n += fread(s + *n, 1, size - 1 - *n, f)) == size - 1;)
		s = erealloc(s, size *= 2, 1);
	s[*n] = '\0';
	return s;
}

/* gnuplot from the file in to the file out, its words to the file words. 0, or -1 and err. */
static int
run(FILE *in, FILE *out, FILE *words, char err[ERR_MAX])
{
	char name[] = "gnuplot", plain[] = "-d", *argv[] = { name, plain, NULL };
	char **env = plain_environment();
	posix_spawn_file_actions_t actions;
	int status = 0, e;
	pid_t pid;

	e = posix_spawn_file_actions_init(&actions);
	if (e == 0) {
		e = posix_spawn_file_actions_adddup2(&actions, fileno(in), STDIN_FILENO);
		e = e ? e : posix_spawn_file_actions_adddup2(&actions, fileno(out), STDOUT_FILENO);
		e = e ? e : posix_spawn_file_actions_adddup2(&actions, fileno(words),
			STDERR_FILENO);
		e = e ? e : posix_spawnp(&pid, name, &actions, NULL, argv, env);
		posix_spawn_file_actions_destroy(&actions);
	}
	free(env);
	if (e != 0) {
		snprintf(err, ERR_MAX, e == ENOENT ? "gnuplot is missing: install the package "
			"gnuplot-nox (make setup)" : "gnuplot: %s", strerror(e));
		return -1;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (status == 0)
		return 0;
	snprintf(err, ERR_MAX, "gnuplot: %s %d", WIFSIGNALED(status) ? "killed by signal" :
		"exit status", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return -1;
}

/* The first line of what gnuplot said that is not blank, appended to err. */
static void
quote_words(FILE *words, char err[ERR_MAX])
{
	size_t n, used = strlen(err);
	char *text = slurp(words, &n), *s = text + strspn(text, " \t\r\n^");

	s[strcspn(s, "\r\n")] = '\0';
	if (*s != '\0')
		snprintf(err + used, ERR_MAX - used, ": %.300s", s);
	free(text);
}

static void
xml_text(FILE *out, const char *s)
{
	for (; *s != '\0'; s++)
		if (*s == '&' || *s == '<')
			fputs(*s == '&' ? "&amp;" : "&lt;", out);
		else
			putc(*s, out);
}

/* *bytes, gnuplot's SVG, becomes ours. */
static void
better_svg(const struct figure *f, char **bytes, size_t *n)
{
	static const char title[] = "<title>Gnuplot</title>";
	char *old = *bytes, *s = old;
	FILE *out = open_memstream(bytes, n);

	if (out == NULL)
		die("out of memory");
	while (*s != '\0') {
		size_t i = 0, most = sizeof(polish) / sizeof(*polish);

		if (strncmp(s, title, sizeof(title) - 1) == 0) {
			fputs("<title>", out);
			xml_text(out, f->title);
			fputs("</title>", out);
			s += sizeof(title) - 1;
			continue;
		}
		while (i < most && strncmp(s, polish[i].from, strlen(polish[i].from)) != 0)
			i++;
		if (i == most) {
			putc(*s++, out);
			continue;
		}
		fputs(polish[i].to, out);
		s += strlen(polish[i].from);
		if (polish[i].until != NULL && strstr(s, polish[i].until) != NULL)
			s = strstr(s, polish[i].until) + strlen(polish[i].until);
	}
	efclose(out, "memory");
	free(old);
}

/* Whether an image has its end. */
static int
whole(const char *bytes, size_t n, int png)
{
	if (png)
		return n > 8 && memcmp(bytes + n - 8, "IEND", 4) == 0;
	while (n > 0 && bytes[n - 1] == '\n')
		n--;
	return n > 6 && memcmp(bytes + n - 6, "</svg>", 6) == 0;
}

int
figure_render(const struct figure *f, const char *format, char **bytes, size_t *n,
	char err[ERR_MAX])
{
	int png = strcmp(format, "png") == 0, status = -1;
	FILE *file[3] = { tmpfile(), tmpfile(), tmpfile() };

	*bytes = NULL;
	if (file[0] == NULL || file[1] == NULL || file[2] == NULL) {
		snprintf(err, ERR_MAX, "a temporary file: %s", strerror(errno));
		goto done;
	}
	fprintf(file[0], "set encoding utf8\nH = %d.0\n", f->height);
	if (png)
		fprintf(file[0], "set terminal pngcairo size %d,%d font 'sans-serif,12' fontscale "
			"1.5 linewidth 2 noenhanced background '#ffffff'\n", 2 * f->width,
			2 * f->height);
	else
		fprintf(file[0], "set terminal svg size %d,%d fixed font 'sans-serif,12' "
			"noenhanced background '#ffffff'\n", f->width, f->height);
	fwrite(f->text, 1, f->size, file[0]);
	if (fflush(file[0]) != 0) {
		snprintf(err, ERR_MAX, "a temporary file: %s", strerror(errno));
		goto done;
	}
	rewind(file[0]);
	if (run(file[0], file[1], file[2], err) == 0) {
		*bytes = slurp(file[1], n);
		status = whole(*bytes, *n, png) ? 0 : -1;
		if (status != 0)
			snprintf(err, ERR_MAX, "gnuplot: a %s with no end", format);
	}
	if (status != 0)
		quote_words(file[2], err);
	else if (!png)
		better_svg(f, bytes, n);
done:
	for (int i = 0; i < 3; i++)
		if (file[i] != NULL)
			fclose(file[i]);
	if (status != 0) {
		free(*bytes);
		*bytes = NULL;
	}
	return status;
}

void
efigure_draw(struct picture **list, struct figure *f, const char *path)
{
	static const char *const format[] = { "svg", "png" };
	char err[ERR_MAX];

	while (*list != NULL)
		list = &(*list)->next;
	for (int i = 0; i < 2; i++, list = &(*list)->next) {
		size_t size = strlen(path) + 5;
		struct picture *p = *list = ecalloc(1, sizeof(*p));

		p->path = ecalloc(size, 1);
		snprintf(p->path, size, "%s.%s", path, format[i]);
		if (figure_render(f, format[i], &p->bytes, &p->n, err) != 0)
			die("%s: %s", p->path, err);
	}
	figure_free(f);
}

void
epictures_write(struct picture **list)
{
	while (*list != NULL) {
		struct picture *p = *list;
		FILE *f = eopen_atomic(p->path);

		fwrite(p->bytes, 1, p->n, f);
		eclose_atomic(f, p->path);
		*list = p->next;
		free(p->path);
		free(p->bytes);
		free(p);
	}
}
