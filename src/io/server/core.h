/* SPDX-License-Identifier: MIT */
#pragma once
/* core.h — what the files of the server share, and nobody else sees: the server's own state.
 *
 * Who owns whom: the server owns listeners, connections, and what is spare.  A connection owns the exchange it works on
 * until that is answered or the connection goes; an exchange without connection ("orphan") belongs to its handler,
 * whose answer frees it.
 */
#include "base/random.h"
#include "io/loop/timer.h"
#include "io/server/counts.h"
#include "io/server/router.h"
#include "io/server/server.h"

struct wq_listener;

struct wq_server {
	struct wq_loop *loop;
	struct wq_server_opts opts;
	struct wq_router router;
	struct wq_counts counts;
	struct wq_rng ids;                /* request ids need to differ, not to be secret */
	char *read_bytes;                 /* WQ_SERVER_READ_BYTES that every read goes into */

	struct wq_listener *listeners[WQ_SERVER_LISTENERS_MAX];
	unsigned listeners_n;
	struct wq_timer accept_retry;     /* runs while accepting is paused for want of descriptors */

	struct wq_list conns;             /* open and not yet closing */
	struct wq_list ready;             /* connections with something to do at the end of this turn */
	struct wq_post turn_end;
	uint32_t conns_n;                 /* in `conns` */
	uint32_t closing_n;               /* handles, of listeners too, whose close callback is still to come */
	size_t held;                      /* request bytes of all connections */

	struct wq_list spare_exchanges, spare_transits, orphans;
	unsigned spare_exchanges_n, spare_transits_n;

	char stamp[128];                  /* "Date: …\r\nServer: …\r\n" of second `stamp_second` */
	size_t stamp_n;
	int64_t stamp_second;

	bool starved;                     /* accepting found no descriptor last time */
	bool draining;
	struct wq_timer drain_timer;
	struct wq_post drained;
	void (*on_drained)(void *ctx);
	void *drained_ctx;
};

/* A connection or a listener has gone: goes on with accepting, or ends the drain. */
void wq_server_one_less(struct wq_server *s);
