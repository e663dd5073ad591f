/* SPDX-License-Identifier: MIT */
/* proxy.c — settings to proxies, hosts to exceptions. */
#include "io/client/proxy.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/url.h"
#include "io/client/client.h"

static const char *variable(const char *lower, const char *upper)
{
	const char *value = getenv(lower);

	if (!value && upper)
		value = getenv(upper);
	return value && value[0] ? value : NULL;
}

void wq_proxies_from_environment(struct wq_client_opts *o)
{
	const char *all = variable("all_proxy", "ALL_PROXY");

	o->http_proxy = variable("http_proxy", getenv("REQUEST_METHOD") ? NULL : "HTTP_PROXY");
	o->https_proxy = variable("https_proxy", "HTTPS_PROXY");
	o->no_proxy = variable("no_proxy", "NO_PROXY");
	if (!o->http_proxy)
		o->http_proxy = all;
	if (!o->https_proxy)
		o->https_proxy = all;
}

static bool known_scheme(struct wq_str s)
{
	return wq_str_is_nocase(s, "http") || wq_str_is_nocase(s, "https") ||
	       wq_str_is_nocase(s, "socks5h") || wq_str_is_nocase(s, "socks4a");
}

static int copy_decoded(struct wq_str text, char **out)
{
	struct wq_buf b;
	int rc;

	if (!text.p)
		return 0;
	wq_buf_init(&b, WQ_CLIENT_URL_MAX_BYTES);
	rc = wq_url_decode(text, &b);
	if (rc == 0) {
		*out = wq_strndup(b.n > 0 ? b.p : "", b.n);
		if (!*out)
			rc = WQ_RAISE(WQ_ENOMEM);
	}
	wq_buf_fini(&b);
	return rc;
}

static int copy_parts(struct wq_proxy *p, const struct wq_url *u)
{
	struct wq_buf b;
	int rc;

	p->port = u->port ? u->port : wq_str_is_nocase(u->scheme, "https") ? 443 : 1080;
	wq_buf_init(&b, WQ_CLIENT_URL_MAX_BYTES);
	rc = wq_buf_addf(&b, "%.*s://%s%.*s%s:%u", WQ_STR_ARG(u->scheme), u->ipv6 ? "[" : "",
	                 WQ_STR_ARG(u->host), u->ipv6 ? "]" : "", p->port);
	if (rc == 0) {
		p->url = wq_strndup(b.p, b.n);
		p->host = wq_strndup(u->host.p, u->host.n);
		if (!p->url || !p->host)
			rc = WQ_RAISE(WQ_ENOMEM);
	}
	wq_buf_fini(&b);
	if (rc == 0)
		rc = copy_decoded(u->user, &p->user);
	if (rc == 0)
		rc = copy_decoded(u->password, &p->password);
	return rc;
}

static int parse(struct wq_proxy *p, const char *text)
{
	const char *why = NULL;
	struct wq_buf full;
	struct wq_url u;
	int rc;

	if (!text || !text[0])
		return 0;
	wq_buf_init(&full, WQ_CLIENT_URL_MAX_BYTES);
	rc = wq_buf_addf(&full, "%s%s", strstr(text, "://") ? "" : "http://", text);
	if (rc == 0 && !wq_url_parse(wq_buf_str(&full), &u, &why))
		rc = WQ_RAISE_MSG(WQ_EINVAL, "the proxy's address: %s", why);
	else if (rc == 0 && !known_scheme(u.scheme))
		rc = WQ_RAISE_MSG(WQ_EINVAL,
		                  "the proxy must be http, https, socks5h or socks4a, not %.*s",
		                  WQ_STR_ARG(u.scheme));
	else if (rc == 0)
		rc = copy_parts(p, &u);
	wq_buf_fini(&full);
	return rc;
}

int wq_proxies_init(struct wq_proxies *p, const struct wq_client_opts *o)
{
	int rc;

	*p = (struct wq_proxies){ .no_proxy = NULL };
	rc = parse(&p->http, o->http_proxy);
	if (rc == 0)
		rc = parse(&p->https, o->https_proxy);
	if (rc == 0 && o->no_proxy) {
		p->no_proxy = wq_strdup(o->no_proxy);
		if (!p->no_proxy)
			rc = WQ_RAISE(WQ_ENOMEM);
	}
	if (rc < 0)
		wq_proxies_fini(p);
	return rc;
}

