/* SPDX-License-Identifier: MIT */
#pragma once
/* route.h — which handler answers a method and a path.
 *
 * A pattern is made of segments: literal text, or ":name", which takes one non-empty segment, percent-decoded, without
 * '/' and NUL; "v:name" takes what stands behind the "v".  A last segment "*name" takes the rest of the path, percent-
 * decoded, even if that is empty.  Literals win over parameters, whatever the order in which the routes were added; a
 * path whose most literal route does not know the method goes to the next that does.  Known path with another method:
 * 405 with Allow.  HEAD is answered by the GET route, without a body.  OPTIONS answers 204 with Allow.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

struct wq_buf;
struct wq_exchange;

/* Why a request is refused. */
struct wq_problem {
	int status;
	const char *code;   /* a short constant for programs */
	const char *detail; /* a sentence for people; NULL: none */
};

enum wq_method { WQ_GET, WQ_HEAD, WQ_POST, WQ_PUT, WQ_PATCH, WQ_DELETE, WQ_OPTIONS, WQ_METHODS };

struct wq_route {
	enum wq_method method;
	const char *pattern;
	/* Runs when the whole request is there; answers now or later (exchange.h). */
	void (*handle)(struct wq_exchange *x, void *ctx);
	void *ctx;
	size_t body_max_bytes; /* 0: the server's */
	/* Optional.  Runs when the head is there, before the body is read; may answer at once (a refusal), and then
	 * neither on_body nor handle runs. */
	void (*on_head)(struct wq_exchange *x, void *ctx);
	/* Optional.  Sees each piece of the body as it arrives, before `handle` sees it whole. */
	void (*on_body)(struct wq_exchange *x, void *ctx, struct wq_str piece);
	/* Optional.  Told of each problem that a request of the route is answered with, also by the server itself;
	 * `code` is static. */
	void (*refused)(struct wq_exchange *x, void *ctx, int status, const char *code);
	/* Optional: for routes of another API, whose clients read its errors.  Appends JSON to `out` and returns the
	 * status, 400 to 599; what it could not write is left out.  NULL: application/problem+json. */
	int (*tell)(const struct wq_exchange *x, const struct wq_problem *p, struct wq_buf *out);
	const char *summary; /* one line for /openapi.json; NULL: not described there */
	/* Also for there, and optional.  Texts in a notation of whoever writes that page. */
	const char *query, *body, *answer;
	const char *refusal; /* what `tell` writes */
	const char *media;   /* of the answer; NULL: JSON */
	const char *example; /* a body, as JSON */
	int done;            /* status of a good answer; 0: 200 */
	const char *also;    /* another good answer, with 200, where `done` is not */
	bool keyed;          /* callers have to show a key */
	unsigned access;     /* who of them: for on_head, whose words these are */
};

const char *wq_method_name(enum wq_method m);
