/* SPDX-License-Identifier: MIT */
#pragma once
/* subscribe.h — channels and streams, followed across reconnections.
 *
 * wq_redis_sub   one connection, many channels: subscribed again after each reconnect; what was published in between
 *                is lost (on_gap tells), as pub/sub has it.
 * wq_redis_tail  one stream read by XREAD BLOCK on a connection of its own, from an id on: nothing is lost that the
 *                stream still holds.
 */
#include "io/redis/redis.h"

struct wq_redis_sub;
struct wq_redis_tail;

struct wq_redis_sub_opts {
	void (*on_message)(void *ctx, struct wq_str channel, struct wq_str payload);
	void (*on_gap)(
		void *ctx); /* subscribed anew: messages may be missing; also the first time */
	void *ctx;
};
/* `o` as for wq_redis_create; its on_state is used. */
int wq_redis_sub_create(struct wq_redis_sub **out, struct wq_loop *l, struct wq_resolver *r,
                        const struct wq_redis_opts *o, const struct wq_redis_sub_opts *so);
/* Copied.  Takes effect now, or with the next connection. */
int wq_redis_sub_add(struct wq_redis_sub *s, struct wq_str channel);
void wq_redis_sub_remove(struct wq_redis_sub *s, struct wq_str channel);
void wq_redis_sub_close(struct wq_redis_sub *s, void (*on_closed)(void *ctx), void *ctx);

struct wq_redis_tail_opts {
	const char *stream; /* key; copied */
	const char *from;   /* id to read behind, "$" for what is new; copied */
	unsigned batch;     /* entries per answer; 0: 100 */
	/* One entry; fields is an array of names and values.  Borrowed during the call. */
	void (*on_entry)(void *ctx, struct wq_str id, const struct wq_redis_value *fields);
	void *ctx;
};
int wq_redis_tail_create(struct wq_redis_tail **out, struct wq_loop *l, struct wq_resolver *r,
                         const struct wq_redis_opts *o, const struct wq_redis_tail_opts *to);
void wq_redis_tail_close(struct wq_redis_tail *t, void (*on_closed)(void *ctx), void *ctx);
