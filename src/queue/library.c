/* SPDX-License-Identifier: MIT */
/* library.c — the handle of the library: one loop, one connection, and an orderly end.
 *
 * close: workers give their jobs back ─► adds end ─► the connection, with all that still waits for it ─► names ─► loop
 */
#include "queue/library.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"

int willaq_fail(struct willaq *w, int code, const char *why)
{
	snprintf(w->why, sizeof(w->why), "%s", why && *why ? why : willaq_error_text(code));
	return code;
}

int willaq_code(int rc)
{
	if (rc > 0)
		return WILLAQ_REFUSED;
	switch (rc) {
	case 0:
		return 0;
	case WQ_ENOMEM:
		return WILLAQ_NO_MEMORY;
	case WQ_ETOOBIG:
		return WILLAQ_TOO_BIG;
	case WQ_EFULL:
		return WILLAQ_FULL;
	case WQ_ECANCELED:
		return WILLAQ_CANCELED;
	case WQ_EAWAY:
		return WILLAQ_AWAY;
	case WQ_ELOST:
	case WQ_ETIMEDOUT:
	case WQ_EPROTO:
		return WILLAQ_UNKNOWN;
	case WQ_EREPLY:
		return WILLAQ_REFUSED;
	default:
		return WILLAQ_INVALID;
	}
}

const char *willaq_error_text(int code)
{
	switch (code) {
	case 0:
		return "done";
	case WILLAQ_NO_MEMORY:
		return "out of memory";
	case WILLAQ_INVALID:
		return "a value that cannot be used";
	case WILLAQ_TOO_BIG:
		return "too big";
	case WILLAQ_FULL:
		return "too much is under way";
	case WILLAQ_CANCELED:
		return "closed before it was sent";
	case WILLAQ_AWAY:
		return "Redis could not be reached";
	case WILLAQ_UNKNOWN:
		return "Redis did not answer: it may have happened";
	case WILLAQ_REFUSED:
		return "Redis refused";
	case WILLAQ_FOREIGN:
		return "the queue belongs to Bull 3 or to another library";
	case WILLAQ_NO_PARENT:
		return "the parent does not exist, or the job has another";
	case WILLAQ_NO_JOB:
		return "no such job, or not in a state in which that is possible";
	case WILLAQ_OVER:
		return "its limit is reached, or no such time comes";
	case WILLAQ_BUSY:
		return "its next job is there already and cannot be replaced";
	default:
		return "an unknown error";
	}
}

const char *willaq_why(const struct willaq *w)
{
	return w->why;
}

int willaq_log(const char *level)
{
	struct wq_log_opts o = { .format = WQ_LOG_LOGFMT, .fd = 2 };

	if (!wq_log_level_from(wq_str(level), &o.level))
		return WILLAQ_INVALID;
	wq_log_setup(&o);
	return 0;
}

static void on_timer(struct wq_timer *t)
{
	wq_loop_stop(t->loop);
}

static void free_all(struct willaq *w)
{
	wq_schedules_fini(&w->schedules);
	wq_loop_destroy(w->loop);
	wq_free(w->url);
	wq_free(w);
}

static void on_closed(void *ctx)
{
	struct willaq *w = ctx;

	w->closing--;
	wq_loop_stop(w->loop);
}

/* One part after the other, because each uses the next. */
static void finish(struct willaq *w)
{
	while (w->closing > 0)
		wq_loop_run(w->loop);
}

static void close_parts(struct willaq *w)
{
	if (w->producer) {
		w->closing++;
		wq_producer_close(w->producer, on_closed, w);
		finish(w);
	}
	if (w->redis) {
		w->closing++;
		wq_redis_close(w->redis, on_closed, w);
		finish(w);
	}
	if (w->resolver) {
		w->closing++;
		wq_resolver_close(w->resolver, on_closed, w);
		finish(w);
	}
}

static int open_parts(struct willaq *w)
{
	int rc = wq_loop_create(&w->loop, NULL);

	if (rc == 0)
		rc = wq_resolver_create(&w->resolver, w->loop, NULL);
	if (rc == 0)
		rc = wq_redis_create(&w->redis, w->loop, w->resolver, &w->conn);
	if (rc == 0)
		rc = wq_producer_create(&w->producer, w->loop, w->redis);
	return rc;
}

int willaq_open(struct willaq **out, const char *redis_url)
{
	struct willaq *w;
	const char *why;
	int rc;

	*out = NULL;
	if (!redis_url || !wq_redis_url_check(redis_url, &why))
		return WILLAQ_INVALID;
	willaq_log("warn");
	w = wq_zalloc(sizeof(*w));
	if (!w)
		return WILLAQ_NO_MEMORY;
	wq_list_init(&w->queues);
	wq_list_init(&w->workers);
	wq_schedules_init(&w->schedules, NULL);
	wq_redis_opts_init(&w->conn);
	w->url = wq_strdup(redis_url);
	w->conn.url = w->url;
	rc = w->url ? open_parts(w) : WQ_ENOMEM;
	if (rc < 0) {
		close_parts(w);
		free_all(w);
		return willaq_code(rc);
	}
	wq_timer_init(&w->timer, w->loop, on_timer);
	*out = w;
	return 0;
}

void willaq_close(struct willaq *w)
{
	if (!w)
		return;
	willaq_workers_end(w);
	close_parts(w);
	while (!wq_list_empty(&w->queues))
		willaq_queue_close(WQ_OWNER(w->queues.next, struct willaq_queue, link));
	wq_timer_stop(&w->timer);
	free_all(w);
}

void willaq_stop(struct willaq *w)
{
	w->stopped = true;
	wq_loop_stop(w->loop);
}

void willaq_run(struct willaq *w)
{
	while (!w->stopped)
		wq_loop_run(w->loop);
	w->stopped = false;
}

bool willaq_poll(struct willaq *w, uint32_t ms)
{
	if (!w->stopped) {
		wq_timer_start(&w->timer, ms);
		wq_loop_run(w->loop);
		wq_timer_stop(&w->timer);
	}
	return w->stopped;
}

int willaq_queue_open(struct willaq_queue **out, struct willaq *w, const char *prefix,
                      const char *name)
{
	struct willaq_queue *q = wq_zalloc(sizeof(*q));
	const char *why = NULL;
	int rc;

	*out = NULL;
	if (!q)
		return willaq_fail(w, WILLAQ_NO_MEMORY, NULL);
	q->w = w;
	rc = wq_ref_init(&q->ref, w->redis, wq_str(prefix ? prefix : "bull"),
	                 wq_str(name ? name : ""), &why);
	if (rc < 0) {
		wq_free(q);
		return willaq_fail(w, willaq_code(rc), why);
	}
	wq_list_push(&w->queues, &q->link);
	*out = q;
	return 0;
}

void willaq_queue_use(struct willaq_queue *q)
{
	q->uses++;
}

void willaq_queue_unuse(struct willaq_queue *q)
{
	WQ_REQUIRE(q->uses > 0);
	q->uses--;
	if (!q->closed || q->uses > 0)
		return;
	wq_ref_fini(&q->ref);
	wq_free(q);
}

void willaq_queue_close(struct willaq_queue *q)
{
	if (!q)
		return;
	WQ_REQUIRE(!q->worker && !q->closed); /* its worker is stopped before */
	wq_list_remove(&q->link);
	q->closed = true;
	willaq_queue_use(q);
	willaq_queue_unuse(q);
}
