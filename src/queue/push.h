/* SPDX-License-Identifier: MIT */
#pragma once
/* push.h — a worker's handler that posts each job to an endpoint, whose answer is the job's outcome.
 *
 *   claimed ──► breaker ──► POST ──► verdict (push_verdict.h) ──► ending
 *                  ├─ stop: handed back without an attempt, and the worker claims nothing until the pause is over
 *                  └─ wait: stays in its slot until the trial that is out has ended
 *
 * Once       one attempt is one POST at most; the client never writes a request twice.
 * Breaker    one for the endpoint, whatever number of queues is posted to it (breaker.h).
 * Cancelled  the request is cut off.  Time-out of the job: a failed attempt.  Shutdown, or lock lost: handed back, and
 *            since the endpoint may have acted, it may see the job twice: attemptsStarted tells the two apart.
 * Signed     with secrets, each request carries the headers of base/standard_webhook.h; the id stays the same for all
 *            attempts of a job.
 * Address    is the operator's: private ones are as good as any.
 */
#include "base/metrics.h"
#include "io/client/client.h"
#include "queue/worker.h"

struct wq_push;

struct wq_push_opts {
	const char *url;         /* http or https; copied */
	const char *secrets;     /* NULL or empty: unsigned */
	uint32_t timeout_ms;     /* of one request */
	size_t answer_max_bytes; /* 0: WQ_PUSH_ANSWER_MAX_BYTES */
	/* Optional: a queue is not to be worked, as wq_handler.refused. */
	void (*refused)(void *ctx, const char *why);
	void *ctx;
};

/* `client` is borrowed.  WQ_EINVAL or WQ_ETOOBIG, with *why for people: the secrets; < 0 raised. */
int wq_push_create(struct wq_push **out, struct wq_loop *l, struct wq_client *client,
                   const struct wq_push_opts *o, const char **why);
/* No job is held any more: every worker that it serves has been closed.  NULL is fine. */
void wq_push_destroy(struct wq_push *p);
/* The handler of one queue's worker, valid as long as the push.  0 or a raised error. */
int wq_push_serve(struct wq_push *p, struct wq_str queue, struct wq_handler *out);
void wq_push_add_metrics(struct wq_push *p, struct wq_metrics *m);
