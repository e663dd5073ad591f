/* SPDX-License-Identifier: MIT */
/* cmd_list.c — lists. */
#include "base/alloc.h"
#include "sim/redis/server.h"

static struct sim_text **at(const struct sim_object *o, size_t i)
{
	return sim_row_at(&o->list, i);
}

static void push_all(struct sim_call *k, struct sim_object *o, bool left)
{
	for (size_t i = 2; i < k->argc; i++) {
		struct sim_text **place = sim_row_insert(&o->list, left ? 0 : o->list.n);

		*place = sim_text_new(sim_arg(k, i));
	}
	sim_out_int(k, o->list.n);
}

static void push(struct sim_call *k)
{
	struct sim_object *o = sim_write_new(k, sim_arg(k, 1), SIM_LIST);

	if (o)
		push_all(k, o, k->command->name[0] == 'l');
}

static void pushx(struct sim_call *k)
{
	bool wrong;
	struct sim_object *o = sim_write(k, sim_arg(k, 1), SIM_LIST, &wrong);

	if (o)
		push_all(k, o, k->command->name[0] == 'l');
	else if (!wrong)
		sim_out_int(k, 0);
}

static void drop(struct sim_object *o, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		sim_text_unref(*at(o, i));
	sim_row_remove(&o->list, from, n);
}

static void pop(struct sim_call *k)
{
	bool wrong, left = k->command->name[0] == 'l', many = k->argc == 3;
	struct sim_object *o;
	int64_t n = 1;

	if (k->argc > 3) {
		sim_out_errorf(k, "ERR wrong number of arguments for '%s' command",
		               k->command->name);
		return;
	}
	if (many && (!sim_to_int(sim_arg(k, 2), &n) || n < 0)) {
		sim_out_error(k, "ERR value is out of range, must be positive");
		return;
	}
	o = sim_write(k, sim_arg(k, 1), SIM_LIST, &wrong);
	if (wrong)
		return;
	if (!o) {
		if (many)
			sim_out_nothing(k);
		else
			sim_out_nil(k);
		return;
	}
	n = n < (int64_t)o->list.n ? n : (int64_t)o->list.n;
	if (many)
		sim_out_array(k, (size_t)n);
	for (; n > 0; n--) {
		size_t i = left ? 0 : o->list.n - 1;

		sim_out_text(k, *at(o, i));
		drop(o, i, 1);
	}
	sim_settle(k->r, sim_arg(k, 1), o);
}

static void llen(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_LIST, &wrong);

	if (!wrong)
		sim_out_int(k, o ? o->list.n : 0);
}

/* Both counted from an end, as the two arguments have them; false: nothing is between them. */
static bool between(int64_t *from, int64_t *to, size_t n)
{
	*from += *from < 0 ? (int64_t)n : 0;
	*to += *to < 0 ? (int64_t)n : 0;
	*from = *from < 0 ? 0 : *from;
	*to = *to >= (int64_t)n ? (int64_t)n - 1 : *to;
	return *from <= *to && *from < (int64_t)n;
}

static void lrange(struct sim_call *k)
{
	const struct sim_object *o;
	int64_t from, to;
	bool wrong;

	if (!sim_arg_int(k, 2, &from) || !sim_arg_int(k, 3, &to))
		return;
	o = sim_read(k, sim_arg(k, 1), SIM_LIST, &wrong);
	if (wrong)
		return;
	if (!o || !between(&from, &to, o->list.n)) {
		sim_out_array(k, 0);
		return;
	}
	sim_out_array(k, (size_t)(to - from + 1));
	for (; from <= to; from++)
		sim_out_text(k, *at(o, (size_t)from));
}

static void ltrim(struct sim_call *k)
{
	struct sim_object *o;
	int64_t from, to;
	bool wrong;

	if (!sim_arg_int(k, 2, &from) || !sim_arg_int(k, 3, &to))
		return;
	o = sim_write(k, sim_arg(k, 1), SIM_LIST, &wrong);
	if (wrong)
		return;
	sim_out_ok(k);
	if (!o)
		return;
	if (!between(&from, &to, o->list.n)) {
		drop(o, 0, o->list.n);
	} else {
		drop(o, (size_t)to + 1, o->list.n - (size_t)to - 1);
		drop(o, 0, (size_t)from);
	}
	sim_settle(k->r, sim_arg(k, 1), o);
}

