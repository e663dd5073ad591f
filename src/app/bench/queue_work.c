/* SPDX-License-Identifier: MIT */
/* queue_work.c — jobs that are worked: by our worker, which does nothing with them, or by those that are there.
 *
 *   work      due ──► added ──► runs ──► its outcome is in Redis
 *   start     due ──► added ──► runs
 *   delayed            added ──► … due, by its delay ──► runs
 *
 * A job's id says which one it is: "bench-<mark>-<slot>-<n>".  Who runs it, our worker or the events of the queue,
 * tells the id; a slot is free again once its job has ended and the producer has told of it.
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "app/bench/queue.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

enum { KEY_BYTES = 2 * WQ_QUEUE_NAME_MAX_BYTES + 16, HOLD_MS = 3600000, EVENTS_BATCH = 1000 };

static void settle(struct wq_bench_job *j)
{
	if (j->adding || j->waiting)
		return;
	j->next = j->q->spare;
	j->q->spare = j;
	if (j->q->run)
		wq_bench_free(j->q->run);
}

static void end(struct wq_bench_job *j, enum wq_bench_outcome o, int status)
{
	if (!j->waiting)
		return;
	j->waiting = false;
	wq_bench_ended(j->q->run, &j->op, o, status);
	settle(j);
}

static bool counts(const struct wq_bench_job *j)
{
	return j->waiting && wq_bench_measures(j->q->run, &j->op);
}

/* beginning */

static void on_added(struct wq_add *a, int rc)
{
	struct wq_bench_job *j = WQ_OWNER(a, struct wq_bench_job, add);
	int status;
	enum wq_bench_outcome o = wq_bench_queue_judge(rc, rc == 0 ? a->outcome.code : 0, &status);

	j->adding = false;
	if (o == WQ_BENCH_OK && counts(j))
		wq_histogram_record(&j->q->added, wq_bench_now_us() - j->sent_us);
	if (o == WQ_BENCH_REFUSED)
		j->added = false;
	if (o != WQ_BENCH_OK)
		end(j, o, status);
	else
		settle(j);
}

static uint64_t wall_us(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (uint64_t)ts.tv_sec * 1000000 + (uint64_t)ts.tv_nsec / 1000;
}

static bool begin(void *queue, struct wq_bench_op op)
{
	struct wq_bench_queue *q = queue;
	struct wq_bench_job *j = q->spare;
	uint64_t wall = wall_us();

	if (!j)
		return false;
	snprintf(j->id, sizeof(j->id), "bench-%s-%zu-%" PRIu64, q->mark, (size_t)(j - q->jobs),
	         op.n);
	j->op = op;
	j->sent_us = op.begun_us;
	j->add.item = wq_bench_queue_item(q, j->id);
	if (q->what == WQ_BENCH_DELAYED) {
		/* It is due by whole milliseconds of the wall clock: that moment is what counts. */
		j->add.item.timestamp_ms = (int64_t)(wall / 1000);
		j->add.item.delay_ms = (int64_t)(q->delay_us / 1000);
		j->op.begun_us += q->delay_us - wall % 1000;
		j->op.due_us = j->op.begun_us;
	}
	if (wq_producer_add(q->producer, &j->add, on_added) < 0)
		return false;
	q->spare = j->next;
	j->adding = j->waiting = j->added = true;
	return true;
}

static void stop(void *queue)
{
	struct wq_bench_queue *q = queue;

	for (uint32_t i = 0; i < q->c.at_once; i++)
		end(&q->jobs[i], WQ_BENCH_LATE, 0);
	wq_bench_closed(q->run);
}

/* running */

/* The job of this run that an id names; NULL: it is none. */
static struct wq_bench_job *find(struct wq_bench_queue *q, struct wq_str id)
{
	struct wq_str rest = id, part;
	uint64_t slot;

	if (!wq_str_next(&rest, '-', &part) || !wq_str_is(part, "bench") ||
	    !wq_str_next(&rest, '-', &part) || !wq_str_is(part, q->mark) ||
	    !wq_str_next(&rest, '-', &part) || !wq_str_to_u64(part, q->c.at_once - 1, &slot))
		return NULL;
	return wq_str_is(id, q->jobs[slot].id) ? &q->jobs[slot] : NULL;
}

static bool is_ours(const struct wq_bench_queue *q, struct wq_str id)
{
	char prefix[WQ_BENCH_JOB_ID_BYTES];

	snprintf(prefix, sizeof(prefix), "bench-%s-", q->mark);
	return wq_str_starts(id, prefix);
}

static void started(struct wq_bench_queue *q, struct wq_bench_job *j)
{
	uint64_t now = wq_bench_now_us();

	if (q->what == WQ_BENCH_WORK) {
		if (counts(j))
			wq_histogram_record(&q->started,
			                    now > j->op.begun_us ? now - j->op.begun_us : 0);
		return;
	}
	j->added = false; /* it goes by itself when it has ended */
	end(j, WQ_BENCH_OK, 0);
}

static void on_run(void *ctx, struct wq_task *t)
{
	struct wq_bench_queue *q = ctx;
	struct wq_bench_job *j = find(q, t->job->id);

	if (!j && !is_ours(q, t->job->id)) { /* somebody else began to use the queue */
		q->foreign = true;
		wq_worker_hold(q->worker, HOLD_MS);
		wq_bench_stop(q->run);
		wq_task_release(t);
		return;
	}
	t->user = j;
	if (j)
		started(q, j);
	wq_task_complete(t, wq_str(""));
}

static void on_gone(void *ctx, struct wq_task *t, bool ended)
{
	struct wq_bench_queue *q = ctx;
	struct wq_bench_job *j = t->user;

	if (q->what != WQ_BENCH_WORK || !ended || !j || !wq_str_is(t->job->id, j->id))
		return;
	j->added = false;
	end(j, WQ_BENCH_OK, 0);
}

