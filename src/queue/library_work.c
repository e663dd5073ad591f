/* SPDX-License-Identifier: MIT */
/* library_work.c — workers of the library: a job is the caller's until it ends it.
 *
 * stop: drain ─► close ─► told.  When everything is closed at once the jobs that are still held are released first.
 */
#include <limits.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "queue/library.h"
#include "queue/worker.h"

struct willaq_job {
	struct wq_list link; /* of its worker */
	struct wq_task *task;
};

struct willaq_worker {
	struct wq_list link; /* of the handle */
	struct willaq_queue *q;
	struct wq_worker *worker;
	struct wq_list jobs; /* held by the caller */
	void (*run)(void *ctx, struct willaq_job *j);
	void *ctx;
	bool stopping, closing;
	bool giving_back; /* jobs go back as they come */
	void (*stopped)(void *ctx);
	void *stopped_ctx;
};

static void on_run(void *ctx, struct wq_task *task)
{
	struct willaq_worker *k = ctx;
	struct willaq_job *j = k->giving_back ? NULL : wq_zalloc(sizeof(*j));

	if (!j) {
		wq_task_release(task);
		return;
	}
	j->task = task;
	wq_list_push(&k->jobs, &j->link);
	k->run(k->ctx, j);
}

/* The queue is another library's, or the worker cannot go on; the caller's jobs run dry. */
static void on_refused(void *ctx, const char *why)
{
	struct willaq_worker *k = ctx;

	(void)willaq_fail(k->q->w, WILLAQ_FOREIGN, why);
}

static void on_closed(void *ctx)
{
	struct willaq_worker *k = ctx;
	void (*stopped)(void *ctx) = k->stopped;
	void *stopped_ctx = k->stopped_ctx;

	k->q->worker = NULL;
	wq_list_remove(&k->link);
	willaq_queue_unuse(k->q);
	wq_free(k);
	if (stopped)
		stopped(stopped_ctx);
}

static void on_drained(void *ctx)
{
	struct willaq_worker *k = ctx;

	k->closing = true;
	wq_worker_close(k->worker, on_closed, k);
}

static struct wq_keep keep_of(int64_t n)
{
	return (struct wq_keep){ .count = n < 0 ? 0 : n == 0 ? -1 : n, .age_s = -1 };
}

static void fill(struct wq_worker_opts *o, const struct willaq_worker_opts *given)
{
	wq_worker_opts_init(o);
	if (!given)
		return;
	o->name = given->name;
	if (given->concurrency > 0)
		o->concurrency = given->concurrency;
	if (given->lock_ms > 0)
		o->lock_ms = given->lock_ms;
	o->job_timeout_ms = given->timeout_ms;
	o->keep_completed = keep_of(given->keep_completed);
	o->keep_failed = keep_of(given->keep_failed);
}

int willaq_worker_start(struct willaq_worker **out, struct willaq_queue *q,
                        const struct willaq_worker_opts *opts,
                        void (*run)(void *ctx, struct willaq_job *j), void *ctx)
{
	char prefix[WQ_QUEUE_NAME_MAX_BYTES + 1], name[WQ_QUEUE_NAME_MAX_BYTES + 1];
	struct wq_handler h = { .run = on_run, .refused = on_refused };
	struct willaq *w = q->w;
	struct wq_worker_opts o;
	struct willaq_worker *k;
	int rc;

	*out = NULL;
	if (q->worker || !run)
		return willaq_fail(w, WILLAQ_INVALID,
		                   run ? "the queue has a worker" : "run is missing");
	k = wq_zalloc(sizeof(*k));
	if (!k)
		return willaq_fail(w, WILLAQ_NO_MEMORY, NULL);
	k->q = q;
	k->run = run;
	k->ctx = ctx;
	wq_list_init(&k->jobs);
	fill(&o, opts);
	/* Names are parts of one text there. */
	snprintf(prefix, sizeof(prefix), "%.*s", WQ_STR_ARG(q->ref.prefix));
	snprintf(name, sizeof(name), "%.*s", WQ_STR_ARG(q->ref.queue));
	o.prefix = prefix;
	o.queue = name;
	h.ctx = k;
	rc = wq_worker_create(&k->worker, w->loop, w->resolver, w->redis, &w->conn, &o, &h);
	if (rc < 0) {
		wq_free(k);
		return willaq_fail(w, willaq_code(rc), NULL);
	}
	q->worker = k;
	willaq_queue_use(q);
	wq_list_push(&w->workers, &k->link);
	*out = k;
	return 0;
}

