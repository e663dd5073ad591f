/* SPDX-License-Identifier: MIT */
#pragma once
/* check.h — whether somebody's own version of a text is one, and texts as JSON for people. */
#include "domain/template/own.h"

/* "spring_offer": 1 to WQ_TEMPLATE_KIND_MAX_BYTES of a-z, 0-9 and _, a letter first. */
bool wq_template_kind_is(struct wq_str kind);
/* "es", "es_EC". */
bool wq_template_language_is(struct wq_str language);

/* `source` as a version of a kind in a language: what it shows has to be declared, by itself or by ours of that kind.
 * 0, WQ_TEMPLATE_INVALID, WQ_ENOMEM. */
int wq_template_check(struct wq_template *t, struct wq_str kind, struct wq_str language,
                      struct wq_str source, struct wq_arena *a, struct wq_template_problem *p);

/* "line 3, column 5: name is missing"; cut where it does not fit. */
void wq_template_problem_text(const struct wq_template_problem *p, char *out, size_t max);

/* {"line", "column", "name", "what"} */
void wq_template_problem_write(struct wq_jsonw *w, const struct wq_template_problem *p);

/* Whose: "willaq", "all", "business", "account". */
const char *wq_template_of_name(enum wq_template_of of);

/* One of a list of all: ours and the own ones.  Memory as of wq_templates_at. */
struct wq_template_row {
	struct wq_template_own own; /* own.of OURS: owner, by and changed_ms are empty */
	struct wq_str base;         /* as wq_template_found */
};
/* The i-th, ours first; false: there is none. */
bool wq_template_row_at(const struct wq_templates *t, size_t i, struct wq_template_row *out);
/* With what it declares; `a` is for reading it.  What cannot be read is shown without declarations. */
void wq_template_row_write(struct wq_jsonw *w, const struct wq_template_row *row,
                           struct wq_arena *a);
