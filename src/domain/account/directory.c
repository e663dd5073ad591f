/* SPDX-License-Identifier: MIT */
/* directory.c — records that are followed; maps by id, name, number and business. */
#include "domain/account/directory.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/map.h"
#include "domain/account/record.h"
#include "domain/account/tracker.h"

enum { KEY_MAX_BYTES = WQ_BUSINESS_ID_MAX_BYTES + WQ_ACCOUNT_NAME_MAX_BYTES + 32 };

struct entry {
	struct wq_list link; /* of all */
	struct wq_map_node by_id, by_name, by_number, by_plain_number, by_business[2];
	struct wq_account account;
	struct wq_account_record record; /* zeroed: of the environment */
	bool seen;                       /* by the full look that is under way */
};

struct wq_accounts {
	struct wq_accounts_opts o;
	struct wq_tracker tracker;
	struct wq_list all;
	size_t n, kept; /* of them, from Redis */
	uint64_t versions; /* given to accounts so far */
	struct wq_map ids, names, numbers, plain_numbers, ranks[2]; /* ranks: business to primary, and to default */
	struct wq_post closed;
	void (*on_closed)(void *ctx);
	void *closed_ctx;
};

static struct wq_str digits_of(struct wq_str number)
{
	return number.n > 0 && number.p[0] == '+' ? wq_strn(number.p + 1, number.n - 1) : number;
}

static struct wq_str key_of(char out[KEY_MAX_BYTES], struct wq_str first, char between,
                            struct wq_str second)
{
	if (first.n + second.n + 1 > KEY_MAX_BYTES)
		return wq_strn(NULL, 0);
	memcpy(out, first.p ? first.p : "", first.n);
	out[first.n] = between;
	memcpy(out + first.n + 1, second.p ? second.p : "", second.n);
	return wq_strn(out, first.n + 1 + second.n);
}

/* In the entry's own memory, for as long as it is in the map; empty: it is found by all else. */
static struct wq_str kept_key(struct entry *e, struct wq_str first, char between,
                              struct wq_str second)
{
	char text[KEY_MAX_BYTES];
	struct wq_str key = key_of(text, first, between, second);
	char *copy = key.p ? wq_arena_copy(&e->record.arena, key) : NULL;

	return wq_strn(copy, copy ? key.n : 0);
}

static void put(struct wq_map *m, struct wq_map_node *node, struct wq_str key)
{
	if (key.n > 0)
		wq_map_put(m, node, key);
}

/* `primary`, `is_default`: an only account is both. */
static void enlist(struct wq_accounts *all, struct entry *e, bool primary, bool is_default)
{
	struct wq_account *a = &e->account;
	struct wq_str digits = digits_of(a->number);

	a->version = ++all->versions;
	wq_list_push(&all->all, &e->link);
	all->n++;
	put(&all->ids, &e->by_id, a->id);
	put(&all->names, &e->by_name, kept_key(e, a->business, '/', a->name));
	put(&all->numbers, &e->by_number,
	    kept_key(e, wq_str(wq_provider_name(a->provider)), ':', digits));
	put(&all->plain_numbers, &e->by_plain_number, digits);
	if (primary)
		put(&all->ranks[0], &e->by_business[0], a->business);
	if (is_default)
		put(&all->ranks[1], &e->by_business[1], a->business);
}

static void drop(struct wq_accounts *all, struct entry *e)
{
	wq_map_take(&all->ids, &e->by_id);
	wq_map_take(&all->names, &e->by_name);
	wq_map_take(&all->numbers, &e->by_number);
	wq_map_take(&all->plain_numbers, &e->by_plain_number);
	wq_map_take(&all->ranks[0], &e->by_business[0]);
	wq_map_take(&all->ranks[1], &e->by_business[1]);
	wq_list_remove(&e->link);
	all->n--;
	all->kept -= e->record.account.id.p != NULL;
	wq_account_record_fini(&e->record);
	wq_free(e);
}

static struct entry *entry_of_id(const struct wq_accounts *all, struct wq_str id)
{
	struct wq_map_node *node = wq_map_get(&all->ids, id);

	return node ? WQ_OWNER(node, struct entry, by_id) : NULL;
}

static void drop_kept(struct wq_accounts *all, struct wq_str id)
{
	struct entry *e = entry_of_id(all, id);

	if (e && e->record.account.id.p)
		drop(all, e);
}

