/* SPDX-License-Identifier: MIT */
/* hooks.c — Meta's handshake and its webhooks. */
#include "app/sink/hooks.h"

#include <stdio.h>

#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "domain/sink/hook.h"
#include "io/server/exchange.h"

#define SIGNATURE "X-Hub-Signature-256"

enum { REFUSED_SIGNATURE, REFUSED_FULL, REFUSED_UNHELD };

/* One webhook at work; lives in the exchange's arena. */
struct work {
	struct wq_hooks *hooks;
	struct wq_exchange *x;
	struct wq_signature signature;
	struct wq_hook hook;
	struct wq_intake intake;
};

static bool same_token(struct wq_str shown, const char *token)
{
	unsigned char a[WQ_SHA256_BYTES], b[WQ_SHA256_BYTES];

	/* Of equal length whatever was shown, so that comparing tells nothing. */
	return token && *token && wq_sha256(shown, a) == 0 && wq_sha256(wq_str(token), b) == 0 &&
	       wq_equal_secret(a, b, sizeof(a));
}

static void on_handshake(struct wq_exchange *x, void *ctx)
{
	const struct wq_hooks *h = ctx;
	struct wq_str challenge = wq_exchange_query(x, "hub.challenge");
	struct wq_str mode = wq_exchange_query(x, "hub.mode");
	bool same = same_token(wq_exchange_query(x, "hub.verify_token"), h->verify_token);

	if (!same || !wq_str_is(mode, "subscribe") || !challenge.p) {
		wq_reply_problem(
			x, 403, "not_the_verify_token",
			"hub.mode is \"subscribe\", hub.verify_token the one that was set, hub.challenge any text");
		return;
	}
	wq_reply_header(x, "X-Content-Type-Options", wq_str("nosniff"));
	wq_reply(x, 200, "text/plain", challenge);
}

static void refuse_signature(struct wq_hooks *h, struct wq_exchange *x, const char *why)
{
	wq_metric_count(&h->refused[REFUSED_SIGNATURE], 1);
	wq_reply_problem(x, 401, "not_signed", "%s", why);
}

/* The header's value; p == NULL: none, or several, of which nobody could say which one counts. */
static struct wq_str only_signature(const struct wq_exchange *x)
{
	struct wq_str name, value, found = { NULL, 0 };

	for (size_t i = 0; wq_exchange_header_at(x, i, &name, &value); i++) {
		if (!wq_str_is_nocase(name, SIGNATURE))
			continue;
		if (found.p)
			return wq_strn(NULL, 0);
		found = value;
	}
	return found;
}

static int64_t announced_bytes(const struct wq_exchange *x)
{
	uint64_t n;

	return wq_str_to_u64(wq_exchange_header(x, "Content-Length"), INT64_MAX, &n) ? (int64_t)n
	                                                                             : -1;
}

static void on_gone(struct wq_exchange *x)
{
	struct work *w = wq_exchange_data(x);

	if (!w->intake.sink)
		wq_signature_fini(&w->signature);
}

static void on_head(struct wq_exchange *x, void *ctx)
{
	struct wq_hooks *h = ctx;
	struct work *w = wq_arena_alloc(wq_exchange_arena(x), sizeof(*w));
	struct wq_str value = only_signature(x);

	if (!w) {
		wq_reply_problem(x, 503, "no_memory", "there is no memory for this request");
		return;
	}
	w->hooks = h;
	w->x = x;
	wq_exchange_set_data(x, w);
	wq_exchange_on_gone(x, on_gone);
	if (!wq_signature_begin(&w->signature, &h->signers, value, announced_bytes(x)))
		refuse_signature(h, x,
		                 "the header " SIGNATURE " is missing, doubled, or no signature");
}

static void on_body(struct wq_exchange *x, void *ctx, struct wq_str piece)
{
	(void)ctx;
	wq_signature_add(&((struct work *)wq_exchange_data(x))->signature, piece);
}