/* The index of an argument; false: outside. */
static bool index_of(const struct sim_object *o, int64_t *i)
{
	*i += *i < 0 ? (int64_t)o->list.n : 0;
	return *i >= 0 && *i < (int64_t)o->list.n;
}

static void lindex(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_LIST, &wrong);
	int64_t i;

	if (wrong)
		return;
	if (!o)
		sim_out_nil(k);
	else if (sim_arg_int(k, 2, &i))
		sim_out_text(k, index_of(o, &i) ? *at(o, (size_t)i) : NULL);
}

static void lset(struct sim_call *k)
{
	bool wrong;
	struct sim_object *o = sim_write(k, sim_arg(k, 1), SIM_LIST, &wrong);
	struct sim_text **place;
	int64_t i;

	if (wrong)
		return;
	if (!o) {
		sim_out_error(k, SIM_NO_KEY);
		return;
	}
	if (!sim_arg_int(k, 2, &i))
		return;
	if (!index_of(o, &i)) {
		sim_out_error(k, "ERR index out of range");
		return;
	}
	place = at(o, (size_t)i);
	sim_text_unref(*place);
	*place = sim_text_new(sim_arg(k, 3));
	sim_out_ok(k);
}

static bool is(const struct sim_object *o, size_t i, struct wq_str s)
{
	return wq_str_eq(sim_text_str(*at(o, i)), s);
}

static void lrem(struct sim_call *k)
{
	struct sim_object *o;
	int64_t count, gone = 0;
	bool wrong, back;

	if (!sim_arg_int(k, 2, &count))
		return;
	o = sim_write(k, sim_arg(k, 1), SIM_LIST, &wrong);
	if (wrong)
		return;
	back = count < 0;
	count = count == 0 || count == INT64_MIN ? INT64_MAX : back ? -count : count;
	for (size_t seen = 0, n = o ? o->list.n : 0, i = back ? n : 0; seen < n && gone < count;
	     seen++) {
		if (back)
			i--;
		if (is(o, i, sim_arg(k, 3))) {
			drop(o, i, 1);
			gone++;
		} else if (!back) {
			i++;
		}
	}
	if (o)
		sim_settle(k->r, sim_arg(k, 1), o);
	sim_out_int(k, gone);
}

static void linsert(struct sim_call *k)
{
	bool wrong, before = sim_arg_is(k, 2, "BEFORE");
	struct sim_object *o;
	struct sim_text **place;
	size_t i = 0;

	if (!before && !sim_arg_is(k, 2, "AFTER")) {
		sim_out_error(k, SIM_SYNTAX);
		return;
	}
	o = sim_write(k, sim_arg(k, 1), SIM_LIST, &wrong);
	if (wrong)
		return;
	while (o && i < o->list.n && !is(o, i, sim_arg(k, 3)))
		i++;
	if (!o || i == o->list.n) {
		sim_out_int(k, o ? -1 : 0);
		return;
	}
	place = sim_row_insert(&o->list, before ? i : i + 1);
	*place = sim_text_new(sim_arg(k, 4));
	sim_out_int(k, o->list.n);
}

struct pos {
	int64_t rank, count, most;
	bool many;
};

static bool read_pos(struct sim_call *k, struct pos *p)
{
	for (size_t i = 3; i < k->argc; i += 2) {
		bool last = i + 1 == k->argc;

		if (!last && sim_arg_is(k, i, "RANK")) {
			if (!sim_arg_int(k, i + 1, &p->rank))
				return false;
			if (p->rank == 0) {
				sim_out_error(
					k,
					"ERR RANK can't be zero: use 1 to start from the first match, 2 from the "
					"second ... "
					"or use negative to start from the end of the list");
				return false;
			}
		} else if (!last && (sim_arg_is(k, i, "COUNT") || sim_arg_is(k, i, "MAXLEN"))) {
			bool count = sim_arg_is(k, i, "COUNT");

			if (!sim_to_int(sim_arg(k, i + 1), count ? &p->count : &p->most) ||
			    (count ? p->count : p->most) < 0) {
				sim_out_errorf(k, "ERR %s can't be negative",
				               count ? "COUNT" : "MAXLEN");
				return false;
			}
			p->many |= count;
		} else {
			sim_out_error(k, SIM_SYNTAX);
			return false;
		}
	}
	return true;
}

