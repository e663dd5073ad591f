/* SPDX-License-Identifier: MIT */
#pragma once
/* check_parts.h — what the checks of a message body are made of.  Only check*.c include it.
 *
 * Every function returns whether the value is good, and otherwise fills *e.  `path` is how Meta would name the value
 * ("text['body']").
 */
#include <stdbool.h>

#include "app/sandbox/graph_error.h"
#include "base/json.h"

enum {
	WQ_GRAPH_INVALID = 100,       /* a parameter of the message itself */
	WQ_GRAPH_MISSING = 131008,    /* a part of interactive or template is not there */
	WQ_GRAPH_VALUE = 131009,      /* a part of interactive has a wrong value */
	WQ_GRAPH_TPL_FORMAT = 132012, /* a template parameter of the wrong kind */
	WQ_GRAPH_TPL_TEXT = 132018,   /* a template parameter's text */
};

/* A text field: how long it may be, in code points, and whether it must be there. */
struct wq_check_text {
	const char *key;
	unsigned min, max;
	bool required;
};

/* Code points. */
size_t wq_check_chars(struct wq_str s);
bool wq_check_is_in(struct wq_str s, const char *const *names, size_t n);
/* obj[key] as a string within its bounds; `missing` and `wrong` are the codes to tell. */
bool wq_check_text(yyjson_val *obj, const char *path, const struct wq_check_text *t, int missing,
                   int wrong, struct wq_graph_error *e);
/* An object with `id` (digits) or `link` (http or https). */
bool wq_check_media(yyjson_val *obj, const char *path, struct wq_graph_error *e);
/* A number, or a string that is one, within +- bound. */
bool wq_check_degrees(yyjson_val *obj, const char *path, const char *key, double bound,
                      struct wq_graph_error *e);
/* The value, if it is an object or array respectively; otherwise NULL and *e says that `path` is missing. */
yyjson_val *wq_check_object(yyjson_val *obj, const char *key, const char *path,
                            struct wq_graph_error *e);
yyjson_val *wq_check_array(yyjson_val *obj, const char *key, const char *path, size_t min,
                           size_t max, struct wq_graph_error *e);

bool wq_check_interactive(yyjson_val *interactive, struct wq_graph_error *e);
bool wq_check_template(yyjson_val *tpl, struct wq_graph_error *e);
