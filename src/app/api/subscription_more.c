/* SPDX-License-Identifier: MIT */
/* subscription_more.c — a test post, a replay, the last attempts. */
#include <inttypes.h>
#include <stdio.h>

#include "app/api/subscription_call.h"
#include "base/err.h"
#include "queue/when.h"

static void on_attempts(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_subscription_call *c = wq_subscription_call_of(cmd);
	struct wq_jsonw w;
	struct wq_buf body;

	if (rc != 0) {
		wq_subscription_call_fail(c, rc, cmd->error);
		return;
	}
	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_jsonw_object(&w);
	wq_jsonw_key(&w, "data");
	wq_view_attempts(&w, cmd->reply);
	wq_jsonw_key(&w, "next_cursor");
	wq_jsonw_null(&w);
	wq_jsonw_object_end(&w);
	wq_subscription_call_end(c);
	wq_api_reply(c->x, 200, &w);
}

void wq_subscription_attempts_handle(struct wq_exchange *x, void *api)
{
	uint64_t count = WQ_API_PAGE_DEFAULT;
	struct wq_subscription_call *c;

	if (!wq_api_query_count(x, "limit", 1, WQ_SUB_ROWS_MAX, &count))
		return;
	c = wq_subscription_call_begin(x, api);
	if (c)
		wq_subscription_call_started(c, wq_sub_rows_start(&c->api->subs->keys, &c->cmd,
		                                                  c->id, count, on_attempts));
}

/* test */

static void on_tested(struct wq_delivery *d)
{
	struct wq_subscription_call *c = WQ_OWNER(d, struct wq_subscription_call, delivery);
	struct wq_jsonw w;
	struct wq_buf body;

	wq_buf_init(&body, WQ_API_ANSWER_MAX_BYTES);
	wq_jsonw_begin(&w, &body);
	wq_view_tested(&w, d);
	wq_delivery_fini(d);
	wq_subscription_call_end(c);
	wq_api_reply(c->x, 200, &w);
}

static void on_test_read(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_subscription_call *c = wq_subscription_call_of(cmd);
	struct wq_sub_seen seen;
	const char *why;

	if (rc != 0) {
		wq_subscription_call_fail(c, rc, cmd->error);
		return;
	}
	if (wq_sub_list_count(cmd) == 0) {
		wq_subscription_call_missing(c);
		return;
	}
	wq_sub_list_at(cmd, 0, &seen);
	rc = wq_subscription_init(&c->sub, c->id, seen.spec, &why);
	wq_delivery_init(&c->delivery, &c->api->subs->ways);
	if (rc == 0)
		rc = wq_delivery_start_test(&c->delivery, &c->sub, on_tested);
	if (rc == 0)
		return;
	if (rc == WQ_EDENIED || rc == WQ_EACCES) {
		c->delivery.rc = rc;
		on_tested(&c->delivery);
		return;
	}
	wq_delivery_fini(&c->delivery);
	wq_subscription_call_fail(c, rc, "");
}

void wq_subscription_test_handle(struct wq_exchange *x, void *api)
{
	struct wq_subscription_call *c = wq_subscription_call_begin(x, api);

	if (c)
		wq_subscription_call_started(c, wq_sub_list_start(&c->api->subs->keys, &c->cmd,
		                                                  c->id, 0, 1, on_test_read));
}

/* replay: chunk by chunk, until there is no next */

static void on_replayed(struct wq_redis_cmd *cmd, int rc);

static void replay_chunk(struct wq_subscription_call *c)
{
	c->replay.from = wq_buf_str(&c->from);
	c->replay.to = wq_buf_str(&c->to);
	wq_subscription_call_started(c, wq_sub_replay_start(&c->api->subs->keys, &c->cmd,
	                                                    &c->replay, on_replayed));
}

static void reply_replayed(struct wq_subscription_call *c)
{
	char text[48];

	snprintf(text, sizeof(text), "{\"events\":%" PRId64 "}", c->events);
	if (c->api->subs->deliverer)
		wq_deliverer_wake(c->api->subs->deliverer);
	wq_subscription_call_end(c);
	wq_reply_json(c->x, 200, wq_str(text));
}

static void on_replayed(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_subscription_call *c = wq_subscription_call_of(cmd);
	struct wq_str next;
	int64_t n;

	if (rc != 0) {
		wq_subscription_call_fail(c, rc, cmd->error);
		return;
	}
	n = wq_sub_replay_answer(cmd, &next);
	if (n == WQ_SUB_MISSING) {
		wq_subscription_call_missing(c);
		return;
	}
	if (n == WQ_SUB_TOO_MANY && c->events == 0) {
		wq_subscription_call_end(c);
		wq_reply_problem(
			c->x, 409, "too_many_wait",
			"more waits for this subscription than may: let it be delivered first");
		return;
	}
	c->events += n > 0 ? n : 0;
	c->replay.due_ms += n > 0 ? n * c->replay.step_us / 1000 : 0;
	wq_buf_clear(&c->from);
	if (n > 0 && next.n && wq_buf_add_str(&c->from, next) == 0)
		replay_chunk(c);
	else
		reply_replayed(c);
}

/* A moment of the body; `otherwise` when it is not there.  False: answered. */
static bool read_moment(struct wq_exchange *x, yyjson_val *body, const char *name,
                        int64_t otherwise, int64_t *ms)
{
	yyjson_val *v = wq_json_get(body, name);

	*ms = otherwise;
	if ((!v && otherwise >= 0) || (v && wq_when_read(v, NULL, ms)))
		return true;
	wq_reply_problem(
		x, 400, "invalid_parameter",
		"%s must be a date such as 2026-01-31T12:00:00Z, or milliseconds since 1970", name);
	return false;
}

static bool read_replay(struct wq_exchange *x, yyjson_val *body, int64_t now_ms, int64_t *since,
                        int64_t *until, int64_t *rate)
{
	static const char *const members[] = { "since", "until", "rate", NULL };

	*rate = 10;
	if (!wq_api_members(x, body, members) || !read_moment(x, body, "since", -1, since) ||
	    !read_moment(x, body, "until", now_ms, until) ||
	    !wq_api_count(x, body, "rate", WQ_SUB_RATE_MAX, rate))
		return false;
	if (*rate > 0)
		return true;
	wq_reply_problem(x, 400, "invalid_parameter", "rate must be a whole number from 1 to %d",
	                 WQ_SUB_RATE_MAX);
	return false;
}

void wq_subscription_replay_handle(struct wq_exchange *x, void *api)
{
	int64_t now_ms = wq_loop_wall_ms(((struct wq_api *)api)->loop), since, until, rate;
	struct wq_subscription_call *c;
	yyjson_doc *body;
	bool good;

	if (!wq_api_body(x, &body))
		return;
	good = read_replay(x, yyjson_doc_get_root(body), now_ms, &since, &until, &rate);
	wq_json_free(body);
	c = good ? wq_subscription_call_begin(x, api) : NULL;
	if (!c)
		return;
	(void)wq_buf_addf(&c->from, "%" PRId64 "-0", since);
	(void)wq_buf_addf(&c->to, "%" PRId64, until);
	c->replay = (struct wq_sub_replay){ .id = c->id,
		                            .count = WQ_SUB_REPLAY_CHUNK,
		                            .due_ms = now_ms,
		                            .step_us = 1000000 / rate };
	if (c->from.n && c->to.n)
		replay_chunk(c);
	else
		wq_subscription_call_fail(c, WQ_ENOMEM, "");
}
