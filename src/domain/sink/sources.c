/* SPDX-License-Identifier: MIT */
/* sources.c — addresses to buckets.
 *
 * A bucket is the moment at which it will be full again: what is in it follows from how far away that is.
 */
#include "domain/sink/sources.h"

#include <arpa/inet.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

enum { KEY_MAX_BYTES = 16, PREFIX_BYTES = 8, MAPPED_AT = 12, TEXT_MAX_BYTES = 64 };
#define SECOND_US 1000000u
#define GOOD_US   ((uint64_t)WQ_SOURCE_GOOD_MS * 1000)

struct wq_source {
	struct wq_map_node node;
	struct wq_list link;
	char key[KEY_MAX_BYTES];
	uint64_t full_us, unsigned_full_us; /* buckets */
	uint64_t good_until_us;
};

int wq_sources_init(struct wq_sources *s, const struct wq_source_limits *limits)
{
	int rc;

	*s = (struct wq_sources){ .limits = *limits };
	wq_list_init(&s->order);
	if (!limits->per_second && !limits->unsigned_per_second)
		return 0;
	rc = wq_map_init(&s->map);
	s->list = rc == 0 ? wq_calloc(WQ_SOURCES_MAX, sizeof(*s->list)) : NULL;
	return rc == 0 && !s->list ? WQ_RAISE(WQ_ENOMEM) : rc;
}

void wq_sources_fini(struct wq_sources *s)
{
	wq_map_fini(&s->map);
	wq_free(s->list);
	*s = (struct wq_sources){ .n = 0 };
}

/* "1.2.3.4:5" and "[::1]:5" without the port and the brackets. */
static struct wq_str bare(struct wq_str peer)
{
	size_t colon = wq_str_find(peer, ':');

	if (peer.n && peer.p[0] == '[')
		return wq_strn(peer.p + 1, wq_str_find(wq_strn(peer.p + 1, peer.n - 1), ']'));
	if (colon < peer.n && !memchr(peer.p + colon + 1, ':', peer.n - colon - 1))
		peer.n = colon;
	return peer;
}

static struct wq_str six_key(const struct in6_addr *six, char key[static KEY_MAX_BYTES])
{
	if (IN6_IS_ADDR_V4MAPPED(six) &&
	    inet_ntop(AF_INET, six->s6_addr + MAPPED_AT, key, KEY_MAX_BYTES))
		return wq_str(key);
	memcpy(key, six, PREFIX_BYTES);
	return wq_strn(key, PREFIX_BYTES);
}

/* An IPv4 address, mapped or not, as its text, an IPv6 address as its prefix; `key` has room for it. */
static struct wq_str key_of(struct wq_str peer, char key[static KEY_MAX_BYTES])
{
	struct wq_str address = bare(peer);
	char text[TEXT_MAX_BYTES];
	struct in6_addr six;

	if (address.n && address.n < sizeof(text) && memchr(address.p, ':', address.n)) {
		memcpy(text, address.p, address.n);
		text[address.n] = '\0';
		if (inet_pton(AF_INET6, text, &six) == 1)
			return six_key(&six, key);
	}
	address.n = address.n < KEY_MAX_BYTES ? address.n : KEY_MAX_BYTES;
	if (address.n)
		memcpy(key, address.p, address.n);
	return wq_strn(key, address.n);
}

static struct wq_source *begin_anew(struct wq_sources *s, struct wq_str key)
{
	struct wq_source *o;

	if (s->n < WQ_SOURCES_MAX) {
		o = &s->list[s->n++];
	} else {
		o = WQ_OWNER(wq_list_pop(&s->order), struct wq_source, link);
		wq_map_take(&s->map, &o->node);
	}
	*o = (struct wq_source){ .full_us = 0 };
	memcpy(o->key, key.p, key.n);
	wq_map_put(&s->map, &o->node, wq_strn(o->key, key.n));
	wq_list_init(&o->link);
	return o;
}

static struct wq_source *source_of(struct wq_sources *s, struct wq_str peer)
{
	char room[KEY_MAX_BYTES];
	struct wq_str key = key_of(peer, room);
	struct wq_map_node *node = wq_map_get(&s->map, key);
	struct wq_source *o = node ? WQ_OWNER(node, struct wq_source, node) : begin_anew(s, key);

	wq_list_remove(&o->link);
	wq_list_push(&s->order, &o->link);
	return o;
}

/* Microseconds until one is in the bucket; 0: one is.  A bucket holds a second's worth. */
static uint64_t wait_us(uint64_t full_us, uint32_t per_second, uint64_t now_us)
{
	uint64_t one = SECOND_US / per_second, missing = full_us > now_us ? full_us - now_us : 0;

	return missing + one > SECOND_US ? missing + one - SECOND_US : 0;
}

static void take(uint64_t *full_us, uint32_t per_second, uint64_t now_us)
{
	*full_us = (*full_us > now_us ? *full_us : now_us) + SECOND_US / per_second;
}

enum wq_source_verdict wq_sources_admit(struct wq_sources *s, struct wq_str peer, uint64_t now_us,
                                        uint32_t *retry_s)
{
	const struct wq_source_limits *l = &s->limits;
	enum wq_source_verdict verdict = WQ_SOURCE_OK;
	struct wq_source *o;
	uint64_t wait = 0;

	if (!s->list)
		return WQ_SOURCE_OK;
	o = source_of(s, peer);
	if (l->unsigned_per_second && now_us >= o->good_until_us) {
		wait = wait_us(o->unsigned_full_us, l->unsigned_per_second, now_us);
		verdict = wait ? WQ_SOURCE_UNSIGNED : WQ_SOURCE_OK;
	}
	if (verdict == WQ_SOURCE_OK && l->per_second) {
		wait = wait_us(o->full_us, l->per_second, now_us);
		verdict = wait ? WQ_SOURCE_MANY : WQ_SOURCE_OK;
	}
	if (verdict == WQ_SOURCE_OK && l->per_second)
		take(&o->full_us, l->per_second, now_us);
	*retry_s = (uint32_t)((wait + SECOND_US - 1) / SECOND_US);
	return verdict;
}

void wq_sources_signed(struct wq_sources *s, struct wq_str peer, uint64_t now_us)
{
	if (s->list)
		source_of(s, peer)->good_until_us = now_us + GOOD_US;
}

void wq_sources_unsigned(struct wq_sources *s, struct wq_str peer, uint64_t now_us)
{
	if (s->list && s->limits.unsigned_per_second)
		take(&source_of(s, peer)->unsigned_full_us, s->limits.unsigned_per_second, now_us);
}

/* Takes the part behind the last comma off the end of *rest. */
static struct wq_str last_of(struct wq_str *rest)
{
	size_t at = rest->n;
	struct wq_str part;

	while (at > 0 && rest->p[at - 1] != ',')
		at--;
	part = wq_str_trim(wq_strn(rest->p + at, rest->n - at));
	rest->n = at > 0 ? at - 1 : 0;
	return part;
}

struct wq_str wq_source_forwarded(const struct wq_str *values, size_t n, unsigned nth)
{
	for (size_t i = n; i > 0 && nth > 0; i--) {
		struct wq_str rest = values[i - 1];

		while (rest.n > 0) {
			struct wq_str part = last_of(&rest);

			if (part.n && --nth == 0)
				return part;
		}
	}
	return wq_strn(NULL, 0);
}
