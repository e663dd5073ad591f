/* SPDX-License-Identifier: MIT */
/* feed.c — the tail of the events, and who is told of it. */
#include "domain/subscription/feed.h"

#include "base/assert.h"

static void on_news(struct wq_post *p)
{
	struct wq_feed *f = WQ_OWNER(p, struct wq_feed, news);
	struct wq_list round;

	/* An ear may leave while it is told. */
	wq_list_init(&round);
	wq_list_move(&round, &f->ears);
	while (!wq_list_empty(&round)) {
		struct wq_feed_ear *e = WQ_OWNER(round.next, struct wq_feed_ear, link);

		wq_list_remove(&e->link);
		wq_list_push(&f->ears, &e->link);
		e->on_news(e);
	}
}

static void on_entry(void *ctx, struct wq_str id, const struct wq_redis_value *fields)
{
	struct wq_feed *f = ctx;

	(void)id;
	(void)fields;
	wq_post_at_end(&f->news);
}

void wq_feed_init(struct wq_feed *f)
{
	wq_list_init(&f->ears);
	wq_post_init(&f->news, f->loop, on_news);
}

int wq_feed_listen(struct wq_feed *f, struct wq_feed_ear *e)
{
	const struct wq_redis_tail_opts o = {
		.stream = f->keys->events, .from = "$", .on_entry = on_entry, .ctx = f
	};
	int rc = 0;

	if (!f->tail)
		rc = wq_redis_tail_create(&f->tail, f->loop, f->resolver, &f->redis, &o);
	if (rc < 0)
		return rc;
	wq_list_push(&f->ears, &e->link);
	return 0;
}

void wq_feed_leave(struct wq_feed_ear *e)
{
	if (e->link.next)
		wq_list_remove(&e->link);
}

bool wq_feed_close(struct wq_feed *f, void (*done)(void *ctx), void *ctx)
{
	struct wq_redis_tail *tail = f->tail;

	if (!tail)
		return false;
	f->tail = NULL;
	wq_post_cancel(&f->news);
	wq_redis_tail_close(tail, done, ctx);
	return true;
}
