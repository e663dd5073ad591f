/* SPDX-License-Identifier: MIT */
#pragma once
/* wake.h — waits for the queue's marker on a connection of its own, under the name by which BullMQ knows workers.
 *
 * Asked to wait, it does until a mark came; then it tells, and waits no more until it is asked again.
 */
#include "io/dns/resolver.h"
#include "io/loop/loop.h"
#include "io/loop/timer.h"
#include "store/marker.h"

struct wq_wake {
	struct wq_loop *loop;
	const struct wq_ref *ref; /* borrowed */
	struct wq_redis *blocking; /* owned */
	struct wq_redis_cmd wait, put;
	struct wq_timer again;
	bool waiting; /* a wait is in flight */
	bool wanted;
	bool putting;
	void (*on_mark)(void *ctx, const struct wq_mark *m);
	void *ctx;
};

/* `conn` names the server.  0 or a raised error. */
int wq_wake_init(struct wq_wake *w, struct wq_loop *l, struct wq_resolver *r,
                 const struct wq_ref *ref, const struct wq_redis_opts *conn,
                 const char *worker_name, void (*on_mark)(void *ctx, const struct wq_mark *m),
                 void *ctx);
/* While `wanted`, marks are waited for. */
void wq_wake_want(struct wq_wake *w, bool wanted);
/* For somebody else. */
void wq_wake_put_back(struct wq_wake *w, const struct wq_mark *m);
/* done(ctx) runs from the loop when the connection is gone; at once false: there was none. */
bool wq_wake_close(struct wq_wake *w, void (*done)(void *ctx), void *ctx);
