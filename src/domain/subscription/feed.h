/* SPDX-License-Identifier: MIT */
#pragma once
/* feed.h — tells all who wait in this process that there are new events: one connection for all of them.
 *
 * The connection is made when the first begins to listen.  Ears are told once for whatever came in one turn.
 */
#include "base/list.h"
#include "io/redis/subscribe.h"
#include "store/subscription.h"

struct wq_feed_ear {
	void (*on_news)(struct wq_feed_ear *e);
	/* private */
	struct wq_list link;
};

struct wq_feed {
	struct wq_loop *loop; /* borrowed, as the next */
	struct wq_resolver *resolver;
	struct wq_redis_opts redis; /* what its texts point to is borrowed */
	const struct wq_sub_keys *keys;
	struct wq_redis_tail *tail; /* NULL: nobody has listened yet */
	struct wq_list ears;
	struct wq_post news;
};

/* The first members are the caller's to set. */
void wq_feed_init(struct wq_feed *f);
/* 0 or a raised error. */
int wq_feed_listen(struct wq_feed *f, struct wq_feed_ear *e);
/* One that does not listen is fine if it is zeroed. */
void wq_feed_leave(struct wq_feed_ear *e);
/* done(ctx) runs later, from the loop; false: there is nothing to close. */
bool wq_feed_close(struct wq_feed *f, void (*done)(void *ctx), void *ctx);
