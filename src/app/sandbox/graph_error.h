/* SPDX-License-Identifier: MIT */
#pragma once
/* graph_error.h — an error as Meta's Graph API tells it.
 *
 *   {"error":{"message":"(#100) Invalid parameter","type":"OAuthException","code":100,
 *     "error_data":{"messaging_product":"whatsapp","details":"…"},"fbtrace_id":"A…"}}
 *
 * A table knows the HTTP status, the title and the usual details of the codes that the sandbox speaks; any other code
 * goes out with status 400 and a plain title.
 */
#include <stdarg.h>
#include <stdbool.h>

#include "base/json.h"

/* Codes that have a second wording: negative here, positive on the wire. */
enum {
	WQ_GRAPH_NO_OBJECT = -100, /* no such id, or not for this method */
	WQ_GRAPH_BAD_TOKEN = -190, /* not a token at all */
};

struct wq_graph_error {
	int code;
	int status;        /* HTTP; 0: the table's */
	char details[256]; /* "": the table's, if it has any */
};

/* Fills *e; fmt NULL: the table's details.  Always false, so that a check can end with it. */
bool wq_graph_error_set(struct wq_graph_error *e, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void wq_graph_error_vset(struct wq_graph_error *e, int code, const char *fmt, va_list ap)
	__attribute__((format(printf, 3, 0)));
/* The HTTP status that the answer carries. */
int wq_graph_error_status(const struct wq_graph_error *e);
/* The title that belongs to a code, without "(#code)". */
const char *wq_graph_error_title(int code);
/* The whole answer. */
void wq_graph_error_write(const struct wq_graph_error *e, const char *trace_id, struct wq_jsonw *w);
/* One entry of a status webhook's `errors`. */
void wq_graph_error_write_status(int code, struct wq_jsonw *w);
