// SPDX-License-Identifier: MIT
/* What a model takes: read, and as tables; see report_memory.h. */
#include "report_memory.h"

#include <stdlib.h>
#include <string.h>

#include "base/opt.h"
#include "base/tsv.h"
#include "quant/recogniser.h"
#include "whit.h"

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

enum { SHA256, PROCESSOR, OPTIM, MISSING, CODE, TABLES, MODEL, RAM, STACK, COLUMNS };

static const char *const columns[COLUMNS] = { "model_sha256", "processor", "optim", "missing",
	"code", "tables", "model", "ram", "stack" };

static int
read_bytes(long *bytes, const char *name, const char *text, char err[ERR_MAX])
{
	double v = -1;

	if (strcmp(text, "-") != 0 && (opt_number(text, 0, 1e12, &v) != 0 || v != (double)(long)v))
		return err_set(err, "%s: expected a whole number or -, got %.100s", name, text);
	*bytes = (long)v;
	return 0;
}

/* One line that is of this model. 0, or -1 and err. */
static int
read_build(struct report_memory *m, const int place[COLUMNS], char *const *field,
	char err[ERR_MAX])
{
	struct report_build *b = &m->build[m->n_builds];
	long *bytes[COLUMNS] = { [CODE] = &b->code, [TABLES] = &b->tables, [MODEL] = &b->model,
		[RAM] = &b->ram, [STACK] = &b->stack };

	if (m->n_builds == REPORT_BUILDS_MAX)
		return err_set(err, "expected at most %d builds of a model", REPORT_BUILDS_MAX);
	snprintf(b->name, sizeof(b->name), "%.30s %.30s", field[place[PROCESSOR]],
		field[place[OPTIM]]);
	snprintf(b->missing, sizeof(b->missing), "%s", field[place[MISSING]]);
	for (int c = CODE; c < COLUMNS; c++)
		if (read_bytes(bytes[c], columns[c], field[place[c]], err))
			return -1;
	for (int c = CODE; c < COLUMNS; c++)
		if ((*bytes[c] < 0) != (b->code < 0))
			return err_set(err, "expected code, tables, model, ram and stack, or none "
				"of them");
	m->n_builds++;
	return 0;
}

int
report_memory_builds(struct report_memory *m, FILE *f, const char *input, char err[ERR_MAX])
{
	char *line = NULL, *field[TSV_FIELDS_MAX], what[ERR_MAX] = "";
	int place[COLUMNS] = { 0 };
	size_t size = 0, n = 0, wanted = 0;

	for (; what[0] == '\0' && getline(&line, &size, f) >= 0; n++) {
		size_t fields = tsv_cut(line, field);

		if (n == 0)
			wanted = fields;
		for (int c = 0; n == 0 && c < COLUMNS; c++) {
			place[c] = tsv_column(field, fields, columns[c]);
			if (place[c] < 0 && what[0] == '\0')
				err_set(what, "expected a column %s (formats/device.md), got none",
					columns[c]);
		}
		if (fields != wanted)
			err_set(what, "expected %zu fields, got %zu", wanted, fields);
		else if (n > 0 && strcmp(field[place[SHA256]], m->r.sha256) == 0)
			read_build(m, place, field, what);
	}
	if (what[0] != '\0')
		err_at(err, input, "line %zu: %.290s", n, what);
	else if (ferror(f))
		err_at(err, input, "read error in line %zu", n + 1);
	else if (m->n_builds == 0)
		err_at(err, input, "expected a line of the model %.64s, got none", m->r.sha256);
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
