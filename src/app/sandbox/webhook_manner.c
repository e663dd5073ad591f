/* SPDX-License-Identifier: MIT */
/* webhook_manner.c — three manners of posting. */
#include "app/sandbox/webhook_manner.h"

#include "base/limits.h"
#include "domain/sink/twilio_signature.h"

enum { EVOLUTION_ATTEMPTS = 10, TWILIO_ATTEMPTS = 2 };

static const char form[] = "application/x-www-form-urlencoded; charset=UTF-8";

_Static_assert((int)WQ_MANNER_TEXT_BYTES > (int)WQ_TWILIO_SIGNATURE_BYTES,
               "room for either signature");

static void add(struct wq_call *call, const char *name, struct wq_str value)
{
	call->headers[call->headers_n++] = (struct wq_call_header){ name, value };
}

static int sign_cloud(const struct wq_manner_post *p, char *text, struct wq_call *call)
{
	int rc = p->key ? wq_webhook_sign(p->key, p->body, text) : 0;

	if (rc == 0 && p->key)
		add(call, "X-Hub-Signature-256", wq_str(text));
	return rc;
}

static int sign_twilio(const struct wq_manner_post *p, char *text, struct wq_call *call)
{
	int rc = 0;

	if (p->secret.n)
		rc = wq_twilio_sign(p->secret, wq_str(p->url), wq_str(form), p->body, text);
	if (rc == 0 && p->secret.n)
		add(call, "X-Twilio-Signature", wq_str(text));
	return rc;
}

int wq_manner_headers(const struct wq_manner_post *p, char text[WQ_MANNER_TEXT_BYTES],
                      struct wq_call *call)
{
	if (p->provider == WQ_PROVIDER_TWILIO) {
		add(call, "Content-Type", wq_str(form));
		add(call, "User-Agent", wq_str("TwilioProxy/1.1"));
		return sign_twilio(p, text, call);
	}
	add(call, "Content-Type", wq_str("application/json"));
	if (p->provider == WQ_PROVIDER_CLOUD) {
		add(call, "User-Agent", wq_str("facebookexternalua"));
		return sign_cloud(p, text, call);
	}
	add(call, "User-Agent", wq_str("axios/1.7.9"));
	if (p->secret.n)
		add(call, "apikey", p->secret);
	return 0;
}

bool wq_manner_is_taken(enum wq_provider provider, int rc, int status)
{
	if (provider == WQ_PROVIDER_CLOUD)
		return rc == 0 && status == 200;
	return rc == 0 && status >= 200 && status <= 299;
}

bool wq_manner_is_over(enum wq_provider provider, int rc, int status, unsigned attempts)
{
	switch (provider) {
	case WQ_PROVIDER_EVOLUTION:
		return attempts >= EVOLUTION_ATTEMPTS ||
		       (rc == 0 && (status == 400 || status == 401 || status == 403 ||
		                    status == 404 || status == 422));
	case WQ_PROVIDER_TWILIO:
		return rc == 0 || attempts >= TWILIO_ATTEMPTS;
	default:
		return attempts >= WQ_SANDBOX_WEBHOOK_ATTEMPTS_MAX;
	}
}