static void on_event(void *ctx, struct wq_str id, const struct wq_redis_value *fields)
{
	struct wq_bench_queue *q = ctx;
	struct wq_str event = { NULL, 0 }, job = { NULL, 0 };
	struct wq_bench_job *j;

	(void)id;
	for (size_t i = 0; i + 1 < wq_redis_count(fields); i += 2) {
		struct wq_str name = wq_redis_str(wq_redis_at(fields, i));

		if (wq_str_is(name, "event"))
			event = wq_redis_str(wq_redis_at(fields, i + 1));
		else if (wq_str_is(name, "jobId"))
			job = wq_redis_str(wq_redis_at(fields, i + 1));
	}
	if (!wq_str_is(event, "active"))
		return;
	j = find(q, job);
	if (j)
		started(q, j);
}

/* opening */

static bool open_worker(struct wq_bench_queue *q)
{
	struct wq_handler h = { .ctx = q, .run = on_run, .gone = on_gone };
	struct wq_worker_opts o;
	struct wq_redis_opts conn;
	int rc;

	wq_worker_opts_init(&o);
	o.prefix = wq_settings_text(q->session.settings, WQ_SET_PREFIX);
	o.queue = q->name;
	o.name = "willaq-bench";
	o.concurrency = (uint32_t)q->concurrency;
	wq_session_redis_opts(&q->session, &conn);
	rc = wq_redis_create(&q->work_redis, q->session.loop, q->session.resolver, &conn);
	if (rc == 0)
		rc = wq_worker_create(&q->worker, q->session.loop, q->session.resolver,
		                      q->work_redis, &conn, &o, &h);
	if (rc < 0)
		fprintf(stderr, "willaq: no worker can be started: %s\n", wq_err_text(rc));
	return rc == 0;
}

static bool open_events(struct wq_bench_queue *q)
{
	char key[KEY_BYTES];
	/* From the start, for what is added before the first answer must not be missed. */
	const struct wq_redis_tail_opts t = {
		.stream = key, .from = "0-0", .batch = EVENTS_BATCH, .on_entry = on_event, .ctx = q
	};
	struct wq_redis_opts conn;
	int rc = wq_ref_key(&q->ref, wq_str("events"), key, sizeof(key));

	wq_session_redis_opts(&q->session, &conn);
	if (rc >= 0)
		rc = wq_redis_tail_create(&q->tail, q->session.loop, q->session.resolver, &conn,
		                          &t);
	if (rc < 0)
		fprintf(stderr, "willaq: the queue's events cannot be followed: %s\n",
		        wq_err_text(rc));
	return rc >= 0;
}

static bool open_work(struct wq_bench_queue *q)
{
	q->jobs = wq_calloc(q->c.at_once, sizeof(*q->jobs));
	if (!q->jobs) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(WQ_ENOMEM));
		return false;
	}
	for (uint32_t i = q->c.at_once; i-- > 0;) {
		q->jobs[i].q = q;
		q->jobs[i].next = q->spare;
		q->spare = &q->jobs[i];
	}
	return q->theirs ? open_events(q) : open_worker(q);
}

static void on_closed(void *ctx)
{
	wq_session_done(ctx, 0);
}

static void close_work(struct wq_bench_queue *q)
{
	if (q->tail) {
		wq_redis_tail_close(q->tail, on_closed, &q->session);
		(void)wq_session_run(&q->session, 0);
	}
	if (q->worker) {
		wq_worker_drain(q->worker, 0, on_closed, &q->session);
		(void)wq_session_run(&q->session, 0);
		wq_worker_close(q->worker, on_closed, &q->session);
		(void)wq_session_run(&q->session, 0);
	}
	if (q->work_redis) {
		wq_redis_close(q->work_redis, on_closed, &q->session);
		(void)wq_session_run(&q->session, 0);
	}
	q->tail = NULL;
	q->worker = NULL;
	q->work_redis = NULL;
}

/* First the backlog, then what never ran. */
static bool left(struct wq_bench_queue *q, uint64_t n, char id[static WQ_BENCH_JOB_ID_BYTES])
{
	if (n < q->put_aside) {
		wq_bench_queue_aside_id(q, n, id);
		return true;
	}
	n -= q->put_aside;
	if (!q->jobs || n >= q->c.at_once)
		return false;
	id[0] = '\0'; /* nothing to remove of this slot */
	if (q->jobs[n].added)
		snprintf(id, WQ_BENCH_JOB_ID_BYTES, "%s", q->jobs[n].id);
	return true;
}

static bool open_delayed(struct wq_bench_queue *q)
{
	return wq_bench_queue_put_aside(q) && open_work(q);
}

const struct wq_bench_queue_kind wq_bench_queue_work = {
	.name = "work",
	.unit = "jobs",
	.latency = "from when a job was to be added until it was worked and Redis has its outcome",
	.open = open_work,
	.close = close_work,
	.begin = begin,
	.stop = stop,
	.left = left,
	.at_once = 1000,
};
const struct wq_bench_queue_kind wq_bench_queue_start = {
	.name = "start",
	.unit = "jobs",
	.latency = "from when a job was to be added until a worker began it",
	.open = open_work,
	.close = close_work,
	.begin = begin,
	.stop = stop,
	.left = left,
	.at_once = 10000,
};
const struct wq_bench_queue_kind wq_bench_queue_delayed = {
	.name = "delayed",
	.unit = "jobs",
	.latency = "from when a delayed job was due until a worker began it",
	.open = open_delayed,
	.close = close_work,
	.begin = begin,
	.stop = stop,
	.left = left,
	.at_once = 20000,
};