/* An account of the environment keeps its id: one of that id in Redis is found by its number and name. */
static int take_in(struct wq_accounts *all, struct wq_str id, const struct wq_redis_value *fields)
{
	struct wq_account_seen seen;
	struct entry *e;
	int rc;

	wq_account_seen_read(&seen, id, fields);
	if (all->kept >= WQ_ACCOUNTS_MAX)
		return WQ_RAISE(WQ_ETOOBIG);
	e = wq_zalloc(sizeof(*e));
	if (!e)
		return WQ_RAISE(WQ_ENOMEM);
	rc = wq_account_record_init(&e->record, &seen, &all->o.ways);
	if (rc < 0) {
		wq_account_record_fini(&e->record);
		wq_free(e);
		return rc;
	}
	e->account = e->record.account;
	e->seen = true;
	if (e->account.state == WQ_ACCOUNT_SUSPENDED && !wq_str_is(seen.state, "SUSPENDED"))
		wq_warn("account_unusable", WQ_SL("account", e->account.id),
		        WQ_SL("why", e->account.why));
	drop_kept(all, id);
	all->kept++;
	enlist(all, e, seen.primary, seen.is_default);
	return 0;
}

static int take(struct wq_tracker *f, struct wq_str id, const struct wq_redis_value *fields)
{
	struct wq_accounts *all = WQ_OWNER(f, struct wq_accounts, tracker);

	if (fields)
		return take_in(all, id, fields);
	drop_kept(all, id);
	return 0;
}

static void begin_all(struct wq_tracker *f)
{
	struct wq_accounts *all = WQ_OWNER(f, struct wq_accounts, tracker);

	for (struct wq_list *l = all->all.next; l != &all->all; l = l->next)
		WQ_OWNER(l, struct entry, link)->seen = false;
}

/* What a full look did not meet is gone. */
static void end_all(struct wq_tracker *f)
{
	struct wq_accounts *all = WQ_OWNER(f, struct wq_accounts, tracker);
	struct wq_list *next;

	for (struct wq_list *l = all->all.next; l != &all->all; l = next) {
		struct entry *e = WQ_OWNER(l, struct entry, link);

		next = l->next;
		if (!e->seen && e->record.account.id.p)
			drop(all, e);
	}
}

static void changed(struct wq_tracker *f)
{
	struct wq_accounts *all = WQ_OWNER(f, struct wq_accounts, tracker);

	if (all->o.on_change)
		all->o.on_change(all->o.ctx);
}

static int add_env(struct wq_accounts *all, const struct wq_account *a)
{
	struct entry *e = wq_zalloc(sizeof(*e));

	if (!e)
		return WQ_RAISE(WQ_ENOMEM);
	wq_arena_init(&e->record.arena, WQ_ACCOUNT_MEMORY_MAX_BYTES);
	e->account = *a;
	enlist(all, e, false, false);
	return 0;
}

static int init_maps(struct wq_accounts *all)
{
	struct wq_map *const maps[] = { &all->ids,           &all->names,    &all->numbers,
		                        &all->plain_numbers, &all->ranks[0], &all->ranks[1] };
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(maps) && rc == 0; i++)
		rc = wq_map_init(maps[i]);
	return rc;
}

static void destroy(struct wq_accounts *all)
{
	while (!wq_list_empty(&all->all))
		drop(all, WQ_OWNER(all->all.next, struct entry, link));
	wq_map_fini(&all->ids);
	wq_map_fini(&all->names);
	wq_map_fini(&all->numbers);
	wq_map_fini(&all->plain_numbers);
	wq_map_fini(&all->ranks[0]);
	wq_map_fini(&all->ranks[1]);
	wq_free(all);
}

int wq_accounts_create(struct wq_accounts **out, const struct wq_accounts_opts *o)
{
	struct wq_accounts *all = wq_zalloc(sizeof(*all));
	int rc;

	if (!all)
		return WQ_RAISE(WQ_ENOMEM);
	all->o = *o;
	wq_list_init(&all->all);
	wq_registry_init(&all->tracker.registry, o->redis, wq_str(o->prefix), WQ_ACCOUNTS_REGISTRY);
	all->tracker.what = "accounts";
	all->tracker.take = take;
	all->tracker.begin_all = begin_all;
	all->tracker.end_all = end_all;
	all->tracker.changed = changed;
	rc = init_maps(all);
	for (unsigned i = 0; i < o->env_n && rc == 0; i++)
		rc = add_env(all, &o->env[i]);
	if (rc < 0) {
		destroy(all);
		return rc;
	}
	wq_tracker_start(&all->tracker, o->loop);
	*out = all;
	return 0;
}

static void on_closed(struct wq_post *p)
{
	struct wq_accounts *all = WQ_OWNER(p, struct wq_accounts, closed);
	void (*done)(void *ctx) = all->on_closed;
	void *ctx = all->closed_ctx;

	destroy(all);
	if (done)
		done(ctx);
}