static void fini(struct wq_proxy *p)
{
	if (p->password)
		wq_wipe(p->password, strlen(p->password));
	wq_free(p->url);
	wq_free(p->host);
	wq_free(p->user);
	wq_free(p->password);
	*p = (struct wq_proxy){ .url = NULL };
}

void wq_proxies_fini(struct wq_proxies *p)
{
	fini(&p->http);
	fini(&p->https);
	wq_free(p->no_proxy);
	p->no_proxy = NULL;
}

static bool same_bits(const unsigned char *a, const unsigned char *b, unsigned bits)
{
	if (memcmp(a, b, bits / 8) != 0)
		return false;
	return bits % 8 == 0 || ((a[bits / 8] ^ b[bits / 8]) >> (8 - bits % 8)) == 0;
}

static const unsigned char *bytes_of(const struct wq_address *a, unsigned *bits)
{
	if (a->addr.ss_family == AF_INET) {
		*bits = 32;
		return (const unsigned char *)&((const struct sockaddr_in *)&a->addr)->sin_addr;
	}
	*bits = 128;
	return (const unsigned char *)&((const struct sockaddr_in6 *)&a->addr)->sin6_addr;
}

/* "10.0.0.0/8", "::1", "[::1]" */
static bool matches_address(struct wq_str entry, const struct wq_address *host)
{
	size_t slash = wq_str_find(entry, '/');
	struct wq_str text = wq_strn(entry.p, slash);
	struct wq_address network;
	unsigned bits, host_bits;
	uint64_t prefix;

	if (text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
		text = wq_strn(text.p + 1, text.n - 2);
	if (!wq_address_parse(text, &network) || network.addr.ss_family != host->addr.ss_family)
		return false;
	(void)bytes_of(&network, &bits);
	prefix = bits;
	if (slash < entry.n &&
	    !wq_str_to_u64(wq_strn(entry.p + slash + 1, entry.n - slash - 1), bits, &prefix))
		return false;
	return same_bits(bytes_of(&network, &bits), bytes_of(host, &host_bits), (unsigned)prefix);
}

static struct wq_str without_dots(struct wq_str s)
{
	if (s.n > 0 && s.p[s.n - 1] == '.')
		s.n--;
	if (s.n > 0 && s.p[0] == '.')
		s = wq_strn(s.p + 1, s.n - 1);
	return s;
}

static bool equal_nocase(struct wq_str a, struct wq_str b)
{
	return a.n == b.n && strncasecmp(a.p, b.p, a.n) == 0;
}

/* "example.com" and ".example.com" match example.com and www.example.com, not myexample.com. */
static bool matches_name(struct wq_str entry, struct wq_str host)
{
	struct wq_str tail;

	entry = without_dots(entry);
	host = without_dots(host);
	if (entry.n == 0 || host.n < entry.n)
		return false;
	tail = wq_strn(host.p + host.n - entry.n, entry.n);
	return equal_nocase(tail, entry) &&
	       (host.n == entry.n || host.p[host.n - entry.n - 1] == '.');
}

static bool excepted(struct wq_str list, struct wq_str host)
{
	struct wq_address address;
	bool literal = wq_address_parse(host, &address);

	while (list.n > 0) {
		struct wq_str entry = { list.p, 0 };

		while (entry.n < list.n && !strchr(", \t", list.p[entry.n]))
			entry.n++;
		list = entry.n < list.n ? wq_strn(list.p + entry.n + 1, list.n - entry.n - 1)
		                        : wq_strn(list.p + list.n, 0);
		if (entry.n == 0)
			continue;
		if (wq_str_is(entry, "*") ||
		    (literal ? matches_address(entry, &address) : matches_name(entry, host)))
			return true;
	}
	return false;
}

const struct wq_proxy *wq_proxies_choose(const struct wq_proxies *p, bool tls, struct wq_str host)
{
	const struct wq_proxy *chosen = tls ? &p->https : &p->http;

	if (!chosen->url || (p->no_proxy && excepted(wq_str(p->no_proxy), host)))
		return NULL;
	return chosen;
}
