/* SPDX-License-Identifier: MIT */
#pragma once
/* conn.h — one connection of a load client: what is written to it, what is read of it, how it ends.  Not for others.
 *
 *   IDLE ──► CONNECTING ──► SECURING ──► UP ──► CLOSING ──► IDLE
 *
 * The client hears of four things: a connection came up, a call was answered, the connection is closed (and with it
 * the call that was not answered), a free connection was lost.  A socket is closed nowhere but in wq_load_conn_drop.
 */
#include <uv.h>

#include "base/buf.h"
#include "base/list.h"
#include "io/dns/resolver.h"
#include "io/load/answer.h"
#include "io/load/load.h"
#include "io/tls/session.h"

enum wq_load_stage {
	WQ_LOAD_IDLE,
	WQ_LOAD_CONNECTING,
	WQ_LOAD_SECURING,
	WQ_LOAD_UP,
	WQ_LOAD_CLOSING
};

enum {
	WQ_LOAD_WHY_BYTES = 160,
	WQ_LOAD_READ_BYTES = 16384,
	WQ_LOAD_READS_PER_TURN = 4,
	WQ_LOAD_TLS_WRITE_BYTES = 16384, /* one record */
};

struct wq_load_conn {
	struct wq_load_call call;
	struct wq_load *load;
	struct wq_list link;    /* free: among the free ones; else among those that wait */
	enum wq_load_stage stage;
	bool free;              /* may be told by wq_load_next */
	bool calling;           /* a request was started and its end was not told */
	bool opening;           /* the first connecting, before on_open */
	uint64_t due_us;        /* when waiting is over */
	unsigned tried;         /* addresses, for this connecting */
	unsigned address;       /* which one is tried */
	uv_poll_t poll;
	int fd, events;
	struct wq_tls_session *tls;
	struct wq_buf out;       /* the request */
	size_t out_at;           /* what of it left */
	struct wq_buf encrypted; /* waits for the kernel */
	struct wq_load_answer answer;
	struct wq_post failed;   /* tells what went wrong inside a call */
	int rc;                  /* why it is dropped */
	char why[WQ_LOAD_WHY_BYTES];
};

void wq_load_conn_init(struct wq_load_conn *c, struct wq_load *l, unsigned at,
                       const struct wq_load_opts *o);
void wq_load_conn_fini(struct wq_load_conn *c);
/* Opens its socket to the address that works.  What fails is told later. */
void wq_load_conn_open(struct wq_load_conn *c);
/* Writes c->out from its beginning, now or when it is up. */
void wq_load_conn_send(struct wq_load_conn *c);
/* Closes its socket; wq_load_conn_closed comes from the loop.  An IDLE one has none: nothing comes. */
void wq_load_conn_drop(struct wq_load_conn *c, int rc, const char *why);

/* The client's: */
struct wq_load_place { /* where it connects to */
	const struct wq_address *addresses;
	unsigned count, good; /* good: the one that worked last */
	uint16_t port;
	const char *host;
	struct wq_tls_context *tls; /* NULL: plain */
	struct uv_loop_s *uv;
	struct wq_loop *loop;
	struct wq_load_counts counts;
};
struct wq_load_place *wq_load_place(struct wq_load *l);
void wq_load_conn_up(struct wq_load_conn *c);
/* c->answer is whole. */
void wq_load_conn_answered(struct wq_load_conn *c);
/* It is IDLE now; c->rc and c->why tell why. */
void wq_load_conn_closed(struct wq_load_conn *c);
