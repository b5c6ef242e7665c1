// SPDX-License-Identifier: MIT
#include "draw.h"

#include <stdlib.h>
#include <string.h>

#include "report/figure.h"

static struct picture *pictures;

static void
draw(struct figure *f, const char *before, const char *name)
{
	size_t size = strlen(given.figures) + (before != NULL ? strlen(before) : 0) + 32;
	char *path = ecalloc(size, 1);

	snprintf(path, size, "%s/%s%s%s", given.figures, before != NULL ? before : "",
		before != NULL ? "-" : "", name);
	efigure_draw(&pictures, f, path);
	free(path);
}

void
draw_report(const struct report *r, const char *input, const struct stream *s)
{
	char err[ERR_MAX];
	struct figure f;
	struct curves c;
	FILE *file;

	if (figure_confusion(&f, r, err) != 0)
		die("%s: %s", input, err);
	draw(&f, s->prefix, "confusion");
	if (s->curves == NULL)
		return;
	file = efopen(s->curves, "r");
	if (curves_read(&c, file, s->curves, err) != 0)
		die("%s", err);
	fclose(file);
	figure_curves(&f, r, &c);
	draw(&f, s->prefix, "curves");
	curves_free(&c);
}

void
draw_preview(const struct stream *s)
{
	struct tensor_set set = { 0 };
	char err[ERR_MAX];
	struct figure f;

	etensor_load_path(&set, given.preview);
	emeta_kind(&set.head, given.preview, "features");
	if (figure_mfcc(&f, &set, err) != 0)
		die("%s: %s", given.preview, err);
	draw(&f, s->prefix, "mfcc");
	tensor_set_free(&set);
}

void
draw_write(void)
{
	epictures_write(&pictures);
}
