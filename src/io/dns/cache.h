/* SPDX-License-Identifier: MIT */
#pragma once
/* cache.h — what is known of a name, for as long as it holds.
 *
 * At most WQ_DNS_CACHE_ENTRIES names; one more pushes out the one that was asked for longest ago.  Names are lower-case
 * text that the cache copies.  The owner embeds struct wq_dns_cache; fini may run twice.
 */
#include <stdint.h>

#include "base/list.h"
#include "io/dns/resolver.h"

enum { WQ_DNS_CACHE_BUCKETS = 64 };

struct wq_dns_cache {
	struct wq_list buckets[WQ_DNS_CACHE_BUCKETS];
	struct wq_list by_use; /* asked for longest ago first */
	unsigned n;
};

struct wq_dns_entry {
	struct wq_list bucket, use;
	uint64_t good_until_us; /* by the loop's clock */
	int rc;                 /* 0, or why the name has no address */
	unsigned count;
	struct wq_address *addresses; /* behind the struct, then the name */
	char *name;
};

void wq_dns_cache_init(struct wq_dns_cache *c);
void wq_dns_cache_fini(struct wq_dns_cache *c);
/* NULL: not known, or not any more.  Valid until the next call for this cache. */
const struct wq_dns_entry *wq_dns_cache_find(struct wq_dns_cache *c, const char *name,
                                             uint64_t now_us);
/* Replaces what was known.  Out of memory: nothing is known (raised). */
void wq_dns_cache_put(struct wq_dns_cache *c, const char *name, int rc,
                      const struct wq_address *addresses, unsigned count, uint64_t good_until_us);
