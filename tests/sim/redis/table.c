/* SPDX-License-Identifier: MIT */
/* table.c — texts, tables and rows. */
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "sim/redis/store.h"

enum { SMALL = 8, GONE = UINT32_MAX >> 1 }; /* GONE: a slot whose entry left */

void *sim_alloc(size_t n)
{
	return sim_realloc(NULL, n);
}

void *sim_realloc(void *p, size_t n)
{
	void *got = wq_realloc(p, n);

	if (!got) {
		fputs("the simulated Redis has no memory left\n", stderr);
		abort();
	}
	return got;
}

uint32_t sim_hash(struct wq_str s)
{
	uint64_t h = 0x9e3779b97f4a7c15u ^ s.n, part;

	for (; s.n >= sizeof(part); s.p += sizeof(part), s.n -= sizeof(part)) {
		memcpy(&part, s.p, sizeof(part));
		h = (h ^ part) * 0xff51afd7ed558ccdu;
		h ^= h >> 32;
	}
	part = 0;
	if (s.n)
		memcpy(&part, s.p, s.n);
	h = (h ^ part) * 0xc4ceb9fe1a85ec53u;
	return (uint32_t)(h ^ h >> 32);
}

struct sim_text *sim_text_new(struct wq_str s)
{
	struct sim_text *t = sim_alloc(sizeof(*t) + s.n + 1);

	*t = (struct sim_text){ .refs = 1, .n = (uint32_t)s.n, .hash = sim_hash(s) };
	if (s.n)
		memcpy(t->p, s.p, s.n);
	t->p[s.n] = '\0';
	return t;
}

void sim_text_unref(struct sim_text *t)
{
	if (t && --t->refs == 0)
		wq_free(t);
}

