/* SPDX-License-Identifier: MIT */
/* cache.c — buckets for finding, a ring for forgetting. */
#include "io/dns/cache.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

void wq_dns_cache_init(struct wq_dns_cache *c)
{
	for (size_t i = 0; i < WQ_COUNT(c->buckets); i++)
		wq_list_init(&c->buckets[i]);
	wq_list_init(&c->by_use);
	c->n = 0;
}

static void drop(struct wq_dns_cache *c, struct wq_dns_entry *e)
{
	wq_list_remove(&e->bucket);
	wq_list_remove(&e->use);
	c->n--;
	wq_free(e);
}

void wq_dns_cache_fini(struct wq_dns_cache *c)
{
	while (c->by_use.next && !wq_list_empty(&c->by_use))
		drop(c, WQ_OWNER(c->by_use.next, struct wq_dns_entry, use));
}

static struct wq_list *bucket_of(struct wq_dns_cache *c, const char *name)
{
	uint32_t h = 2166136261u; /* FNV-1a: a chain is never longer than the cache */

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 16777619u;
	return &c->buckets[h % WQ_DNS_CACHE_BUCKETS];
}

static struct wq_dns_entry *lookup(struct wq_dns_cache *c, const char *name)
{
	struct wq_list *bucket = bucket_of(c, name);

	for (struct wq_list *l = bucket->next; l != bucket; l = l->next) {
		struct wq_dns_entry *e = WQ_OWNER(l, struct wq_dns_entry, bucket);

		if (strcmp(e->name, name) == 0)
			return e;
	}
	return NULL;
}

const struct wq_dns_entry *wq_dns_cache_find(struct wq_dns_cache *c, const char *name,
                                             uint64_t now_us)
{
	struct wq_dns_entry *e = lookup(c, name);

	if (e && e->good_until_us <= now_us) {
		drop(c, e);
		return NULL;
	}
	if (e) {
		wq_list_remove(&e->use);
		wq_list_push(&c->by_use, &e->use);
	}
	return e;
}

void wq_dns_cache_put(struct wq_dns_cache *c, const char *name, int rc,
                      const struct wq_address *addresses, unsigned count, uint64_t good_until_us)
{
	size_t addresses_bytes = count * sizeof(*addresses), name_bytes = strlen(name) + 1;
	struct wq_dns_entry *e = lookup(c, name);

	if (e)
		drop(c, e);
	e = wq_zalloc(sizeof(*e) + addresses_bytes + name_bytes);
	if (!e) {
		(void)WQ_RAISE(WQ_ENOMEM); /* the answer still reaches those who wait for it */
		return;
	}
	if (c->n == WQ_DNS_CACHE_ENTRIES)
		drop(c, WQ_OWNER(c->by_use.next, struct wq_dns_entry, use));
	e->rc = rc;
	e->count = count;
	e->good_until_us = good_until_us;
	e->addresses = (struct wq_address *)(e + 1);
	e->name = (char *)e->addresses + addresses_bytes;
	if (count > 0)
		memcpy(e->addresses, addresses, addresses_bytes);
	memcpy(e->name, name, name_bytes);
	wq_list_push(bucket_of(c, name), &e->bucket);
	wq_list_push(&c->by_use, &e->use);
	c->n++;
}
