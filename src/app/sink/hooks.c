/* SPDX-License-Identifier: MIT */
/* hooks.c — what the providers' routes share: sources, refusals, and a webhook on its way to Redis and its answer. */
#include "app/sink/hooks.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/sink/hooks_core.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/subscription/event.h"

struct wq_str wq_hook_header(const struct wq_exchange *x, const char *name)
{
	struct wq_str each, value, found = { NULL, 0 };

	for (size_t i = 0; wq_exchange_header_at(x, i, &each, &value); i++) {
		if (!wq_str_is_nocase(each, name))
			continue;
		if (found.p)
			return wq_strn(NULL, 0);
		found = value;
	}
	return found;
}

/* sources */

/* Who posted: the peer, or whom our proxies saw. */
static struct wq_str source_of(const struct wq_hooks *h, const struct wq_exchange *x)
{
	struct wq_str values[WQ_SOURCE_FORWARDED_MAX], name, value, found;
	size_t n = 0;

	for (size_t i = 0; h->proxies && wq_exchange_header_at(x, i, &name, &value); i++)
		if (wq_str_is_nocase(name, "X-Forwarded-For") && n < WQ_COUNT(values))
			values[n++] = value;
	found = wq_source_forwarded(values, n, h->proxies);
	return found.n ? found : wq_exchange_request(x)->peer;
}

static bool admit(struct wq_hooks *h, struct wq_exchange *x)
{
	uint32_t retry_s;
	enum wq_source_verdict v = wq_sources_admit(&h->sources, source_of(h, x),
	                                            wq_loop_now_us(h->loop), &retry_s);
	char text[16];

	if (v == WQ_SOURCE_OK)
		return true;
	wq_metric_count(&h->refused[WQ_HOOKS_RATE], 1);
	(void)snprintf(text, sizeof(text), "%u", retry_s);
	wq_reply_header(x, "Retry-After", wq_str(text));
	wq_reply_problem(
		x, 429, v == WQ_SOURCE_MANY ? "too_many" : "too_many_unsigned",
		v == WQ_SOURCE_MANY
			? "more comes from this address than --source-max"
			: "more unsigned requests come from this address than --source-unsigned-max");
	return false;
}

void *wq_hook_begin(struct wq_hooks *h, struct wq_exchange *x, const struct wq_hook_way *way,
                    size_t bytes)
{
	struct wq_hook_work *w;

	if (!admit(h, x))
		return NULL;
	w = wq_arena_alloc(wq_exchange_arena(x), bytes);
	if (!w) {
		wq_reply_problem(x, 503, "no_memory", "there is no memory for this request");
		return NULL;
	}
	w->hooks = h;
	w->x = x;
	w->way = way;
	wq_exchange_set_data(x, w);
	return w;
}

/* refusals */

void wq_hook_closed(struct wq_exchange *x, const char *setting)
{
	wq_reply_problem(x, 404, "no_webhook_secret",
	                 "webhooks are not taken here: no %s is set to check them with", setting);
}

void wq_hook_unsigned(struct wq_hooks *h, struct wq_exchange *x, const char *why)
{
	wq_metric_count(&h->refused[WQ_HOOKS_UNSIGNED], 1);
	wq_sources_unsigned(&h->sources, source_of(h, x), wq_loop_now_us(h->loop));
	wq_reply_problem(x, 401, "not_signed", "%s", why);
}

/* Once a minute, by whatever process. */
static void tell_full(struct wq_hooks *h, const char *why)
{
	int64_t minute = wq_loop_wall_ms(h->loop) / 60000;
	struct wq_event_fact f = { .type = WQ_EVENT_SINK_FULL };
	char data[64], once[64];

	if (!h->events || minute == h->full_minute)
		return;
	h->full_minute = minute;
	snprintf(data, sizeof(data), "{\"why\":\"%s\"}", why);
	snprintf(once, sizeof(once), "sink.full:%" PRId64, minute);
	f.data = wq_str(data);
	f.once = wq_str(once);
	(void)wq_event_tell(*h->events, &f);
}

void wq_hook_unheld(struct wq_hook_work *w, int rc, const char *error)
{
	struct wq_hooks *h = w->hooks;
	bool full = rc == WQ_EFULL || rc == WQ_SINK_BACKLOG;

	wq_metric_count(&h->refused[full ? WQ_HOOKS_FULL : WQ_HOOKS_UNHELD], 1);
	tell_full(h, rc == WQ_SINK_BACKLOG ? "backlog" : full ? "busy" : "redis");
	wq_debug("webhook_unheld", WQ_I("rc", rc), WQ_S("error", error));
	wq_reply_header(w->x, "Retry-After", wq_str(full ? "5" : "1"));
	if (rc == WQ_SINK_BACKLOG)
		wq_reply_problem(w->x, 503, "backlog",
		                 "too many jobs wait: nothing is taken until they are fewer");
	else if (full)
		wq_reply_problem(w->x, 503, "busy",
		                 "more webhooks wait for Redis than are held here");
	else
		wq_reply_problem(w->x, 503, "not_held",
		                 "Redis did not take it; nothing is lost if it is posted again");
}

/* to Redis, and its answer */

static void forget(struct wq_hook_work *w)
{
	wq_hook_fini(&w->hook);
	wq_buf_fini(&w->raw);
}

/* The work goes with the answer. */
static void on_held(struct wq_intake *i, int rc)
{
	struct wq_hook_work *w = WQ_OWNER(i, struct wq_hook_work, intake);

	forget(w);
	if (rc == 0)
		wq_reply(w->x, 200, w->way->type, wq_str(w->way->answer));
	else
		wq_hook_unheld(w, rc, i->error);
}

