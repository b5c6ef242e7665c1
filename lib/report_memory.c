// SPDX-License-Identifier: MIT
/* What a model takes: read, and as tables; see report_memory.h. */
#include "report_memory.h"

#include <stdlib.h>
#include <string.h>

#include "opt.h"
#include "recogniser.h"
#include "whit.h"

#define COLUMNS_MAX 64

static void
read_ram(struct report_memory *m, const struct tensor_set *set, const struct net_int *net)
{
	struct whit_model model = { .net = net };
	size_t H = net->H;

	m->ram = (long)whit_memory_size(&model);
	m->state = (long)((H * net->cell->state_bytes + 3) / 4 * 4);
	m->scratch = (long)(H * net->cell->scratch_bytes);
	m->pooling = m->ram - m->scratch - net->layers * m->state;
	m->front_end = quant_device_hop(&set->head, net->D) ? (long)sizeof(struct mfcc_s16) : 0;
	m->ram += m->front_end;
}

int
report_memory_init(struct report_memory *m, const struct tensor_set *set, char err[ERR_MAX])
{
	const struct net_int *net;
	struct recogniser r;

	memset(m, 0, sizeof(*m));
	m->state = m->scratch = m->pooling = m->front_end = m->ram = -1;
	if (recogniser_init(&r, set, err) != 0)		/* a model that would run */
		return -1;
	net = recogniser_net(&r);
	if (net != NULL)
		read_ram(m, set, net);
	recogniser_free(&r);
	return report_from_model(&m->r, set, err);
}

void
report_memory_free(struct report_memory *m)
{
	report_free(&m->r);
}

long
report_memory_layer(const struct report_memory *m, const struct report_layer *l)
{
	return m->ram < 0 ? -1 : strcmp(l->name, "fc") == 0 ? m->pooling :
		strcmp(l->name, "input") == 0 ? 0 : m->state;
}

long
report_build_flash(const struct report_build *b)
{
	return b->code < 0 ? -1 : b->code + b->tables + b->model;
}

long
report_build_all(const struct report_build *b)
{
	return b->code < 0 ? -1 : report_build_flash(b) + b->ram + b->stack;
}

/* ---- formats/device.md ---- */

struct columns {
	char *name[COLUMNS_MAX];	/* owned */
	size_t n;
};

/* The fields of a line, which is cut at its tabs. How many, at most COLUMNS_MAX. */
static size_t
cut(char *line, char *field[COLUMNS_MAX])
{
	size_t n = 0;

	line[strcspn(line, "\n")] = '\0';
	for (char *p = line; p != NULL && n < COLUMNS_MAX; n++) {
		field[n] = p;
		p = strchr(p, '\t');
		if (p != NULL)
			*p++ = '\0';
	}
	return n;
}

/* The field of that name, or NULL. */
static const char *
find(const struct columns *c, char *const *field, const char *name)
{
	for (size_t i = 0; i < c->n; i++)
		if (strcmp(c->name[i], name) == 0)
			return field[i];
	return NULL;
}

static int
read_bytes(long *bytes, const struct columns *c, char *const *field, const char *name,
	char err[ERR_MAX])
{
	const char *text = find(c, field, name);
	double v = -1;

	if (strcmp(text, "-") != 0 && (opt_number(text, 0, 1e12, &v) != 0 || v != (double)(long)v))
		return err_set(err, "%s: expected a whole number or -, got %.100s", name, text);
	*bytes = (long)v;
	return 0;
}

