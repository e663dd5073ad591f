/* SPDX-License-Identifier: MIT */
/* map.c — chains in buckets; twice as many when there are more nodes than buckets.  Hashed by SipHash-1-3. */
#include "base/map.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/random.h"

static uint64_t rotated(uint64_t v, unsigned bits)
{
	return v << bits | v >> (64 - bits);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[1] = rotated(v[1], 13) ^ v[0];
	v[0] = rotated(v[0], 32);
	v[2] += v[3];
	v[3] = rotated(v[3], 16) ^ v[2];
	v[0] += v[3];
	v[3] = rotated(v[3], 21) ^ v[0];
	v[2] += v[1];
	v[1] = rotated(v[1], 17) ^ v[2];
	v[2] = rotated(v[2], 32);
}

static uint64_t hash_of(const struct wq_map *m, struct wq_str key)
{
	uint64_t v[4] = { m->seed[0] ^ 0x736f6d6570736575, m->seed[1] ^ 0x646f72616e646f6d,
		          m->seed[0] ^ 0x6c7967656e657261, m->seed[1] ^ 0x7465646279746573 };
	uint64_t last = (uint64_t)key.n << 56;
	size_t i = 0;

	for (; i + 8 <= key.n; i += 8) {
		uint64_t word;

		memcpy(&word, key.p + i, 8);
		v[3] ^= word;
		sip_round(v);
		v[0] ^= word;
	}
	for (unsigned shift = 0; i < key.n; i++, shift += 8)
		last |= (uint64_t)(unsigned char)key.p[i] << shift;
	v[3] ^= last;
	sip_round(v);
	v[0] ^= last;
	v[2] ^= 0xff;
	for (int round = 0; round < 3; round++)
		sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

int wq_map_init(struct wq_map *m)
{
	*m = (struct wq_map){ .buckets_n = WQ_MAP_FIRST_BUCKETS };
	m->buckets = m->first;
	return wq_random_bytes(m->seed, sizeof(m->seed));
}

void wq_map_fini(struct wq_map *m)
{
	if (m->buckets != m->first)
		wq_free(m->buckets);
	*m = (struct wq_map){ .buckets_n = 0 };
}

static struct wq_map_node **bucket_of(const struct wq_map *m, uint64_t hash)
{
	return &m->buckets[hash & (m->buckets_n - 1)];
}

static void grow(struct wq_map *m)
{
	struct wq_map_node **before = m->buckets;
	struct wq_map_node **more = wq_calloc(m->buckets_n * 2, sizeof(struct wq_map_node *));
	size_t n = m->buckets_n;

	if (!more)
		return;
	m->buckets = more;
	m->buckets_n = n * 2;
	for (size_t i = 0; i < n; i++) {
		struct wq_map_node *node = before[i], *following, **halves[2];

		halves[0] = &more[i];
		halves[1] = &more[i + n];
		for (; node; node = following) { /* keeps their order: the newest stays in front */
			struct wq_map_node ***end = &halves[(node->hash & n) != 0];

			following = node->next;
			node->next = NULL;
			**end = node;
			*end = &node->next;
		}
	}
	if (before != m->first)
		wq_free(before);
}

void wq_map_put(struct wq_map *m, struct wq_map_node *node, struct wq_str key)
{
	struct wq_map_node **bucket;

	WQ_REQUIRE(!node->in && m->buckets);
	if (m->n >= m->buckets_n)
		grow(m);
	*node = (struct wq_map_node){ .key = key, .hash = hash_of(m, key), .in = true };
	bucket = bucket_of(m, node->hash);
	node->next = *bucket;
	*bucket = node;
	m->n++;
}

struct wq_map_node *wq_map_get(const struct wq_map *m, struct wq_str key)
{
	uint64_t hash = hash_of(m, key);
	struct wq_map_node *node = m->buckets_n ? *bucket_of(m, hash) : NULL;

	while (node && (node->hash != hash || !wq_str_eq(node->key, key)))
		node = node->next;
	return node;
}

void wq_map_take(struct wq_map *m, struct wq_map_node *node)
{
	struct wq_map_node **at;

	if (!node->in)
		return;
	at = bucket_of(m, node->hash);
	while (*at != node)
		at = &(*at)->next;
	*at = node->next;
	node->in = false;
	m->n--;
}