/* Indices of matches into `found`; how many. */
static size_t find(const struct sim_object *o, struct wq_str s, const struct pos *p, int64_t *found)
{
	bool back = p->rank < 0;
	int64_t skip = (back ? -(p->rank + 1) : p->rank - 1);
	size_t n = 0, most = p->most ? (size_t)p->most : SIZE_MAX;

	for (size_t seen = 0; seen < o->list.n && seen < most; seen++) {
		size_t i = back ? o->list.n - 1 - seen : seen;

		if (!is(o, i, s) || skip-- > 0)
			continue;
		found[n++] = (int64_t)i;
		if (!p->many || (p->count && n == (size_t)p->count))
			break;
	}
	return n;
}

static void lpos(struct sim_call *k)
{
	struct pos p = { .rank = 1 };
	const struct sim_object *o;
	int64_t *found;
	size_t n;
	bool wrong;

	if (!read_pos(k, &p))
		return;
	o = sim_read(k, sim_arg(k, 1), SIM_LIST, &wrong);
	if (wrong)
		return;
	found = sim_alloc((o ? o->list.n + 1 : 1) * sizeof(*found));
	n = o ? find(o, sim_arg(k, 2), &p, found) : 0;
	if (p.many)
		sim_out_array(k, n);
	else if (n == 0)
		sim_out_nil(k);
	for (size_t i = 0; i < n; i++)
		sim_out_int(k, found[i]);
	wq_free(found);
}

static void lmove(struct sim_call *k)
{
	bool old = k->argc == 3, left, to_left, wrong;
	struct sim_object *from, *to;
	struct sim_text *t, **place;

	left = !old && sim_arg_is(k, 3, "LEFT");
	to_left = old || sim_arg_is(k, 4, "LEFT");
	if (!old &&
	    ((!left && !sim_arg_is(k, 3, "RIGHT")) || (!to_left && !sim_arg_is(k, 4, "RIGHT")))) {
		sim_out_error(k, SIM_SYNTAX);
		return;
	}
	from = sim_write(k, sim_arg(k, 1), SIM_LIST, &wrong);
	if (wrong)
		return;
	if (!from) {
		sim_out_nil(k);
		return;
	}
	to = sim_write_new(k, sim_arg(k, 2), SIM_LIST);
	if (!to)
		return;
	t = sim_text_ref(*at(from, left ? 0 : from->list.n - 1));
	drop(from, left ? 0 : from->list.n - 1, 1);
	place = sim_row_insert(&to->list, to_left ? 0 : to->list.n);
	*place = t;
	sim_out_text(k, t);
	sim_settle(k->r, sim_arg(k, 1), from);
}

const struct sim_command sim_list_commands[] = {
	{ "lpush", push, -3, SIM_W | SIM_M },
	{ "rpush", push, -3, SIM_W | SIM_M },
	{ "lpushx", pushx, -3, SIM_W | SIM_M },
	{ "rpushx", pushx, -3, SIM_W | SIM_M },
	{ "lpop", pop, -2, SIM_W },
	{ "rpop", pop, -2, SIM_W },
	{ "llen", llen, 2, 0 },
	{ "lrange", lrange, 4, 0 },
	{ "ltrim", ltrim, 4, SIM_W },
	{ "lindex", lindex, 3, 0 },
	{ "lset", lset, 4, SIM_W | SIM_M },
	{ "lrem", lrem, 4, SIM_W },
	{ "linsert", linsert, 5, SIM_W | SIM_M },
	{ "lpos", lpos, -3, 0 },
	{ "lmove", lmove, 5, SIM_W | SIM_M },
	{ "rpoplpush", lmove, 3, SIM_W | SIM_M },
	{ NULL, NULL, 0, 0 },
};