/* As it is kept; empty: application/json, which nearly all are. */
static struct wq_str type_of(const struct wq_exchange *x)
{
	struct wq_str type = wq_exchange_header(x, "Content-Type");

	if (wq_str_is_nocase(type, "application/json") || type.n > WQ_WEBHOOK_TYPE_MAX_BYTES)
		type.n = 0;
	return type;
}

static int add_line(struct wq_buf *b, const char *name, struct wq_str value)
{
	return value.p ? wq_buf_addf(b, "%s: %.*s\n", name, WQ_STR_ARG(value)) : 0;
}

/* Where it was posted to, for who checks that too. */
static int add_place(struct wq_buf *b, const struct wq_exchange *x)
{
	const struct wq_request *q = wq_exchange_request(x);
	struct wq_str host = wq_exchange_header(x, "X-Forwarded-Host");
	int rc = add_line(b, "X-Forwarded-Host", host.p ? host : wq_exchange_header(x, "Host"));

	if (rc == 0)
		rc = add_line(b, "X-Forwarded-Proto", wq_exchange_header(x, "X-Forwarded-Proto"));
	if (rc < 0)
		return rc;
	return wq_buf_addf(b, WQ_EVENT_RAW_URI ": %.*s%s%.*s\n", WQ_STR_ARG(q->path),
	                   q->query.n ? "?" : "", (int)q->query.n, q->query.n ? q->query.p : "");
}

/* "Name: value" lines of what the receiver needs to verify it, an empty one, and the body. */
static int write_raw(struct wq_buf *b, const struct wq_exchange *x)
{
	static const char *const names[] = { "Content-Type",  "X-Hub-Signature-256",
		                             "X-Hub-Signature", "X-Twilio-Signature",
		                             "I-Twilio-Idempotency-Token", "apikey", "Authorization" };
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(names) && rc == 0; i++)
		rc = add_line(b, names[i], wq_exchange_header(x, names[i]));
	if (rc == 0)
		rc = add_place(b, x);
	if (rc == 0)
		rc = wq_buf_add_char(b, '\n');
	return rc == 0 ? wq_buf_add_str(b, wq_exchange_request(x)->body) : rc;
}

static int start(struct wq_hook_work *w)
{
	struct wq_hooks *h = w->hooks;
	int rc = 0;

	if (h->waits)
		return WQ_EAWAY;
	w->intake.post = w->hook.post;
	w->intake.post.type = type_of(w->x);
	w->intake.post.peer = source_of(h, w->x);
	if (h->pass_on) {
		wq_buf_init(&w->raw, WQ_WEBHOOK_MEMORY_MAX_BYTES);
		rc = write_raw(&w->raw, w->x);
		w->intake.post.raw = wq_buf_str(&w->raw);
	}
	return rc == 0 ? wq_sink_take(h->sink, &w->intake, on_held) : rc;
}

void wq_hook_take(struct wq_hook_work *w, const struct wq_webhook *webhook)
{
	struct wq_hooks *h = w->hooks;
	int rc;

	wq_sources_signed(&h->sources, source_of(h, w->x), wq_loop_now_us(h->loop));
	rc = wq_hook_read(&w->hook, &h->reader, w->way->provider, webhook);
	if (rc == 0)
		rc = start(w);
	if (rc == 0)
		return;
	forget(w);
	if (rc == WQ_ETOOBIG)
		wq_reply_problem(w->x, 413, "too_many_updates", "a webhook has at most %d updates",
		                 WQ_WEBHOOK_UPDATES_MAX);
	else
		wq_hook_unheld(w, rc, "");
}

/* the whole */

static void on_refused(struct wq_exchange *x, void *ctx, int status, const char *code)
{
	const struct wq_hooks *h = ctx;

	wq_refusals_note(h->refusals, (uint32_t)status, code, wq_exchange_request(x)->path,
	                 source_of(h, x));
}

int wq_hook_route(struct wq_hooks *h, enum wq_provider provider, struct wq_route *r)
{
	r->method = WQ_POST;
	r->ctx = h;
	r->body_max_bytes = h->body_max_bytes;
	r->refused = h->secrets[provider].n ? on_refused : NULL;
	return wq_server_route(h->server, r);
}

static void init_metrics(struct wq_hooks *h)
{
	static const char *const labels[WQ_HOOKS_REFUSALS] = {
		[WQ_HOOKS_UNSIGNED] = "why=\"signature\"",
		[WQ_HOOKS_FULL] = "why=\"full\"",
		[WQ_HOOKS_UNHELD] = "why=\"unheld\"",
		[WQ_HOOKS_RATE] = "why=\"rate\"",
	};

	for (size_t i = 0; i < WQ_COUNT(labels); i++)
		h->refused[i] = (struct wq_metric){ .name = "willaq_webhooks_refused_total",
			                            .help = "webhooks that were not taken",
			                            .labels = labels[i],
			                            .type = WQ_COUNTER };
}

void wq_hooks_add_metrics(struct wq_hooks *h, struct wq_metrics *m)
{
	for (size_t i = 0; i < WQ_COUNT(h->refused); i++)
		wq_metrics_add(m, &h->refused[i]);
}

int wq_hooks_start(struct wq_hooks *h)
{
	int rc = wq_sources_init(&h->sources, &h->source_limits);

	wq_inbound_reader_init(&h->reader);
	init_metrics(h);
	if (rc == 0)
		rc = wq_hooks_cloud_routes(h);
	if (rc == 0)
		rc = wq_hooks_evolution_routes(h);
	return rc == 0 ? wq_hooks_twilio_routes(h) : rc;
}

void wq_hooks_fini(struct wq_hooks *h)
{
	wq_signing_fini(&h->signing);
	wq_sources_fini(&h->sources);
	wq_inbound_reader_fini(&h->reader);
	wq_json_pool_fini(&h->pool);
}
