/* SPDX-License-Identifier: MIT */
#pragma once
/* grid.h — rows of text for people, each column as wide as its widest cell.
 *
 * Control bytes become "?": what a job holds must not steer the terminal.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "base/buf.h"

enum { WQ_GRID_COLUMNS_MAX = 12, WQ_GRID_CELL_MAX_BYTES = 200 };

struct wq_grid {
	unsigned columns;
	bool right[WQ_GRID_COLUMNS_MAX]; /* numbers stand at the right */
	/* private */
	struct wq_buf cells; /* terminated, one behind the other */
	unsigned n;
	unsigned width[WQ_GRID_COLUMNS_MAX];
	int rc;
};

/* `head`: the titles, `columns` of them; a title that begins with '>' is of numbers. */
void wq_grid_init(struct wq_grid *g, unsigned columns, const char *const *head);
void wq_grid_fini(struct wq_grid *g);
void wq_grid_str(struct wq_grid *g, struct wq_str s);
void wq_grid_text(struct wq_grid *g, const char *text);
void wq_grid_count(struct wq_grid *g, uint64_t n);
/* A moment, as people of this time zone read it; 0: "-". */
void wq_grid_time(struct wq_grid *g, int64_t ms);
/* To stdout.  0, or why a cell was lost. */
int wq_grid_print(struct wq_grid *g);
/* One line to stdout: a name, and a text of any length with control bytes as "?"; none for an empty text. */
void wq_grid_field(const char *name, struct wq_str value);
void wq_grid_field_time(const char *name, int64_t ms);
/* JSON, with control characters escaped that JSON itself lets stand; false: it could not be written. */
bool wq_grid_json(FILE *out, struct wq_str json);
/* The text with control bytes as "?", in the caller's buffer, cut. */
const char *wq_grid_clean(struct wq_str s, char *out, size_t max);
