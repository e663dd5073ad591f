/* SPDX-License-Identifier: MIT */
/* server.c — the server's life, its keys, and looks from outside. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "sim/redis/server.h"

struct sim_snapshot {
	struct sim_data *data;
};

static void new_run(struct sim_redis *r)
{
	char seed[32];
	int n = snprintf(seed, sizeof(seed), "run %llu", (unsigned long long)++r->generation);

	sim_sha1_hex(wq_strn(seed, (size_t)n), r->run_id);
	r->saved_s = r->now_us / 1000000;
	snprintf(r->address, sizeof(r->address), "table: 0x%012llx",
	         0x7f0000000000 + 64ull * r->generation);
}

void sim_redis_pose(struct sim_redis *r, const char *run_id, uint64_t saved_s, const char *address)
{
	snprintf(r->run_id, sizeof(r->run_id), "%s", run_id);
	snprintf(r->address, sizeof(r->address), "%s", address);
	r->saved_s = saved_s;
}

struct sim_redis *sim_redis_create(void)
{
	struct sim_redis *r = sim_alloc(sizeof(*r));

	*r = (struct sim_redis){ .data = sim_data_new(), .now_us = 1000000 };
	wq_list_init(&r->clients);
	wq_list_init(&r->waiting);
	r->ready.size = sizeof(struct sim_text *);
	wq_buf_init(&r->inner, SIM_OUT_MAX);
	wq_buf_init(&r->asked, SIM_OUT_MAX);
	wq_buf_init(&r->looked, SIM_OUT_MAX);
	new_run(r);
	return r;
}

void sim_forget_ready(struct sim_redis *r)
{
	for (size_t i = 0; i < r->ready.n; i++)
		sim_text_unref(*(struct sim_text **)sim_row_at(&r->ready, i));
	sim_row_fini(&r->ready);
}

void sim_redis_destroy(struct sim_redis *r)
{
	if (!r)
		return;
	while (!wq_list_empty(&r->clients))
		sim_redis_disconnect(WQ_OWNER(r->clients.next, struct sim_client, link));
	sim_forget_ready(r);
	sim_torn_forget(r);
	sim_table_fini(&r->scripts);
	sim_data_unref(r->data);
	wq_buf_fini(&r->inner);
	wq_buf_fini(&r->asked);
	wq_buf_fini(&r->looked);
	wq_free(r->refuse);
	wq_free(r);
}

void sim_redis_now(struct sim_redis *r, uint64_t unix_us)
{
	if (r->saved_s == 1) /* it began when it was first told the time */
		r->saved_s = unix_us / 1000000;
	r->now_us = unix_us;
}

void sim_redis_restart(struct sim_redis *r)
{
	sim_torn_restart(r);
	sim_table_fini(&r->scripts);
	new_run(r);
}

uint64_t sim_redis_commands(const struct sim_redis *r)
{
	return r->commands;
}

struct sim_snapshot *sim_redis_snapshot(struct sim_redis *r)
{
	struct sim_snapshot *s = sim_alloc(sizeof(*s));

	s->data = r->data;
	r->data->refs++;
	return s;
}

void sim_redis_restore(struct sim_redis *r, const struct sim_snapshot *s)
{
	s->data->refs++;
	sim_data_unref(r->data);
	r->data = s->data;
	/* Who waits looks again. */
	for (struct wq_list *l = r->waiting.next; l != &r->waiting; l = l->next) {
		struct sim_client *c = WQ_OWNER(l, struct sim_client, wait_link);

		for (size_t i = 1; i < c->wait->n; i++)
			sim_signal(r, c->wait->argv[i]);
	}
	sim_serve(r);
}

void sim_snapshot_destroy(struct sim_snapshot *s)
{
	if (!s)
		return;
	sim_data_unref(s->data);
	wq_free(s);
}

