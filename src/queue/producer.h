/* SPDX-License-Identifier: MIT */
#pragma once
/* producer.h — adds jobs to queues, over one connection to Redis.
 *
 *   wq_producer_add       one job; what is added in one turn of the loop leaves in one script call
 *   wq_producer_add_all   several, or a whole flow: all or none, by one script call of their own
 *
 * Batches   at most two calls are in flight; what is added meanwhile goes with the next, so a batch is as large as the
 *           load asks for.  Jobs of one producer reach Redis in the order in which they were added.
 * Queues    one producer serves any number of queues; with Redis Cluster all of one hash tag.
 * Bounds    requests wait up to WQ_PRODUCER_WAITING_MAX and _MAX_BYTES, beyond: WQ_EFULL.
 * Patience  while Redis is away, loads its data, runs somebody's long script or is a replica, what was certainly not
 *           added is sent again, for WQ_PRODUCER_WAIT_MAX_MS in all; then it ends as Redis last told, or with WQ_EAWAY.
 * Outcome   told once per request, from the loop:
 *             0    a->outcome tells what became of the job (or each outcome of a wq_add_all)
 *             > 0  wq_redis_condition: Redis refused, nothing was added
 *             < 0  wq_producer_certain(rc) tells whether nothing was added for sure (WQ_EAWAY, WQ_EFULL, …) or nobody
 *                  knows (WQ_ELOST, WQ_ETIMEDOUT).  In the second case adding it again may make a second job, unless it
 *                  has an id of its own or a deduplication id.  What may
 *                  have been added is never sent again by the producer.
 */
#include <stdbool.h>
#include <stddef.h>

#include "base/list.h"
#include "base/metrics.h"
#include "io/loop/loop.h"
#include "store/add.h"

struct wq_producer;

/* Private to producer.c: a request in its queue. */
struct wq_add_request {
	struct wq_list link;
	struct wq_producer *producer; /* NULL: not started, or done */
	uint64_t since_us;
	size_t bytes;
	size_t at;      /* its first item in the call */
	bool all, flies;
};

/* A job to add, embedded in whatever it belongs to.  `item` and what it borrows stay put until the callback. */
struct wq_add {
	struct wq_add_item item;
	/* out, valid during the callback */
	struct wq_add_outcome outcome;
	const char *error; /* rc > 0 and WQ_EREPLY: what Redis said; otherwise "" */
	/* private */
	struct wq_add_request request;
	void (*cb)(struct wq_add *a, int rc);
};

/* Several at once.  `items` and what they borrow stay put until the callback. */
struct wq_add_all {
	const struct wq_add_item *items;
	size_t n; /* 1 to WQ_ADD_ALL_MAX_ITEMS */
	/* out, valid during the callback */
	struct wq_add_outcome *outcomes; /* one for each item; NULL unless rc is 0 */
	const char *error;
	/* private */
	struct wq_add_request request;
	void (*cb)(struct wq_add_all *a, int rc);
	struct wq_add_outcome *room; /* for the outcomes; owned */
};

int wq_producer_create(struct wq_producer **out, struct wq_loop *l, struct wq_redis *redis);
/* How long requests wait for a Redis that is not ready, instead of WQ_PRODUCER_WAIT_MAX_MS. */
void wq_producer_set_patience(struct wq_producer *p, uint32_t ms);
/* Requests still waiting end with WQ_ECANCELED, those in flight as Redis tells; then on_closed (may be NULL) runs from
 * the loop.  Close the producer before its connection.  NULL is fine and tells nobody. */
void wq_producer_close(struct wq_producer *p, void (*on_closed)(void *ctx), void *ctx);

/* < 0: nothing is added and cb never runs: WQ_EFULL; WQ_ETOOBIG, more than one call may carry; WQ_ECANCELED, closing;
 * WQ_EINVAL, no item; WQ_ENOMEM (raised). */
int wq_producer_add(struct wq_producer *p, struct wq_add *a, void (*cb)(struct wq_add *a, int rc));
int wq_producer_add_all(struct wq_producer *p, struct wq_add_all *a,
                        void (*cb)(struct wq_add_all *a, int rc));
/* The callback runs no more and the struct is the caller's again.  A job that has not left yet is not added. */
void wq_producer_forget(struct wq_add *a);
void wq_producer_forget_all(struct wq_add_all *a);

/* True when nothing was added for sure. */
bool wq_producer_certain(int rc);
/* Requests that wait or are in flight. */
size_t wq_producer_pending(const struct wq_producer *p);
void wq_producer_add_metrics(struct wq_producer *p, struct wq_metrics *m);
