/* SPDX-License-Identifier: MIT */
#pragma once
/* scheduler.h — jobs that come again: every so often, or at the times of a pattern in a time zone.
 *
 *   producer   wq_scheduler_upsert: makes or changes a scheduler, and its first job
 *   worker     wq_follow_start: when it has taken a job of a scheduler, before the job runs, the next one is made
 *   inspector  wq_scheduler_remove; store/scheduler.h reads and lists them
 *
 * Names       a scheduler is known by its id; jobs of it are "repeat:<id>:<ms>".
 * Once        the next job is made only by whoever takes the one that the scheduler counts as its current: a job that
 *             is retried or stalled makes no second one.
 * Patterns    as BullMQ reads them (cron.h), in the version of the queue: from 6 on as cron-parser 5 does, else as 4,
 *             and as the other one where that refuses.  Without a zone of its own a pattern runs by ours.
 * Legacy      repeats of 4.x and 5.x are continued in their own form.
 */
#include "base/list.h"
#include "base/metrics.h"
#include "base/zone.h"
#include "io/loop/loop.h"
#include "queue/cron.h"
#include "store/job.h"
#include "store/scheduler.h"

/* Reads patterns and zones; what producers and workers share. */
struct wq_schedules {
	struct wq_zones zones;
	char timezone[WQ_ZONE_NAME_MAX_BYTES + 1]; /* where none is given */
	enum wq_cron_dialect dialect;
};
/* `timezone` NULL or "": the system's. */
void wq_schedules_init(struct wq_schedules *s, const char *timezone);
void wq_schedules_fini(struct wq_schedules *s);
/* `major` of meta.version; 0: unknown. */
void wq_schedules_set_major(struct wq_schedules *s, unsigned major);
/* Where the zone is not told; NULL: out of memory (raised). */
const struct wq_zone *wq_schedules_zone(struct wq_schedules *s);
/* The first moment of a pattern behind after_ms and not behind end_ms (0: no end).  `tz` empty: ours; `seed` for "H".
 * 0; WQ_CRON_NEVER; WQ_EPARSE, WQ_ENOENT (not raised) with a sentence in *why; WQ_ENOMEM. */
int wq_schedules_next(struct wq_schedules *s, struct wq_str pattern, struct wq_str tz,
                      struct wq_str seed, int64_t after_ms, int64_t end_ms, int64_t *at_ms,
                      const char **why);

/* A scheduler as its owner wants it. */
struct wq_scheduler_opts {
	struct wq_scheduler_record record; /* pattern or every_ms, not both */
	bool immediately;                  /* with a pattern: its first job at once */
};

struct wq_scheduler_upsert {
	/* out, during the callback, rc 0 */
	int code;             /* wq_scheduler_code */
	struct wq_str job_id; /* of its next job, code 0 */
	int64_t delay_ms;
	/* private */
	struct wq_redis_cmd cmd;
	struct wq_post post;
	void (*cb)(struct wq_scheduler_upsert *u, int rc);
};
/* < 0: cb never runs.  WQ_EINVAL, WQ_EPARSE or WQ_ENOENT (not raised), and *why is a sentence: neither or both of
 * pattern and interval, an end in the past, a pattern that cannot be read, an unknown zone.  All of `o` is copied. */
int wq_scheduler_upsert(struct wq_scheduler_upsert *u, struct wq_schedules *s, struct wq_loop *l,
                        const struct wq_ref *ref, const struct wq_scheduler_opts *o,
                        void (*cb)(struct wq_scheduler_upsert *u, int rc), const char **why);
void wq_scheduler_upsert_forget(struct wq_scheduler_upsert *u);

/* Makes successors: those asked for in one turn of the loop leave in one call.  One for each worker. */
struct wq_followers;
int wq_followers_create(struct wq_followers **out, struct wq_loop *l, const struct wq_ref *ref,
                        struct wq_schedules *s);
/* Requests still open end with WQ_ECANCELED; then on_closed (may be NULL) runs from the loop. */
void wq_followers_close(struct wq_followers *f, void (*on_closed)(void *ctx), void *ctx);

struct wq_follow {
	/* out */
	bool made;
	/* private */
	struct wq_list link;
	struct wq_scheduler_follow item;
	size_t at; /* in its call */
	int rc;
	void (*cb)(struct wq_follow *f, int rc);
};
/* True: the job was made by a scheduler, and its successor is still to be made. */
bool wq_follow_wanted(const struct wq_job *j);
/* `j` stays put until the callback, which runs once from the loop: 0, a wq_redis_condition, or as
 * wq_redis_start tells; WQ_EPARSE, WQ_ENOENT: its options, pattern or zone cannot be read. */
void wq_follow_start(struct wq_followers *fs, struct wq_follow *f, const struct wq_job *j,
                     void (*cb)(struct wq_follow *f, int rc));
/* Of an rc that is not 0: true, the successor can be made later, and before that the job shall not run, for nobody else
 * makes it; false, it never can, and the job runs without. */
bool wq_follow_may_yet(int rc);
void wq_follow_forget(struct wq_follow *f);
void wq_followers_add_metrics(struct wq_followers *fs, struct wq_metrics *m);
