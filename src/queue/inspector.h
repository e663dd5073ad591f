/* SPDX-License-Identifier: MIT */
#pragma once
/* inspector.h — looks into a queue and changes it: what people, dashboards and other programs do to one.
 *
 *   struct wq_inspect i;
 *   wq_inspect_init(&i, loop, &ref, on_done);
 *   wq_inspect_retry_all(&i, WQ_FINISHED_FAILED, 0);      on_done runs once; i.n jobs were retried
 *
 * Looking    is store/look.h: pages, bounded, one Redis call each.
 * Changing   is here.  Whatever takes many jobs takes them in parts, with Redis free for others in between; it is
 *            atomic within a part only.  wq_inspect_cancel ends it after the part in flight.
 * Outcome    on_done(i, rc), once, from the loop:
 *              0    i->code tells what became of it (wq_change_code), i->n how many jobs changed
 *              > 0  wq_redis_condition; < 0 as redis.h tells, WQ_ECANCELED after a cancel; i->n jobs have changed
 */
#include "io/loop/loop.h"
#include "store/change.h"
#include "store/look.h"

struct wq_inspect {
	/* in, optional */
	void *user;
	void (*on_id)(struct wq_inspect *i, struct wq_str id); /* told of each job that a clean takes */
	/* out, valid during the callback */
	int code;
	uint64_t n;
	const char *error; /* what Redis said, "" if it said nothing */
	/* private */
	struct wq_change change;
	struct wq_loop *loop;
	void (*cb)(struct wq_inspect *i, int rc);
	int (*step)(struct wq_inspect *i);
	unsigned phase;
	bool cancelled;
	struct wq_str id;
	struct wq_clean what;
	enum wq_finished state;
	int64_t until_ms;
	bool flag;
};

/* `ref` stays put.  One change at a time; another may be started from the callback. */
void wq_inspect_init(struct wq_inspect *i, struct wq_loop *l, const struct wq_ref *ref,
                     void (*cb)(struct wq_inspect *i, int rc));
/* Ends what is under way after the part in flight, with WQ_ECANCELED. */
void wq_inspect_cancel(struct wq_inspect *i);
/* The callback runs no more and the struct is the caller's again; the part in flight may still happen. */
void wq_inspect_forget(struct wq_inspect *i);
/* A sentence for people about a code; static. */
const char *wq_inspect_code_text(int code);

/* All: 0, and the callback runs once; < 0 as wq_redis_start, and it never does.  An id is borrowed until then. */
int wq_inspect_pause(struct wq_inspect *i);
int wq_inspect_resume(struct wq_inspect *i);
/* Of one job. */
int wq_inspect_promote(struct wq_inspect *i, struct wq_str id);
int wq_inspect_change_delay(struct wq_inspect *i, struct wq_str id, int64_t delay_ms);
int wq_inspect_change_priority(struct wq_inspect *i, struct wq_str id, uint32_t priority,
                               bool front);
int wq_inspect_retry(struct wq_inspect *i, struct wq_str id, const struct wq_retry *how);
/* `children`: with all that it depends on, finished or not.  n 0: there was no such job. */
int wq_inspect_remove(struct wq_inspect *i, struct wq_str id, bool children);
int wq_inspect_remove_pending(struct wq_inspect *i, struct wq_str id);
int wq_inspect_detach(struct wq_inspect *i, struct wq_str id);
int wq_inspect_update_data(struct wq_inspect *i, struct wq_str id, struct wq_str json);
int wq_inspect_progress(struct wq_inspect *i, struct wq_str id, struct wq_str json);
/* i->n: the rows that its log has then.  keep: the newest that stay; 0: all. */
int wq_inspect_log(struct wq_inspect *i, struct wq_str id, struct wq_str row, uint32_t keep);
/* Of many. */
int wq_inspect_promote_all(struct wq_inspect *i);
/* until_ms 0: now. */
int wq_inspect_retry_all(struct wq_inspect *i, enum wq_finished state, int64_t until_ms);
/* Jobs of a state that are `grace_ms` old, at most `limit` (0: all).  Waiting: of both lists; those that are being run
 * only when they lost their lock. */
int wq_inspect_clean(struct wq_inspect *i, enum wq_job_state state, int64_t grace_ms,
                     uint64_t limit);
/* The same for one place. */
int wq_inspect_clean_place(struct wq_inspect *i, enum wq_place place, int64_t grace_ms,
                           uint64_t limit);
/* All that waits; `delayed`: what is delayed too. */
int wq_inspect_drain(struct wq_inspect *i, bool delayed);
/* Pauses the queue, then takes away all of it.  `force`: also jobs that are being run. */
int wq_inspect_obliterate(struct wq_inspect *i, bool force);
/* Limits of all workers together; 0: none. */
int wq_inspect_concurrency(struct wq_inspect *i, uint32_t n);
int wq_inspect_rate(struct wq_inspect *i, uint32_t max, uint32_t per_ms);
int wq_inspect_hold(struct wq_inspect *i, uint32_t ms);
int wq_inspect_dedup_forget(struct wq_inspect *i, struct wq_str dedup_id);
