/* SPDX-License-Identifier: MIT */
#pragma once
/* store.h — what the data set is made of: shared texts, tables in order of insertion, rows, and objects of them.
 *
 * Everything is counted and copied when it changes while somebody else has it too: a snapshot is one more owner.
 * Nothing here returns a failure: without memory the program ends.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* alloc.h's, for whom there is no tomorrow without memory. */
void *sim_alloc(size_t n);
void *sim_realloc(void *p, size_t n);

/* A text that nobody changes. */
struct sim_text {
	uint32_t refs, n;
	uint32_t hash;
	char p[];
};
struct sim_text *sim_text_new(struct wq_str s);
static inline struct sim_text *sim_text_ref(struct sim_text *t)
{
	t->refs++;
	return t;
}
void sim_text_unref(struct sim_text *t);
static inline struct wq_str sim_text_str(const struct sim_text *t)
{
	return wq_strn(t->p, t->n);
}
uint32_t sim_hash(struct wq_str s);
/* Bytes by value, the shorter first among equal beginnings. */
int sim_text_compare(struct wq_str a, struct wq_str b);

struct sim_object;
union sim_value {
	struct sim_text *text;
	struct sim_object *object;
	double score;
};

/* A table; its entries stand in order of insertion. */
struct sim_entry {
	struct sim_text *key; /* NULL: a hole */
	union sim_value v;
	uint64_t seq;      /* grows from entry to entry: a place for SCAN */
	uint64_t until_ms; /* of keys: when they go; 0: never */
};
struct sim_table {
	struct sim_entry *entries;
	uint32_t *slots; /* NULL while small */
	uint32_t first, used, live, cap, slots_n;
	uint64_t next_seq;
};
void sim_table_fini(struct sim_table *t); /* of values the owner disposed */
/* Keys are shared; values are as they were: the caller shares them. */
void sim_table_copy(struct sim_table *to, const struct sim_table *from);
struct sim_entry *sim_table_find(const struct sim_table *t, struct wq_str key);
/* The key must be absent; its value is unset. */
struct sim_entry *sim_table_add(struct sim_table *t, struct wq_str key);
/* Its value was disposed. */
void sim_table_remove(struct sim_table *t, struct sim_entry *e);
/* NULL behind the last; *at starts at 0. */
struct sim_entry *sim_table_next(const struct sim_table *t, uint32_t *at);
/* Index of the first entry whose seq is at least that. */
uint32_t sim_table_from(const struct sim_table *t, uint64_t seq);

/* Items of one size in a row that grows and shrinks at both ends. */
struct sim_row {
	char *p;
	uint32_t first, n, cap, size;
};
void *sim_row_at(const struct sim_row *r, size_t i);
/* Room for one more in front of i; unset. */
void *sim_row_insert(struct sim_row *r, size_t i);
void sim_row_remove(struct sim_row *r, size_t i, size_t n);
void sim_row_fini(struct sim_row *r);
void sim_row_copy(struct sim_row *to, const struct sim_row *from);

/* Members by score, then by bytes. */
struct sim_ranked {
	double score;
	struct sim_text *member; /* the table's */
};
struct sim_zset {
	struct sim_table table;
	struct sim_row row;
};
/* Index of the first that is not before (score, member). */
size_t sim_zset_lower(const struct sim_zset *z, double score, struct wq_str member);
size_t sim_zset_rank(const struct sim_zset *z, const struct sim_entry *e);
void sim_zset_set(struct sim_zset *z, struct wq_str member, double score);
void sim_zset_remove(struct sim_zset *z, size_t rank);
static inline const struct sim_ranked *sim_zset_at(const struct sim_zset *z, size_t i)
{
	return sim_row_at(&z->row, i);
}

struct sim_id {
	uint64_t ms, seq;
};
static inline int sim_id_compare(struct sim_id a, struct sim_id b)
{
	if (a.ms != b.ms)
		return a.ms < b.ms ? -1 : 1;
	return a.seq < b.seq ? -1 : a.seq > b.seq;
}
struct sim_item {
	uint32_t refs, n; /* n: names and values */
	struct sim_id id;
	struct sim_text *text[];
};
/* Entries that Redis keeps, and drops, together. */
struct sim_node {
	struct sim_id first, last; /* ever */
	uint32_t live, deleted;
	size_t bytes;
	struct sim_item *master; /* whose names the others share */
};
struct sim_stream {
	struct sim_row items; /* struct sim_item * */
	struct sim_row nodes; /* struct sim_node */
	struct sim_id last;
};
/* How much may be trimmed, and by what. */
struct sim_trim {
	bool on, by_id, approx;
	uint64_t most;     /* by length */
	struct sim_id min; /* by id */
	uint64_t limit;    /* entries; 0: none */
};
void sim_stream_add(struct sim_stream *s, struct sim_id id, const struct wq_str *argv, size_t argc);
uint64_t sim_stream_trim(struct sim_stream *s, const struct sim_trim *t);
bool sim_stream_remove(struct sim_stream *s, struct sim_id id);
/* Index of the first that is not before id. */
size_t sim_stream_lower(const struct sim_stream *s, struct sim_id id);
static inline const struct sim_item *sim_stream_at(const struct sim_stream *s, size_t i)
{
	return *(struct sim_item **)sim_row_at(&s->items, i);
}
void sim_stream_fini(struct sim_stream *s);
void sim_stream_copy(struct sim_stream *to, const struct sim_stream *from);

enum sim_type { SIM_STRING, SIM_LIST, SIM_SET, SIM_ZSET, SIM_HASH, SIM_STREAM };
struct sim_object {
	uint32_t refs;
	enum sim_type type;
	bool large; /* Redis would keep it in another form by now: a scan of it comes in parts */
	union {
		struct sim_text *text;
		struct sim_row list; /* struct sim_text * */
		struct sim_table table; /* sets and hashes */
		struct sim_zset zset;
		struct sim_stream stream;
	};
};
struct sim_object *sim_object_new(enum sim_type type);
struct sim_object *sim_object_copy(const struct sim_object *o);
void sim_object_unref(struct sim_object *o);
size_t sim_object_count(const struct sim_object *o);

/* All keys. */
struct sim_data {
	uint32_t refs;
	struct sim_table keys;
};
struct sim_data *sim_data_new(void);
struct sim_data *sim_data_copy(const struct sim_data *d);
void sim_data_unref(struct sim_data *d);
void sim_data_remove(struct sim_data *d, struct sim_entry *e);