void willaq_worker_stop(struct willaq_worker *k, uint32_t grace_ms, void (*stopped)(void *ctx),
                        void *ctx)
{
	WQ_REQUIRE(!k->stopping);
	k->stopping = true;
	k->stopped = stopped;
	k->stopped_ctx = ctx;
	wq_worker_drain(k->worker, grace_ms, on_drained, k);
}

static struct wq_task *end(struct willaq_job *j)
{
	struct wq_task *t = j->task;

	wq_list_remove(&j->link);
	wq_free(j);
	return t;
}

static void release_all(struct willaq_worker *k)
{
	while (!wq_list_empty(&k->jobs))
		wq_task_release(end(WQ_OWNER(k->jobs.next, struct willaq_job, link)));
}

static bool gone(void *ctx)
{
	const struct willaq *w = ctx;

	return wq_list_empty(&w->workers);
}

static bool gone_or_late(void *ctx)
{
	const struct willaq *w = ctx;

	return gone(ctx) || !wq_timer_active(&w->timer);
}

void willaq_workers_end(struct willaq *w)
{
	struct wq_list *at;

	for (at = w->workers.next; at != &w->workers; at = at->next) {
		struct willaq_worker *k = WQ_OWNER(at, struct willaq_worker, link);

		k->giving_back = true;
		if (!k->stopping)
			willaq_worker_stop(k, 0, NULL, NULL);
		release_all(k);
	}
	wq_timer_start(&w->timer, WQ_LIBRARY_CLOSE_MS);
	wq_loop_run_until(w->loop, gone_or_late, w, UINT_MAX);
	/* Redis does not answer: locks run out, and others find the jobs. */
	for (at = w->workers.next; at != &w->workers; at = at->next) {
		struct willaq_worker *k = WQ_OWNER(at, struct willaq_worker, link);

		if (!k->closing)
			on_drained(k);
	}
	wq_loop_run_until(w->loop, gone, w, UINT_MAX);
}

const char *willaq_job_id(const struct willaq_job *j)
{
	return j->task->job->id.p;
}

const char *willaq_job_name(const struct willaq_job *j)
{
	return j->task->job->name.p ? j->task->job->name.p : "";
}

const char *willaq_job_data(const struct willaq_job *j)
{
	return j->task->job->data.p ? j->task->job->data.p : "{}";
}

const char *willaq_job_opts(const struct willaq_job *j)
{
	return j->task->job->opts.p;
}

uint32_t willaq_job_attempts_made(const struct willaq_job *j)
{
	return j->task->job->attempts_made;
}

bool willaq_job_cancelled(const struct willaq_job *j)
{
	return j->task->cancelled;
}

void willaq_job_complete(struct willaq_job *j, const char *json)
{
	wq_task_complete(end(j), wq_str(json));
}

void willaq_job_fail(struct willaq_job *j, const char *reason, bool for_good)
{
	const struct wq_failure f = { .reason = wq_str(reason ? reason : ""),
		                      .unrecoverable = for_good };

	wq_task_fail(end(j), &f);
}

void willaq_job_delay(struct willaq_job *j, int64_t ms)
{
	wq_task_delay(end(j), ms);
}

void willaq_job_release(struct willaq_job *j)
{
	wq_task_release(end(j));
}

void willaq_job_await_children(struct willaq_job *j)
{
	wq_task_await_children(end(j));
}

int willaq_job_progress(struct willaq_job *j, const char *json)
{
	return willaq_code(wq_task_progress(j->task, wq_str(json)));
}

int willaq_job_log(struct willaq_job *j, const char *row)
{
	return willaq_code(wq_task_log(j->task, wq_str(row)));
}
