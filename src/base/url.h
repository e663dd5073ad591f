/* SPDX-License-Identifier: MIT */
#pragma once
/* url.h — a URL cut into slices of its own text, strictly.
 *
 *   scheme://[user[:password]@]host[:port][/path][?query]
 *
 * Nothing is decoded and nothing is copied: the parts live as long as the text.  A host is a name, an IPv4 address or
 * an IPv6 address (stored without its brackets).  Refused: spaces, control bytes, backslashes, bytes beyond ASCII, an
 * empty host (but for unix://), a port outside 1-65535, a fragment.
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct wq_url {
	struct wq_str scheme, user, password, host, path, query;
	uint16_t port; /* 0: none was written */
	bool ipv6;     /* the host stood in brackets */
};

/* False: *why (may be NULL) is a static sentence for people. */
bool wq_url_parse(struct wq_str text, struct wq_url *out, const char **why);
/* Appends the text with its %XX resolved; WQ_EPARSE for a broken escape or an escaped NUL. */
int wq_url_decode(struct wq_str text, struct wq_buf *out);
/* The raw value behind key= in a query, p == NULL if there is none; the key is compared as it stands. */
struct wq_str wq_url_query_get(struct wq_str query, const char *key);
