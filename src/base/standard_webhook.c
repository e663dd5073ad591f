/* SPDX-License-Identifier: MIT */
/* standard_webhook.c — one sum for each secret. */
#include "base/standard_webhook.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/err.h"
#include "base/random.h"

enum {
	SECRET_MAX_BYTES = 512,
	ENCODED_BYTES = (WQ_SHA256_BYTES + 2) / 3 * 4,
	TEXT_HEAD_BYTES = 1024,
	SIGNATURES_MAX = 16, /* of a request that are looked at */
};

static int add_secret(struct wq_standard_webhook *s, struct wq_str secret, const char **why)
{
	unsigned char key[SECRET_MAX_BYTES];
	int n;

	if (s->keys_n == WQ_STANDARD_WEBHOOK_SECRETS_MAX) {
		*why = "more secrets than can be used at once";
		return WQ_ETOOBIG;
	}
	if (wq_str_starts(secret, "whsec_"))
		secret = wq_strn(secret.p + 6, secret.n - 6);
	n = wq_base64_decode(secret, key, sizeof(key));
	if (n <= 0) {
		*why = "a signing secret is base64, as whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
		return WQ_EINVAL;
	}
	s->keys[s->keys_n] = wq_hmac_key_create(wq_strn((const char *)key, (size_t)n));
	wq_wipe(key, sizeof(key));
	if (!s->keys[s->keys_n])
		return WQ_ENOMEM;
	s->keys_n++;
	return 0;
}

/* The next word of *rest; false: there is none. */
static bool next_word(struct wq_str *rest, struct wq_str *word)
{
	size_t n = 0;

	while (rest->n && strchr(" ,\t\r\n", rest->p[0])) {
		rest->p++;
		rest->n--;
	}
	while (n < rest->n && !strchr(" ,\t\r\n", rest->p[n]))
		n++;
	*word = wq_strn(rest->p, n);
	*rest = wq_strn(rest->p + n, rest->n - n);
	return n > 0;
}

int wq_standard_webhook_init(struct wq_standard_webhook *s, struct wq_str secrets,
                             size_t body_max_bytes, const char **why)
{
	const char *ignored;
	struct wq_str word;
	int rc = 0;

	*s = (struct wq_standard_webhook){ .keys_n = 0 };
	wq_buf_init(&s->text, body_max_bytes + TEXT_HEAD_BYTES);
	why = why ? why : &ignored;
	while (rc == 0 && next_word(&secrets, &word))
		rc = add_secret(s, word, why);
	if (rc == 0 && !s->keys_n) {
		*why = "no signing secret";
		rc = WQ_EINVAL;
	}
	if (rc < 0)
		wq_standard_webhook_fini(s);
	return rc;
}

void wq_standard_webhook_fini(struct wq_standard_webhook *s)
{
	for (unsigned i = 0; i < s->keys_n; i++)
		wq_hmac_key_destroy(s->keys[i]);
	s->keys_n = 0;
	wq_buf_fini(&s->text);
}

static int write_text(struct wq_standard_webhook *s, struct wq_str id, struct wq_str timestamp,
                      struct wq_str body)
{
	int rc;

	wq_buf_clear(&s->text);
	rc = wq_buf_add_str(&s->text, id);
	if (rc == 0)
		rc = wq_buf_add_char(&s->text, '.');
	if (rc == 0)
		rc = wq_buf_add_str(&s->text, timestamp);
	if (rc == 0)
		rc = wq_buf_add_char(&s->text, '.');
	return rc == 0 ? wq_buf_add_str(&s->text, body) : rc;
}

static int sum(struct wq_standard_webhook *s, unsigned i, char out[ENCODED_BYTES])
{
	unsigned char digest[WQ_SHA256_BYTES];
	int rc = wq_hmac(s->keys[i], wq_buf_str(&s->text), digest);

	if (rc == 0)
		wq_base64_encode(digest, WQ_SHA256_BYTES, out);
	return rc;
}

int wq_standard_webhook_sign(struct wq_standard_webhook *s, struct wq_str id, int64_t seconds,
                             struct wq_str body, char out[WQ_STANDARD_WEBHOOK_SIGNATURE_BYTES])
{
	char timestamp[24], encoded[ENCODED_BYTES];
	size_t at = 0;
	int rc;

	snprintf(timestamp, sizeof(timestamp), "%" PRId64, seconds);
	rc = write_text(s, id, wq_str(timestamp), body);
	out[0] = '\0';
	for (unsigned i = 0; rc == 0 && i < s->keys_n; i++) {
		rc = sum(s, i, encoded);
		if (rc == 0)
			at += (size_t)snprintf(out + at, WQ_STANDARD_WEBHOOK_SIGNATURE_BYTES - at,
			                       "%sv1,%.*s", i ? " " : "", ENCODED_BYTES, encoded);
	}
	return rc;
}

/* Every signature is compared with every sum, whatever came before. */
static int compare(struct wq_standard_webhook *s, struct wq_str signatures)
{
	char encoded[WQ_STANDARD_WEBHOOK_SECRETS_MAX][ENCODED_BYTES];
	struct wq_str one;
	bool good = false;

	for (unsigned i = 0; i < s->keys_n; i++) {
		int rc = sum(s, i, encoded[i]);

		if (rc < 0)
			return rc;
	}
	for (unsigned n = 0; n < SIGNATURES_MAX && wq_str_next(&signatures, ' ', &one); n++) {
		if (!wq_str_starts(one, "v1,") || one.n != 3 + ENCODED_BYTES)
			continue;
		for (unsigned i = 0; i < s->keys_n; i++)
			good |= wq_equal_secret(one.p + 3, encoded[i], ENCODED_BYTES);
	}
	return good ? WQ_STANDARD_WEBHOOK_GOOD : WQ_STANDARD_WEBHOOK_FORGED;
}

int wq_standard_webhook_verify(struct wq_standard_webhook *s, struct wq_str id,
                               struct wq_str timestamp, struct wq_str signatures,
                               struct wq_str body, int64_t now_s, int64_t tolerance_s)
{
	uint64_t at;
	int rc;

	if (!id.n || !wq_str_to_u64(timestamp, INT64_MAX / 2, &at))
		return WQ_STANDARD_WEBHOOK_FORGED;
	rc = write_text(s, id, timestamp, body);
	if (rc == 0)
		rc = compare(s, signatures);
	if (rc != WQ_STANDARD_WEBHOOK_GOOD)
		return rc;
	return (int64_t)at > now_s + tolerance_s || (int64_t)at < now_s - tolerance_s
	               ? WQ_STANDARD_WEBHOOK_STALE
	               : WQ_STANDARD_WEBHOOK_GOOD;
}

int wq_standard_webhook_make_secret(char out[WQ_STANDARD_WEBHOOK_SECRET_BYTES])
{
	unsigned char key[WQ_SHA256_BYTES];
	char encoded[ENCODED_BYTES];
	int rc = wq_random_bytes(key, sizeof(key));

	if (rc < 0)
		return rc;
	wq_base64_encode(key, WQ_SHA256_BYTES, encoded);
	snprintf(out, WQ_STANDARD_WEBHOOK_SECRET_BYTES, "whsec_%.*s", ENCODED_BYTES, encoded);
	wq_wipe(key, sizeof(key));
	wq_wipe(encoded, sizeof(encoded));
	return 0;
}
