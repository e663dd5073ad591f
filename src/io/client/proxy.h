/* SPDX-License-Identifier: MIT */
#pragma once
/* proxy.h — which proxy a request goes through, decided by us and not by curl.
 *
 * For curl would look its name up on a thread; so the choice comes first, the name is resolved by io/dns, and curl is
 * told both.  Forms: [http:// or https:// or socks5h:// or socks4a://][user:password@]host[:port]; the port is 1080, or
 * 443 for https.  The forms of SOCKS that resolve the target's name on our side are refused.
 * no_proxy, as curl reads it: entries between commas or spaces; "*" is every host; a name stands for itself and all
 * below it, with or without a dot in front; an address matches itself, or its network as in 10.0.0.0/8.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

struct wq_client_opts;

struct wq_proxy {
	char *url;             /* for curl, without the user; NULL: no proxy */
	char *host;            /* without brackets */
	char *user, *password; /* NULL: none */
	uint16_t port;
};

struct wq_proxies {
	struct wq_proxy http, https; /* by the scheme of the request */
	char *no_proxy;
};

/* 0 or a raised error.  fini may run twice. */
int wq_proxies_init(struct wq_proxies *p, const struct wq_client_opts *o);
void wq_proxies_fini(struct wq_proxies *p);
/* NULL: direct.  `host` without brackets. */
const struct wq_proxy *wq_proxies_choose(const struct wq_proxies *p, bool tls, struct wq_str host);

/* Fills the three proxy fields: http_proxy, https_proxy, all_proxy for what these leave open, no_proxy; in lower case
 * first, then in upper case.  HTTP_PROXY in upper case is not believed where REQUEST_METHOD is set, for there a
 * request's "Proxy:" header could have made it. */
void wq_proxies_from_environment(struct wq_client_opts *o);
