/* SPDX-License-Identifier: MIT */
/* queue_call.c — begin and end of a request to a queue. */
#include "app/api/queue_call.h"

#include "base/err.h"
#include "base/limits.h"

struct wq_queue_call *wq_queue_call_begin(struct wq_exchange *x, void *api,
                                          void (*on_look)(struct wq_look *l, int rc),
                                          void (*on_inspect)(struct wq_inspect *i, int rc))
{
	struct wq_api *a = api;
	struct wq_queue_call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));
	const char *why = NULL;
	int rc;

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*c = (struct wq_queue_call){ .x = x, .api = a };
	rc = wq_ref_init(&c->ref, a->redis, wq_str(a->prefix), wq_exchange_param(x, "name"), &why);
	if (rc < 0) {
		if (rc == WQ_EINVAL)
			wq_reply_problem(x, 400, "invalid_queue", "%s", why);
		else
			wq_api_reply_redis(x, rc, "");
		return NULL;
	}
	c->id = wq_exchange_param(x, "id");
	wq_look_init(&c->look, &c->ref, on_look);
	wq_inspect_init(&c->inspect, a->loop, &c->ref, on_inspect);
	wq_buf_init(&c->body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&c->w, &c->body);
	return c;
}

void wq_queue_call_end(struct wq_queue_call *c)
{
	wq_job_page_fini(&c->page);
	wq_job_seen_fini(&c->seen);
	wq_log_page_fini(&c->logs);
	wq_queue_metrics_fini(&c->metrics[0]);
	wq_queue_metrics_fini(&c->metrics[1]);
	wq_workers_seen_fini(&c->workers);
	wq_children_page_fini(&c->children);
	wq_json_free(c->doc);
	wq_buf_fini(&c->body);
	wq_ref_fini(&c->ref);
}

/* The exchange, and the call in it, are gone with the answer: what the call owns goes first. */
static struct wq_exchange *leave(struct wq_queue_call *c)
{
	struct wq_exchange *x = c->x;

	wq_queue_call_end(c);
	return x;
}

void wq_queue_call_fail(struct wq_queue_call *c, int rc, const char *error)
{
	char text[WQ_REDIS_REPLY_ERROR_MAX_BYTES];
	size_t n = strlen(error) < sizeof(text) - 1 ? strlen(error) : sizeof(text) - 1;

	memcpy(text, error, n);
	text[n] = '\0';
	wq_api_reply_redis(leave(c), rc, text);
}

void wq_queue_call_started(struct wq_queue_call *c, int rc)
{
	if (rc == WQ_EINVAL || rc == WQ_ETOOBIG)
		wq_reply_problem(leave(c), 400, "invalid_parameter",
		                 "a name or a number is too large");
	else if (rc < 0)
		wq_queue_call_fail(c, rc, "");
}

void wq_queue_call_reply(struct wq_queue_call *c, int status)
{
	struct wq_buf body = c->body;
	struct wq_jsonw w = c->w;

	c->body = (struct wq_buf){ 0 };
	w.out = &body;
	wq_api_reply(leave(c), status, &w);
}