void sim_redis_refuse(struct sim_redis *r, const char *error)
{
	static const struct {
		const char *word;
		int kind;
	} kinds[] = { { "READONLY", SIM_REFUSE_WRITES },
		      { "MISCONF", SIM_REFUSE_WRITES },
		      { "NOREPLICAS", SIM_REFUSE_WRITES },
		      { "OOM", SIM_REFUSE_MEMORY } };

	wq_free(r->refuse);
	r->refuse = NULL;
	r->refuses = SIM_REFUSE_NOTHING;
	if (!error)
		return;
	r->refuse = sim_alloc(strlen(error) + 1);
	memcpy(r->refuse, error, strlen(error) + 1);
	r->refuses = SIM_REFUSE_ALL;
	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		if (strncmp(error, kinds[i].word, strlen(kinds[i].word)) == 0)
			r->refuses = kinds[i].kind;
}

void sim_data_own(struct sim_redis *r)
{
	struct sim_data *mine;

	if (r->data->refs == 1)
		return;
	mine = sim_data_copy(r->data);
	sim_data_unref(r->data);
	r->data = mine;
}

struct sim_entry *sim_lookup(struct sim_redis *r, struct wq_str key)
{
	struct sim_entry *e = sim_table_find(&r->data->keys, key);

	if (!e || e->until_ms == 0 || e->until_ms >= sim_now_ms(r))
		return e;
	if (r->data->refs > 1) {
		sim_data_own(r);
		e = sim_table_find(&r->data->keys, key);
	}
	sim_data_remove(r->data, e);
	return NULL;
}

struct sim_entry *sim_own(struct sim_redis *r, struct wq_str key)
{
	struct sim_entry *e = sim_lookup(r, key);
	struct sim_object *mine;

	if (!e)
		return NULL;
	if (r->data->refs > 1) {
		sim_data_own(r);
		e = sim_table_find(&r->data->keys, key);
	}
	if (e->v.object->refs > 1) {
		mine = sim_object_copy(e->v.object);
		sim_object_unref(e->v.object);
		e->v.object = mine;
	}
	return e;
}

static bool is_of(struct sim_call *k, const struct sim_entry *e, enum sim_type type, bool *wrong)
{
	*wrong = e && e->v.object->type != type;
	if (*wrong)
		sim_out_error(k, SIM_WRONGTYPE);
	return e && !*wrong;
}

const struct sim_object *sim_read(struct sim_call *k, struct wq_str key, enum sim_type type,
                                  bool *wrong)
{
	const struct sim_entry *e = sim_lookup(k->r, key);

	return is_of(k, e, type, wrong) ? e->v.object : NULL;
}

struct sim_object *sim_write(struct sim_call *k, struct wq_str key, enum sim_type type, bool *wrong)
{
	struct sim_entry *e = sim_own(k->r, key);

	return is_of(k, e, type, wrong) ? e->v.object : NULL;
}

struct sim_object *sim_write_new(struct sim_call *k, struct wq_str key, enum sim_type type)
{
	bool wrong;
	struct sim_object *o = sim_write(k, key, type, &wrong);

	if (o || wrong)
		return o;
	o = sim_object_new(type);
	sim_put(k->r, key, o);
	return o;
}

struct sim_entry *sim_put(struct sim_redis *r, struct wq_str key, struct sim_object *o)
{
	struct sim_entry *e;

	sim_lookup(r, key);
	sim_data_own(r);
	e = sim_table_find(&r->data->keys, key);
	if (e)
		sim_object_unref(e->v.object);
	else
		e = sim_table_add(&r->data->keys, key);
	e->v.object = o;
	e->until_ms = 0;
	if (o->type == SIM_ZSET || o->type == SIM_LIST || o->type == SIM_STREAM)
		sim_signal(r, key);
	return e;
}

bool sim_delete(struct sim_redis *r, struct wq_str key)
{
	struct sim_entry *e = sim_lookup(r, key);

	if (!e)
		return false;
	if (r->data->refs > 1) {
		sim_data_own(r);
		e = sim_table_find(&r->data->keys, key);
	}
	sim_data_remove(r->data, e);
	return true;
}

void sim_settle(struct sim_redis *r, struct wq_str key, const struct sim_object *o)
{
	if (o->type != SIM_STREAM && sim_object_count(o) == 0)
		sim_delete(r, key);
}

void sim_signal(struct sim_redis *r, struct wq_str key)
{
	struct sim_text **place;

	if (wq_list_empty(&r->waiting))
		return;
	place = sim_row_insert(&r->ready, r->ready.n);
	*place = sim_text_new(key);
}
