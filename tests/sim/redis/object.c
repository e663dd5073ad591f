/* SPDX-License-Identifier: MIT */
/* object.c — values of keys, sorted sets among them, and all keys together. */
#include "base/alloc.h"
#include "base/assert.h"
#include "sim/redis/store.h"

size_t sim_zset_lower(const struct sim_zset *z, double score, struct wq_str member)
{
	size_t low = 0, high = z->row.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct sim_ranked *at = sim_zset_at(z, mid);

		if (at->score < score ||
		    (at->score == score && sim_text_compare(sim_text_str(at->member), member) < 0))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

size_t sim_zset_rank(const struct sim_zset *z, const struct sim_entry *e)
{
	size_t rank = sim_zset_lower(z, e->v.score, sim_text_str(e->key));

	WQ_REQUIRE(sim_zset_at(z, rank)->member == e->key);
	return rank;
}

void sim_zset_set(struct sim_zset *z, struct wq_str member, double score)
{
	struct sim_entry *e = sim_table_find(&z->table, member);
	struct sim_ranked *place;

	if (e && e->v.score == score)
		return;
	if (e)
		sim_row_remove(&z->row, sim_zset_rank(z, e), 1);
	else
		e = sim_table_add(&z->table, member);
	e->v.score = score;
	place = sim_row_insert(&z->row, sim_zset_lower(z, score, member));
	*place = (struct sim_ranked){ .score = score, .member = e->key };
}

void sim_zset_remove(struct sim_zset *z, size_t rank)
{
	struct sim_entry *e = sim_table_find(&z->table, sim_text_str(sim_zset_at(z, rank)->member));

	sim_row_remove(&z->row, rank, 1);
	sim_table_remove(&z->table, e);
}

struct sim_object *sim_object_new(enum sim_type type)
{
	struct sim_object *o = sim_alloc(sizeof(*o));

	*o = (struct sim_object){ .refs = 1, .type = type };
	if (type == SIM_LIST) {
		o->list.size = sizeof(struct sim_text *);
	} else if (type == SIM_ZSET) {
		o->zset.row.size = sizeof(struct sim_ranked);
	} else if (type == SIM_STREAM) {
		o->stream.items.size = sizeof(struct sim_item *);
		o->stream.nodes.size = sizeof(struct sim_node);
	}
	return o;
}

static void copy_list(struct sim_row *to, const struct sim_row *from)
{
	sim_row_copy(to, from);
	for (size_t i = 0; i < to->n; i++)
		sim_text_ref(*(struct sim_text **)sim_row_at(to, i));
}

static void copy_hash(struct sim_table *to, const struct sim_table *from)
{
	uint32_t at = 0;

	sim_table_copy(to, from);
	for (struct sim_entry *e = sim_table_next(to, &at); e; e = sim_table_next(to, &at))
		sim_text_ref(e->v.text);
}

struct sim_object *sim_object_copy(const struct sim_object *o)
{
	struct sim_object *copy = sim_alloc(sizeof(*copy));

	*copy = *o;
	copy->refs = 1;
	switch (o->type) {
	case SIM_STRING:
		sim_text_ref(copy->text);
		break;
	case SIM_LIST:
		copy_list(&copy->list, &o->list);
		break;
	case SIM_SET:
		sim_table_copy(&copy->table, &o->table);
		break;
	case SIM_HASH:
		copy_hash(&copy->table, &o->table);
		break;
	case SIM_ZSET:
		sim_table_copy(&copy->zset.table, &o->zset.table);
		sim_row_copy(&copy->zset.row, &o->zset.row);
		break;
	case SIM_STREAM:
		sim_stream_copy(&copy->stream, &o->stream);
		break;
	}
	return copy;
}

static void fini_hash(struct sim_table *t)
{
	uint32_t at = 0;

	for (struct sim_entry *e = sim_table_next(t, &at); e; e = sim_table_next(t, &at))
		sim_text_unref(e->v.text);
	sim_table_fini(t);
}

static void fini_list(struct sim_row *r)
{
	for (size_t i = 0; i < r->n; i++)
		sim_text_unref(*(struct sim_text **)sim_row_at(r, i));
	sim_row_fini(r);
}

void sim_object_unref(struct sim_object *o)
{
	if (!o || --o->refs > 0)
		return;
	switch (o->type) {
	case SIM_STRING:
		sim_text_unref(o->text);
		break;
	case SIM_LIST:
		fini_list(&o->list);
		break;
	case SIM_SET:
		sim_table_fini(&o->table);
		break;
	case SIM_HASH:
		fini_hash(&o->table);
		break;
	case SIM_ZSET:
		sim_row_fini(&o->zset.row);
		sim_table_fini(&o->zset.table);
		break;
	case SIM_STREAM:
		sim_stream_fini(&o->stream);
		break;
	}
	wq_free(o);
}

size_t sim_object_count(const struct sim_object *o)
{
	switch (o->type) {
	case SIM_STRING:
		return 1;
	case SIM_LIST:
		return o->list.n;
	case SIM_SET:
	case SIM_HASH:
		return o->table.live;
	case SIM_ZSET:
		return o->zset.row.n;
	case SIM_STREAM:
		return o->stream.items.n;
	}
	return 0;
}

struct sim_data *sim_data_new(void)
{
	struct sim_data *d = sim_alloc(sizeof(*d));

	*d = (struct sim_data){ .refs = 1 };
	return d;
}

struct sim_data *sim_data_copy(const struct sim_data *d)
{
	struct sim_data *copy = sim_data_new();
	uint32_t at = 0;

	sim_table_copy(&copy->keys, &d->keys);
	for (struct sim_entry *e = sim_table_next(&copy->keys, &at); e;
	     e = sim_table_next(&copy->keys, &at))
		e->v.object->refs++;
	return copy;
}

void sim_data_unref(struct sim_data *d)
{
	uint32_t at = 0;

	if (!d || --d->refs > 0)
		return;
	for (struct sim_entry *e = sim_table_next(&d->keys, &at); e;
	     e = sim_table_next(&d->keys, &at))
		sim_object_unref(e->v.object);
	sim_table_fini(&d->keys);
	wq_free(d);
}

void sim_data_remove(struct sim_data *d, struct sim_entry *e)
{
	sim_object_unref(e->v.object);
	sim_table_remove(&d->keys, e);
}
