/* SPDX-License-Identifier: MIT */
/* hmac.c — two hash contexts, already fed with the padded key, are copied for each message: half the cost of starting
 * from the key. */
#include "base/hmac.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/alloc.h"
#include "base/err.h"

enum { BLOCK_BYTES = 64 };

struct wq_hmac_key {
	EVP_MD_CTX *inner, *outer; /* fed with the key; never finished */
	EVP_MD_CTX *work;
};

/* Looked up once: each look takes longer than the sum of a short text. */
static const EVP_MD *sha256(void)
{
	static EVP_MD *md;

	if (!md)
		md = EVP_MD_fetch(NULL, "SHA256", NULL);
	return md ? md : EVP_sha256();
}

static bool feed_pad(EVP_MD_CTX *ctx, const unsigned char key[BLOCK_BYTES], unsigned char pad)
{
	unsigned char block[BLOCK_BYTES];
	bool ok;

	for (size_t i = 0; i < BLOCK_BYTES; i++)
		block[i] = key[i] ^ pad;
	ok = EVP_DigestInit_ex(ctx, sha256(), NULL) == 1 &&
	     EVP_DigestUpdate(ctx, block, sizeof(block)) == 1;
	wq_wipe(block, sizeof(block));
	return ok;
}

static bool prepare(struct wq_hmac_key *k, struct wq_str secret)
{
	unsigned char key[BLOCK_BYTES] = { 0 };
	bool ok = k->inner && k->outer && k->work;

	if (ok && secret.n > BLOCK_BYTES)
		ok = EVP_Digest(secret.p, secret.n, key, NULL, sha256(), NULL) == 1;
	else if (ok && secret.n > 0)
		memcpy(key, secret.p, secret.n);
	ok = ok && feed_pad(k->inner, key, 0x36) && feed_pad(k->outer, key, 0x5c);
	wq_wipe(key, sizeof(key));
	return ok;
}

struct wq_hmac_key *wq_hmac_key_create(struct wq_str secret)
{
	struct wq_hmac_key *k = wq_zalloc(sizeof(*k));

	if (!k) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	k->inner = EVP_MD_CTX_new();
	k->outer = EVP_MD_CTX_new();
	k->work = EVP_MD_CTX_new();
	if (!prepare(k, secret)) {
		wq_hmac_key_destroy(k);
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	return k;
}

void wq_hmac_key_destroy(struct wq_hmac_key *k)
{
	if (!k)
		return;
	EVP_MD_CTX_free(k->inner);
	EVP_MD_CTX_free(k->outer);
	EVP_MD_CTX_free(k->work);
	wq_free(k);
}

int wq_hmac(struct wq_hmac_key *k, struct wq_str message, unsigned char out[WQ_SHA256_BYTES])
{
	unsigned char digest[WQ_SHA256_BYTES];
	bool ok = EVP_MD_CTX_copy_ex(k->work, k->inner) == 1 &&
	          EVP_DigestUpdate(k->work, message.p, message.n) == 1 &&
	          EVP_DigestFinal_ex(k->work, digest, NULL) == 1 &&
	          EVP_MD_CTX_copy_ex(k->work, k->outer) == 1 &&
	          EVP_DigestUpdate(k->work, digest, sizeof(digest)) == 1 &&
	          EVP_DigestFinal_ex(k->work, out, NULL) == 1;

	return ok ? 0 : WQ_RAISE(WQ_ENOMEM);
}

struct wq_hmac_sum {
	const struct wq_hmac_key *key; /* borrowed */
	EVP_MD_CTX *inner;
};

struct wq_hmac_sum *wq_hmac_sum_create(const struct wq_hmac_key *k)
{
	struct wq_hmac_sum *s = wq_zalloc(sizeof(*s));

