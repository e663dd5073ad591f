/* SPDX-License-Identifier: MIT */
#pragma once
/* resolver.h — names to addresses by c-ares on the loop: no thread, no blocking call.
 *
 * Answers are kept for their own time to live (5 s to 5 min, WQ_DNS_CACHE_ENTRIES names), failures for a second.
 * /etc/hosts counts.  Literal addresses and "localhost" are answered without a query, but never from inside the call.
 * The same name asked twice at once is one query.
 */
#include <stdint.h>
#include <sys/socket.h>

#include "base/limits.h"
#include "base/metrics.h"
#include "base/str.h"
#include "io/loop/loop.h"

struct wq_resolver;

struct wq_address {
	struct sockaddr_storage addr; /* port 0 */
	socklen_t len;
};

struct wq_resolve {
	/* out: valid in the callback and until the struct is used again */
	struct wq_address addresses[WQ_DNS_ADDRESSES_MAX];
	unsigned count;
	uint64_t good_until_us; /* by the loop's clock; UINT64_MAX: for good */
	/* private */
	struct wq_list link;
	void (*cb)(struct wq_resolve *q, int rc);
	struct wq_post post;
	struct wq_resolver *resolver;
	int rc;
};

/* `servers`: "127.0.0.1:5353,…" instead of the system's (tests); NULL: the system's. */
int wq_resolver_create(struct wq_resolver **out, struct wq_loop *l, const char *servers);
/* Queries in flight complete with WQ_ECANCELED first; on_closed (may be NULL) runs from the loop and the resolver is
 * gone. */
void wq_resolver_close(struct wq_resolver *r, void (*on_closed)(void *ctx), void *ctx);

/* Started: cb runs exactly once, from the loop, with 0, WQ_ERESOLVE (no address, or no possible name), WQ_ETIMEDOUT,
 * WQ_ENOMEM or WQ_ECANCELED.  Not started: WQ_ENOMEM, or WQ_EFULL beyond WQ_DNS_QUESTIONS_MAX. */
int wq_resolve_start(struct wq_resolver *r, struct wq_resolve *q, struct wq_str name,
                     void (*cb)(struct wq_resolve *q, int rc));
/* Completes with WQ_ECANCELED; nothing to cancel is fine if the struct was zeroed or used before. */
void wq_resolve_cancel(struct wq_resolve *q);

void wq_resolver_add_metrics(struct wq_resolver *r, struct wq_metrics *m);

/* "192.0.2.1" or "2001:db8::1" (no brackets, no port); false if it does not fit. */
bool wq_address_text(const struct wq_address *a, char out[46]);
/* The same form and no other: no octal, no hex, no shortened IPv4, no zone. */
bool wq_address_parse(struct wq_str text, struct wq_address *out);
/* AF_INET with 4 bytes or AF_INET6 with 16, in network order. */
void wq_address_set(struct wq_address *a, int family, const void *bytes);
