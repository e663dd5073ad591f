/* SPDX-License-Identifier: MIT */
/* hooks_cloud.c — Meta's handshake, and its webhooks, whose bodies are summed while they come. */
#include "app/sink/hooks_core.h"

#define SIGNATURE "X-Hub-Signature-256"

static const struct wq_hook_way way = { WQ_PROVIDER_CLOUD, "application/json",
	                                "{\"status\":\"received\"}" };

struct cloud_work {
	struct wq_hook_work work;
	struct wq_signature signature;
};

static void on_handshake(struct wq_exchange *x, void *ctx)
{
	const struct wq_hooks *h = ctx;
	struct wq_str token = wq_str(h->verify_token ? h->verify_token : "");
	struct wq_str challenge = wq_exchange_query(x, "hub.challenge");
	struct wq_str mode = wq_exchange_query(x, "hub.mode");
	bool same = token.n &&
	            wq_secret_shown(wq_exchange_query(x, "hub.verify_token"), &token, 1) == 1;

	if (!same || !wq_str_is(mode, "subscribe") || !challenge.p) {
		wq_reply_problem(
			x, 403, "not_the_verify_token",
			"hub.mode is \"subscribe\", hub.verify_token the one that was set, hub.challenge any text");
		return;
	}
	wq_reply(x, 200, "text/plain", challenge);
}

static int64_t announced_bytes(const struct wq_exchange *x)
{
	uint64_t n;

	return wq_str_to_u64(wq_exchange_header(x, "Content-Length"), INT64_MAX, &n) ? (int64_t)n
	                                                                             : -1;
}

/* Also while Redis is asked to hold it: by then the sums are gone. */
static void on_gone(struct wq_exchange *x)
{
	wq_signature_fini(&((struct cloud_work *)wq_exchange_data(x))->signature);
}

static void on_head(struct wq_exchange *x, void *ctx)
{
	struct wq_hooks *h = ctx;
	const struct wq_signers *signers = wq_signing_of(&h->signing, wq_exchange_param(x, "name"));
	struct cloud_work *w;

	if (!signers) {
		wq_hook_closed(x, "--webhook-secret");
		return;
	}
	w = wq_hook_begin(h, x, &way, sizeof(*w));
	if (!w)
		return;
	wq_exchange_on_gone(x, on_gone);
	if (!wq_signature_begin(&w->signature, signers, wq_hook_header(x, SIGNATURE),
	                        announced_bytes(x)))
		wq_hook_unsigned(h, x,
		                 "the header " SIGNATURE " is missing, doubled, or no signature");
}

static void on_body(struct wq_exchange *x, void *ctx, struct wq_str piece)
{
	(void)ctx;
	wq_signature_add(&((struct cloud_work *)wq_exchange_data(x))->signature, piece);
}

static void on_webhook(struct wq_exchange *x, void *ctx)
{
	struct cloud_work *w = wq_exchange_data(x);
	struct wq_hooks *h = ctx;
	const struct wq_webhook webhook = { .body = wq_exchange_request(x)->body,
		                            .business = wq_exchange_param(x, "name"),
		                            .now_ms = wq_loop_wall_ms(h->loop) };
	int rc = wq_signature_end(&w->signature, webhook.body);

	wq_signature_fini(&w->signature);
	if (rc > 0)
		wq_hook_take(&w->work, &webhook);
	else if (rc == 0)
		wq_hook_unsigned(h, x, "it is not signed with a secret that was set");
	else
		wq_hook_unheld(&w->work, rc, "");
}

static int add_routes(struct wq_hooks *h, const char *pattern)
{
	const struct wq_route handshake = { .method = WQ_GET, .pattern = pattern, .handle = on_handshake, .ctx = h,
		                            .summary = "the handshake of a webhook's subscription" };
	struct wq_route webhook = { .pattern = pattern, .handle = on_webhook, .on_head = on_head, .on_body = on_body,
		                    .summary = "a webhook of Meta's, signed; held by Redis when it is answered" };
	int rc = wq_server_route(h->server, &handshake);

	return rc == 0 ? wq_hook_route(h, WQ_PROVIDER_CLOUD, &webhook) : rc;
}

int wq_hooks_cloud_routes(struct wq_hooks *h)
{
	static const char *const patterns[] = { "/webhooks/whatsapp", "/api/webhooks/whatsapp",
		                                "/webhooks/whatsapp/:name" };
	int rc = wq_signing_init(&h->signing, &h->secrets[WQ_PROVIDER_CLOUD]);

	for (size_t i = 0; i < WQ_COUNT(patterns) && rc == 0; i++)
		rc = add_routes(h, patterns[i]);
	return rc;
}
