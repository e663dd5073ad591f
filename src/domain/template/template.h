/* SPDX-License-Identifier: MIT */
#pragma once
/* template.h — a text with places for what differs from one message to the next.
 *
 *   Hola {{name}}, la visita es el {{date | date "long"}}.
 *   {{#if price > 0}}Precio: {{price | money "USD"}}{{else}}Precio a consultar{{/if}}
 *   {{#each properties}}{{@index}}. {{title | upper}}{{#if not @last}}, {{/if}}{{else}}nada{{/each}}
 *   {{count | plural "una propiedad" "# propiedades"}}   {{! never shown }}   \{{ stands for itself
 *
 * Source    a head, which begins with one of title:, about:, category:, var:, and ends with a line "---"; then the
 *           body.  Without a head all of it is body.
 *             title: Viewing reminder            category: utility
 *             var: name text = "there" eg "Ana" # first name of the person
 *             var: properties list               var: properties.title text
 * Values    are asked of scopes, the first that knows a name decides; what none knows has its declared default, and
 *           what has none is missing: false in a condition, a problem with line and column where it would be shown.
 * Alone     a tag of a block (#, /, else, !) with nothing but spaces beside it takes its line with it.
 * Bounded   by WQ_TEMPLATE_*: a source, its depth, what it becomes.  Any bytes may come as a source or as a value.
 * Memory    everything lives in the arena that was given, and borrows from the source.
 */
#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "base/zone.h"

/* What is wrong with a text, for the person who wrote it or who asks for it. */
struct wq_template_problem {
	unsigned line, column; /* of the source, from 1; 0: of no place in it */
	char name[64];         /* of the variable; "": it is about none */
	char what[192];        /* a sentence without the variable: "is missing" */
};

/* Conditions. */
enum {
	WQ_TEMPLATE_INVALID = 1, /* the text itself is wrong, and never gets better */
	WQ_TEMPLATE_MISSING = 2, /* a variable has no value */
	WQ_TEMPLATE_REFUSED = 3, /* a variable's value is none of its type, or what comes of it is too long */
};

enum wq_template_type {
	WQ_TEMPLATE_TEXT,
	WQ_TEMPLATE_NUMBER,
	WQ_TEMPLATE_MONEY,
	WQ_TEMPLATE_DATE, /* "2026-11-21", "2026-11-21T16:30" (of the zone), "…Z", "…-05:00", or ms since 1970 */
	WQ_TEMPLATE_PHONE,
	WQ_TEMPLATE_BOOL,
	WQ_TEMPLATE_LIST,
	WQ_TEMPLATE_TYPES
};
/* "text"; never NULL. */
const char *wq_template_type_name(enum wq_template_type t);

struct wq_template_variable {
	struct wq_template_variable *next;
	struct wq_str name; /* "name", "properties.title": of each in a list */
	enum wq_template_type type;
	struct wq_str otherwise; /* the default; p == NULL: it must be given wherever it is shown */
	struct wq_str example;   /* p == NULL: none */
	struct wq_str about;     /* p == NULL: nothing is said */
};

struct wq_template_node; /* parse.h */

struct wq_template {
	struct wq_str source;
	struct wq_str title, about, category; /* p == NULL: not said */
	struct wq_template_variable *variables; /* in the order of the source */
	const struct wq_template_node *nodes;
	struct wq_str body;
};

struct wq_template_rules {
	/* What is shown must be declared, by the source itself or by one of these; false: anything may be shown. */
	bool declared;
	const struct wq_template_variable *others; /* NULL: none; borrowed as long as the template */
};

/* 0; WQ_TEMPLATE_INVALID: p says why; WQ_ENOMEM.  `rules` NULL: anything may be shown. */
int wq_template_read(struct wq_template *t, struct wq_str source,
                     const struct wq_template_rules *rules, struct wq_arena *a,
                     struct wq_template_problem *p);

/* A value: text, or anything of JSON. */
struct wq_template_value {
	struct wq_str text; /* p == NULL: json */
	yyjson_val *json;   /* null is as good as missing */
};

/* Who knows values.  `name` is the whole of it ("contact.name"); false: the next one is asked. */
struct wq_template_scope {
	bool (*find)(const struct wq_template_scope *s, struct wq_str name,
	             struct wq_template_value *out);
	void *ctx;
	const struct wq_template_scope *next; /* asked when this one does not know; NULL: nobody */
};
/* One that looks into a JSON object (NULL: it knows nothing): "contact.name" is {"contact.name": …}, or
 * {"contact": {"name": …}}. */
struct wq_template_scope wq_template_scope_json(yyjson_val *object,
                                                const struct wq_template_scope *next);

struct wq_template_ask {
	struct wq_str language;                /* "es", "es_EC", "en-US": dates, numbers, plurals; "": en */
	const struct wq_template_scope *scope; /* NULL: nobody knows anything */
	const struct wq_zone *zone;            /* dates are shown and read in it; NULL: UTC */
	struct wq_str currency;                /* of money that does not say; "": USD */
};

/* The text, in the arena, terminated.  0; a condition: p says why; WQ_ENOMEM. */
int wq_template_render(const struct wq_template *t, const struct wq_template_ask *ask,
                       struct wq_arena *a, struct wq_str *out, struct wq_template_problem *p);

/* Both in one; the way for a text that is used once. */
int wq_template_fill(struct wq_str source, const struct wq_template_ask *ask, struct wq_arena *a,
                     struct wq_str *out, struct wq_template_problem *p);
