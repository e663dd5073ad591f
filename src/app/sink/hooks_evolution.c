/* SPDX-License-Identifier: MIT */
/* hooks_evolution.c — Evolution's webhooks, which show a key: in a header, in a token, or in the body. */
#include "app/sink/hooks_core.h"
#include "base/err.h"
#include "domain/sink/evolution_key.h"

#define NO_KEY "it shows no key that was set: neither in the header apikey or Authorization, nor in its body"
#define SUMMARY "a webhook of Evolution's, with its key; held by Redis when it is answered"

static const struct wq_hook_way way = { WQ_PROVIDER_EVOLUTION, "application/json",
	                                "{\"status\":\"received\"}" };

struct evolution_work {
	struct wq_hook_work work;
	bool known; /* by its headers */
};

static size_t keys_of(const struct wq_hooks *h, const struct wq_exchange *x,
                      struct wq_str keys[static WQ_WEBHOOK_SECRETS_MAX])
{
	return wq_secrets_of(&h->secrets[WQ_PROVIDER_EVOLUTION], wq_exchange_param(x, "instance"),
	                     keys);
}

static void on_head(struct wq_exchange *x, void *ctx)
{
	struct wq_hooks *h = ctx;
	struct wq_str keys[WQ_WEBHOOK_SECRETS_MAX];
	size_t n = keys_of(h, x, keys);
	struct evolution_work *w;
	int rc;

	if (n == 0) {
		wq_hook_closed(x, "--evolution-webhook-key");
		return;
	}
	w = wq_hook_begin(h, x, &way, sizeof(*w));
	if (!w)
		return;
	rc = wq_evolution_header_key(keys, n, wq_hook_header(x, "apikey"),
	                             wq_hook_header(x, "Authorization"), wq_loop_wall_ms(h->loop));
	w->known = rc == WQ_KEY_RIGHT;
	if (rc < 0)
		wq_hook_unheld(&w->work, rc, "");
	else if (rc == WQ_KEY_WRONG)
		wq_hook_unsigned(h, x, "the key in its headers is none that was set");
}

/* With one webhook for all instances and a path for each event, the last segment is the event: "messages-upsert". */
static bool is_event(struct wq_str segment)
{
	/* clang-format off: words */
	static const char *const events[] = {
		"application-startup", "call", "chats-delete", "chats-set", "chats-update",
		"chats-upsert", "connection-update", "contacts-set", "contacts-update",
		"contacts-upsert", "group-participants-update", "group-update",
		"groups-upsert", "instance-create", "instance-delete", "labels-association",
		"labels-edit", "logout-instance", "messages-delete", "messages-edited",
		"messages-set", "messages-update", "messages-upsert", "presence-update",
		"qrcode-updated", "remove-instance", "send-message", "send-message-update",
		"status-instance", "typebot-change-status", "typebot-start",
	};
	/* clang-format on */

	for (size_t i = 0; i < WQ_COUNT(events); i++)
		if (wq_str_is(segment, events[i]))
			return true;
	return false;
}

static void take(struct evolution_work *w, struct wq_str body)
{
	struct wq_exchange *x = w->work.x;
	struct wq_webhook webhook = { .instance = wq_exchange_param(x, "instance"),
		                      .now_ms = wq_loop_wall_ms(w->work.hooks->loop) };

	if (is_event(webhook.instance) && !wq_exchange_param(x, "event").p)
		webhook.instance = wq_strn(NULL, 0);
	webhook.body = wq_evolution_without_keys(body, wq_exchange_arena(x));
	if (body.n && !webhook.body.p) {
		wq_hook_unheld(&w->work, WQ_ENOMEM, "");
		return;
	}
	wq_hook_take(&w->work, &webhook);
}

static void on_webhook(struct wq_exchange *x, void *ctx)
{
	struct evolution_work *w = wq_exchange_data(x);
	struct wq_hooks *h = ctx;
	struct wq_str keys[WQ_WEBHOOK_SECRETS_MAX], body = wq_exchange_request(x)->body;
	size_t n = keys_of(h, x, keys);
	int rc = w->known ? WQ_KEY_RIGHT : wq_evolution_body_key(keys, n, body, &h->pool);

	if (rc == WQ_KEY_RIGHT)
		take(w, body);
	else if (rc >= 0)
		wq_hook_unsigned(
			h, x,
			"it shows no key that was set: neither in the header apikey or Authorization, nor in its body");
	else
		wq_hook_unheld(&w->work, rc, "");
}

int wq_hooks_evolution_routes(struct wq_hooks *h)
{
	static const char *const patterns[] = { "/webhooks/evolution", "/webhooks/evolution/:instance",
		                                "/webhooks/evolution/:instance/:event" };
	int rc = 0;

	wq_json_pool_init(&h->pool);
	for (size_t i = 0; i < WQ_COUNT(patterns) && rc == 0; i++) {
		struct wq_route r = { .pattern = patterns[i], .handle = on_webhook, .on_head = on_head,
			              .summary = SUMMARY };

		rc = wq_hook_route(h, WQ_PROVIDER_EVOLUTION, &r);
	}
	return rc;
}
