/* SPDX-License-Identifier: MIT */
/* signature.c — HMAC-SHA256 of the raw body under each of our secrets. */
#include "domain/sink/signature.h"

#include "base/err.h"

enum { SHORT_MAX_BYTES = 16384 };
#define PREFIX "sha256="

int wq_signers_init(struct wq_signers *s, const struct wq_secrets *secrets, struct wq_str name)
{
	struct wq_str texts[WQ_WEBHOOK_SECRETS_MAX];
	size_t n = wq_secrets_of(secrets, name, texts);

	*s = (struct wq_signers){ .n = 0 };
	for (size_t i = 0; i < n; i++) {
		s->keys[s->n] = wq_hmac_key_create(texts[i]);
		if (!s->keys[s->n]) {
			wq_signers_fini(s);
			return WQ_ENOMEM;
		}
		s->n++;
	}
	return 0;
}

void wq_signers_fini(struct wq_signers *s)
{
	for (unsigned i = 0; i < s->n; i++)
		wq_hmac_key_destroy(s->keys[i]);
	*s = (struct wq_signers){ .n = 0 };
}

static bool has_upper_case(struct wq_str s)
{
	bool has = false;

	for (size_t i = 0; i < s.n; i++)
		has |= s.p[i] >= 'A' && s.p[i] <= 'Z';
	return has;
}

bool wq_signature_begin(struct wq_signature *g, const struct wq_signers *s, struct wq_str value,
                        int64_t body_bytes)
{
	const size_t prefix_n = sizeof(PREFIX) - 1;
	struct wq_str hex;

	*g = (struct wq_signature){ .signers = s };
	if (!wq_str_starts(value, PREFIX))
		return false;
	hex = wq_strn(value.p + prefix_n, value.n - prefix_n);
	if (has_upper_case(hex) || !wq_hex_decode(hex, g->want, sizeof(g->want)))
		return false;
	for (unsigned i = 0; i < s->n && (body_bytes < 0 || body_bytes > SHORT_MAX_BYTES); i++) {
		g->sums[i] = wq_hmac_sum_create(s->keys[i]);
		g->failed = g->failed || !g->sums[i];
	}
	return true;
}

void wq_signature_add(struct wq_signature *g, struct wq_str piece)
{
	for (unsigned i = 0; i < WQ_WEBHOOK_SECRETS_MAX && g->sums[i] && !g->failed; i++)
		g->failed = wq_hmac_sum_add(g->sums[i], piece) < 0;
}

int wq_signature_end(struct wq_signature *g, struct wq_str body)
{
	unsigned char sum[WQ_SHA256_BYTES];
	bool ours = false;

	for (unsigned i = 0; i < g->signers->n && !g->failed; i++) {
		int rc = g->sums[i] ? wq_hmac_sum_end(g->sums[i], sum)
		                    : wq_hmac(g->signers->keys[i], body, sum);

		g->failed = rc < 0;
		ours = wq_equal_secret(sum, g->want, sizeof(sum)) || ours;
	}
	return g->failed ? WQ_ENOMEM : ours;
}

void wq_signature_fini(struct wq_signature *g)
{
	for (unsigned i = 0; i < WQ_WEBHOOK_SECRETS_MAX; i++) {
		wq_hmac_sum_destroy(g->sums[i]);
		g->sums[i] = NULL;
	}
}
