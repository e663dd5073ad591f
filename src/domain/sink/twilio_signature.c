/* SPDX-License-Identifier: MIT */
/* twilio_signature.c — the text that was signed, in each of its spellings, under each of our tokens. */
#include "domain/sink/twilio_signature.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/base64.h"
#include "base/err.h"
#include "base/hmac.h"
#include "base/url.h"

#define FORM "application/x-www-form-urlencoded"

enum { URL_MAX_BYTES = 16384, PORT_MAX_BYTES = 8 };

struct parameter {
	struct wq_str name, value;
};

/* One check under way. */
struct check {
	const struct wq_str *tokens;
	size_t tokens_n;
	struct wq_arena arena;  /* decoded texts */
	struct wq_buf signed_;  /* URL and parameters */
	struct wq_buf url;      /* as the setting has it, or the Host header */
	struct wq_buf legacy;   /* its query in the other encoding */
	struct parameter *parameters;
	size_t n;
	unsigned char want[WQ_SHA1_BYTES];
	bool ours;
	int rc;
};

static struct wq_str without_fragment(struct wq_str url)
{
	return wq_strn(url.p, wq_str_find(url, '#'));
}

static int digit_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '+')
		return 62;
	return c == '/' ? 63 : -1;
}

/* 20 bytes are 27 digits and one '='; two bits of the last digit are always 0. */
static bool read_signature(struct wq_str s, unsigned char out[WQ_SHA1_BYTES])
{
	uint32_t bits = 0;
	size_t at = 0;

	if (s.n != WQ_TWILIO_SIGNATURE_BYTES || s.p[WQ_TWILIO_SIGNATURE_BYTES - 1] != '=')
		return false;
	for (size_t i = 0; i < WQ_TWILIO_SIGNATURE_BYTES - 1; i++) {
		int digit = digit_of(s.p[i]);

		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		if (i % 4 == 3)
			for (int shift = 16; shift >= 0; shift -= 8)
				out[at++] = (unsigned char)(bits >> shift);
	}
	out[at++] = (unsigned char)(bits >> 10);
	out[at] = (unsigned char)(bits >> 2);
	return (bits & 3) == 0;
}

/* Of a form: "+" is a space, and what is no escape stays as it is. */
static struct wq_str decoded(struct check *c, struct wq_str s)
{
	char *out = wq_arena_alloc(&c->arena, s.n + 1);
	size_t n = 0;

	if (!out) {
		c->rc = WQ_ENOMEM;
		return wq_str("");
	}
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '%' && s.n - i > 2 &&
		    wq_hex_decode(wq_strn(s.p + i + 1, 2), out + n, 1)) {
			n++;
			i += 2;
		} else {
			out[n++] = s.p[i] == '+' ? ' ' : s.p[i];
		}
	}
	return wq_strn(out, n);
}

static struct parameter parameter_of(struct check *c, struct wq_str pair)
{
	size_t eq = wq_str_find(pair, '=');
	struct parameter p = { decoded(c, wq_strn(pair.p, eq)), wq_str("") };

	if (eq < pair.n)
		p.value = decoded(c, wq_strn(pair.p + eq + 1, pair.n - eq - 1));
	return p;
}

static int order(struct wq_str a, struct wq_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int first = n ? memcmp(a.p, b.p, n) : 0;

	return first ? first : (a.n > b.n) - (a.n < b.n);
}

static int by_name(const void *a, const void *b)
{
	const struct parameter *p = a, *q = b;
	int first = order(p->name, q->name);

	return first ? first : order(p->value, q->value);
}

static void read_form(struct check *c, struct wq_str body)
{
	size_t max = 1;
	struct wq_str pair;

	for (size_t i = 0; i < body.n; i++)
		max += body.p[i] == '&';
	if (max > WQ_FORM_PARAMETERS_MAX) {
		c->rc = WQ_ETOOBIG;
		return;
	}
	c->parameters = wq_arena_alloc(&c->arena, max * sizeof(*c->parameters));
	if (!c->parameters) {
		c->rc = WQ_ENOMEM;
		return;
	}
	while (wq_str_next(&body, '&', &pair))
		if (pair.n)
			c->parameters[c->n++] = parameter_of(c, pair);
	qsort(c->parameters, c->n, sizeof(*c->parameters), by_name);
}