/* One line that is of this model. 0, or -1 and err. */
static int
read_build(struct report_memory *m, const struct columns *c, char *const *field,
	char err[ERR_MAX])
{
	struct report_build *b = &m->build[m->n_builds];

	if (m->n_builds == REPORT_BUILDS_MAX)
		return err_set(err, "expected at most %d builds of a model", REPORT_BUILDS_MAX);
	snprintf(b->name, sizeof(b->name), "%.30s %.30s", find(c, field, "processor"),
		find(c, field, "optim"));
	snprintf(b->missing, sizeof(b->missing), "%s", find(c, field, "missing"));
	if (read_bytes(&b->code, c, field, "code", err) ||
	    read_bytes(&b->tables, c, field, "tables", err) ||
	    read_bytes(&b->model, c, field, "model", err) ||
	    read_bytes(&b->ram, c, field, "ram", err) ||
	    read_bytes(&b->stack, c, field, "stack", err))
		return -1;
	if ((b->code < 0) != (b->tables < 0) || (b->code < 0) != (b->model < 0) ||
	    (b->code < 0) != (b->ram < 0) || (b->code < 0) != (b->stack < 0))
		return err_set(err, "expected code, tables, model, ram and stack, or none of them");
	m->n_builds++;
	return 0;
}

static int
read_names(struct columns *c, char *line, char err[ERR_MAX])
{
	static const char *const wanted[] = { "model_sha256", "processor", "optim", "code",
		"tables", "model", "ram", "stack", "missing" };
	char *field[COLUMNS_MAX];

	c->n = cut(line, field);
	for (size_t i = 0; i < c->n; i++)
		c->name[i] = estrdup(field[i]);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (find(c, c->name, wanted[i]) == NULL)
			return err_set(err, "expected a column %s (formats/device.md), got none",
				wanted[i]);
	return 0;
}

int
report_memory_builds(struct report_memory *m, FILE *f, const char *input, char err[ERR_MAX])
{
	struct columns c = { .n = 0 };
	char *line = NULL, *field[COLUMNS_MAX], what[ERR_MAX] = "";
	size_t size = 0, n = 0;

	for (; what[0] == '\0' && getline(&line, &size, f) >= 0; n++) {
		size_t fields;

		if (n == 0) {
			read_names(&c, line, what);
			continue;
		}
		fields = cut(line, field);
		if (fields != c.n)
			err_set(what, "expected %zu fields, got %zu", c.n, fields);
		else if (strcmp(find(&c, field, "model_sha256"), m->r.sha256) == 0)
			read_build(m, &c, field, what);
	}
	if (what[0] != '\0')
		err_at(err, input, "line %zu: %.290s", n, what);
	else if (ferror(f))
		err_at(err, input, "read error in line %zu", n + 1);
	else if (m->n_builds == 0)
		err_at(err, input, "expected a line of the model %.64s, got none", m->r.sha256);
	for (size_t i = 0; i < c.n; i++)
		free(c.name[i]);
	free(line);
	return m->n_builds > 0 && what[0] == '\0' && !ferror(f) ? 0 : -1;
}

/* ---- for people ---- */

static void
size_row(struct table *t, const char *name, long parameters, long bytes, long ram,
	const char *fits)
{
	char text[32];

	table_cell(t, "%s", name);
	table_cell(t, "%s", report_thousands(parameters, text));
	table_cell(t, "%s", report_thousands(bytes, text));
	table_cell(t, "%s", report_kilobytes(bytes, text));
	table_cell(t, "%s", report_thousands(ram, text));
	table_cell(t, "%s", fits);
}

static void
layers(struct table *t, const struct report_memory *m, const struct report_how *how)
{
	const struct report *r = &m->r;
	char budget[32];

	table_init(t, 6, "lr");
	table_cell(t, "name");
	table_cell(t, "parameters");
	table_cell(t, "bytes");
	table_cell(t, "KB");
	table_cell(t, "bytes of RAM");
	table_cell(t, "fits %s", report_budget(how, budget));
	for (size_t i = 0; i < r->n_layers; i++) {
		const struct report_layer *l = &r->layer[i];

		size_row(t, l->name, l->parameters, l->bytes, report_memory_layer(m, l),
			report_yes_no(l->bytes <= how->budget_bytes));
	}
	if (m->ram >= 0)
		size_row(t, "scratch of a step", -1, -1, m->scratch, "-");
	if (m->front_end > 0)
		size_row(t, "front end", -1, -1, m->front_end, "-");
	size_row(t, "whole model", r->parameters, r->bytes, m->ram,
		report_yes_no(report_fits_model(r, how)));
}