int sim_text_compare(struct wq_str a, struct wq_str b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.p, b.p, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

void sim_table_fini(struct sim_table *t)
{
	for (uint32_t i = t->first; i < t->used; i++)
		sim_text_unref(t->entries[i].key);
	wq_free(t->entries);
	wq_free(t->slots);
	*t = (struct sim_table){ .next_seq = t->next_seq };
}

static void put_slot(struct sim_table *t, uint32_t hash, uint32_t index)
{
	uint32_t mask = t->slots_n - 1, at = hash & mask;

	while (t->slots[at] != 0 && t->slots[at] != GONE)
		at = (at + 1) & mask;
	t->slots[at] = index + 1;
}

static void index_all(struct sim_table *t)
{
	wq_free(t->slots);
	t->slots = NULL;
	t->slots_n = 0;
	if (t->cap <= SMALL)
		return;
	t->slots_n = 16;
	while (t->slots_n < t->cap * 2)
		t->slots_n *= 2;
	t->slots = sim_alloc(t->slots_n * sizeof(*t->slots));
	memset(t->slots, 0, t->slots_n * sizeof(*t->slots));
	for (uint32_t i = 0; i < t->used; i++)
		if (t->entries[i].key)
			put_slot(t, t->entries[i].key->hash, i);
}

/* Room for one more, without holes. */
static void make_room(struct sim_table *t)
{
	uint32_t n = 0;

	for (uint32_t i = t->first; i < t->used; i++)
		if (t->entries[i].key)
			t->entries[n++] = t->entries[i];
	t->first = 0;
	t->used = n;
	if (n * 4 >= t->cap * 3) {
		t->cap = t->cap ? t->cap * 2 : SMALL / 2;
		t->entries = sim_realloc(t->entries, t->cap * sizeof(*t->entries));
	}
	index_all(t);
}

void sim_table_copy(struct sim_table *to, const struct sim_table *from)
{
	*to = *from;
	to->entries = NULL;
	to->slots = NULL;
	if (!from->cap)
		return;
	to->entries = sim_alloc(from->cap * sizeof(*to->entries));
	memcpy(to->entries, from->entries, from->used * sizeof(*to->entries));
	if (from->slots) {
		to->slots = sim_alloc(from->slots_n * sizeof(*to->slots));
		memcpy(to->slots, from->slots, from->slots_n * sizeof(*to->slots));
	}
	for (uint32_t i = to->first; i < to->used; i++)
		if (to->entries[i].key)
			sim_text_ref(to->entries[i].key);
}

static bool is_key(const struct sim_text *t, uint32_t hash, struct wq_str key)
{
	return t && t->hash == hash && t->n == key.n && memcmp(t->p, key.p, key.n) == 0;
}

/* The slot of an entry, or where the search ended. */
static uint32_t slot_of(const struct sim_table *t, uint32_t hash, struct wq_str key)
{
	uint32_t mask = t->slots_n - 1, at = hash & mask;

	for (; t->slots[at] != 0; at = (at + 1) & mask)
		if (t->slots[at] != GONE && is_key(t->entries[t->slots[at] - 1].key, hash, key))
			break;
	return at;
}

struct sim_entry *sim_table_find(const struct sim_table *t, struct wq_str key)
{
	uint32_t hash, at;

	if (t->live == 0)
		return NULL;
	hash = sim_hash(key);
	if (t->slots) {
		at = t->slots[slot_of(t, hash, key)];
		return at ? &t->entries[at - 1] : NULL;
	}
	for (at = t->first; at < t->used; at++)
		if (is_key(t->entries[at].key, hash, key))
			return &t->entries[at];
	return NULL;
}

struct sim_entry *sim_table_add(struct sim_table *t, struct wq_str key)
{
	struct sim_entry *e;

	if (t->used == t->cap)
		make_room(t);
	e = &t->entries[t->used];
	*e = (struct sim_entry){ .key = sim_text_new(key), .seq = ++t->next_seq };
	if (t->slots)
		put_slot(t, e->key->hash, t->used);
	t->used++;
	t->live++;
	return e;
}

void sim_table_remove(struct sim_table *t, struct sim_entry *e)
{
	if (t->slots)
		t->slots[slot_of(t, e->key->hash, sim_text_str(e->key))] = GONE;
	sim_text_unref(e->key);
	e->key = NULL;
	t->live--;
	while (t->first < t->used && !t->entries[t->first].key)
		t->first++;
}

struct sim_entry *sim_table_next(const struct sim_table *t, uint32_t *at)
{
	if (*at < t->first)
		*at = t->first;
	while (*at < t->used)
		if (t->entries[(*at)++].key)
			return &t->entries[*at - 1];
	return NULL;
}

uint32_t sim_table_from(const struct sim_table *t, uint64_t seq)
{
	uint32_t low = t->first, high = t->used;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (t->entries[mid].seq < seq)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void *sim_row_at(const struct sim_row *r, size_t i)
{
	WQ_REQUIRE(i < r->n);
	return r->p + (r->first + i) * r->size;
}

/* More room, with what there is in its middle. */
static void widen(struct sim_row *r)
{
	uint32_t cap = r->n < 4 ? 8 : r->n * 2, first = (cap - r->n) / 2;
	char *p = sim_alloc((size_t)cap * r->size);

	if (r->n)
		memcpy(p + (size_t)first * r->size, r->p + (size_t)r->first * r->size,
		       (size_t)r->n * r->size);
	wq_free(r->p);
	r->p = p;
	r->first = first;
	r->cap = cap;
}

void *sim_row_insert(struct sim_row *r, size_t i)
{
	bool front;
	char *p;

	WQ_REQUIRE(i <= r->n && r->size);
	front = i < r->n / 2 || (i == 0 && r->n == 0 && r->first == r->cap);
	if (front ? r->first == 0 : r->first + r->n == r->cap)
		widen(r);
	if (front) {
		p = r->p + (size_t)--r->first * r->size;
		memmove(p, p + r->size, i * r->size);
	} else {
		p = r->p + (r->first + i) * r->size;
		memmove(p + r->size, p, (r->n - i) * r->size);
	}
	r->n++;
	return r->p + (r->first + i) * r->size;
}

void sim_row_remove(struct sim_row *r, size_t i, size_t n)
{
	char *p = r->p + (size_t)r->first * r->size;

	WQ_REQUIRE(i + n <= r->n);
	if (n == 0)
		return;
	if (i < r->n - n - i) {
		memmove(p + n * r->size, p, i * r->size);
		r->first += (uint32_t)n;
	} else {
		memmove(p + i * r->size, p + (i + n) * r->size, (r->n - n - i) * r->size);
	}
	r->n -= (uint32_t)n;
}

void sim_row_fini(struct sim_row *r)
{
	wq_free(r->p);
	*r = (struct sim_row){ .size = r->size };
}

void sim_row_copy(struct sim_row *to, const struct sim_row *from)
{
	*to = (struct sim_row){ .n = from->n, .cap = from->n, .size = from->size };
	if (from->n == 0)
		return;
	to->p = sim_alloc((size_t)from->n * from->size);
	memcpy(to->p, sim_row_at(from, 0), (size_t)from->n * from->size);
}
