/* SPDX-License-Identifier: MIT */
#pragma once
/* dead_letters.h — the dead letters of a queue: found, sent back, taken away.
 *
 *   page ──► the letters that the filter takes, one after the other ──► on_letter: what shall become of it?
 *     ▲                                                                      │ nothing, retry, remove
 *     └───────────────── the next page, at the rate that is wanted ◄─────────┘
 *
 * Order      the oldest first; what dies meanwhile comes last, and a walk ends after as many as there were at its
 *            beginning: letters that come back at once do not keep it going.
 * Parts      one page, then one letter at a time, so Redis and the loop are free in between.  A letter too large for
 *            its page is read by itself.
 * Rate       letters that are acted upon per second, by the loop's timer; 0: one as soon as the one before is done.
 * Retry      atomic for each letter (store/dead.h).  One that others took or changed meanwhile counts as missed.
 * Others     may take letters meanwhile, and the oldest go when there are too many: between pages the walk finds
 *            its place again by the last letter that it left, unless that one is gone too.
 * Dry run    an on_letter that wants nothing: what is counted then is what a real run would act upon.
 * Stop       wq_dead_walk_stop ends it after the letter in flight.
 */
#include "io/loop/loop.h"
#include "io/loop/timer.h"
#include "queue/dead_send.h"
#include "store/change.h"
#include "store/look.h"

/* The queue that holds the letters of `queue`: "<queue>-dlq", or itself if it is one.  0 or as wq_ref_init. */
int wq_dead_ref_init(struct wq_ref *out, struct wq_redis *redis, struct wq_str prefix,
                     struct wq_str queue, const char **why);

bool wq_dead_is_queue(struct wq_str name);
/* "letters" of "letters-dlq", and any other name as it is. */
struct wq_str wq_dead_queue_of(struct wq_str name);

enum wq_dead_wish { WQ_DEAD_LEAVE, WQ_DEAD_RETRY, WQ_DEAD_REMOVE, WQ_DEAD_ENOUGH };

enum { WQ_DEAD_PLACE_BYTES = 64 };

struct wq_dead_walk {
	/* in */
	struct wq_dead_filter filter; /* its texts are borrowed until the end */
	uint64_t from;                /* letters to pass over, from the oldest on */
	uint64_t look_max;            /* letters to look at; 0: as many as there are */
	uint64_t act_max;             /* letters to act upon; 0: no bound */
	uint32_t per_second;          /* 0: as fast as it goes */
	/* ENOUGH ends the walk before this letter. */
	enum wq_dead_wish (*on_letter)(struct wq_dead_walk *w, const struct wq_dead_letter *l);
	void (*on_end)(struct wq_dead_walk *w, int rc);
	void *user;
	/* out, at any time */
	uint64_t total;   /* letters that were there at the beginning */
	uint64_t seen, matched;
	uint64_t done;    /* retried or removed */
	uint64_t missed;  /* gone, changed, or being worked meanwhile */
	uint64_t unread;  /* too large to be looked into; left where they are */
	uint64_t next;    /* where another walk would go on; 0: this one saw the last */
	const char *error;/* what Redis said; "" */
	/* private */
	struct wq_loop *loop;
	const struct wq_ref *ref;
	struct wq_look look;
	struct wq_job_page page;
	size_t at;        /* in the page */
	char left[WQ_DEAD_PLACE_BYTES]; /* id of the last letter that stays, right in front of `from`; "": none */
	uint64_t gone;    /* of it */
	struct wq_look alone;
	struct wq_job_seen large; /* the letter that was read by itself */
	struct wq_dead_letter letter;
	struct wq_dead_send send;
	struct wq_change change;
	struct wq_timer timer;
	struct wq_post post;
	uint64_t began_us, acted;
	int rc;
	bool open, stopped;
};

/* `ref` is that of the dead letters, and stays put, as the walk does until on_end; that runs once, from the loop: 0, a
 * wq_redis_condition, or < 0 (WQ_ECANCELED: stopped).  0, or < 0: it does not run. */
int wq_dead_walk_start(struct wq_dead_walk *w, struct wq_loop *l, const struct wq_ref *ref);
void wq_dead_walk_stop(struct wq_dead_walk *w);
/* No callback runs any more; what is in flight may still happen.  A walk that has ended is fine. */
void wq_dead_walk_forget(struct wq_dead_walk *w);
