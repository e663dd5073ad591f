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

static struct entry *entry_of(const struct wq_keyring *r, struct wq_str id)
{
	struct wq_map_node *node = wq_map_get(&r->ids, id);

	return node ? WQ_OWNER(node, struct entry, by_id) : NULL;
}

/* What is none of ours opens nothing. */
static bool fill(struct entry *e, struct wq_str id, struct wq_str sum, struct wq_str business)
{
	if (id.n >= sizeof(e->id) || business.n >= sizeof(e->business) ||
	    !wq_hex_decode(sum, e->sum, sizeof(e->sum)))
		return false;
	memcpy(e->id, id.p, id.n);
	memcpy(e->business, business.p ? business.p : "", business.n);
	e->seen = true;
	return true;
}

/* In the place of the one that has this id, if there is one. */
static int add(struct wq_keyring *r, struct wq_str id, struct wq_str sum, enum wq_role role,
               struct wq_str business)
{
	struct entry *e;

	wq_keyring_drop(r, id);
	if (r->n >= WQ_API_KEYS_MAX)
		return 0;
	e = wq_zalloc(sizeof(*e));
	if (!e)
		return WQ_RAISE(WQ_ENOMEM);
	if (!fill(e, id, sum, business)) {
		wq_free(e);
		return 0;
	}
	e->role = role;
	wq_map_put(&r->ids, &e->by_id, wq_str(e->id));
	wq_map_put(&r->sums, &e->by_sum, wq_strn((const char *)e->sum, sizeof(e->sum)));
	wq_list_push(&r->all, &e->link);
	r->n++;
	return 0;
}

static int take(struct wq_tracker *f, struct wq_str id, const struct wq_redis_value *fields)
{
	struct wq_keyring *r = ring_of(f);
	enum wq_role role;

	if (fields && wq_role_from(wq_fields_get(fields, "role"), &role))
		return add(r, id, wq_fields_get(fields, "sum"), role,
		           wq_fields_get(fields, "business"));
	wq_keyring_drop(r, id);
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

void wq_keyring_put(struct wq_keyring *r, struct wq_str id, struct wq_str sum, enum wq_role role,
                    struct wq_str business)
{
	(void)add(r, id, sum, role, business);
}

void wq_keyring_rotate(struct wq_keyring *r, struct wq_str id, struct wq_str sum)
{
	const struct entry *e = entry_of(r, id);
	struct entry old;

	if (!e)
		return;
	old = *e;
	(void)add(r, wq_str(old.id), sum, old.role, wq_str(old.business));
}

void wq_keyring_drop(struct wq_keyring *r, struct wq_str id)
{
	struct entry *e = entry_of(r, id);

	if (e)
		drop(r, e);
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
