/* SPDX-License-Identifier: MIT */
/* target.c — where a call goes: the URL as curl reads it, the proxy, the name that must be resolved.
 *
 * There is one parser, curl's: what it makes of the host ("0x7f.1", "%31%32%37.1", "127.0.0.1.", "user@host") is what
 * we resolve, judge and connect to, and the URL that curl gets is written anew from its own parts.  Only a URL that
 * leaves nothing to make of it (a name in lower case or four plain numbers, no user) is cut by our own and passed on as
 * it stands: that costs a thirtieth.
 */
#include "base/err.h"
#include "base/url.h"
#include "io/client/guard.h"
#include "io/client/state.h"

struct target {
	struct wq_str host; /* in lower case, no dot at its end, no brackets */
	char *text;         /* curl's memory that `host` points into; NULL: the call's */
	uint16_t port;
	bool literal;
	struct wq_address address; /* if literal */
};

static int code_of(CURLUcode u)
{
	return u == CURLUE_OUT_OF_MEMORY ? WQ_RAISE(WQ_ENOMEM) : WQ_EINVAL;
}

/* "1", "0x7f": such a last label makes a host an IPv4 address or nothing. */
static bool ends_in_number(struct wq_str host)
{
	size_t at = host.n;
	struct wq_str last;
	bool digits = true;

	while (at > 0 && host.p[at - 1] != '.')
		at--;
	last = wq_strn(host.p + at, host.n - at);
	for (size_t i = 0; i < last.n; i++)
		digits = digits && last.p[i] >= '0' && last.p[i] <= '9';
	return digits || wq_str_starts(last, "0x");
}

static bool is_name(struct wq_str host)
{
	size_t label = 0;

	if (host.n == 0 || host.n > WQ_DNS_NAME_MAX_BYTES)
		return false;
	for (size_t i = 0; i < host.n; i++) {
		char c = host.p[i];

		if (c == '.' ? label == 0
		             : !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
		                 c == '_'))
			return false;
		label = c == '.' ? 0 : label + 1;
	}
	return label > 0 && !ends_in_number(host);
}

static void tidy(char *host)
{
	size_t n = strlen(host);

	for (size_t i = 0; i < n; i++)
		if (host[i] >= 'A' && host[i] <= 'Z')
			host[i] = (char)(host[i] - 'A' + 'a');
	if (n > 1 && host[n - 1] == '.')
		host[n - 1] = '\0';
}

static int read_host(CURLU *u, struct target *t)
{
	CURLUcode rc = curl_url_get(u, CURLUPART_HOST, &t->text, 0);

	if (rc != CURLUE_OK)
		return code_of(rc);
	tidy(t->text);
	t->host = wq_str(t->text);
	if (t->host.n > 2 && t->host.p[0] == '[')
		t->host = wq_strn(t->host.p + 1, t->host.n - 2);
	t->literal = wq_address_parse(t->host, &t->address);
	if (!t->literal && !is_name(t->host))
		return WQ_EINVAL;
	rc = curl_url_set(u, CURLUPART_HOST, t->text, 0);
	return rc == CURLUE_OK ? 0 : code_of(rc);
}

static int read_port(CURLU *u, struct target *t)
{
	char *text = NULL;
	uint64_t port = 0;
	CURLUcode rc = curl_url_get(u, CURLUPART_PORT, &text, CURLU_DEFAULT_PORT);
	bool ok;

	if (rc != CURLUE_OK)
		return code_of(rc);
	ok = wq_str_to_u64(wq_str(text), 65535, &port) && port > 0;
	curl_free(text);
	t->port = (uint16_t)port;
	return ok ? 0 : WQ_EINVAL;
}

