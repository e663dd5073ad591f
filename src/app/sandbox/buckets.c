/* SPDX-License-Identifier: MIT */
/* buckets.c — a bucket is a moment: when it will be full again. */
#include "app/sandbox/buckets.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

enum { NAME_MAX_BYTES = 24 + 2 * WQ_FAULT_MATCH_BYTES };

struct bucket {
	struct wq_list link;
	struct wq_map_node node;
	uint64_t full_us;
	char name[]; /* rule, number, recipient */
};

static const char *const pers[WQ_BUCKET_PERS] = { "number", "pair", "all" };

bool wq_bucket_per_from(struct wq_str name, enum wq_bucket_per *out)
{
	for (int p = 0; p < WQ_BUCKET_PERS; p++) {
		if (wq_str_is(name, pers[p])) {
			*out = (enum wq_bucket_per)p;
			return true;
		}
	}
	return false;
}

const char *wq_bucket_per_name(enum wq_bucket_per per)
{
	return pers[per];
}

int wq_buckets_init(struct wq_buckets *b)
{
	*b = (struct wq_buckets){ .n = 0 };
	wq_list_init(&b->rules);
	wq_list_init(&b->all);
	return wq_map_init(&b->map);
}

static void drop(struct wq_buckets *b, struct bucket *k)
{
	wq_map_take(&b->map, &k->node);
	wq_list_remove(&k->link);
	wq_free(k);
	b->n--;
}

static void forget(struct wq_buckets *b, struct wq_bucket_rule *r)
{
	wq_list_remove(&r->link);
	wq_free(r);
	b->rules_n--;
}

void wq_buckets_clear(struct wq_buckets *b)
{
	while (!wq_list_empty(&b->all))
		drop(b, WQ_OWNER(b->all.next, struct bucket, link));
	for (struct wq_list *l = b->rules.next, *next; l != &b->rules; l = next) {
		next = l->next;
		if (!WQ_OWNER(l, struct wq_bucket_rule, link)->lasting)
			forget(b, WQ_OWNER(l, struct wq_bucket_rule, link));
	}
}

void wq_buckets_fini(struct wq_buckets *b)
{
	if (b->rules.next)
		wq_buckets_clear(b);
	while (b->rules.next && !wq_list_empty(&b->rules))
		forget(b, WQ_OWNER(b->rules.next, struct wq_bucket_rule, link));
	wq_map_fini(&b->map);
	*b = (struct wq_buckets){ .n = 0 };
}

int64_t wq_buckets_add(struct wq_buckets *b, const struct wq_bucket_rule *r)
{
	struct wq_bucket_rule *copy;

	WQ_REQUIRE(r->every_us > 0 && r->burst > 0);
	if (b->rules_n >= WQ_SANDBOX_LIMITS_MAX)
		return WQ_EFULL;
	copy = wq_alloc(sizeof(*copy));
	if (!copy)
		return WQ_RAISE(WQ_ENOMEM);
	*copy = *r;
	copy->id = ++b->last_id;
	copy->passed = copy->refused = 0;
	wq_list_push(&b->rules, &copy->link);
	b->rules_n++;
	return (int64_t)copy->id;
}

static bool concerns(const struct wq_bucket_rule *r, const struct wq_bucket_asked *a)
{
	return (r->provider < 0 || r->provider == a->provider) &&
	       (!r->number[0] || wq_str_is(a->number, r->number));
}

static size_t write_name(char *out, const struct wq_bucket_rule *r, const struct wq_bucket_asked *a)
{
	const struct wq_str none = { "", 0 };
	struct wq_str number = r->per == WQ_PER_ALL ? none : a->number;
	struct wq_str to = r->per == WQ_PER_PAIR ? a->to : none;
	int n;

	if (number.n >= WQ_FAULT_MATCH_BYTES)
		number.n = WQ_FAULT_MATCH_BYTES - 1;
	if (to.n >= WQ_FAULT_MATCH_BYTES)
		to.n = WQ_FAULT_MATCH_BYTES - 1;
	n = snprintf(out, NAME_MAX_BYTES, "%" PRIu64 "\n%.*s\n%.*s", r->id, WQ_STR_ARG(number),
	             WQ_STR_ARG(to));
	return (size_t)n;
}

/* The bucket, made if need be; NULL: no memory. */
static struct bucket *find(struct wq_buckets *b, const struct wq_bucket_rule *r,
                           const struct wq_bucket_asked *a)
{
	char name[NAME_MAX_BYTES];
	size_t n = write_name(name, r, a);
	struct wq_map_node *node = wq_map_get(&b->map, wq_strn(name, n));
	struct bucket *k;

	if (node)
		return WQ_OWNER(node, struct bucket, node);
	if (b->n >= WQ_SANDBOX_BUCKETS_MAX)
		drop(b, WQ_OWNER(b->all.next, struct bucket, link));
	k = wq_zalloc(sizeof(*k) + n);
	if (!k)
		return NULL;
	memcpy(k->name, name, n);
	wq_list_push(&b->all, &k->link);
	wq_map_put(&b->map, &k->node, wq_strn(k->name, n));
	b->n++;
	return k;
}

/* How long until it has a token; 0: it has one. */
static uint64_t wait_us(const struct wq_bucket_rule *r, const struct bucket *k, uint64_t now_us)
{
	uint64_t room = (uint64_t)(r->burst - 1) * r->every_us;

	return k->full_us > now_us + room ? k->full_us - now_us - room : 0;
}

/* Whether all have a token; otherwise *v. */
static bool look(struct wq_buckets *b, const struct wq_bucket_asked *a, uint64_t now_us,
                 struct wq_bucket_verdict *v)
{
	struct wq_bucket_rule *worst = NULL;

	for (struct wq_list *l = b->rules.next; l != &b->rules; l = l->next) {
		struct wq_bucket_rule *r = WQ_OWNER(l, struct wq_bucket_rule, link);
		struct bucket *k = concerns(r, a) ? find(b, r, a) : NULL;
		uint64_t us = k ? wait_us(r, k, now_us) : 0;

		if (us <= v->wait_us)
			continue;
		*v = (struct wq_bucket_verdict){
			.per = r->per, .code = r->code, .status = r->status, .wait_us = us
		};
		worst = r;
	}
	if (worst)
		worst->refused++;
	return !worst;
}

bool wq_buckets_take(struct wq_buckets *b, const struct wq_bucket_asked *a, uint64_t now_us,
                     struct wq_bucket_verdict *v)
{
	*v = (struct wq_bucket_verdict){ .wait_us = 0 };
	if (!look(b, a, now_us, v))
		return false;
	for (struct wq_list *l = b->rules.next; l != &b->rules; l = l->next) {
		struct wq_bucket_rule *r = WQ_OWNER(l, struct wq_bucket_rule, link);
		struct bucket *k = concerns(r, a) ? find(b, r, a) : NULL;

		if (!k)
			continue;
		k->full_us = (k->full_us > now_us ? k->full_us : now_us) + r->every_us;
		r->passed++;
	}
	return true;
}