static void add(struct check *c, struct wq_buf *b, struct wq_str s)
{
	if (c->rc == 0)
		c->rc = wq_buf_add_str(b, s);
}

/* Of a name that is there twice with the same value the second one is not signed. */
static void add_parameters(struct check *c)
{
	for (size_t i = 0; i < c->n; i++) {
		const struct parameter *p = &c->parameters[i];

		if (i > 0 && by_name(p - 1, p) == 0)
			continue;
		add(c, &c->signed_, p->name);
		add(c, &c->signed_, p->value);
	}
}

static void compare(struct check *c)
{
	for (size_t i = 0; i < c->tokens_n && c->rc == 0; i++) {
		unsigned char sum[WQ_SHA1_BYTES];

		c->rc = wq_hmac_sha1(c->tokens[i], wq_buf_str(&c->signed_), sum);
		c->ours = (c->rc == 0 && wq_equal_secret(sum, c->want, sizeof(sum))) || c->ours;
	}
}

/* `port` 0: without. */
static void try_spelling(struct check *c, const struct wq_url *url, unsigned port,
                         struct wq_str query)
{
	char text[PORT_MAX_BYTES];
	size_t head = (size_t)(url->host.p + url->host.n - c->url.p) + url->ipv6;

	wq_buf_clear(&c->signed_);
	add(c, &c->signed_, wq_strn(c->url.p, head));
	if (port) {
		(void)snprintf(text, sizeof(text), ":%u", port);
		add(c, &c->signed_, wq_str(text));
	}
	add(c, &c->signed_, url->path.n ? url->path : wq_str("/"));
	if (query.p) {
		add(c, &c->signed_, wq_str("?"));
		add(c, &c->signed_, query);
	}
	add_parameters(c);
	compare(c);
}

static bool stays(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || (ch >= '0' && ch <= '9') ||
	       (ch && strchr("-_.!~*'()", ch));
}

static void add_encoded(struct check *c, struct wq_str s)
{
	struct wq_str plain = decoded(c, s);

	for (size_t i = 0; i < plain.n && c->rc == 0; i++) {
		if (stays(plain.p[i]))
			c->rc = wq_buf_add_char(&c->legacy, plain.p[i]);
		else
			c->rc = wq_buf_addf(&c->legacy, "%%%02X", (unsigned char)plain.p[i]);
	}
}

/* The query as it is when its parts are decoded and encoded again: "'" stays, "%20" was "+". */
static struct wq_str legacy_query(struct check *c, struct wq_str query)
{
	struct wq_str pair;

	wq_buf_clear(&c->legacy);
	while (wq_str_next(&query, '&', &pair)) {
		size_t eq = wq_str_find(pair, '=');

		if (!pair.n)
			continue;
		if (c->legacy.n)
			add(c, &c->legacy, wq_str("&"));
		add_encoded(c, wq_strn(pair.p, eq));
		add(c, &c->legacy, wq_str("="));
		if (eq < pair.n)
			add_encoded(c, wq_strn(pair.p + eq + 1, pair.n - eq - 1));
	}
	return wq_strn(c->legacy.p ? c->legacy.p : "", c->legacy.n);
}

/* Whether the URL names the body's hash, as it does of what is no form. */
static bool names_body(struct check *c, struct wq_str query, struct wq_str body)
{
	unsigned char named[WQ_SHA256_BYTES], sum[WQ_SHA256_BYTES];
	struct wq_str hex = wq_url_query_get(query, "bodySHA256");

	if (!hex.p || !wq_hex_decode(hex, named, sizeof(named)))
		return false;
	c->rc = c->rc < 0 ? c->rc : wq_sha256(body, sum);
	return c->rc == 0 && wq_equal_secret(named, sum, sizeof(sum));
}

bool wq_twilio_is_form(struct wq_str type)
{
	return wq_str_is_nocase(wq_str_trim(wq_strn(type.p, wq_str_find(type, ';'))), FORM);
}

static void try_url(struct check *c, const struct wq_twilio_asked *a)
{
	struct wq_url url;
	unsigned port;

	if (c->rc < 0 || !wq_url_parse(wq_buf_str(&c->url), &url, NULL))
		return;
	if (!wq_twilio_is_form(a->type) && !names_body(c, url.query, a->body))
		return;
	port = url.port ? url.port : wq_str_is(url.scheme, "https") ? 443 : 80;
	try_spelling(c, &url, 0, url.query);
	try_spelling(c, &url, port, url.query);
	if (url.query.p) {
		struct wq_str legacy = legacy_query(c, url.query);

		try_spelling(c, &url, 0, legacy);
		try_spelling(c, &url, port, legacy);
	}
}

