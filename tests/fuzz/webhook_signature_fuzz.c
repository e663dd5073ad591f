/* SPDX-License-Identifier: MIT */
/* webhook_signature_fuzz.c — what counts as signed, against a plain rewriting of the rules.
 *
 *   input  flags, then lines: the header's value, path, query; the rest is the body
 *
 * What comes is never taken for signed; what was signed by the rules is, unless its URL is none; and is not with one
 * character of the signature changed.
 */
#include <ctype.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "base/url.h"
#include "domain/sink/signature.h"
#include "domain/sink/twilio_signature.h"

#define SECRETS "demo-app-secret,the older secret"
#define TOKEN   "demo-auth-token"
#define HOST    "hooks.example.com:8443"
#define SERVER  "https://" HOST
#define FORM    "application/x-www-form-urlencoded"
#define BASE64  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

enum { INPUT_MAX_BYTES = 16384, LINE_MAX_BYTES = 2048, TEXT_MAX_BYTES = 65536, DIGITS = 28 };
enum { FROM_NOWHERE = 1, JSON = 2 }; /* flags */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct pair {
	struct wq_str name, value;
};

static struct wq_arena arena;

static void swallow(void *ctx, struct wq_str line) {}

static struct wq_str decoded(struct wq_str s)
{
	char *out = wq_arena_alloc(&arena, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++, n++) {
		out[n] = s.p[i] == '+' ? ' ' : s.p[i];
		if (s.p[i] == '%' && i + 2 < s.n && isxdigit((unsigned char)s.p[i + 1]) &&
		    isxdigit((unsigned char)s.p[i + 2])) {
			char hex[3] = { s.p[i + 1], s.p[i + 2], 0 };

			out[n] = (char)strtoul(hex, NULL, 16);
			i += 2;
		}
	}
	return wq_strn(out, n);
}

static int order(struct wq_str a, struct wq_str b)
{
	int first = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);

	return first ? first : (a.n > b.n) - (a.n < b.n);
}

static int by_name(const void *a, const void *b)
{
	const struct pair *p = a, *q = b;

	return order(p->name, q->name) ? order(p->name, q->name) : order(p->value, q->value);
}

/* The URL with what a form adds to it; false: more than a form has. */
static bool add_form(struct wq_buf *text, struct wq_str body)
{
	static struct pair pairs[INPUT_MAX_BYTES];
	struct wq_str one;
	size_t n = 0, separators = 0;

	for (size_t i = 0; i < body.n; i++)
		separators += body.p[i] == '&';
	if (separators >= WQ_FORM_PARAMETERS_MAX)
		return false;
	while (wq_str_next(&body, '&', &one)) {
		size_t at = wq_str_find(one, '=');

		if (one.n == 0)
			continue;
		pairs[n].name = decoded(wq_strn(one.p, at));
		pairs[n++].value = at < one.n ? decoded(wq_strn(one.p + at + 1, one.n - at - 1))
		                              : wq_str("");
	}
	qsort(pairs, n, sizeof(pairs[0]), by_name);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && by_name(&pairs[i - 1], &pairs[i]) == 0)
			continue;
		WQ_REQUIRE(wq_buf_add_str(text, pairs[i].name) == 0);
		WQ_REQUIRE(wq_buf_add_str(text, pairs[i].value) == 0);
	}
	return true;
}

static void write_base64(const unsigned char sum[WQ_SHA1_BYTES], char out[DIGITS])
{
	for (int i = 0, at = 0; at < DIGITS; i += 3) {
		uint32_t bits = (uint32_t)sum[i] << 16 | (uint32_t)sum[i + 1] << 8;

		bits |= i + 2 < WQ_SHA1_BYTES ? sum[i + 2] : 0;
		for (int shift = 18; shift >= 0; shift -= 6)
			out[at++] = BASE64[bits >> shift & 63];
	}
	out[DIGITS - 1] = '=';
}

static void check_twilio(unsigned char flags, struct wq_str value, struct wq_str path,
                         struct wq_str query, struct wq_str body)
{
	static const struct wq_str tokens[] = { WQ_STR("another"), WQ_STR(TOKEN) };
	struct wq_twilio_asked a = { .host = wq_str(HOST),
		                     .type = wq_str(flags & JSON ? "application/json" : FORM),
		                     .body = body,
		                     .signature = value };
	unsigned char hash[WQ_SHA256_BYTES], sum[WQ_SHA1_BYTES];
	char hex[2 * WQ_SHA256_BYTES], digits[DIGITS];
	struct wq_str public = wq_str(flags & FROM_NOWHERE ? "" : SERVER);
	struct wq_buf text, asked;
	struct wq_url url;
	char ours[WQ_TWILIO_SIGNATURE_BYTES + 1];
	bool fits = true, ok;
	int rc, signed_by_us;

