/* SPDX-License-Identifier: MIT */
/* events.c — one reader for each listener, woken by the feed. */
#include "app/api/events.h"

#include <stdio.h>

#include "app/subscriptions/part.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "io/server/sse.h"

enum { LISTENERS_MAX = 64, PAGE_EVENTS = 50, LIVE_MS = WQ_SUB_LIVE_MS / 3 };

/* Lives from the request to the end of its stream. */
struct listener {
	struct wq_api *api;
	struct wq_exchange *x;
	struct wq_feed_ear ear;
	struct wq_redis_cmd cmd, live;
	struct wq_timer timer; /* keeps events being made */
	bool asking, telling, woken, open;
	char last[48]; /* id of the last event that was looked at; "": not known yet */
	yyjson_doc *doc;
	struct wq_filter filter;
};

static void read_on(struct listener *l);

static void free_listener(struct listener *l)
{
	wq_feed_leave(&l->ear);
	wq_timer_stop(&l->timer);
	if (l->asking)
		wq_redis_forget(&l->cmd);
	if (l->telling)
		wq_redis_forget(&l->live);
	l->api->listeners--;
	wq_json_free(l->doc);
	wq_free(l);
}

static void on_closed(struct wq_exchange *x, void *ctx)
{
	(void)x;
	free_listener(ctx);
}

static void on_live(struct wq_redis_cmd *cmd, int rc)
{
	struct listener *l = WQ_OWNER(cmd, struct listener, live);

	(void)rc;
	l->telling = false;
}

static void tell_live(struct listener *l)
{
	if (!l->telling)
		l->telling = wq_sub_live_start(&l->api->subs->keys, &l->live, on_live) == 0;
	wq_timer_start(&l->timer, LIVE_MS);
}

static void on_timer(struct wq_timer *t)
{
	struct listener *l = WQ_OWNER(t, struct listener, timer);

	tell_live(l);
	read_on(l); /* whatever became of the feed */
}

/* < 0: the peer is too slow, and its stream will be closed. */
static int send_event(struct listener *l, struct wq_str id, const struct wq_redis_value *fields)
{
	struct wq_event e = wq_event_of(id, fields);
	struct wq_jsonw w;
	struct wq_buf text;
	int rc = wq_event_init(&e);

	snprintf(l->last, sizeof(l->last), "%.*s", (int)(id.n < 47 ? id.n : 47), id.p);
	wq_buf_init(&text, WQ_SUB_EVENT_MAX_BYTES);
	if (rc == 0 && wq_filter_wants(&l->filter, &e)) {
		wq_jsonw_begin(&w, &text);
		wq_event_write(&w, &e);
		rc = wq_jsonw_end(&w);
		if (rc == 0)
			rc = wq_sse_send(l->x, e.type, l->last, wq_buf_str(&text));
	}
	wq_buf_fini(&text);
	wq_event_fini(&e);
	return rc == WQ_EFULL ? rc : 0;
}

static void on_read(struct wq_redis_cmd *cmd, int rc)
{
	struct listener *l = WQ_OWNER(cmd, struct listener, cmd);
	size_t n = rc == 0 ? wq_redis_count(cmd->reply) : 0;
	const struct wq_redis_value *fields;
	struct wq_str id;

	l->asking = false;
	for (size_t i = 0; i < n && wq_stream_at(cmd->reply, i, &id, &fields); i++)
		if (send_event(l, id, fields) < 0)
			return;
	if (n == PAGE_EVENTS || l->woken)
		read_on(l);
}

static void on_last(struct wq_redis_cmd *cmd, int rc)
{
	struct listener *l = WQ_OWNER(cmd, struct listener, cmd);
	const struct wq_redis_value *fields;
	struct wq_str id;

	l->asking = false;
	if (rc != 0)
		return; /* asked again by the timer */
	if (wq_stream_at(cmd->reply, 0, &id, &fields))
		snprintf(l->last, sizeof(l->last), "%.*s", (int)(id.n < 47 ? id.n : 47), id.p);
	else
		snprintf(l->last, sizeof(l->last), "0-0");
	if (l->woken)
		read_on(l);
}

static void read_on(struct listener *l)
{
	const struct wq_sub_keys *keys = &l->api->subs->keys;
	int rc;

	l->woken = l->asking;
	if (l->asking)
		return;
	if (l->last[0])
		rc = wq_sub_events_start(keys, &l->cmd, wq_str(l->last), PAGE_EVENTS, on_read);
	else
		rc = wq_sub_last_start(keys, &l->cmd, on_last);
	l->asking = rc == 0;
}

static void on_news(struct wq_feed_ear *e)
{
	read_on(WQ_OWNER(e, struct listener, ear));
}

static struct wq_str query_words(void *exchange, const char *name)
{
	return wq_exchange_query(exchange, name);
}

static bool is_id(struct wq_str s)
{
	size_t n = 0;

	while (n < s.n && ((s.p[n] >= '0' && s.p[n] <= '9') || s.p[n] == '-'))
		n++;
	return s.n > 0 && n == s.n && n < 40;
}

static void begin(struct listener *l)
{
	struct wq_str last = wq_exchange_header(l->x, "Last-Event-ID");

	if (is_id(last))
		snprintf(l->last, sizeof(l->last), "%.*s", WQ_STR_ARG(last));
	l->ear.on_news = on_news;
	wq_timer_init(&l->timer, l->api->loop, on_timer);
	l->api->listeners++;
	if (wq_sse_open(l->x, on_closed, l) < 0) {
		free_listener(l);
		return;
	}
	(void)wq_feed_listen(&l->api->subs->feed, &l->ear); /* without it the timer reads on */
	tell_live(l);
	read_on(l);
}

static void handle_events(struct wq_exchange *x, void *api)
{
	struct wq_api *a = api;
	struct listener *l;
	const char *why;

	if (a->listeners >= LISTENERS_MAX) {
		wq_reply_header(x, "Retry-After", wq_str("5"));
		wq_reply_problem(x, 503, "too_many", "%d listen already", LISTENERS_MAX);
		return;
	}
	l = wq_zalloc(sizeof(*l));
	if (l)
		l->doc = wq_filter_words(query_words, x);
	if (!l || !l->doc) {
		wq_free(l);
		wq_api_reply_redis(x, WQ_ENOMEM, "");
		return;
	}
	l->api = a;
	l->x = x;
	why = wq_filter_read(&l->filter, yyjson_doc_get_root(l->doc));
	if (!why) {
		begin(l);
		return;
	}
	wq_json_free(l->doc);
	wq_free(l);
	wq_reply_problem(x, 400, "invalid_parameter", "%s", why);
}

int wq_api_events_routes(struct wq_api *a)
{
	static const struct wq_route route = {
		.method = WQ_GET,
		.pattern = "/api/events",
		.handle = handle_events,
		.query = "{events?: string, kinds?: string, fields?: string, providers?: string, accounts?: string}",
		.answer = "string",
		.media = "text/event-stream",
		.summary = "events as they come; Last-Event-ID resumes",
	};

	return wq_api_route(a, route);
}
