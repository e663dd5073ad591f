/* SPDX-License-Identifier: MIT */
#pragma once
/* conn.h — one peer: bytes in, exchanges one after the other, bytes out.
 *
 * While nothing is read or answered a connection is this struct alone; the exchange and the transit are taken when the
 * first byte arrives and go back to the server's spare ones when the last has left.
 */
#include <uv.h>

#include "io/server/exchange_core.h"

/* Bytes on their way through a connection. */
struct wq_transit {
	struct wq_list link; /* in spare_transits */
	struct wq_buf out;   /* answers; the first `sent` bytes have left */
	size_t sent;
	struct wq_buf behind; /* what the peer sent behind the request in work */
};

/* What the deadline that runs is for. */
enum wq_phase {
	WQ_PHASE_NONE,
	WQ_PHASE_IDLE,
	WQ_PHASE_HEAD,
	WQ_PHASE_BODY,
	WQ_PHASE_WORK,
	WQ_PHASE_WRITE,
	WQ_PHASE_STREAM,
	WQ_PHASE_LINGER
};

struct wq_conn {
	struct wq_list link;       /* in server->conns, until it closes */
	struct wq_list ready;      /* in server->ready */
	struct wq_server *server;
	struct wq_exchange *x;     /* being read or answered */
	struct wq_transit *transit;
	struct wq_timer deadline;
	struct wq_peer peer;
	int fd;
	uint32_t lingered;         /* bytes thrown away while lingering */
	uint8_t phase;             /* enum wq_phase */
	uint8_t polled;            /* events asked of poll */
	bool closed : 1;           /* only its memory waits for libuv */
	bool eof : 1;              /* the peer has sent its last byte */
	bool blocked : 1;          /* the kernel takes no more for now */
	bool last : 1;             /* nothing is read or answered any more, but for what is in transit */
	bool cut : 1;              /* closes at the end of the turn, whatever is in transit */
	uv_poll_t poll;
};

/* Takes the descriptor over, whatever comes of it. */
void wq_conn_open(struct wq_server *s, int fd, const struct sockaddr_storage *from);
/* At once; what it works on is orphaned, which may call its handler. */
void wq_conn_close(struct wq_conn *c);
/* Has its writing, reading on and deadlines looked at when this turn ends. */
void wq_conn_ready(struct wq_conn *c);
/* The turn ends. */
void wq_conn_turn_end(struct wq_conn *c);
/* The bytes that go out, to append to; NULL: out of memory (raised). */
struct wq_buf *wq_conn_out(struct wq_conn *c);
size_t wq_conn_unsent(const struct wq_conn *c);
/* The exchange in work is answered and no longer this connection's. */
void wq_conn_answered(struct wq_conn *c, bool last);
void wq_transit_free(struct wq_transit *t);
