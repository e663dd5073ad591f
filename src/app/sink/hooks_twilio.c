/* SPDX-License-Identifier: MIT */
/* hooks_twilio.c — Twilio's webhooks: forms, and the JSON of Event Streams.
 *
 * Answered with an empty TwiML document: of an answer to a message Twilio reads what to say next, and takes JSON for an
 * error of ours.
 */
#include "app/sink/hooks_core.h"
#include "base/err.h"
#include "domain/sink/twilio_signature.h"

#define SIGNATURE "X-Twilio-Signature"

static const struct wq_hook_way way = { WQ_PROVIDER_TWILIO, "text/xml", "<Response/>" };

static size_t tokens_of(const struct wq_hooks *h, const struct wq_exchange *x,
                        struct wq_str tokens[static WQ_WEBHOOK_SECRETS_MAX])
{
	return wq_secrets_of(&h->secrets[WQ_PROVIDER_TWILIO], wq_exchange_param(x, "name"), tokens);
}

static void on_head(struct wq_exchange *x, void *ctx)
{
	struct wq_hooks *h = ctx;
	struct wq_str tokens[WQ_WEBHOOK_SECRETS_MAX];

	if (tokens_of(h, x, tokens) == 0)
		wq_hook_closed(x, "--twilio-webhook-token");
	else if (wq_hook_begin(h, x, &way, sizeof(struct wq_hook_work)) &&
	         !wq_twilio_is_signature(wq_hook_header(x, SIGNATURE)))
		wq_hook_unsigned(h, x,
		                 "the header " SIGNATURE " is missing, doubled, or no signature");
}

/* The name by which Twilio called us, as far as a proxy in front of us tells it. */
static struct wq_str host_of(const struct wq_exchange *x)
{
	struct wq_str forwarded = wq_exchange_header(x, "X-Forwarded-Host");

	forwarded = wq_str_trim(wq_strn(forwarded.p, wq_str_find(forwarded, ',')));
	return forwarded.n ? forwarded : wq_exchange_header(x, "Host");
}

static int is_signed(const struct wq_hooks *h, const struct wq_exchange *x)
{
	const struct wq_request *q = wq_exchange_request(x);
	const struct wq_twilio_asked asked = { .host = host_of(x),
		                               .path = q->path,
		                               .query = q->query,
		                               .type = wq_exchange_header(x, "Content-Type"),
		                               .body = q->body,
		                               .signature = wq_hook_header(x, SIGNATURE) };
	struct wq_str tokens[WQ_WEBHOOK_SECRETS_MAX];
	size_t n = tokens_of(h, x, tokens);

	return wq_twilio_signed(tokens, n, wq_str(h->public_url ? h->public_url : ""), &asked);
}

static void on_webhook(struct wq_exchange *x, void *ctx)
{
	struct wq_hook_work *w = wq_exchange_data(x);
	struct wq_hooks *h = ctx;
	const struct wq_webhook webhook = { .body = wq_exchange_request(x)->body,
		                            .business = wq_exchange_param(x, "name"),
		                            .opaque = wq_exchange_query(x, WQ_WEBHOOK_OPAQUE),
		                            .now_ms = wq_loop_wall_ms(h->loop) };
	int rc = is_signed(h, x);

	if (rc > 0)
		wq_hook_take(w, &webhook);
	else if (rc == 0)
		wq_hook_unsigned(
			h, x,
			h->public_url
				? "it is not signed with a token that was set, for --public-url"
				: "it is not signed with a token that was set, for the address it was "
				  "posted to; behind a proxy set --public-url");
	else if (rc == WQ_ETOOBIG)
		wq_reply_problem(x, 413, "too_many_parameters", "a form has at most %d parameters",
		                 WQ_FORM_PARAMETERS_MAX);
	else
		wq_hook_unheld(w, rc, "");
}

int wq_hooks_twilio_routes(struct wq_hooks *h)
{
	static const char *const patterns[] = { "/webhooks/twilio", "/webhooks/twilio/:name" };
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(patterns) && rc == 0; i++) {
		struct wq_route r = { .pattern = patterns[i], .handle = on_webhook, .on_head = on_head,
			              .media = "text/xml", .answer = NULL,
			              .summary = "a webhook of Twilio's, signed; held by Redis when it is answered" };

		rc = wq_hook_route(h, WQ_PROVIDER_TWILIO, &r);
	}
	return rc;
}