/* The setting's, where it has something to say; what it leaves open is the request's.  `ours`: our path behind its. */
static void make_public(struct check *c, const struct wq_url *url, struct wq_str whole, bool ours,
                        const struct wq_twilio_asked *a)
{
	size_t bare = wq_str_find(whole, '?');

	wq_buf_clear(&c->url);
	if (ours && url->path.n && whole.p[bare - 1] == '/')
		add(c, &c->url, wq_strn(whole.p, bare - 1));
	else
		add(c, &c->url, wq_strn(whole.p, bare));
	if (ours)
		add(c, &c->url, a->path);
	if (a->query.p) {
		add(c, &c->url, wq_str("?"));
		add(c, &c->url, a->query);
	} else {
		add(c, &c->url, wq_strn(whole.p + bare, whole.n - bare));
	}
}

static void try_public(struct check *c, struct wq_str public, const struct wq_twilio_asked *a)
{
	struct wq_str whole = without_fragment(public);
	struct wq_url url;

	if (!wq_url_parse(whole, &url, NULL))
		return;
	make_public(c, &url, whole, true, a);
	try_url(c, a);
	if (url.path.n > 1) {
		make_public(c, &url, whole, false, a);
		try_url(c, a);
	}
}

static void make_own(struct check *c, const char *scheme, const struct wq_twilio_asked *a)
{
	wq_buf_clear(&c->url);
	add(c, &c->url, wq_str(scheme));
	add(c, &c->url, a->host);
	add(c, &c->url, a->path);
	if (a->query.p) {
		add(c, &c->url, wq_str("?"));
		add(c, &c->url, a->query);
	}
}

static void check(struct check *c, struct wq_str public, const struct wq_twilio_asked *a)
{
	if (wq_twilio_is_form(a->type))
		read_form(c, a->body);
	if (public.n) {
		try_public(c, public, a);
		return;
	}
	make_own(c, "https://", a);
	try_url(c, a);
	make_own(c, "http://", a);
	try_url(c, a);
}

bool wq_twilio_is_signature(struct wq_str value)
{
	unsigned char bytes[WQ_SHA1_BYTES];

	return read_signature(value, bytes);
}

static void begin(struct check *c)
{
	wq_arena_init(&c->arena, WQ_WEBHOOK_MEMORY_MAX_BYTES);
	wq_buf_init(&c->signed_, WQ_WEBHOOK_MEMORY_MAX_BYTES);
	wq_buf_init(&c->url, URL_MAX_BYTES);
	wq_buf_init(&c->legacy, 3 * URL_MAX_BYTES);
}

static void end(struct check *c)
{
	wq_arena_fini(&c->arena);
	wq_buf_fini(&c->signed_);
	wq_buf_fini(&c->url);
	wq_buf_fini(&c->legacy);
}

int wq_twilio_signed(const struct wq_str *tokens, size_t tokens_n, struct wq_str public,
                     const struct wq_twilio_asked *a)
{
	struct check c = { .tokens = tokens, .tokens_n = tokens_n };

	if (!read_signature(a->signature, c.want))
		return 0;
	begin(&c);
	check(&c, public, a);
	end(&c);
	return c.rc < 0 ? c.rc : c.ours;
}

int wq_twilio_sign(struct wq_str token, struct wq_str url, struct wq_str type, struct wq_str body,
                   char out[WQ_TWILIO_SIGNATURE_BYTES + 1])
{
	unsigned char sum[WQ_SHA1_BYTES];
	struct check c = { .rc = 0 };

	begin(&c);
	if (wq_twilio_is_form(type))
		read_form(&c, body);
	add(&c, &c.signed_, without_fragment(url));
	add_parameters(&c);
	if (c.rc == 0)
		c.rc = wq_hmac_sha1(token, wq_buf_str(&c.signed_), sum);
	end(&c);
	if (c.rc < 0)
		return c.rc;
	wq_base64_encode(sum, sizeof(sum), out);
	out[WQ_TWILIO_SIGNATURE_BYTES] = '\0';
	return 0;
}
