/* SPDX-License-Identifier: MIT */
#pragma once
/* exchange_core.h — the exchange as the server's own files see it. */
#include "io/server/core.h"
#include "io/server/endpoint.h"
#include "io/server/exchange.h"
#include "io/server/parse.h"
#include "io/server/pieces.h"

struct wq_conn;

struct wq_exchange {
	struct wq_list link;      /* in spare_exchanges or orphans; alone while a connection has it */
	struct wq_server *server; /* NULL: an orphan that outlived its server */
	struct wq_conn *conn;     /* NULL: an orphan: its answer goes nowhere */
	struct wq_request req;
	struct wq_match match;
	struct wq_parse parse;
	struct wq_buf body, extra; /* extra: header lines of the answer */
	struct wq_arena arena;
	uint64_t started_us;
	size_t held; /* what it counts for in server->held */
	void *data;
	const void *caller;
	void (*on_gone)(struct wq_exchange *x);
	void (*on_closed)(struct wq_exchange *x, void *ctx); /* of a stream */
	void *closed_ctx;
	bool handed; /* to its handler, which owes an answer */
	const struct wq_pieces_events *pieces; /* NULL: it is not answered piece by piece */
	bool streaming;
	bool awaits_room; /* for further pieces */
	bool last;        /* the connection ends with its pieces */
	bool gone; /* nobody waits for the answer */
	bool breaks;   /* the connection ends with the answer, which does not say so */
	bool crippled; /* a header of the answer found no memory */
	char id[16];
	char peer[WQ_PEER_TEXT_MAX_BYTES];
};

/* One with an empty parser, spare or new; NULL: out of memory (raised). */
struct wq_exchange *wq_exchange_take(struct wq_server *s, struct wq_conn *c);
/* Its end: spare again, or freed. */
void wq_exchange_drop(struct wq_exchange *x);
/* Its connection leaves it.  Whoever still owes an answer keeps it and is told; otherwise it ends here.  May call
 * on_gone or on_closed. */
void wq_exchange_orphan(struct wq_exchange *x);
/* The head is there: fills in the request and finds the route.  False: out of memory (raised). */
bool wq_exchange_fill(struct wq_exchange *x, const struct wq_peer *peer);
/* Brings server->held up to date; false: beyond the bound of all connections. */
bool wq_exchange_hold(struct wq_exchange *x);
