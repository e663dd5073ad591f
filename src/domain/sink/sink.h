/* SPDX-License-Identifier: MIT */
#pragma once
/* sink.h — verified webhooks on their way into Redis: what arrived in one turn of the loop leaves in one script call.
 *
 *   take ──► waiting ──► call (at most WQ_SINK_CALLS in flight) ──► told: 0, and only then may a 200 be answered
 *
 * Bounds   posts that wait, by count and bytes: WQ_EFULL beyond, and the caller answers 503.
 * Atomic   a call takes all of its posts, or none; a post is taken whole or not at all.
 * Retries  none: whoever posted will post again, and what was taken after all is then known.
 */
#include "base/list.h"
#include "base/metrics.h"
#include "io/loop/loop.h"
#include "store/sink.h"

struct wq_sink;

/* One webhook, embedded in whatever it belongs to.  `post` and all it borrows stay put until the callback. */
struct wq_intake {
	struct wq_sink_post post;
	/* out, valid during the callback, when rc is 0 */
	uint64_t fresh, known; /* updates that were new; that had come before */
	const char *error;     /* rc > 0 and WQ_EREPLY: what Redis said; otherwise "" */
	/* private */
	struct wq_list link;
	struct wq_sink *sink; /* NULL: not on its way */
	size_t bytes;
	/* 0: Redis holds it.  > 0: wq_redis_condition, or WQ_SINK_BACKLOG: too many jobs wait.  < 0: it is not there,
	 * or nobody knows. */
	void (*cb)(struct wq_intake *i, int rc);
};
enum { WQ_SINK_BACKLOG = 1000 };

struct wq_sink_limits {
	uint32_t waiting_max;     /* posts */
	size_t waiting_max_bytes;
};

/* WQ_EINVAL with *why for people, or WQ_ENOMEM (raised). */
int wq_sink_create(struct wq_sink **out, struct wq_loop *l, struct wq_redis *redis,
                   const struct wq_sink_opts *o, const struct wq_sink_limits *limits,
                   const char **why);
/* Posts that wait end with WQ_ECANCELED, those in flight as Redis tells; then on_closed (may be NULL) runs from the
 * loop.  NULL is fine and tells nobody. */
void wq_sink_close(struct wq_sink *s, void (*on_closed)(void *ctx), void *ctx);
void wq_sink_add_metrics(struct wq_sink *s, struct wq_metrics *m);
/* 0, and cb runs once, from the loop; WQ_EFULL: too many wait; WQ_ECANCELED: it is being closed. */
int wq_sink_take(struct wq_sink *s, struct wq_intake *i, void (*cb)(struct wq_intake *i, int rc));