static int read_scheme(CURLU *u, bool *tls)
{
	char *text = NULL;
	CURLUcode rc = curl_url_get(u, CURLUPART_SCHEME, &text, 0);
	bool http;

	if (rc != CURLUE_OK)
		return code_of(rc);
	http = strcmp(text, "http") == 0;
	*tls = strcmp(text, "https") == 0;
	curl_free(text);
	return http || *tls ? 0 : WQ_EINVAL;
}

/* A zone (fe80::1%eth0) names an interface of ours. */
static bool has_zone(CURLU *u)
{
	char *zone = NULL;

	if (curl_url_get(u, CURLUPART_ZONEID, &zone, 0) != CURLUE_OK)
		return false;
	curl_free(zone);
	return true;
}

static int parse(struct wq_call_state *st, CURLU *u, struct target *t)
{
	CURLUcode set = curl_url_set(u, CURLUPART_URL, st->call->url, CURLU_NON_SUPPORT_SCHEME);
	int rc;

	if (set != CURLUE_OK)
		return code_of(set);
	rc = read_scheme(u, &st->tls);
	if (rc == 0)
		rc = has_zone(u) ? WQ_EINVAL : read_host(u, t);
	if (rc == 0)
		rc = read_port(u, t);
	if (rc < 0)
		return rc;
	set = curl_url_get(u, CURLUPART_URL, &st->url, 0);
	return set == CURLUE_OK ? 0 : code_of(set);
}

/* Printable ASCII, and no backslash, which some read as a slash: nothing that two readers could take differently. */
static bool plain(const char *url)
{
	size_t n = 0;

	for (; url[n]; n++)
		if ((unsigned char)url[n] <= 0x20 || (unsigned char)url[n] >= 0x7f ||
		    url[n] == '\\')
			return false;
	return n <= WQ_CLIENT_URL_MAX_BYTES;
}

/* Through a proxy only the proxy's name is ours to resolve.  An IPv4 literal is handed to curl like a name; an IPv6
 * literal has no form in CURLOPT_RESOLVE. */
static int pin(struct wq_call_state *st, const struct target *t)
{
	struct wq_str name = st->proxy ? wq_str(st->proxy->host) : t->host;

	if (wq_str_find(name, ':') < name.n)
		return 0;
	st->host = wq_host_pin(&st->pool->hosts, name, st->proxy ? st->proxy->port : t->port);
	return st->host ? 0 : WQ_ENOMEM;
}

static int choose(struct wq_call_state *st, const struct target *t)
{
	if (st->call->guarded) { /* never through a proxy: it would look the name up for us */
		if (t->literal && !wq_guard_allows((const struct sockaddr *)&t->address.addr))
			return WQ_EDENIED;
		return pin(st, t);
	}
	st->proxy = wq_proxies_choose(&st->client->proxies, st->tls, t->host);
	return pin(st, t);
}

static bool parse_simple(struct wq_call_state *st, struct target *t)
{
	struct wq_url u;

	if (!wq_url_parse(wq_str(st->call->url), &u, NULL) || u.user.p || u.ipv6)
		return false;
	st->tls = wq_str_is(u.scheme, "https");
	if (!st->tls && !wq_str_is(u.scheme, "http"))
		return false;
	t->host = u.host;
	t->port = u.port ? u.port : st->tls ? 443 : 80;
	t->literal = wq_address_parse(u.host, &t->address);
	return t->literal || is_name(u.host);
}

static int parse_any(struct wq_call_state *st, struct target *t)
{
	CURLU *u = curl_url();
	int rc;

	if (!u)
		return WQ_RAISE(WQ_ENOMEM);
	rc = parse(st, u, t);
	curl_url_cleanup(u);
	return rc;
}

int wq_call_aim(struct wq_call_state *st)
{
	struct target t = { .text = NULL };
	int rc;

	if (!st->call->url || !plain(st->call->url))
		return WQ_EINVAL;
	rc = parse_simple(st, &t) ? 0 : parse_any(st, &t);
	if (rc == 0)
		rc = choose(st, &t);
	curl_free(t.text);
	return rc;
}