/* A line of the table of builds: of the model alone, then of each build. */
static void
part_row(struct table *t, const struct report_memory *m, const char *name, long model,
	long (*of)(const struct report_build *b))
{
	char text[32];

	table_cell(t, "%s", name);
	table_cell(t, "%s", model < 0 ? "not measured" : report_thousands(model, text));
	for (size_t i = 0; i < m->n_builds; i++)
		table_cell(t, "%s", report_thousands(of(&m->build[i]), text));
}

static long of_model(const struct report_build *b) { return b->model; }
static long of_tables(const struct report_build *b) { return b->tables; }
static long of_code(const struct report_build *b) { return b->code; }
static long of_ram(const struct report_build *b) { return b->ram; }
static long of_stack(const struct report_build *b) { return b->stack; }

static void
parts(struct table *t, const struct report_memory *m)
{
	table_init(t, 2 + m->n_builds, "lr");
	table_cell(t, "bytes of");
	table_cell(t, "the model itself");
	for (size_t i = 0; i < m->n_builds; i++)
		table_cell(t, "%s", m->build[i].name);
	part_row(t, m, "parameters", m->r.bytes, of_model);
	part_row(t, m, "tables", -1, of_tables);
	part_row(t, m, "code", -1, of_code);
	part_row(t, m, "flash, these three", -1, report_build_flash);
	part_row(t, m, "RAM", m->ram, of_ram);
	part_row(t, m, "stack", -1, of_stack);
	part_row(t, m, "all of it", -1, report_build_all);
}

static void
reading(struct table *t, const char *what, const char *of, long bytes,
	const struct report_how *how)
{
	char text[32];

	table_cell(t, "%s", what);
	table_cell(t, "%s", of);
	table_cell(t, "%s", bytes < 0 ? "not measured" : report_kilobytes(bytes, text));
	table_cell(t, "%s", report_yes_no(bytes < 0 ? -1 : bytes <= how->budget_bytes));
}

static void
readings(struct table *t, const struct report_memory *m, const struct report_how *how)
{
	const struct report *r = &m->r;
	const struct report_layer *l = &r->layer[r->largest];
	char budget[32];

	table_init(t, 4, "llr");
	table_cell(t, "%s for", report_budget(how, budget));
	table_cell(t, "of");
	table_cell(t, "KB");
	table_cell(t, "fits");
	reading(t, "the largest layer's parameters", l->name, l->bytes, how);
	reading(t, "the whole model's parameters", "all layers", r->bytes, how);
	if (m->n_builds == 0)
		reading(t, "the whole firmware's flash", "-", -1, how);
	for (size_t i = 0; i < m->n_builds; i++)
		reading(t, "the whole firmware's flash", m->build[i].name,
			report_build_flash(&m->build[i]), how);
	for (size_t i = 0; i < m->n_builds; i++)
		reading(t, "flash, RAM and stack", m->build[i].name,
			report_build_all(&m->build[i]), how);
}

void
report_memory_print(FILE *out, const struct report_style *s, const struct report_memory *m,
	const struct report_how *how)
{
	char text[9 * REPORT_FIELD];
	struct table t;

	strcpy(text, "Memory: ");
	report_title(&m->r, text + strlen(text), sizeof(text) - strlen(text));
	s->title(out, text);
	layers(&t, m, how);
	report_table(out, s, "Layers", &t);
	if (m->ram < 0)
		s->paragraph(out, "", "RAM is told of nets in integers alone");
	parts(&t, m);
	report_table(out, s, "Parts", &t);
	if (m->n_builds == 0)
		s->paragraph(out, "", "Tables, code and stack are known of a build for a device: "
			"make device measures some");
	for (size_t i = 0; i < m->n_builds; i++)
		if (m->build[i].code < 0) {
			snprintf(text, sizeof(text), "%s: not measured, %s", m->build[i].name,
				m->build[i].missing);
			s->paragraph(out, "", text);
		}
	readings(&t, m, how);
	report_table(out, s, "Readings of the budget", &t);
	snprintf(text, sizeof(text), "Model SHA-256 %s%s%s", s->quote, m->r.sha256, s->quote);
	s->paragraph(out, "", text);
}
