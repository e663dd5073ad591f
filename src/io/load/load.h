/* SPDX-License-Identifier: MIT */
#pragma once
/* load.h — many requests to one URL, as cheaply as can be: what a load test stands on.
 *
 * HTTP/1.1 over a fixed number of connections that are kept open, one request on each at a time, TLS for https.  It
 * follows no redirect, knows no proxy, repeats nothing: each request is written once and its one answer is told.
 *
 *   wq_load_create ──► on_open      every connection was tried; < 0: none of them came about; 0 with a reason: some
 *   wq_load_next, wq_load_start ──► on_answer
 *   wq_load_close ──► on_closed     requests under way are told WQ_ECANCELED first
 *
 * A connection that is lost is opened again for the next request on it, whose time has then to do for both.  A name is
 * resolved once; its addresses are tried in turn until one of them connects.
 *
 * Memory  the requests and their answers are the client's; each connection keeps one request and the beginning of one
 *         answer.  Events come from the loop, never from inside a call.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/str.h"
#include "io/loop/loop.h"

struct wq_load;

struct wq_load_call {
	unsigned at; /* which connection: below opts.connections */
	/* out: valid in on_answer, until the next wq_load_start */
	int status;
	struct wq_str body; /* its beginning, opts.keep_bytes at most */
	const char *why;    /* rc < 0: for people */
};

struct wq_load_field {
	const char *name;
	struct wq_str value;
};

struct wq_load_opts {
	const char *method;                 /* NULL: POST */
	const char *url;                    /* http:// or https:// */
	const struct wq_load_field *fields; /* of every request, beside Host and Content-Length */
	size_t fields_n;
	unsigned connections;     /* 1 to WQ_LOAD_CONNECTIONS_MAX */
	uint64_t timeout_ms;      /* of a request, with its connecting */
	size_t request_max_bytes; /* 0: WQ_LOAD_REQUEST_MAX_BYTES */
	size_t keep_bytes;        /* of an answer's body; the rest is read and forgotten */
	const char *ca_file;      /* PEM; NULL: the system's store */
	bool insecure;            /* takes any certificate */
	const char *dns_servers;  /* tests; NULL: the system's */
	void (*on_open)(void *ctx, int rc, const char *why);
	/* 0: there is an answer, call->status; WQ_ECONNECT, WQ_ERESOLVE, WQ_ETLS; WQ_ELOST: the connection ended
	 * before the answer did; WQ_ETIMEDOUT; WQ_EPROTO: what came is no HTTP; WQ_ETOOBIG: it is too large;
	 * WQ_ENOMEM; WQ_ECANCELED. */
	void (*on_answer)(void *ctx, struct wq_load_call *call, int rc);
	void (*on_free)(void *ctx); /* a connection is free without its request having just ended; may be NULL */
	void (*on_closed)(void *ctx);
	void *ctx;
};

struct wq_load_counts {
	uint64_t connects;         /* that came about */
	uint64_t sent, received;   /* bytes, as the kernel had them */
};

/* `o` is copied, what it points to is not kept.  WQ_EINVAL or WQ_ETOOBIG with *why (static, for people), or raised: no
 * event comes. */
int wq_load_create(struct wq_load **out, struct wq_loop *l, const struct wq_load_opts *o,
                   const char **why);
/* The connection that the next request goes over; NULL: none is free.  Asking changes nothing. */
struct wq_load_call *wq_load_next(struct wq_load *l);
/* Sends a request on it: `head` are further header lines, each with its CRLF, of whose form the caller is sure.  0, and
 * on_answer comes; WQ_ENOMEM (raised) or WQ_ETOOBIG: nothing was begun. */
int wq_load_start(struct wq_load_call *call, struct wq_str head, struct wq_str body);
const struct wq_load_counts *wq_load_counts(const struct wq_load *l);
/* Once. */
void wq_load_close(struct wq_load *l);
