/* SPDX-License-Identifier: MIT */
#pragma once
/* look.h — what can be read of a queue and of its jobs: pages, never all of it at once.
 *
 * Every call is bounded in what it makes Redis do and in the bytes that come back; a job too large for its page comes
 * without its large fields.  Results are the caller's memory and are filled before the callback runs; those with a
 * fini own what they point to, are valid zeroed, and may be used for the next page without one.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"
#include "io/redis/redis.h"
#include "store/change.h"
#include "store/job.h"
#include "store/ref.h"

enum wq_job_state {
	WQ_JOB_UNKNOWN, /* in no place */
	WQ_JOB_WAITING, /* also in a paused queue */
	WQ_JOB_ACTIVE,
	WQ_JOB_DELAYED,
	WQ_JOB_PRIORITIZED,
	WQ_JOB_WAITING_CHILDREN,
	WQ_JOB_COMPLETED,
	WQ_JOB_FAILED,
	WQ_JOB_STATES
};
/* "waiting-children"; as people and programs write it. */
const char *wq_job_state_name(enum wq_job_state s);
/* WQ_JOB_STATES: there is none of that name.  "wait" and "paused" are taken for waiting. */
enum wq_job_state wq_job_state_find(struct wq_str name);

struct wq_queue_counts {
	uint64_t of[WQ_JOB_STATES];
	bool exists; /* something of the queue is there */
	bool paused;
	uint32_t concurrency;             /* of all workers together; 0: no limit */
	uint32_t rate_max, rate_ms;       /* 0: no limit */
	int64_t held_ms;                  /* nothing starts for so long, by the rate limit; -1: no end; 0: it may */
	int64_t due_ms;                   /* of the delayed job that is due first; 0: none */
	uint64_t finished_minute;         /* kept jobs that finished within the last minute */
	uint64_t schedulers;
	char version[64];                 /* that last opened it; cut when longer */
};

/* Strings in order, owned. */
struct wq_rows {
	struct wq_str *at;
	size_t n;
	/* private */
	size_t cap;
	struct wq_arena arena;
};
void wq_rows_fini(struct wq_rows *r);

struct wq_page_query {
	enum wq_job_state state;
	uint64_t from;
	uint32_t n; /* 1 … WQ_LOOK_PAGE_MAX */
	bool ascending; /* oldest, or those that run next, first */
	bool ids_only;
};
struct wq_job_page {
	struct wq_job **jobs; /* ids_only: NULL */
	bool *whole;          /* false: without its large fields */
	size_t n;
	struct wq_rows ids;   /* of all in the page, also of those without a hash, which are in no `jobs` */
	uint64_t total;       /* in that state */
	uint64_t next;        /* of the next page; 0: this was the last */
};
void wq_job_page_fini(struct wq_job_page *p);

struct wq_job_seen {
	struct wq_job *job; /* NULL: there is none */
	enum wq_job_state state;
	bool whole; /* false: too large, only name and time came */
	uint64_t log_rows;
	uint64_t children_processed, children_pending, children_ignored, children_failed;
	int64_t lock_ms; /* of its lock; < 0: none */
};
void wq_job_seen_fini(struct wq_job_seen *s);

struct wq_log_page {
	struct wq_rows rows;
	uint64_t total;
	uint64_t next; /* 0: this was the last */
};
void wq_log_page_fini(struct wq_log_page *p);

/* Jobs that finished, minute by minute, the newest first; workers keep them if they are told to. */
struct wq_queue_metrics {
	uint64_t count;        /* ever */
	int64_t previous_ms;   /* when the last minute was closed */
	uint64_t previous_count;
	uint64_t *minutes;     /* owned */
	size_t n;
	uint64_t total;        /* minutes that are kept */
};
void wq_queue_metrics_fini(struct wq_queue_metrics *m);

enum wq_children { WQ_CHILDREN_PROCESSED, WQ_CHILDREN_PENDING, WQ_CHILDREN_IGNORED, WQ_CHILDREN_FAILED };
struct wq_children_page {
	struct wq_rows rows; /* key and value in turn; the value is JSON, a reason, or empty */
	char next[32];       /* of the next page; "": this was the last */
};
void wq_children_page_fini(struct wq_children_page *p);

struct wq_worker_seen {
	struct wq_str name, address; /* "": unnamed */
	uint64_t age_s, idle_s;
	bool older; /* waits as 4.x does */
};
struct wq_workers_seen {
	struct wq_worker_seen *at; /* owned */
	size_t n;
	bool known; /* false: Redis has too many clients to list them, or does not let us */
	struct wq_arena arena;
};
void wq_workers_seen_fini(struct wq_workers_seen *w);

struct wq_queue_names {
	struct wq_rows rows; /* may hold a name twice */
	char next[32];       /* of the next page; "": this was the last */
};
void wq_queue_names_fini(struct wq_queue_names *q);

/* One look at a time.  `user` is the caller's. */
struct wq_look {
	void *user;
	/* private */
	struct wq_redis_cmd cmd;
	struct wq_redis *redis;
	const struct wq_ref *ref;
	void (*cb)(struct wq_look *l, int rc);
	int (*take)(struct wq_look *l, const struct wq_redis_value *reply);
	void *out;
	uint64_t from;
	uint32_t n;
	bool ids_only;
	struct wq_str prefix;
};

/* cb runs once per call that returned 0, from the loop: 0, a wq_redis_condition or a negative code. */
void wq_look_init(struct wq_look *l, const struct wq_ref *ref,
                  void (*cb)(struct wq_look *l, int rc));
void wq_look_forget(struct wq_look *l);

int wq_look_counts(struct wq_look *l, int64_t now_ms, struct wq_queue_counts *out);
int wq_look_page(struct wq_look *l, const struct wq_page_query *q, struct wq_job_page *out);
int wq_look_job(struct wq_look *l, struct wq_str id, struct wq_job_seen *out);
int wq_look_logs(struct wq_look *l, struct wq_str id, uint64_t from, uint32_t n, bool ascending,
                 struct wq_log_page *out);
int wq_look_metrics(struct wq_look *l, enum wq_finished state, uint32_t n,
                    struct wq_queue_metrics *out);
/* cursor "": the first page. */
int wq_look_children(struct wq_look *l, struct wq_str id, enum wq_children kind,
                     struct wq_str cursor, uint32_t n, struct wq_children_page *out);
/* Waiting jobs of each priority, at most WQ_LOOK_PRIORITIES_MAX; 0 stands for those without. */
int wq_look_priorities(struct wq_look *l, const uint32_t *priorities, uint32_t n, uint64_t *out);
int wq_look_workers(struct wq_look *l, struct wq_workers_seen *out);
/* The job that owns a deduplication window; one row, or none. */
int wq_look_dedup(struct wq_look *l, struct wq_str dedup_id, struct wq_rows *out);
/* Queues of a prefix (of any ref's): a step of a search through the keys, some `keys` of them (0: as many as a step
 * looks at).  A page may be empty and not the last.  What is there all along is met, at times twice: Redis rearranges
 * its keys. */
int wq_look_queues(struct wq_look *l, struct wq_redis *redis, struct wq_str prefix,
                   struct wq_str cursor, uint32_t keys, struct wq_queue_names *out);
