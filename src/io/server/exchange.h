/* SPDX-License-Identifier: MIT */
#pragma once
/* exchange.h — one request and its answer.
 *
 * Ownership  the server makes the exchange and frees it after the answer.  A handler must answer every exchange exactly
 *            once, by wq_reply*, or by opening a stream (sse.h); until then the pointer stays good, even when the peer
 *            is gone: an answer to nobody is thrown away.
 * Lifetime   everything wq_request holds lives until the answer.
 * Time-out   when the handler takes too long the peer gets 503; the handler still answers, to nobody.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"
#include "io/server/route.h"

struct wq_request {
	enum wq_method method;
	struct wq_str path;  /* as sent, without the query */
	struct wq_str query; /* as sent, without '?'; p == NULL: none */
	struct wq_str body;
	struct wq_str peer; /* "192.0.2.1:4711", "[::1]:4711", "unix" */
	struct wq_str
		id; /* request id: the peer's X-Request-Id if it is 1-64 characters of [A-Za-z0-9._-], else ours;
	                        * in the answer's X-Request-Id */
};

const struct wq_request *wq_exchange_request(const struct wq_exchange *x);
/* Value of a header, case-insensitive; p == NULL: absent.  Of several equal ones the first. */
struct wq_str wq_exchange_header(const struct wq_exchange *x, const char *name);
/* Every header in turn; false behind the last. */
bool wq_exchange_header_at(const struct wq_exchange *x, size_t i, struct wq_str *name,
                           struct wq_str *value);
/* What ":name" took; p == NULL: no such parameter. */
struct wq_str wq_exchange_param(const struct wq_exchange *x, const char *name);
/* A query parameter, decoded (+ is a space); p == NULL: absent or broken. */
struct wq_str wq_exchange_query(struct wq_exchange *x, const char *name);
/* Memory that dies with the exchange. */
struct wq_arena *wq_exchange_arena(struct wq_exchange *x);
/* A place for the handler's own state. */
void wq_exchange_set_data(struct wq_exchange *x, void *data);
void *wq_exchange_data(const struct wq_exchange *x);
/* The same for who stands before the handler: who calls, as on_head found out. */
void wq_exchange_set_caller(struct wq_exchange *x, const void *caller);
const void *wq_exchange_caller(const struct wq_exchange *x);
/* The route that was found; from on_head on never NULL. */
const struct wq_route *wq_exchange_route(const struct wq_exchange *x);
/* Called, from the loop, if nobody waits for the answer any more: the peer has gone, has sent its last byte (and may
 * still listen: the answer is written all the same), or got the server's own (time-out, a broken body).  Once, before
 * the answer, which must still be given.  Asking for it in on_head makes sure that what on_head set up is given back
 * even when the body never comes whole: then no handler has run, and none of the reply functions may be called. */
void wq_exchange_on_gone(struct wq_exchange *x, void (*cb)(struct wq_exchange *x));
bool wq_exchange_gone(const struct wq_exchange *x);

/* A further header of the answer; name and value are copied.  CR, LF or NUL in either: abort, it is our bug. */
void wq_reply_header(struct wq_exchange *x, const char *name, struct wq_str value);
/* The answer.  The body is copied or written before the call returns; content_type NULL: none (204, 304).
 * When memory runs out the peer gets a short 500 or the connection is closed. */
void wq_reply(struct wq_exchange *x, int status, const char *content_type, struct wq_str body);
/* application/json. */
void wq_reply_json(struct wq_exchange *x, int status, struct wq_str json);
/* application/problem+json {type, title, status, detail, code}: `code` is a short constant for programs, `detail` a
 * sentence for people (NULL: none). */
void wq_reply_problem(struct wq_exchange *x, int status, const char *code, const char *detail, ...)
	__attribute__((format(printf, 4, 5)));
/* No answer at all: the connection ends, with a FIN or with a RST, and not one byte is written.  This too ends the
 * exchange.  For servers that others test their clients with. */
void wq_reply_close(struct wq_exchange *x);
void wq_reply_reset(struct wq_exchange *x);
/* The connection ends behind the answer to come, which does not say so: a peer that keeps connections finds this one
 * closed under it. */
void wq_exchange_break_after(struct wq_exchange *x);
const char *wq_status_text(int status);
