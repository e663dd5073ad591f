/* SPDX-License-Identifier: MIT */
/* queue_schedulers.c — what comes again in a queue. */
#include "app/api/queue_schedulers.h"

#include <stdio.h>

#include "app/api/api.h"
#include "app/api/queue_view.h"
#include "base/err.h"
#include "base/limits.h"

struct call {
	struct wq_exchange *x;
	struct wq_ref ref;
	struct wq_redis_cmd cmd;
	struct wq_scheduler_query query;
};

static void put_str(struct wq_jsonw *w, const char *key, struct wq_str s)
{
	if (!s.n)
		return;
	wq_jsonw_put_str(w, key, s);
}

static void put_int(struct wq_jsonw *w, const char *key, int64_t n)
{
	if (!n)
		return;
	wq_jsonw_put_int(w, key, n);
}

static void put_one(struct wq_jsonw *w, const struct wq_scheduler_seen *s)
{
	wq_jsonw_object(w);
	put_str(w, "id", s->record.id);
	put_str(w, "name", s->record.name);
	put_str(w, "pattern", s->record.pattern);
	put_str(w, "tz", s->record.tz);
	put_int(w, "every_ms", s->record.every_ms);
	put_int(w, "limit", s->record.limit);
	put_int(w, "start_at", s->record.start_ms);
	put_int(w, "end_at", s->record.end_ms);
	put_int(w, "next_at", s->next_ms);
	put_int(w, "jobs_made", s->made);
	if (s->legacy)
		wq_jsonw_put_bool(w, "legacy", true);
	wq_jsonw_object_end(w);
}

void wq_view_schedulers(struct wq_jsonw *w, const struct wq_redis_cmd *cmd, uint64_t first)
{
	struct wq_scheduler_seen seen;
	uint64_t total = wq_scheduler_read_total(cmd);
	size_t n = wq_scheduler_read_count(cmd);

	wq_jsonw_object(w);
	wq_jsonw_key(w, "data");
	wq_jsonw_array(w);
	for (size_t i = 0; i < n; i++)
		if (wq_scheduler_read_at(cmd, i, &seen))
			put_one(w, &seen);
	wq_jsonw_array_end(w);
	wq_jsonw_put_int(w, "total", (int64_t)total);
	wq_view_next(w, n > 0 && first + n < total ? first + n : 0);
	wq_jsonw_object_end(w);
}

static void on_read(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = WQ_OWNER(cmd, struct call, cmd);
	struct wq_jsonw w;
	struct wq_buf body;

	wq_ref_fini(&c->ref);
	if (rc != 0) {
		wq_api_reply_redis(c->x, rc, cmd->error);
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_schedulers(&w, cmd, c->query.first);
	wq_api_reply(c->x, 200, &w);
}

static void on_removed(struct wq_redis_cmd *cmd, int rc)
{
	struct call *c = WQ_OWNER(cmd, struct call, cmd);

	wq_ref_fini(&c->ref);
	if (rc != 0)
		wq_api_reply_redis(c->x, rc, cmd->error);
	else if (wq_redis_int(cmd->reply, 0) == 0)
		wq_reply_problem(c->x, 404, "scheduler_not_found", "there is no such scheduler");
	else
		wq_reply_json(c->x, 200, wq_str("{\"changed\":1}"));
}

/* NULL: answered. */
static struct call *begin(struct wq_exchange *x, struct wq_api *api)
{
	struct call *c = wq_arena_alloc(wq_exchange_arena(x), sizeof(*c));
	const char *why = NULL;
	int rc;

	if (!c) {
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return NULL;
	}
	*c = (struct call){ .x = x, .query = { .count = WQ_API_PAGE_DEFAULT, .ascending = true } };
	rc = wq_ref_init(&c->ref, api->redis, wq_str(api->prefix), wq_exchange_param(x, "name"),
	                 &why);
	if (rc == 0)
		return c;
	if (rc == WQ_EINVAL)
		wq_reply_problem(x, 400, "invalid_queue", "%s", why);
	else
		wq_api_reply_redis(x, rc, "");
	return NULL;
}

static void started(struct call *c, int rc)
{
	if (rc == 0)
		return;
	wq_ref_fini(&c->ref);
	wq_api_reply_redis(c->x, rc, "");
}

void wq_queue_schedulers_handle(struct wq_exchange *x, void *api)
{
	uint64_t first = 0, count = WQ_API_PAGE_DEFAULT;
	struct call *c;

	if (!wq_api_query_count(x, "limit", 1, WQ_SCHEDULERS_PAGE_MAX, &count) ||
	    !wq_api_query_count(x, "cursor", 0, UINT32_MAX, &first))
		return;
	c = begin(x, api);
	if (!c)
		return;
	c->query.first = first;
	c->query.count = count;
	started(c, wq_scheduler_read_start(&c->ref, &c->cmd, &c->query, on_read));
}

void wq_queue_scheduler_remove_handle(struct wq_exchange *x, void *api)
{
	struct call *c = begin(x, api);

	if (c)
		started(c, wq_scheduler_remove_start(&c->ref, &c->cmd, wq_exchange_param(x, "id"),
		                                     on_removed));
}
