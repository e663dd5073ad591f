/* SPDX-License-Identifier: MIT */
/* cmd_stream.c — streams without groups. */
#include "base/alloc.h"
#include "base/assert.h"
#include "sim/redis/server.h"

static const struct sim_id last_id = { UINT64_MAX, UINT64_MAX };

#define INVALID_ID "ERR Invalid stream ID specified as stream command argument"

/* "5-3"; "5" stands for 5-`seq`. */
static bool parse_id(struct wq_str s, uint64_t seq, struct sim_id *id)
{
	size_t dash = wq_str_find(s, '-');

	id->seq = seq;
	return wq_str_to_u64(wq_strn(s.p, dash), UINT64_MAX, &id->ms) &&
	       (dash == s.n ||
	        wq_str_to_u64(wq_strn(s.p + dash + 1, s.n - dash - 1), UINT64_MAX, &id->seq));
}

/* The argument of a range: "-", "+", "(" in front; false: answered. */
static bool range_id(struct sim_call *k, size_t i, bool low, struct sim_id *id)
{
	struct wq_str s = sim_arg(k, i);
	bool open = s.n > 1 && s.p[0] == '(';

	if (open)
		s = wq_strn(s.p + 1, s.n - 1);
	*id = wq_str_is(s, "-") ? (struct sim_id){ 0, 0 } : last_id;
	if (!open && (wq_str_is(s, "-") || wq_str_is(s, "+")))
		return true;
	if (!parse_id(s, low ? 0 : UINT64_MAX, id)) {
		sim_out_error(k, INVALID_ID);
		return false;
	}
	if (open && sim_id_compare(*id, low ? last_id : (struct sim_id){ 0, 0 }) == 0) {
		sim_out_errorf(k, "ERR invalid %s ID for the interval", low ? "start" : "end");
		return false;
	}
	if (open && low)
		*id = id->seq == UINT64_MAX ? (struct sim_id){ id->ms + 1, 0 }
		                            : (struct sim_id){ id->ms, id->seq + 1 };
	else if (open)
		*id = id->seq == 0 ? (struct sim_id){ id->ms - 1, UINT64_MAX }
		                   : (struct sim_id){ id->ms, id->seq - 1 };
	return true;
}

/* MAXLEN and MINID with what belongs to them, at *i; moves behind; false: answered. */
static bool read_trim(struct sim_call *k, size_t *i, struct sim_trim *t)
{
	int64_t v;

	if (t->on) {
		sim_out_error(
			k,
			"ERR syntax error, MAXLEN and MINID options at the same time are not compatible");
		return false;
	}
	*t = (struct sim_trim){ .on = true, .by_id = sim_arg_is(k, *i, "MINID") };
	(*i)++;
	if (*i + 1 < k->argc && (wq_str_is(sim_arg(k, *i), "~") || wq_str_is(sim_arg(k, *i), "=")))
		t->approx = wq_str_is(sim_arg(k, (*i)++), "~");
	if (*i >= k->argc) {
		sim_out_error(k, SIM_SYNTAX);
		return false;
	}
	if (t->by_id) {
		if (!parse_id(sim_arg(k, *i), 0, &t->min)) {
			sim_out_error(k, INVALID_ID);
			return false;
		}
	} else {
		if (!sim_arg_int(k, *i, &v))
			return false;
		if (v < 0) {
			sim_out_error(k, "ERR The MAXLEN argument must be >= 0.");
			return false;
		}
		t->most = (uint64_t)v;
	}
	(*i)++;
	return true;
}

static bool read_limit(struct sim_call *k, size_t *i, int64_t *limit)
{
	if (*i + 1 >= k->argc) {
		sim_out_error(k, SIM_SYNTAX);
		return false;
	}
	if (!sim_arg_int(k, *i + 1, limit))
		return false;
	if (*limit < 0) {
		sim_out_error(k, "ERR The LIMIT argument must be >= 0.");
		return false;
	}
	*i += 2;
	return true;
}

