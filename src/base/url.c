/* SPDX-License-Identifier: MIT */
/* url.c — one pass from left to right. */
#include "base/url.h"

#include "base/err.h"
#include "base/hmac.h"

static bool fail(const char **why, const char *text)
{
	if (why)
		*why = text;
	return false;
}

static bool clean(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c <= 0x20 || c >= 0x7f || c == '\\' || c == '"' || c == '<' || c == '>')
			return false;
	}
	return true;
}

static struct wq_str from(struct wq_str s, size_t at)
{
	return wq_strn(s.p + at, s.n - at);
}

static bool is_scheme(struct wq_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!letter &&
		    (i == 0 || !((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')))
			return false;
	}
	return s.n > 0;
}

static bool parse_port(struct wq_str text, uint16_t *out)
{
	uint64_t port;

	if (!wq_str_to_u64(text, 65535, &port) || port == 0)
		return false;
	*out = (uint16_t)port;
	return true;
}

static bool is_ipv6(struct wq_str host)
{
	for (size_t i = 0; i < host.n; i++)
		if (!memchr("0123456789abcdefABCDEF:.", host.p[i], 24))
			return false;
	return wq_str_find(host, ':') < host.n;
}

static bool parse_host(struct wq_str text, struct wq_url *out, const char **why)
{
	size_t end;

	if (text.n > 0 && text.p[0] == '[') {
		end = wq_str_find(text, ']');
		if (end == text.n)
			return fail(why, "the IPv6 address has no closing bracket");
		out->host = wq_strn(text.p + 1, end - 1);
		out->ipv6 = true;
		if (!is_ipv6(out->host))
			return fail(why, "what stands in brackets is no IPv6 address");
		text = from(text, end + 1);
	} else {
		end = wq_str_find(text, ':');
		out->host = wq_strn(text.p, end);
		text = from(text, end);
	}
	if (text.n == 0)
		return true;
	if (text.p[0] != ':' || !parse_port(from(text, 1), &out->port))
		return fail(why, "the port must be a number from 1 to 65535");
	return true;
}

static void parse_user(struct wq_str *authority, struct wq_url *out)
{
	size_t at = authority->n, colon;

	while (at > 0 && authority->p[at - 1] != '@') /* the last @: passwords hold others */
		at--;
	if (at == 0)
		return;
	out->user = wq_strn(authority->p, at - 1);
	colon = wq_str_find(out->user, ':');
	if (colon < out->user.n) {
		out->password = from(out->user, colon + 1);
		out->user.n = colon;
	}
	*authority = from(*authority, at);
}

bool wq_url_parse(struct wq_str text, struct wq_url *out, const char **why)
{
	struct wq_str authority;
	size_t colon = wq_str_find(text, ':'), end;

	*out = (struct wq_url){ .port = 0 };
	if (!clean(text))
		return fail(
			why,
			"a URL holds no spaces, control bytes, backslashes, quotes or letters beyond ASCII");
	if (text.n < colon + 3 || memcmp(text.p + colon, "://", 3) != 0)
		return fail(why, "it must start with a scheme, as in http://");
	out->scheme = wq_strn(text.p, colon);
	if (!is_scheme(out->scheme))
		return fail(why, "the scheme before :// is not a word");
	text = from(text, colon + 3);
	if (wq_str_find(text, '#') < text.n)
		return fail(why, "a fragment (#…) has no meaning here");
	for (end = 0; end < text.n && text.p[end] != '/' && text.p[end] != '?';)
		end++;
	authority = wq_strn(text.p, end);
	text = from(text, end);
	end = wq_str_find(text, '?');
	out->path = wq_strn(text.p, end);
	if (end < text.n)
		out->query = from(text, end + 1);
	parse_user(&authority, out);
	if (!parse_host(authority, out, why))
		return false;
	if (out->host.n == 0 && !wq_str_is_nocase(out->scheme, "unix"))
		return fail(why, "the host is missing");
	return true;
}

int wq_url_decode(struct wq_str text, struct wq_buf *out)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		int rc;

		if (c == '%') {
			if (text.n - i < 3 || !wq_hex_decode(wq_strn(text.p + i + 1, 2), &c, 1) ||
			    c == '\0')
				return WQ_EPARSE;
			i += 2;
		}
		rc = wq_buf_add_char(out, c);
		if (rc < 0)
			return rc;
	}
	return 0;
}

struct wq_str wq_url_query_get(struct wq_str query, const char *key)
{
	struct wq_str rest = query, pair;

	while (wq_str_next(&rest, '&', &pair)) {
		size_t eq = wq_str_find(pair, '=');

		if (wq_str_is(wq_strn(pair.p, eq), key))
			return eq < pair.n ? from(pair, eq + 1) : wq_strn(pair.p + eq, 0);
	}
	return wq_strn(NULL, 0);
}
