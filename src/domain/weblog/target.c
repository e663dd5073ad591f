/* SPDX-License-Identifier: MIT */
/* target.c — a row of the log to a request, signed. */
#include "domain/weblog/target.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/hmac.h"
#include "domain/inbound/inbound.h"
#include "domain/sink/twilio_signature.h"

#define SHA256_PREFIX "sha256="
enum { HEX_BYTES = 2 * WQ_SHA256_BYTES };

int wq_webhook_target_sign(struct wq_webhook_target *t, struct wq_str secret)
{
	t->secret = wq_strndup(secret.p, secret.n);
	return t->secret ? 0 : WQ_RAISE(WQ_ENOMEM);
}

void wq_webhook_target_fini(struct wq_webhook_target *t)
{
	if (t->secret)
		wq_wipe(t->secret, strlen(t->secret));
	wq_free(t->secret);
	t->secret = NULL;
}

static void add_header(struct wq_call *call, const char *name, struct wq_str value)
{
	call->headers[call->headers_n++] = (struct wq_call_header){ name, value };
}

/* p == NULL: there is none. */
static struct wq_str secret_of(const struct wq_webhook_target *t, const struct wq_webhook_row *row,
                               enum wq_provider provider)
{
	struct wq_str good[WQ_WEBHOOK_SECRETS_MAX];

	if (t->secret)
		return wq_str(t->secret);
	if (!t->secrets || wq_secrets_of(&t->secrets[provider], row->business, good) == 0)
		return wq_strn(NULL, 0);
	return good[0];
}

/* "sha256=" and the sum; of the plain hash without a secret. */
static char *summed(struct wq_str secret, struct wq_str body, struct wq_arena *arena)
{
	const size_t at = sizeof(SHA256_PREFIX) - 1;
	char *out = wq_arena_alloc(arena, at + HEX_BYTES + 1);
	struct wq_hmac_key *key = out && secret.p ? wq_hmac_key_create(secret) : NULL;
	unsigned char sum[WQ_SHA256_BYTES];
	int rc = WQ_ENOMEM;

	if (key)
		rc = wq_hmac(key, body, sum);
	else if (out && !secret.p)
		rc = wq_sha256(body, sum);
	wq_hmac_key_destroy(key);
	if (rc < 0)
		return NULL;
	memcpy(out, SHA256_PREFIX, at);
	wq_hex_encode(sum, sizeof(sum), out + at);
	return out;
}

static int sign_cloud(struct wq_call *call, struct wq_str secret, struct wq_arena *arena)
{
	const char *value = summed(secret, call->body, arena);

	if (value)
		add_header(call, "X-Hub-Signature-256", wq_str(value));
	return value ? 0 : WQ_ENOMEM;
}

/* The URL with the body's hash in its query. */
static const char *with_hash(const char *url, struct wq_str body, struct wq_arena *arena)
{
	const char *hash = summed(wq_strn(NULL, 0), body, arena);
	size_t max = strlen(url) + HEX_BYTES + 16;
	char *out = hash ? wq_arena_alloc(arena, max) : NULL;

	if (out)
		(void)snprintf(out, max, "%s%cbodySHA256=%s", url, strchr(url, '?') ? '&' : '?',
		               hash + sizeof(SHA256_PREFIX) - 1);
	return out;
}

static int sign_twilio(struct wq_call *call, struct wq_str token, struct wq_str type,
                       struct wq_arena *arena)
{
	char *value = wq_arena_alloc(arena, WQ_TWILIO_SIGNATURE_BYTES + 1);
	int rc;

	if (!wq_twilio_is_form(type))
		call->url = with_hash(call->url, call->body, arena);
	if (!value || !call->url)
		return WQ_ENOMEM;
	rc = wq_twilio_sign(token, wq_str(call->url), type, call->body, value);
	if (rc == 0)
		add_header(call, "X-Twilio-Signature", wq_str(value));
	return rc;
}

int wq_webhook_target_aim(const struct wq_webhook_target *t, const struct wq_webhook_row *row,
                          struct wq_arena *arena, struct wq_call *call)
{
	struct wq_str type = row->type.n ? row->type : wq_str("application/json"), secret;
	enum wq_provider provider = WQ_PROVIDER_CLOUD;

	while (provider < WQ_PROVIDERS && !wq_str_is(row->provider, wq_provider_name(provider)))
		provider++;
	*call = (struct wq_call){
		.method = "POST", .url = t->url, .body = row->body, .guarded = t->guarded
	};
	add_header(call, "Content-Type", type);
	add_header(call, "X-Willaq-Replay-Of", wq_str(row->id));
	secret = provider < WQ_PROVIDERS ? secret_of(t, row, provider) : wq_strn(NULL, 0);
	if (!secret.p)
		return 0;
	if (provider == WQ_PROVIDER_CLOUD)
		return sign_cloud(call, secret, arena);
	if (provider == WQ_PROVIDER_TWILIO)
		return sign_twilio(call, secret, type, arena);
	add_header(call, "apikey", secret);
	return 0;
}