/* Options up to the first other word; false: answered. */
static bool read_options(struct sim_call *k, size_t *i, struct sim_trim *t, bool *make)
{
	enum { LIMIT_DEFAULT = 10000 };
	int64_t limit = -1;

	for (;;) {
		if (sim_arg_is(k, *i, "MAXLEN") || sim_arg_is(k, *i, "MINID")) {
			if (!read_trim(k, i, t))
				return false;
		} else if (sim_arg_is(k, *i, "LIMIT")) {
			if (!read_limit(k, i, &limit))
				return false;
		} else if (make && sim_arg_is(k, *i, "NOMKSTREAM")) {
			*make = false;
			(*i)++;
		} else {
			break;
		}
	}
	if (!make && *i < k->argc) {
		sim_out_error(k, SIM_SYNTAX);
		return false;
	}
	if (limit >= 0 && !t->on) {
		sim_out_error(
			k,
			"ERR syntax error, LIMIT cannot be used without specifying a trimming strategy");
		return false;
	}
	if (limit >= 0 && !t->approx) {
		sim_out_error(
			k, "ERR syntax error, LIMIT cannot be used without the special ~ option");
		return false;
	}
	t->limit = !t->approx ? 0 : limit < 0 ? LIMIT_DEFAULT : (uint64_t)limit;
	return true;
}

static struct sim_id after(struct sim_id id)
{
	if (id.seq == UINT64_MAX)
		return (struct sim_id){ id.ms + 1, 0 };
	return (struct sim_id){ id.ms, id.seq + 1 };
}

enum how { GIVEN, BY_CLOCK, BY_MS };

static bool read_new_id(struct sim_call *k, size_t i, enum how *how, struct sim_id *id)
{
	struct wq_str s = sim_arg(k, i);

	*id = (struct sim_id){ 0, 0 };
	*how = wq_str_is(s, "*") ? BY_CLOCK : wq_str_ends(s, "-*") ? BY_MS : GIVEN;
	if (*how == BY_CLOCK)
		return true;
	if (*how == BY_MS)
		s.n -= 2;
	if (!parse_id(s, 0, id)) {
		sim_out_error(k, INVALID_ID);
		return false;
	}
	return true;
}

static bool settle_id(const struct sim_call *k, struct sim_id last, enum how how, struct sim_id *id)
{
	if (how == BY_CLOCK)
		*id = sim_now_ms(k->r) > last.ms ? (struct sim_id){ sim_now_ms(k->r), 0 }
		                                 : after(last);
	else if (how == BY_MS && id->ms == last.ms)
		id->seq = last.seq == UINT64_MAX ? 0 : last.seq + 1;
	return sim_id_compare(*id, last) > 0;
}

static void xadd(struct sim_call *k)
{
	struct sim_trim t = { .on = false };
	struct sim_object *o;
	struct sim_id id;
	enum how how;
	size_t i = 2;
	bool make = true, wrong;

	if (!read_options(k, &i, &t, &make))
		return;
	if (i >= k->argc || !read_new_id(k, i, &how, &id)) {
		if (i >= k->argc)
			sim_out_error(k, "ERR wrong number of arguments for 'xadd' command");
		return;
	}
	i++;
	if (k->argc - i < 2 || (k->argc - i) % 2) {
		sim_out_error(k, "ERR wrong number of arguments for 'xadd' command");
		return;
	}
	if (how == GIVEN && id.ms == 0 && id.seq == 0) {
		sim_out_error(k, "ERR The ID specified in XADD must be greater than 0-0");
		return;
	}
	o = sim_write(k, sim_arg(k, 1), SIM_STREAM, &wrong);
	if (wrong)
		return;
	if (!o && !make) {
		sim_out_nil(k);
		return;
	}
	if (!o)
		o = sim_write_new(k, sim_arg(k, 1), SIM_STREAM);
	if (!settle_id(k, o->stream.last, how, &id)) {
		sim_out_error(
			k,
			"ERR The ID specified in XADD is equal or smaller than the target stream top item");
		return;
	}
	sim_stream_add(&o->stream, id, k->argv + i, k->argc - i);
	if (t.on)
		sim_stream_trim(&o->stream, &t);
	sim_out_id(k, id);
	sim_signal(k->r, sim_arg(k, 1));
}

