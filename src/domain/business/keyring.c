/* SPDX-License-Identifier: MIT */
/* keyring.c — a map from sums to roles, and one from ids, by which they go again. */
#include "domain/business/keyring.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/map.h"
#include "domain/account/tracker.h"
#include "store/business.h"

struct entry {
	struct wq_list link;
	struct wq_map_node by_id, by_sum;
	enum wq_role role;
	bool seen;
	char id[WQ_API_KEY_ID_BYTES], business[WQ_BUSINESS_ID_MAX_BYTES + 1];
	unsigned char sum[WQ_SHA256_BYTES];
};

struct wq_keyring {
	struct wq_tracker tracker;
	struct wq_map ids, sums;
	struct wq_list all;
	size_t n;
};

static struct wq_keyring *ring_of(struct wq_tracker *f)
{
	return WQ_OWNER(f, struct wq_keyring, tracker);
}

static void drop(struct wq_keyring *r, struct entry *e)
{
	wq_map_take(&r->ids, &e->by_id);
	wq_map_take(&r->sums, &e->by_sum);
	wq_list_remove(&e->link);
	r->n--;
	wq_free(e);
}

/* A record that is none of ours opens nothing. */
static bool read_entry(struct entry *e, struct wq_str id, const struct wq_redis_value *fields)
{
	struct wq_str business = wq_fields_get(fields, "business");

	if (id.n >= sizeof(e->id) || business.n >= sizeof(e->business) ||
	    !wq_hex_decode(wq_fields_get(fields, "sum"), e->sum, sizeof(e->sum)) ||
	    !wq_role_from(wq_fields_get(fields, "role"), &e->role))
		return false;
	memcpy(e->id, id.p, id.n);
	memcpy(e->business, business.p ? business.p : "", business.n);
	e->seen = true;
	return true;
}

static int take(struct wq_tracker *f, struct wq_str id, const struct wq_redis_value *fields)
{
	struct wq_keyring *r = ring_of(f);
	struct wq_map_node *old = wq_map_get(&r->ids, id);
	struct entry *e;

	if (old)
		drop(r, WQ_OWNER(old, struct entry, by_id));
	if (!fields || r->n >= WQ_API_KEYS_MAX)
		return 0;
	e = wq_zalloc(sizeof(*e));
	if (!e)
		return WQ_RAISE(WQ_ENOMEM);
	if (!read_entry(e, id, fields)) {
		wq_free(e);
		return 0;
	}
	wq_map_put(&r->ids, &e->by_id, wq_str(e->id));
	wq_map_put(&r->sums, &e->by_sum, wq_strn((const char *)e->sum, sizeof(e->sum)));
	wq_list_push(&r->all, &e->link);
	r->n++;
	return 0;
}

static void begin_all(struct wq_tracker *f)
{
	struct wq_keyring *r = ring_of(f);

	for (struct wq_list *l = r->all.next; l != &r->all; l = l->next)
		WQ_OWNER(l, struct entry, link)->seen = false;
}

static void end_all(struct wq_tracker *f)
{
	struct wq_keyring *r = ring_of(f);
	struct wq_list *next;

	for (struct wq_list *l = r->all.next; l != &r->all; l = next) {
		next = l->next;
		if (!WQ_OWNER(l, struct entry, link)->seen)
			drop(r, WQ_OWNER(l, struct entry, link));
	}
}

int wq_keyring_create(struct wq_keyring **out, struct wq_loop *loop, struct wq_redis *redis,
                      const char *prefix)
{
	struct wq_keyring *r = wq_zalloc(sizeof(*r));
	int rc;

	if (!r)
		return WQ_RAISE(WQ_ENOMEM);
	wq_list_init(&r->all);
	rc = wq_map_init(&r->ids);
	if (rc == 0)
		rc = wq_map_init(&r->sums);
	if (rc < 0) {
		wq_keyring_destroy(r);
		return rc;
	}
	wq_registry_init(&r->tracker.registry, redis, wq_str(prefix), WQ_API_KEYS_REGISTRY);
	r->tracker.what = "API keys";
	r->tracker.take = take;
	r->tracker.begin_all = begin_all;
	r->tracker.end_all = end_all;
	wq_tracker_start(&r->tracker, loop);
	*out = r;
	return 0;
}

void wq_keyring_destroy(struct wq_keyring *r)
{
	if (!r)
		return;
	wq_tracker_stop(&r->tracker);
	while (!wq_list_empty(&r->all))
		drop(r, WQ_OWNER(r->all.next, struct entry, link));
	wq_map_fini(&r->ids);
	wq_map_fini(&r->sums);
	wq_free(r);
}

void wq_keyring_poke(struct wq_keyring *r)
{
	wq_tracker_poke(&r->tracker);
}

bool wq_keyring_find(const struct wq_keyring *r, const unsigned char sum[WQ_SHA256_BYTES],
                     struct wq_caller *out)
{
	struct wq_map_node *node = wq_map_get(&r->sums,
	                                      wq_strn((const char *)sum, WQ_SHA256_BYTES));
	const struct entry *e = node ? WQ_OWNER(node, struct entry, by_sum) : NULL;

	if (!e)
		return false;
	*out = (struct wq_caller){ e->role, wq_str(e->business), wq_str(e->id) };
	return true;
}

size_t wq_keyring_count(const struct wq_keyring *r)
{
	return r->n;
}
