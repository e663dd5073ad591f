/* SPDX-License-Identifier: MIT */
/* wake.c — one blocking pop after the other. */
#include "queue/wake.h"

#include "base/assert.h"
#include "base/limits.h"

enum { AGAIN_MS = 500, TIMEOUT_MS = (WQ_WORKER_BLOCK_SECONDS + 5) * 1000 };

static void on_waited(struct wq_redis_cmd *cmd, int rc);

static void wait(struct wq_wake *w)
{
	if (!w->blocking || w->waiting || !w->wanted || wq_timer_active(&w->again))
		return;
	w->waiting = wq_marker_wait(w->ref, w->blocking, &w->wait, WQ_WORKER_BLOCK_SECONDS,
	                            on_waited) == 0;
	if (!w->waiting)
		wq_timer_start(&w->again, AGAIN_MS);
}

/* A wait that failed costs nothing: the worker looks by itself now and then. */
static void on_waited(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_wake *w = WQ_OWNER(cmd, struct wq_wake, wait);
	struct wq_mark mark;

	w->waiting = false;
	if (rc != 0)
		wq_timer_start(&w->again, AGAIN_MS);
	else if (wq_marker_taken(cmd, &mark))
		w->on_mark(w->ctx, &mark);
	wait(w);
}

static void on_again(struct wq_timer *t)
{
	wait(WQ_OWNER(t, struct wq_wake, again));
}

int wq_wake_init(struct wq_wake *w, struct wq_loop *l, struct wq_resolver *r,
                 const struct wq_ref *ref, const struct wq_redis_opts *conn,
                 const char *worker_name, void (*on_mark)(void *ctx, const struct wq_mark *m),
                 void *ctx)
{
	struct wq_redis_opts o = *conn;
	char name[WQ_REDIS_NAME_MAX_BYTES + 1];

	*w = (struct wq_wake){ .loop = l, .ref = ref, .on_mark = on_mark, .ctx = ctx };
	wq_timer_init(&w->again, l, on_again);
	wq_marker_client_name(ref, worker_name, name, sizeof(name));
	o.name = name;
	o.blocking = true;
	o.command_timeout_ms = TIMEOUT_MS;
	o.wait_ms = TIMEOUT_MS;
	o.on_state = NULL;
	o.ctx = NULL;
	return wq_redis_create(&w->blocking, l, r, &o);
}

void wq_wake_want(struct wq_wake *w, bool wanted)
{
	w->wanted = wanted;
	wait(w);
}

static void on_put(struct wq_redis_cmd *cmd, int rc)
{
	(void)rc; /* lost: whoever is idle looks by itself */
	WQ_OWNER(cmd, struct wq_wake, put)->putting = false;
}

void wq_wake_put_back(struct wq_wake *w, const struct wq_mark *m)
{
	if (!w->putting)
		w->putting = wq_marker_put(w->ref, &w->put, m, on_put) == 0;
}

bool wq_wake_close(struct wq_wake *w, void (*done)(void *ctx), void *ctx)
{
	struct wq_redis *blocking = w->blocking;

	if (w->putting)
		wq_redis_forget(&w->put);
	w->putting = false;
	wq_timer_stop(&w->again);
	if (!blocking)
		return false;
	if (w->waiting)
		wq_redis_forget(&w->wait);
	w->waiting = false;
	w->blocking = NULL;
	wq_redis_close(blocking, done, ctx);
	return true;
}