static void xtrim(struct sim_call *k)
{
	struct sim_trim t = { .on = false };
	struct sim_object *o;
	size_t i = 2;
	bool wrong;

	if (!read_options(k, &i, &t, NULL))
		return;
	if (i < k->argc || !t.on) {
		sim_out_error(
			k,
			i < k->argc
				? SIM_SYNTAX
				: "ERR syntax error, XTRIM must be called with either MAXLEN or MINID");
		return;
	}
	o = sim_write(k, sim_arg(k, 1), SIM_STREAM, &wrong);
	if (!wrong)
		sim_out_int(k, o ? (int64_t)sim_stream_trim(&o->stream, &t) : 0);
}

static void xlen(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_STREAM, &wrong);

	if (!wrong)
		sim_out_int(k, o ? o->stream.items.n : 0);
}

static void xdel(struct sim_call *k)
{
	bool wrong;
	struct sim_object *o = sim_write(k, sim_arg(k, 1), SIM_STREAM, &wrong);
	struct sim_id id;
	int64_t n = 0;

	if (wrong)
		return;
	for (size_t i = 2; o && i < k->argc; i++)
		if (!parse_id(sim_arg(k, i), 0, &id)) {
			sim_out_error(k, INVALID_ID);
			return;
		}
	for (size_t i = 2; o && i < k->argc; i++) {
		parse_id(sim_arg(k, i), 0, &id);
		n += sim_stream_remove(&o->stream, id);
	}
	sim_out_int(k, n);
}

static void out_item(struct sim_call *k, const struct sim_item *it)
{
	sim_out_array(k, 2);
	sim_out_id(k, it->id);
	sim_out_array(k, it->n);
	for (size_t i = 0; i < it->n; i++)
		sim_out_text(k, it->text[i]);
}

static void xrange(struct sim_call *k)
{
	bool wrong, reverse = k->command->name[1] == 'r' && k->command->name[2] == 'e';
	const struct sim_object *o;
	struct sim_id from, to;
	int64_t count = -1;
	size_t low, high;

	if (!range_id(k, reverse ? 3 : 2, true, &from) || !range_id(k, reverse ? 2 : 3, false, &to))
		return;
	if (k->argc > 5 && sim_arg_is(k, 4, "COUNT") && !sim_arg_int(k, 5, &count))
		return;
	if (k->argc > 4 && (k->argc != 6 || !sim_arg_is(k, 4, "COUNT"))) {
		sim_out_error(k, SIM_SYNTAX);
		return;
	}
	if (k->argc == 6 && count < 0)
		count = 0;
	o = sim_read(k, sim_arg(k, 1), SIM_STREAM, &wrong);
	if (wrong)
		return;
	if (o && count == 0) {
		sim_out_nothing(k);
		return;
	}
	low = o ? sim_stream_lower(&o->stream, from) : 0;
	high = !o                                 ? 0
	       : sim_id_compare(to, last_id) == 0 ? o->stream.items.n
	                                          : sim_stream_lower(&o->stream, after(to));
	high = high < low ? low : high;
	if (count > 0 && high - low > (size_t)count) {
		low = reverse ? high - (size_t)count : low;
		high = reverse ? high : low + (size_t)count;
	}
	sim_out_array(k, high - low);
	for (size_t i = low; i < high; i++)
		out_item(k, sim_stream_at(&o->stream, reverse ? high - 1 - (i - low) : i));
}

struct reading {
	int64_t count, block_ms; /* block_ms < 0: does not wait */
	size_t keys, n;          /* index of the first key; how many */
	struct sim_id *from;     /* behind these */
	struct wq_str *resolved; /* the command, "$" replaced by ids */
	char (*ids)[2 * SIM_NUMBER_BYTES];
};

static bool read_xread(struct sim_call *k, struct reading *x)
{
	size_t i = 1;

	for (; i + 1 < k->argc && !sim_arg_is(k, i, "STREAMS"); i += 2) {
		if (sim_arg_is(k, i, "COUNT")) {
			if (!sim_arg_int(k, i + 1, &x->count))
				return false;
		} else if (sim_arg_is(k, i, "BLOCK")) {
			if (!sim_to_int(sim_arg(k, i + 1), &x->block_ms)) {
				sim_out_error(k, "ERR timeout is not an integer or out of range");
				return false;
			}
			if (x->block_ms < 0) {
				sim_out_error(k, "ERR timeout is negative");
				return false;
			}
		} else {
			sim_out_error(k, SIM_SYNTAX);
			return false;
		}
	}
	x->keys = i + 1;
	if (x->keys >= k->argc) {
		sim_out_error(k, SIM_SYNTAX);
		return false;
	}
	if ((k->argc - x->keys) % 2) {
		sim_out_error(
			k,
			"ERR Unbalanced XREAD list of streams: for each stream key an ID or '$' must be specified.");
		return false;
	}
	x->n = (k->argc - x->keys) / 2;
	return true;
}