void wq_accounts_close(struct wq_accounts *all, void (*done)(void *ctx), void *ctx)
{
	wq_tracker_stop(&all->tracker);
	all->on_closed = done;
	all->closed_ctx = ctx;
	wq_post_init(&all->closed, all->o.loop, on_closed);
	wq_post_send(&all->closed);
}

void wq_accounts_poke(struct wq_accounts *all)
{
	wq_tracker_poke(&all->tracker);
}

bool wq_accounts_loaded(const struct wq_accounts *all)
{
	return all->tracker.loaded;
}

const struct wq_templates *wq_accounts_templates(const struct wq_accounts *all)
{
	return all->o.templates;
}

size_t wq_accounts_count(const struct wq_accounts *all)
{
	return all->n;
}

static const struct entry *named(const struct wq_accounts *all, struct wq_str business,
                                 struct wq_str hint)
{
	char text[KEY_MAX_BYTES];
	struct wq_str key = key_of(text, business, '/', hint);
	struct wq_map_node *node = key.p ? wq_map_get(&all->names, key) : NULL;

	if (node)
		return WQ_OWNER(node, struct entry, by_name);
	node = wq_map_get(&all->ids, hint);
	if (node)
		return WQ_OWNER(node, struct entry, by_id);
	node = wq_map_get(&all->plain_numbers, digits_of(hint));
	return node ? WQ_OWNER(node, struct entry, by_plain_number) : NULL;
}

static int find_named(const struct wq_accounts *all, struct wq_str business, struct wq_str hint,
                      const struct wq_account **out)
{
	const struct entry *e = named(all, business, hint);

	if (!e)
		return all->tracker.loaded ? WQ_ACCOUNT_UNKNOWN : WQ_ACCOUNT_NOT_LOADED;
	if (business.n > 0 && e->account.business.n > 0 &&
	    !wq_str_eq(business, e->account.business))
		return WQ_ACCOUNT_FOREIGN;
	*out = &e->account;
	return 0;
}

static const struct wq_account *of_rank(const struct wq_accounts *all, unsigned rank,
                                        struct wq_str business)
{
	struct wq_map_node *node = wq_map_get(&all->ranks[rank], business);

	return node ? &WQ_OWNER(node, struct entry, by_business[rank])->account : NULL;
}

static const struct wq_account *own_choice(const struct wq_accounts *all, struct wq_str business)
{
	const struct wq_account *primary = of_rank(all, 0, business);
	const struct wq_account *other = of_rank(all, 1, business);

	if (primary && primary->state != WQ_ACCOUNT_ACTIVE && other &&
	    other->state == WQ_ACCOUNT_ACTIVE)
		return other;
	return primary ? primary : other;
}

/* The environment's; it alone carries everything as long as there is no other. */
static const struct wq_account *fallback(const struct wq_accounts *all, struct wq_str business)
{
	if (all->kept == 0 || business.n == 0)
		return all->o.env_n > 0 ? &all->o.env[0] : NULL;
	return NULL;
}

int wq_accounts_find(const struct wq_accounts *all, struct wq_str business, struct wq_str hint,
                     const struct wq_account **out)
{
	const struct wq_account *a;

	*out = NULL;
	if (hint.n > 0) {
		int rc = find_named(all, business, hint, out);

		if (rc != WQ_ACCOUNT_UNKNOWN || all->n != 1 || all->o.env_n != 1)
			return rc;
	} else if (business.n > 0) {
		*out = own_choice(all, business);
	} else if (all->kept == 1 && all->n == 1) {
		*out = &WQ_OWNER(all->all.next, struct entry, link)->account;
	}
	if (*out)
		return 0;
	if (!all->tracker.loaded)
		return WQ_ACCOUNT_NOT_LOADED;
	a = fallback(all, business);
	*out = a;
	return a ? 0 : WQ_ACCOUNT_NONE;
}

int wq_accounts_by_number(const struct wq_accounts *all, enum wq_provider provider,
                          struct wq_str number, const struct wq_account **out)
{
	char text[KEY_MAX_BYTES];
	struct wq_str key = key_of(text, wq_str(wq_provider_name(provider)), ':',
	                           digits_of(number));
	struct wq_map_node *node = key.p ? wq_map_get(&all->numbers, key) : NULL;

	*out = node ? &WQ_OWNER(node, struct entry, by_number)->account : NULL;
	if (node)
		return 0;
	return all->tracker.loaded ? WQ_ACCOUNT_UNKNOWN : WQ_ACCOUNT_NOT_LOADED;
}

const struct wq_account *wq_accounts_next(const struct wq_accounts *all, const void **at)
{
	const struct wq_list *l = *at ? ((const struct wq_list *)*at)->next : all->all.next;

	*at = l;
	return l == &all->all ? NULL : &WQ_OWNER(l, struct entry, link)->account;
}
