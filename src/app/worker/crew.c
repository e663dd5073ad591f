/* SPDX-License-Identifier: MIT */
/* crew.c — cancelled handlers have a tenth of the time to end; the last tenth is for closing. */
#include "app/worker/crew.h"

#include "app/node.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/json.h"
#include "base/log.h"

enum { DEAD_REASON_MAX_BYTES = 500 }; /* of an event */

/* Node: told to whoever subscribed. */
static void on_dead(void *ctx, struct wq_str queue, struct wq_str job, struct wq_str reason)
{
	const struct wq_node *n = ctx;
	struct wq_event_fact f = { .type = WQ_EVENT_DEAD_LETTER_ADDED };
	struct wq_buf b;
	struct wq_jsonw w;

	if (reason.n > DEAD_REASON_MAX_BYTES)
		reason.n = DEAD_REASON_MAX_BYTES;
	wq_buf_init(&b, WQ_EVENT_DATA_MAX_BYTES);
	wq_jsonw_begin(&w, &b);
	wq_jsonw_object(&w);
	wq_jsonw_put_str(&w, "queue", queue);
	wq_jsonw_put_str(&w, "job", job);
	wq_jsonw_put_str(&w, "reason", reason);
	wq_jsonw_object_end(&w);
	if (wq_jsonw_end(&w) == 0) {
		f.data = wq_buf_str(&b);
		(void)wq_event_tell(n->events, &f);
	}
	wq_buf_fini(&b);
}

int wq_crew_add(struct wq_crew *c, struct wq_node *n, const struct wq_worker_opts *o,
                struct wq_str queue, const struct wq_handler *handler)
{
	struct wq_worker_opts opts = *o;
	struct wq_redis_opts conn;
	char *name = wq_strndup(queue.p, queue.n);
	int rc;

	WQ_REQUIRE(c->n < WQ_PLAN_QUEUES_MAX);
	if (!name)
		return WQ_RAISE(WQ_ENOMEM);
	opts.queue = name;
	opts.on_dead = on_dead;
	opts.on_dead_ctx = n;
	wq_node_redis_opts(n, &conn);
	rc = wq_worker_create(&c->workers[c->n], n->loop, n->resolver, n->redis, &conn, &opts,
	                      handler);
	wq_free(name);
	if (rc < 0)
		return rc;
	wq_worker_add_metrics(c->workers[c->n++], &n->metrics);
	c->open++;
	return 0;
}

static void on_closed(void *ctx)
{
	struct wq_crew *c = ctx;

	if (--c->open == 0)
		c->done(c->ctx);
}

static void close_all(struct wq_crew *c)
{
	wq_timer_stop(&c->deadline);
	for (unsigned i = 0; i < c->n; i++)
		if (c->workers[i]) {
			struct wq_worker *w = c->workers[i];

			c->workers[i] = NULL;
			wq_worker_close(w, on_closed, c);
		}
}

static void on_drained(void *ctx)
{
	struct wq_crew *c = ctx;

	if (--c->draining == 0)
		close_all(c);
}

static void on_deadline(struct wq_timer *t)
{
	struct wq_crew *c = WQ_OWNER(t, struct wq_crew, deadline);
	uint32_t held = 0;

	for (unsigned i = 0; i < c->n; i++)
		held += c->workers[i] ? wq_worker_held(c->workers[i]) : 0;
	wq_warn("drain_timeout", WQ_U("jobs", held),
	        WQ_S("why", "they are left to the stalled check"));
	close_all(c);
}

bool wq_crew_close(struct wq_crew *c, struct wq_node *n, void (*done)(void *ctx), void *ctx)
{
	uint32_t ms = (uint32_t)wq_settings_ms(n->settings, WQ_SET_DRAIN_TIMEOUT);

	if (!c->open)
		return false;
	c->done = done;
	c->ctx = ctx;
	wq_timer_init(&c->deadline, n->loop, on_deadline);
	wq_timer_start(&c->deadline, ms / 10 * 9);
	for (unsigned i = 0; i < c->n; i++)
		if (c->workers[i]) {
			c->draining++;
			wq_worker_drain(c->workers[i], ms / 10 * 8, on_drained, c);
		}
	return true;
}