static bool resolve(struct sim_call *k, struct reading *x)
{
	memcpy(x->resolved, k->argv, k->argc * sizeof(*k->argv));
	for (size_t i = 0; i < x->n; i++) {
		size_t at = x->keys + x->n + i;
		bool wrong;
		const struct sim_object *o = sim_read(k, sim_arg(k, x->keys + i), SIM_STREAM,
		                                      &wrong);

		if (wrong)
			return false;
		x->from[i] = o ? o->stream.last : (struct sim_id){ 0, 0 };
		if (!wq_str_is(sim_arg(k, at), "$") && !parse_id(sim_arg(k, at), 0, &x->from[i])) {
			sim_out_error(k, INVALID_ID);
			return false;
		}
		x->resolved[at].p = x->ids[i];
		x->resolved[at].n = sim_write_int(x->ids[i], (int64_t)x->from[i].ms);
		x->ids[i][x->resolved[at].n++] = '-';
		x->resolved[at].n += sim_write_int(x->ids[i] + x->resolved[at].n,
		                                   (int64_t)x->from[i].seq);
	}
	return true;
}

static const struct sim_object *news(struct sim_call *k, const struct reading *x, size_t i)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, x->keys + i), SIM_STREAM, &wrong);

	return o && o->stream.items.n && sim_id_compare(o->stream.last, x->from[i]) > 0 &&
	                       sim_stream_lower(&o->stream, after(x->from[i])) < o->stream.items.n
	               ? o
	               : NULL;
}

static void show(struct sim_call *k, const struct reading *x, size_t found)
{
	sim_out_array(k, found);
	for (size_t i = 0; i < x->n; i++) {
		const struct sim_object *o = news(k, x, i);
		size_t low, n;

		if (!o)
			continue;
		low = sim_stream_lower(&o->stream, after(x->from[i]));
		n = o->stream.items.n - low;
		n = x->count > 0 && (size_t)x->count < n ? (size_t)x->count : n;
		sim_out_array(k, 2);
		sim_out_str(k, sim_arg(k, x->keys + i));
		sim_out_array(k, n);
		for (size_t at = low; at < low + n; at++)
			out_item(k, sim_stream_at(&o->stream, at));
	}
}

static void xread(struct sim_call *k)
{
	struct reading x = { .block_ms = -1 };
	size_t found = 0;

	if (!read_xread(k, &x))
		return;
	x.from = sim_alloc(x.n * sizeof(*x.from));
	x.ids = sim_alloc(x.n * sizeof(*x.ids));
	x.resolved = sim_alloc(k->argc * sizeof(*x.resolved));
	if (resolve(k, &x)) {
		for (size_t i = 0; i < x.n; i++)
			found += news(k, &x, i) != NULL;
		if (found)
			show(k, &x, found);
		else if (x.block_ms < 0)
			sim_out_nothing(k);
		else
			sim_wait(k, x.resolved, k->argc,
			         x.block_ms ? k->r->now_us + (uint64_t)x.block_ms * 1000 : 0);
	} else if (k->again) { /* what came under it is something else: waits on */
		k->out->n = 0;
	}
	wq_free(x.from);
	wq_free(x.ids);
	wq_free(x.resolved);
}

const struct sim_command sim_stream_commands[] = {
	{ "xadd", xadd, -5, SIM_W | SIM_M },
	{ "xtrim", xtrim, -4, SIM_W },
	{ "xlen", xlen, 2, 0 },
	{ "xdel", xdel, -3, SIM_W },
	{ "xrange", xrange, -4, 0 },
	{ "xrevrange", xrange, -4, 0 },
	{ "xread", xread, -4, 0 },
	{ NULL, NULL, 0, 0 },
};
