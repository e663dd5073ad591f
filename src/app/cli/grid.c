/* SPDX-License-Identifier: MIT */
/* grid.c — cells are kept until all widths are known. */
#include "app/cli/grid.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/assert.h"

enum { CELLS_MAX_BYTES = 16 << 20 };

/* The byte at `i` as a cell of one line may have it. */
static char tame(struct wq_str s, size_t i)
{
	if (s.p[i] == '\n' || s.p[i] == '\t')
		return ' ';
	return wq_str_is_control(s, i) ? '?' : s.p[i];
}

const char *wq_grid_clean(struct wq_str s, char *out, size_t max)
{
	size_t n = s.n < max - 1 ? s.n : max - 1;

	for (size_t i = 0; i < n; i++)
		out[i] = tame(s, i);
	out[n] = '\0';
	return out;
}

void wq_grid_field(const char *name, struct wq_str value)
{
	if (!value.n)
		return;
	printf("%-14s ", name);
	for (size_t i = 0; i < value.n; i++)
		putchar(tame(value, i));
	putchar('\n');
}

bool wq_grid_json(FILE *out, struct wq_str json)
{
	size_t from = 0;

	for (size_t i = 0; i < json.n; i++) {
		unsigned char c = (unsigned char)json.p[i];

		if (c < 0x20 || !wq_str_is_control(json, i))
			continue;
		fwrite(json.p + from, 1, i - from, out);
		if (c != 0xc2) /* which only leads */
			fprintf(out, "\\u%04x", c);
		from = i + 1;
	}
	fwrite(json.p + from, 1, json.n - from, out);
	return !ferror(out);
}

static bool print_time(char *text, size_t max, int64_t ms)
{
	time_t seconds = (time_t)(ms / 1000);
	struct tm tm;

	return ms > 0 && localtime_r(&seconds, &tm) &&
	       strftime(text, max, "%Y-%m-%d %H:%M:%S", &tm) > 0;
}

void wq_grid_field_time(const char *name, int64_t ms)
{
	char text[32];

	if (print_time(text, sizeof(text), ms))
		wq_grid_field(name, wq_str(text));
}

/* Columns that a terminal needs: continuation bytes of UTF-8 take none. */
static unsigned width_of(const char *text)
{
	unsigned width = 0;

	for (; *text; text++)
		width += ((unsigned char)*text & 0xc0) != 0x80;
	return width;
}

void wq_grid_str(struct wq_grid *g, struct wq_str s)
{
	char cell[WQ_GRID_CELL_MAX_BYTES];
	unsigned column = g->n % g->columns, width;

	wq_grid_clean(s.n ? s : wq_str("-"), cell, sizeof(cell));
	width = width_of(cell);
	if (g->rc == 0)
		g->rc = wq_buf_add(&g->cells, cell, strlen(cell) + 1);
	if (g->rc < 0)
		return;
	g->n++;
	if (g->width[column] < width)
		g->width[column] = width;
}

void wq_grid_text(struct wq_grid *g, const char *text)
{
	wq_grid_str(g, wq_str(text));
}

void wq_grid_count(struct wq_grid *g, uint64_t n)
{
	char text[24];

	snprintf(text, sizeof(text), "%" PRIu64, n);
	wq_grid_text(g, text);
}

void wq_grid_time(struct wq_grid *g, int64_t ms)
{
	char text[32];

	wq_grid_text(g, print_time(text, sizeof(text), ms) ? text : "-");
}

void wq_grid_init(struct wq_grid *g, unsigned columns, const char *const *head)
{
	WQ_REQUIRE(columns > 0 && columns <= WQ_GRID_COLUMNS_MAX);
	*g = (struct wq_grid){ .columns = columns };
	wq_buf_init(&g->cells, CELLS_MAX_BYTES);
	for (unsigned i = 0; i < columns; i++) {
		g->right[i] = head[i][0] == '>';
		wq_grid_text(g, head[i] + g->right[i]);
	}
}

void wq_grid_fini(struct wq_grid *g)
{
	wq_buf_fini(&g->cells);
}

int wq_grid_print(struct wq_grid *g)
{
	const char *cell = g->cells.p;

	for (unsigned i = 0; i < g->n; i++) {
		unsigned column = i % g->columns, pad = g->width[column] - width_of(cell);
		bool last = column == g->columns - 1;

		if (g->right[column])
			printf("%*s%s", (int)pad, "", cell);
		else
			printf("%s%*s", cell, last ? 0 : (int)pad, "");
		fputs(last ? "\n" : "  ", stdout);
		cell += strlen(cell) + 1;
	}
	return g->rc;
}
