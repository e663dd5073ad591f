/* SPDX-License-Identifier: MIT */
#pragma once
/* walk.h — through the log of webhooks, page by page.
 *
 *   page ──► the rows that the filter takes, one after the other ──► on_row: what shall become of it?
 *     ▲                                                                  │ nothing; enough; something that takes time
 *     └──────────────── the next page, at the rate that is wanted ◄──────┘
 *
 * Bound   a page is one short call; after look_max entries the walk ends, and tells where another would go on.
 * Rate    rows that are acted upon per second, by the loop's timer; 0: one as soon as the one before is done.
 * End     a walk that goes from the oldest on ends at what had come when it began.
 */
#include "domain/weblog/filter.h"
#include "io/loop/loop.h"
#include "io/loop/timer.h"

/* ACT: wq_webhook_walk_acted comes later, once.  ENOUGH ends the walk before this row. */
enum wq_webhook_wish { WQ_WEBHOOK_LEAVE, WQ_WEBHOOK_ACT, WQ_WEBHOOK_ENOUGH };

struct wq_webhook_walk {
	/* in */
	struct wq_webhook_filter filter; /* its texts are borrowed until the end */
	bool oldest_first;
	bool taken_only;                 /* refused ones are passed over */
	bool goes_on;                    /* from `from`, and not from the beginning */
	struct wq_webhook_place from;
	uint64_t look_max;               /* 0: all */
	uint32_t per_second;
	enum wq_webhook_wish (*on_row)(struct wq_webhook_walk *w, const struct wq_webhook_row *r);
	void (*on_end)(struct wq_webhook_walk *w, int rc);
	void *user;
	/* out, at any time */
	uint64_t seen, matched;
	uint64_t done, missed;        /* acted upon, as wq_webhook_walk_acted told */
	struct wq_webhook_place next; /* ended: this walk saw the last */
	const char *error;            /* what Redis said; "" */
	/* private */
	struct wq_loop *loop;
	const struct wq_webhook_log *log;
	struct wq_webhook_page page;
	size_t at;
	struct wq_timer timer;
	struct wq_post post;
	uint64_t began_us, acted;
	int rc;
	bool open, stopped, acting;
};

/* `log` stays put, as the walk does until on_end; that runs once, from the loop: 0, a wq_redis_condition, or < 0
 * (WQ_ECANCELED: stopped).  0, or < 0: it does not run. */
int wq_webhook_walk_start(struct wq_webhook_walk *w, struct wq_loop *l,
                          const struct wq_webhook_log *log);
/* The row was acted upon, or it could not be: then it counts as missed.  From the loop. */
void wq_webhook_walk_acted(struct wq_webhook_walk *w, bool done);
/* The same, and the walk ends with rc. */
void wq_webhook_walk_failed(struct wq_webhook_walk *w, int rc, const char *error);
/* Ends it behind the row in flight. */
void wq_webhook_walk_stop(struct wq_webhook_walk *w);
/* No callback runs any more.  A walk that has ended, or never began, is fine. */
void wq_webhook_walk_forget(struct wq_webhook_walk *w);
