/* SPDX-License-Identifier: MIT */
#pragma once
/* library.h — the texts there are: 18 kinds in es, en and de that willaq brings, and versions of a business's own.
 *
 *   wq_templates_find   the text of a kind: the account's own, else the business's, else everybody's, else ours;
 *                       of these in the language asked for ("es_EC", then "es"), else in English, else in any.
 *
 * Own versions are in Redis; each process has them all in memory and asks once a second what changed, so looking is
 * done at once.  What was found is borrowed: good until the loop turns.
 */
#include "domain/template/template.h"

enum wq_template_of { WQ_TEMPLATE_OURS, WQ_TEMPLATE_ALL, WQ_TEMPLATE_BUSINESS, WQ_TEMPLATE_ACCOUNT };

struct wq_template_found {
	enum wq_template_of of;
	struct wq_str language; /* that it is in */
	struct wq_str source;
	struct wq_str base;     /* ours, whose declarations hold beside its own; p == NULL: it is no kind of ours */
};

struct wq_templates; /* NULL is fine everywhere: there are no own versions */

/* False: there is no such kind. */
bool wq_templates_find(const struct wq_templates *t, struct wq_str business, struct wq_str account,
                       struct wq_str kind, struct wq_str language, struct wq_template_found *out);

/* What is found, read: with the declarations of `base` where it has none of its own. */
int wq_template_found_read(const struct wq_template_found *f, struct wq_template *t,
                           struct wq_arena *a, struct wq_template_problem *p);
/* What is found, read and filled in.  0, a condition of template.h, WQ_ENOMEM.  ask->language "": the default. */
int wq_template_found_render(const struct wq_template_found *f, const struct wq_template_ask *ask,
                             struct wq_arena *a, struct wq_str *out, struct wq_template_problem *p);

/* Ours, by kind and language; NULL beyond the last. */
struct wq_template_text {
	const char *kind, *language, *source;
};
const struct wq_template_text *wq_template_text_at(size_t i);
/* Every variable's example, as JSON: {"name": "Ana", …}. */
int wq_template_examples(const struct wq_template_variable *v, struct wq_jsonw *w);