	wq_buf_init(&text, TEXT_MAX_BYTES);
	wq_buf_init(&asked, TEXT_MAX_BYTES);
	WQ_REQUIRE(wq_buf_reserve(&text, TEXT_MAX_BYTES) == 0); /* it stays where it is: a.path is of it */
	WQ_REQUIRE(wq_sha256(body, hash) == 0);
	wq_hex_encode(hash, sizeof(hash), hex);
	if (flags & JSON)
		WQ_REQUIRE(wq_buf_addf(&asked, "bodySHA256=%.*s&", (int)sizeof(hex), hex) == 0);
	WQ_REQUIRE(wq_buf_add_str(&asked, query) == 0);
	WQ_REQUIRE(wq_buf_add_text(&text, SERVER "/") == 0 && wq_buf_add_str(&text, path) == 0);
	WQ_REQUIRE(wq_buf_add_char(&text, '?') == 0 &&
	           wq_buf_add_str(&text, wq_buf_str(&asked)) == 0);
	ok = wq_url_parse(wq_buf_str(&text), &url, NULL);
	signed_by_us = wq_twilio_sign(tokens[1], wq_buf_str(&text), a.type, body, ours);
	WQ_REQUIRE(signed_by_us == 0 || signed_by_us == WQ_ETOOBIG);
	a.query = asked.n ? wq_buf_str(&asked) : wq_str("");
	a.path = wq_strn(text.p + sizeof(SERVER) - 1, path.n + 1);
	rc = wq_twilio_signed(tokens, WQ_COUNT(tokens), public, &a);
	WQ_REQUIRE(rc == 0 || rc == WQ_ETOOBIG);
	if (!(flags & JSON))
		fits = add_form(&text, body);
	WQ_REQUIRE(wq_hmac_sha1(wq_str(TOKEN), wq_buf_str(&text), sum) == 0);
	write_base64(sum, digits);
	WQ_REQUIRE((signed_by_us == 0) == fits);
	WQ_REQUIRE(!fits || memchr(text.p, '#', text.n) || memcmp(ours, digits, DIGITS) == 0);
	a.signature = wq_strn(digits, sizeof(digits));
	rc = wq_twilio_signed(tokens, WQ_COUNT(tokens), public, &a);
	WQ_REQUIRE(rc == (!fits ? WQ_ETOOBIG : ok));
	digits[flags % DIGITS] = digits[flags % DIGITS] == 'A' ? 'B' : 'A';
	rc = wq_twilio_signed(tokens, WQ_COUNT(tokens), public, &a);
	WQ_REQUIRE(rc == 0 || rc == WQ_ETOOBIG);
	wq_buf_fini(&text);
	wq_buf_fini(&asked);
}

static int judge_meta(const struct wq_signers *signers, struct wq_str value, struct wq_str body,
                      size_t piece)
{
	struct wq_signature g;
	int rc = 0;

	if (wq_signature_begin(&g, signers, value, piece % 2 ? (int64_t)body.n : -1)) {
		for (size_t at = 0; at < body.n; at += piece)
			wq_signature_add(&g, wq_strn(body.p + at,
			                             piece < body.n - at ? piece : body.n - at));
		rc = wq_signature_end(&g, body);
	}
	wq_signature_fini(&g);
	return rc;
}

static void check_meta(unsigned char flags, struct wq_str value, struct wq_str body)
{
	struct wq_signers signers;
	struct wq_secrets secrets;
	struct wq_hmac_key *key = wq_hmac_key_create(wq_str("the older secret"));
	unsigned char sum[WQ_SHA256_BYTES];
	char good[7 + 2 * WQ_SHA256_BYTES] = "sha256=";
	const char *why;

	WQ_REQUIRE(wq_secrets_init(&secrets, wq_str(SECRETS), &why) == 0);
	WQ_REQUIRE(wq_signers_init(&signers, &secrets, wq_str("")) == 0);
	wq_secrets_fini(&secrets);
	WQ_REQUIRE(key && wq_hmac(key, body, sum) == 0);
	wq_hex_encode(sum, sizeof(sum), good + 7);
	WQ_REQUIRE(judge_meta(&signers, value, body, 1 + flags) == 0);
	WQ_REQUIRE(judge_meta(&signers, wq_strn(good, sizeof(good)), body, 1 + flags) == 1);
	good[flags % sizeof(good)] ^= 1 + flags % 7;
	WQ_REQUIRE(judge_meta(&signers, wq_strn(good, sizeof(good)), body, 1 + flags) == 0);
	wq_hmac_key_destroy(key);
	wq_signers_fini(&signers);
}

static struct wq_str take_line(struct wq_str *rest)
{
	struct wq_str line = { "", 0 };

	(void)wq_str_next(rest, '\n', &line);
	return wq_strn(line.p, line.n < LINE_MAX_BYTES ? line.n : LINE_MAX_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct wq_log_opts quiet = { .level = WQ_LOG_ERROR, .sink = swallow };
	struct wq_str rest = wq_strn((const char *)data, size), value, path, query;
	unsigned char flags;

	if (size == 0 || size > INPUT_MAX_BYTES)
		return 0;
	wq_log_setup(&quiet);
	wq_arena_init(&arena, 4 * (size_t)INPUT_MAX_BYTES + TEXT_MAX_BYTES);
	flags = data[0];
	rest = wq_strn(rest.p + 1, rest.n - 1);
	value = take_line(&rest);
	path = take_line(&rest);
	path = wq_strn(path.p, wq_str_find(path, '?')); /* as servers cut it */
	query = take_line(&rest);
	if (!rest.p)
		rest = wq_str("");
	check_meta(flags, value, rest);
	check_twilio(flags, value, path, query, rest);
	wq_arena_fini(&arena);
	WQ_REQUIRE(wq_alloc_live() == 0);
	return 0;
}