static void refuse_unheld(struct work *w, int rc, const char *error)
{
	struct wq_hooks *h = w->hooks;
	bool full = rc == WQ_EFULL || rc == WQ_SINK_BACKLOG;

	wq_metric_count(&h->refused[full ? REFUSED_FULL : REFUSED_UNHELD], 1);
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

static void on_held(struct wq_intake *i, int rc)
{
	struct work *w = WQ_OWNER(i, struct work, intake);

	if (rc == 0)
		wq_reply_json(w->x, 200, wq_str("{\"status\":\"received\"}"));
	else
		refuse_unheld(w, rc, i->error);
	wq_hook_fini(&w->hook);
}

/* As it is kept; empty: application/json, which nearly all are. */
static struct wq_str type_of(const struct wq_exchange *x)
{
	struct wq_str type = wq_exchange_header(x, "Content-Type");

	if (wq_str_is_nocase(type, "application/json") || type.n > WQ_WEBHOOK_TYPE_MAX_BYTES)
		type.n = 0;
	return type;
}

/* "Name: value" lines of what the receiver needs to verify it, an empty one, and the body; p == NULL: no memory. */
static struct wq_str raw_of(struct wq_exchange *x)
{
	static const char *const names[] = { "Content-Type", SIGNATURE, "X-Hub-Signature",
		                             "X-Twilio-Signature" };
	struct wq_str body = wq_exchange_request(x)->body, value;
	size_t n = body.n + 1, at = 0;
	char *raw;

	for (size_t i = 0; i < WQ_COUNT(names); i++)
		n += strlen(names[i]) + wq_exchange_header(x, names[i]).n + 3;
	raw = wq_arena_alloc(wq_exchange_arena(x), n + 1);
	if (!raw)
		return wq_strn(NULL, 0);
	for (size_t i = 0; i < WQ_COUNT(names); i++) {
		value = wq_exchange_header(x, names[i]);
		if (value.p)
			at += (size_t)snprintf(raw + at, n + 1 - at, "%s: %.*s\n", names[i],
			                       WQ_STR_ARG(value));
	}
	raw[at++] = '\n';
	if (body.n)
		memcpy(raw + at, body.p, body.n);
	return wq_strn(raw, at + body.n);
}

static void take(struct work *w)
{
	struct wq_hooks *h = w->hooks;
	int rc = h->waits ? WQ_EAWAY : 0;

	w->intake.post = w->hook.post;
	w->intake.post.type = type_of(w->x);
	w->intake.post.peer = wq_exchange_request(w->x)->peer;
	if (h->pass_on) {
		w->intake.post.raw = raw_of(w->x);
		rc = w->intake.post.raw.p ? rc : WQ_ENOMEM;
	}
	if (rc == 0)
		rc = wq_sink_take(h->sink, &w->intake, on_held);
	if (rc < 0) {
		refuse_unheld(w, rc, "");
		wq_hook_fini(&w->hook);
	}
}

static void on_webhook(struct wq_exchange *x, void *ctx)
{
	struct work *w = wq_exchange_data(x);
	struct wq_hooks *h = ctx;
	const struct wq_webhook webhook = { .body = wq_exchange_request(x)->body,
		                            .business = wq_exchange_param(x, "name"),
		                            .now_ms = wq_loop_wall_ms(h->loop) };
	int rc = wq_signature_end(&w->signature, webhook.body);

	wq_signature_fini(&w->signature);
	if (rc == 0) {
		refuse_signature(h, x, "it is not signed with a secret that was set");
		return;
	}
	if (rc > 0)
		rc = wq_hook_read(&w->hook, &h->reader, WQ_PROVIDER_CLOUD, &webhook);
	if (rc == 0) {
		take(w);
		return;
	}
	wq_hook_fini(&w->hook);
	if (rc == WQ_ETOOBIG)
		wq_reply_problem(x, 413, "too_many_updates", "a webhook has at most %d updates",
		                 WQ_WEBHOOK_UPDATES_MAX);
	else
		refuse_unheld(w, rc, "");
}

static void on_closed_head(struct wq_exchange *x, void *ctx)
{
	(void)ctx;
	wq_reply_problem(
		x, 404, "no_webhook_secret",
		"webhooks are not taken here: no --webhook-secret is set to check them with");
}

static void on_refused(struct wq_exchange *x, void *ctx, int status, const char *code)
{
	const struct wq_hooks *h = ctx;
	const struct wq_request *request = wq_exchange_request(x);

	wq_refusals_note(h->refusals, (uint32_t)status, code, request->path, request->peer);
}

static int add_routes(struct wq_hooks *h, const char *pattern)
{
	const struct wq_route handshake = { .method = WQ_GET, .pattern = pattern, .handle = on_handshake, .ctx = h,
		                            .summary = "the handshake of a webhook's subscription" };
	const struct wq_route webhook = { .method = WQ_POST, .pattern = pattern, .handle = on_webhook, .ctx = h,
		                          .body_max_bytes = h->body_max_bytes,
		                          .on_head = h->signers.n ? on_head : on_closed_head,
		                          .on_body = on_body,
		                          .refused = h->signers.n ? on_refused : NULL,
		                          .summary = "a webhook of Meta's, signed; held by Redis when it is answered" };
	int rc = wq_server_route(h->server, &handshake);

	return rc == 0 ? wq_server_route(h->server, &webhook) : rc;
}

static void init_metrics(struct wq_hooks *h)
{
	static const char *const labels[] = { "why=\"signature\"", "why=\"full\"",
		                              "why=\"unheld\"" };

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

int wq_hooks_start(struct wq_hooks *h, const char *secrets, const char **why)
{
	static const char *const patterns[] = { "/webhooks/whatsapp", "/api/webhooks/whatsapp",
		                                "/webhooks/whatsapp/:name" };
	int rc = secrets ? wq_signers_init(&h->signers, wq_str(secrets), why) : 0;

	wq_inbound_reader_init(&h->reader);

	init_metrics(h);
	for (size_t i = 0; i < WQ_COUNT(patterns) && rc == 0; i++)
		rc = add_routes(h, patterns[i]);
	return rc;
}

void wq_hooks_fini(struct wq_hooks *h)
{
	wq_signers_fini(&h->signers);
	wq_inbound_reader_fini(&h->reader);
}
