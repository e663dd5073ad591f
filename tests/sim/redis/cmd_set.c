/* SPDX-License-Identifier: MIT */
/* cmd_set.c — sets.  One of integers alone stands in their order, as Redis keeps it. */
#include <stdlib.h>

#include "base/alloc.h"
#include "sim/redis/server.h"

enum { INTS_MAX = 512 };

static bool add(struct sim_object *o, struct wq_str member)
{
	int64_t v;

	if (sim_table_find(&o->table, member))
		return false;
	sim_table_add(&o->table, member);
	o->large |= !sim_to_int(member, &v) || o->table.live > INTS_MAX;
	return true;
}

static void sadd(struct sim_call *k)
{
	struct sim_object *o = sim_write_new(k, sim_arg(k, 1), SIM_SET);
	int64_t n = 0;

	if (!o)
		return;
	for (size_t i = 2; i < k->argc; i++)
		n += add(o, sim_arg(k, i));
	sim_out_int(k, n);
}

static void srem(struct sim_call *k)
{
	bool wrong;
	struct sim_object *o = sim_write(k, sim_arg(k, 1), SIM_SET, &wrong);
	int64_t n = 0;

	if (wrong)
		return;
	for (size_t i = 2; o && i < k->argc; i++) {
		struct sim_entry *e = sim_table_find(&o->table, sim_arg(k, i));

		if (!e)
			continue;
		sim_table_remove(&o->table, e);
		n++;
	}
	if (o)
		sim_settle(k->r, sim_arg(k, 1), o);
	sim_out_int(k, n);
}

static void scard(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_SET, &wrong);

	if (!wrong)
		sim_out_int(k, o ? o->table.live : 0);
}

static void sismember(struct sim_call *k)
{
	bool wrong, many = k->command->name[1] == 'm';
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_SET, &wrong);

	if (wrong)
		return;
	if (many)
		sim_out_array(k, k->argc - 2);
	for (size_t i = 2; i < k->argc; i++)
		sim_out_int(k, o && sim_table_find(&o->table, sim_arg(k, i)));
}

static int by_number(const void *a, const void *b)
{
	int64_t x, y;

	sim_to_int(sim_text_str(*(struct sim_text *const *)a), &x);
	sim_to_int(sim_text_str(*(struct sim_text *const *)b), &y);
	return (x > y) - (x < y);
}

/* Members in the order that is shown; the array is the caller's to free. */
static struct sim_text **ordered(const struct sim_object *o)
{
	struct sim_text **all = sim_alloc((o->table.live + 1) * sizeof(struct sim_text *));
	uint32_t at = 0, n = 0;

	for (const struct sim_entry *e; (e = sim_table_next(&o->table, &at));)
		all[n++] = e->key;
	if (!o->large)
		qsort(all, n, sizeof(struct sim_text *), by_number);
	return all;
}

static void smembers(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_SET, &wrong);
	struct sim_text **all;

	if (wrong)
		return;
	sim_out_array(k, o ? o->table.live : 0);
	if (!o)
		return;
	all = ordered(o);
	for (uint32_t i = 0; i < o->table.live; i++)
		sim_out_text(k, all[i]);
	wq_free(all);
}

static void spop(struct sim_call *k)
{
	bool wrong, many = k->argc == 3;
	struct sim_object *o;
	int64_t n = 1;
	uint32_t at = 0;

	if (k->argc > 3) {
		sim_out_error(k, SIM_SYNTAX);
		return;
	}
	if (many && (!sim_to_int(sim_arg(k, 2), &n) || n < 0)) {
		sim_out_error(k, "ERR value is out of range, must be positive");
		return;
	}
	o = sim_write(k, sim_arg(k, 1), SIM_SET, &wrong);
	if (wrong)
		return;
	if (many)
		n = !o ? 0 : n < o->table.live ? n : o->table.live;
	else if (!o)
		sim_out_nil(k);
	if (many)
		sim_out_array(k, (size_t)n);
	for (; o && n > 0; n--) {
		struct sim_entry *e = sim_table_next(&o->table, &at);

		sim_out_text(k, e->key);
		sim_table_remove(&o->table, e);
	}
	if (o)
		sim_settle(k->r, sim_arg(k, 1), o);
}

static size_t out_member(struct sim_call *k, const struct sim_entry *e, const struct sim_scan *s)
{
	if (s->match && !sim_matches(s->pattern, sim_text_str(e->key)))
		return 0;
	sim_out_text(k, e->key);
	return 1;
}

static void sscan(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o;
	struct sim_scan s;

	if (!sim_scan_cursor(k, 2, &s))
		return;
	o = sim_read(k, sim_arg(k, 1), SIM_SET, &wrong);
	if (wrong || (o && !sim_scan_options(k, 2, &s)))
		return;
	sim_scan_table(k, o ? &o->table : NULL, &s, o && !o->large, out_member);
}

/* Some of a set, or of the names of a hash: here the first. */
static void some(struct sim_call *k)
{
	bool wrong, many = k->argc == 3;
	const struct sim_object *o;
	int64_t n = 1;
	uint32_t at = 0;

	if (k->argc > 3) {
		sim_out_error(k, SIM_SYNTAX);
		return;
	}
	if (many && !sim_arg_int(k, 2, &n))
		return;
	o = sim_read(k, sim_arg(k, 1), k->command->name[0] == 'h' ? SIM_HASH : SIM_SET, &wrong);
	if (wrong)
		return;
	if (!many) {
		sim_out_text(k, o ? sim_table_next(&o->table, &at)->key : NULL);
		return;
	}
	if (n < 0 && o) { /* as many, one of them again and again */
		sim_out_array(k, (size_t)-n);
		for (; n < 0; n++, at = 0)
			sim_out_text(k, sim_table_next(&o->table, &at)->key);
		return;
	}
	n = !o ? 0 : n < o->table.live ? n : o->table.live;
	sim_out_array(k, (size_t)n);
	for (; n > 0; n--)
		sim_out_text(k, sim_table_next(&o->table, &at)->key);
}

const struct sim_command sim_set_commands[] = {
	{ "sadd", sadd, -3, SIM_W | SIM_M },
	{ "srem", srem, -3, SIM_W },
	{ "scard", scard, 2, 0 },
	{ "sismember", sismember, 3, 0 },
	{ "smismember", sismember, -3, 0 },
	{ "smembers", smembers, 2, 0 },
	{ "spop", spop, -2, SIM_W },
	{ "srandmember", some, -2, 0 },
	{ "hrandfield", some, -2, 0 },
	{ "sscan", sscan, -3, 0 },
	{ NULL, NULL, 0, 0 },
};