	if (s) {
		s->key = k;
		s->inner = EVP_MD_CTX_new();
		if (s->inner && EVP_MD_CTX_copy_ex(s->inner, k->inner) == 1)
			return s;
	}
	wq_hmac_sum_destroy(s);
	(void)WQ_RAISE(WQ_ENOMEM);
	return NULL;
}

void wq_hmac_sum_destroy(struct wq_hmac_sum *s)
{
	if (!s)
		return;
	EVP_MD_CTX_free(s->inner);
	wq_free(s);
}

int wq_hmac_sum_add(struct wq_hmac_sum *s, struct wq_str piece)
{
	return EVP_DigestUpdate(s->inner, piece.p, piece.n) == 1 ? 0 : WQ_RAISE(WQ_ENOMEM);
}

int wq_hmac_sum_end(struct wq_hmac_sum *s, unsigned char out[WQ_SHA256_BYTES])
{
	unsigned char digest[WQ_SHA256_BYTES];
	bool ok = EVP_DigestFinal_ex(s->inner, digest, NULL) == 1 &&
	          EVP_MD_CTX_copy_ex(s->inner, s->key->outer) == 1 &&
	          EVP_DigestUpdate(s->inner, digest, sizeof(digest)) == 1 &&
	          EVP_DigestFinal_ex(s->inner, out, NULL) == 1;

	return ok ? 0 : WQ_RAISE(WQ_ENOMEM);
}

int wq_hmac_sha1(struct wq_str secret, struct wq_str message, unsigned char out[WQ_SHA1_BYTES])
{
	const void *key = secret.p ? secret.p : "";
	const void *text = message.p ? message.p : "";

	if (secret.n > INT_MAX || !HMAC(EVP_sha1(), key, (int)secret.n, text, message.n, out, NULL))
		return WQ_RAISE(WQ_ENOMEM);
	return 0;
}

int wq_sha256(struct wq_str message, unsigned char out[WQ_SHA256_BYTES])
{
	const char *p = message.p ? message.p : "";

	if (EVP_Digest(p, message.n, out, NULL, sha256(), NULL) != 1)
		return WQ_RAISE(WQ_ENOMEM);
	return 0;
}

struct wq_sha256 {
	EVP_MD_CTX *ctx;
};

struct wq_sha256 *wq_sha256_create(void)
{
	struct wq_sha256 *s = wq_zalloc(sizeof(*s));

	if (s) {
		s->ctx = EVP_MD_CTX_new();
		if (s->ctx && EVP_DigestInit_ex(s->ctx, EVP_sha256(), NULL) == 1)
			return s;
	}
	wq_sha256_destroy(s);
	(void)WQ_RAISE(WQ_ENOMEM);
	return NULL;
}

void wq_sha256_destroy(struct wq_sha256 *s)
{
	if (!s)
		return;
	EVP_MD_CTX_free(s->ctx);
	wq_free(s);
}

int wq_sha256_of(struct wq_sha256 *s, const struct wq_str *pieces, size_t n,
                 unsigned char out[WQ_SHA256_BYTES])
{
	/* No digest named: the context keeps the one that it has, and allocates nothing. */
	bool ok = EVP_DigestInit_ex(s->ctx, NULL, NULL) == 1;

	for (size_t i = 0; i < n && ok; i++)
		ok = EVP_DigestUpdate(s->ctx, pieces[i].p, pieces[i].n) == 1;
	ok = ok && EVP_DigestFinal_ex(s->ctx, out, NULL) == 1;
	return ok ? 0 : WQ_RAISE(WQ_ENOMEM);
}

int wq_sha256_begin(struct wq_sha256 *s)
{
	return EVP_DigestInit_ex(s->ctx, NULL, NULL) == 1 ? 0 : WQ_RAISE(WQ_ENOMEM);
}

int wq_sha256_add(struct wq_sha256 *s, struct wq_str piece)
{
	return EVP_DigestUpdate(s->ctx, piece.p, piece.n) == 1 ? 0 : WQ_RAISE(WQ_ENOMEM);
}

int wq_sha256_end(struct wq_sha256 *s, unsigned char out[WQ_SHA256_BYTES])
{
	return EVP_DigestFinal_ex(s->ctx, out, NULL) == 1 ? 0 : WQ_RAISE(WQ_ENOMEM);
}

bool wq_equal_secret(const void *a, const void *b, size_t n)
{
	return CRYPTO_memcmp(a, b, n) == 0;
}

void wq_hex_encode(const void *p, size_t n, char *out)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *bytes = p;

	for (size_t i = 0; i < n; i++) {
		out[2 * i] = digits[bytes[i] >> 4];
		out[2 * i + 1] = digits[bytes[i] & 15];
	}
}

/* 16: it is no digit.  Without a branch, so that the compiler does many at once. */
static unsigned char nibble(char c)
{
	unsigned char digit = (unsigned char)(c - '0'), letter = (unsigned char)((c | 0x20) - 'a');

	letter = letter < 6 ? (unsigned char)(letter + 10) : 16;
	return digit < 10 ? digit : letter;
}

bool wq_hex_decode(struct wq_str hex, void *out, size_t n)
{
	unsigned char *bytes = out, bad = 0;

	if (hex.n != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char high = nibble(hex.p[2 * i]), low = nibble(hex.p[2 * i + 1]);

		bad |= (high | low) & 16;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	return !bad;
}
