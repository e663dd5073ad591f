/* SPDX-License-Identifier: MIT */
/* cmd_hash.c — hashes. */
#include "sim/redis/server.h"

enum { LARGE_ENTRIES = 128, LARGE_BYTES = 64 };

static void put(struct sim_object *o, struct wq_str field, struct wq_str value)
{
	struct sim_entry *e = sim_table_find(&o->table, field);

	if (e) {
		sim_text_unref(e->v.text);
	} else {
		e = sim_table_add(&o->table, field);
		o->large |= field.n > LARGE_BYTES || o->table.live > LARGE_ENTRIES;
	}
	o->large |= value.n > LARGE_BYTES;
	e->v.text = sim_text_new(value);
}

/* NULL: no such key or field, or another type, answered. */
static const struct sim_text *look(struct sim_call *k, bool *wrong)
{
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_HASH, wrong);
	const struct sim_entry *e = o ? sim_table_find(&o->table, sim_arg(k, 2)) : NULL;

	return e ? e->v.text : NULL;
}

static void hset(struct sim_call *k)
{
	struct sim_object *o;
	uint32_t before;

	if (k->argc % 2) {
		sim_out_errorf(k, "ERR wrong number of arguments for '%s' command",
		               k->command->name);
		return;
	}
	o = sim_write_new(k, sim_arg(k, 1), SIM_HASH);
	if (!o)
		return;
	before = o->table.live;
	for (size_t i = 2; i < k->argc; i += 2)
		put(o, sim_arg(k, i), sim_arg(k, i + 1));
	if (k->command->name[1] == 'm')
		sim_out_ok(k);
	else
		sim_out_int(k, o->table.live - before);
}

static void hsetnx(struct sim_call *k)
{
	bool wrong, there = look(k, &wrong);

	if (wrong)
		return;
	if (!there)
		put(sim_write_new(k, sim_arg(k, 1), SIM_HASH), sim_arg(k, 2), sim_arg(k, 3));
	sim_out_int(k, !there);
}

static void hget(struct sim_call *k)
{
	bool wrong;
	const struct sim_text *t = look(k, &wrong);

	if (!wrong)
		sim_out_text(k, t);
}

static void hmget(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_HASH, &wrong);

	if (wrong)
		return;
	sim_out_array(k, k->argc - 2);
	for (size_t i = 2; i < k->argc; i++) {
		const struct sim_entry *e = o ? sim_table_find(&o->table, sim_arg(k, i)) : NULL;

		sim_out_text(k, e ? e->v.text : NULL);
	}
}

static void hexists(struct sim_call *k)
{
	bool wrong;
	const struct sim_text *t = look(k, &wrong);

	if (!wrong)
		sim_out_int(k, t != NULL);
}

static void hstrlen(struct sim_call *k)
{
	bool wrong;
	const struct sim_text *t = look(k, &wrong);

	if (!wrong)
		sim_out_int(k, t ? t->n : 0);
}

static void hlen(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_HASH, &wrong);

	if (!wrong)
		sim_out_int(k, o ? o->table.live : 0);
}

static void hdel(struct sim_call *k)
{
	bool wrong;
	struct sim_object *o = sim_write(k, sim_arg(k, 1), SIM_HASH, &wrong);
	int64_t gone = 0;

	if (wrong)
		return;
	for (size_t i = 2; o && i < k->argc; i++) {
		struct sim_entry *e = sim_table_find(&o->table, sim_arg(k, i));

		if (!e)
			continue;
		sim_text_unref(e->v.text);
		sim_table_remove(&o->table, e);
		gone++;
	}
	if (o)
		sim_settle(k->r, sim_arg(k, 1), o);
	sim_out_int(k, gone);
}

static void all(struct sim_call *k, bool keys, bool values)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_HASH, &wrong);
	uint32_t at = 0;

	if (wrong)
		return;
	sim_out_array(k, o ? (size_t)o->table.live * (keys + values) : 0);
	for (const struct sim_entry *e; o && (e = sim_table_next(&o->table, &at));) {
		if (keys)
			sim_out_text(k, e->key);
		if (values)
			sim_out_text(k, e->v.text);
	}
}

static void hgetall(struct sim_call *k)
{
	all(k, true, true);
}

static void hkeys(struct sim_call *k)
{
	all(k, true, false);
}

static void hvals(struct sim_call *k)
{
	all(k, false, true);
}

static void hincrby(struct sim_call *k)
{
	char text[SIM_NUMBER_BYTES];
	const struct sim_text *was;
	int64_t by, v = 0;
	bool wrong;

	if (!sim_arg_int(k, 3, &by))
		return;
	was = look(k, &wrong);
	if (wrong)
		return;
	if (was && !sim_to_int(sim_text_str(was), &v)) {
		sim_out_error(k, "ERR hash value is not an integer");
		return;
	}
	if (__builtin_add_overflow(v, by, &v)) {
		sim_out_error(k, "ERR increment or decrement would overflow");
		return;
	}
	put(sim_write_new(k, sim_arg(k, 1), SIM_HASH), sim_arg(k, 2),
	    wq_strn(text, sim_write_int(text, v)));
	sim_out_int(k, v);
}

static size_t out_pair(struct sim_call *k, const struct sim_entry *e, const struct sim_scan *s)
{
	if (s->match && !sim_matches(s->pattern, sim_text_str(e->key)))
		return 0;
	sim_out_text(k, e->key);
	sim_out_text(k, e->v.text);
	return 2;
}

static void hscan(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o;
	struct sim_scan s;

	if (!sim_scan_cursor(k, 2, &s))
		return;
	o = sim_read(k, sim_arg(k, 1), SIM_HASH, &wrong);
	if (wrong || (o && !sim_scan_options(k, 2, &s)))
		return;
	sim_scan_table(k, o ? &o->table : NULL, &s, o && !o->large, out_pair);
}

const struct sim_command sim_hash_commands[] = {
	{ "hset", hset, -4, SIM_W | SIM_M },
	{ "hmset", hset, -4, SIM_W | SIM_M },
	{ "hsetnx", hsetnx, 4, SIM_W | SIM_M },
	{ "hget", hget, 3, 0 },
	{ "hmget", hmget, -3, 0 },
	{ "hexists", hexists, 3, 0 },
	{ "hstrlen", hstrlen, 3, 0 },
	{ "hlen", hlen, 2, 0 },
	{ "hdel", hdel, -3, SIM_W },
	{ "hgetall", hgetall, 2, 0 },
	{ "hkeys", hkeys, 2, 0 },
	{ "hvals", hvals, 2, 0 },
	{ "hincrby", hincrby, 4, SIM_W | SIM_M },
	{ "hscan", hscan, -3, 0 },
	{ NULL, NULL, 0, 0 },
};
