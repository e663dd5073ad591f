/* SPDX-License-Identifier: MIT */
/* cmd_key.c — keys of any type: their names, their time to live, and lists of them. */
#include "base/alloc.h"
#include "base/assert.h"
#include "sim/redis/server.h"

static const char *const type_names[] = { "string", "list", "set", "zset", "hash", "stream" };

static void del(struct sim_call *k)
{
	int64_t n = 0;

	for (size_t i = 1; i < k->argc; i++)
		n += sim_delete(k->r, sim_arg(k, i));
	sim_out_int(k, n);
}

static void exists(struct sim_call *k)
{
	int64_t n = 0;

	for (size_t i = 1; i < k->argc; i++)
		n += sim_lookup(k->r, sim_arg(k, i)) != NULL;
	sim_out_int(k, n);
}

static void type(struct sim_call *k)
{
	const struct sim_entry *e = sim_lookup(k->r, sim_arg(k, 1));

	sim_out(k, "+");
	sim_out(k, e ? type_names[e->v.object->type] : "none");
	sim_out(k, "\r\n");
}

struct expire {
	bool nx, xx, gt, lt;
};

static bool read_expire(struct sim_call *k, struct expire *x)
{
	for (size_t i = 3; i < k->argc; i++) {
		if (sim_arg_is(k, i, "NX")) {
			x->nx = true;
		} else if (sim_arg_is(k, i, "XX")) {
			x->xx = true;
		} else if (sim_arg_is(k, i, "GT")) {
			x->gt = true;
		} else if (sim_arg_is(k, i, "LT")) {
			x->lt = true;
		} else {
			sim_out_errorf(k, "ERR Unsupported option %.*s", WQ_STR_ARG(sim_arg(k, i)));
			return false;
		}
	}
	if (x->nx && (x->xx || x->gt || x->lt)) {
		sim_out_error(
			k, "ERR NX and XX, GT or LT options at the same time are not compatible");
		return false;
	}
	if (x->gt && x->lt) {
		sim_out_error(k, "ERR GT and LT options at the same time are not compatible");
		return false;
	}
	return true;
}

static bool holds_back(const struct expire *x, uint64_t was, int64_t until)
{
	return (x->nx && was) || (x->xx && !was) || (x->gt && (!was || until <= (int64_t)was)) ||
	       (x->lt && was && until >= (int64_t)was);
}

static void expire(struct sim_call *k)
{
	const char *name = k->command->name;
	bool ms = name[0] == 'p', at = name[strlen(name) - 1] == 't';
	struct expire x = { .nx = false };
	struct sim_entry *e;
	int64_t v;

	if (!read_expire(k, &x) || !sim_arg_int(k, 2, &v))
		return;
	if ((!ms && (v > INT64_MAX / 1000 || v < INT64_MIN / 1000)) ||
	    __builtin_add_overflow(ms ? v : v * 1000, at ? 0 : (int64_t)sim_now_ms(k->r), &v)) {
		sim_out_errorf(k, "ERR invalid expire time in '%s' command", name);
		return;
	}
	e = sim_lookup(k->r, sim_arg(k, 1));
	if (!e || holds_back(&x, e->until_ms, v)) {
		sim_out_int(k, 0);
		return;
	}
	if (v <= (int64_t)sim_now_ms(k->r)) {
		sim_delete(k->r, sim_arg(k, 1));
	} else {
		sim_data_own(k->r);
		sim_lookup(k->r, sim_arg(k, 1))->until_ms = (uint64_t)v;
	}
	sim_out_int(k, 1);
}

static void persist(struct sim_call *k)
{
	struct sim_entry *e = sim_lookup(k->r, sim_arg(k, 1));
	bool had = e && e->until_ms;

	if (had) {
		sim_data_own(k->r);
		sim_lookup(k->r, sim_arg(k, 1))->until_ms = 0;
	}
	sim_out_int(k, had);
}

static void ttl(struct sim_call *k)
{
	const char *name = k->command->name; /* ttl, pttl, expiretime, pexpiretime */
	bool ms = name[0] == 'p', at = name[ms] == 'e';
	const struct sim_entry *e = sim_lookup(k->r, sim_arg(k, 1));
	int64_t left;

	if (!e || !e->until_ms) {
		sim_out_int(k, e ? -1 : -2);
		return;
	}
	left = (int64_t)(e->until_ms - (at ? 0 : sim_now_ms(k->r)));
	sim_out_int(k, ms ? left : (left + 500) / 1000);
}

static void rename_key(struct sim_call *k)
{
	bool nx = k->command->name[6] == 'n';
	struct sim_entry *e = sim_lookup(k->r, sim_arg(k, 1));
	struct sim_object *o;
	uint64_t until;

	if (!e) {
		sim_out_error(k, SIM_NO_KEY);
		return;
	}
	if (nx && sim_lookup(k->r, sim_arg(k, 2))) {
		sim_out_int(k, 0);
		return;
	}
	if (!wq_str_eq(sim_arg(k, 1), sim_arg(k, 2))) {
		until = e->until_ms;
		o = e->v.object;
		o->refs++;
		sim_delete(k->r, sim_arg(k, 1));
		sim_put(k->r, sim_arg(k, 2), o)->until_ms = until;
	}
	if (nx)
		sim_out_int(k, 1);
	else
		sim_out_ok(k);
}

static void copy(struct sim_call *k)
{
	bool replace = sim_arg_is(k, 3, "REPLACE");
	struct sim_entry *e;
	struct sim_object *o;
	uint64_t until;

	if (k->argc > 4 || (k->argc == 4 && !replace)) {
		sim_out_error(k, SIM_SYNTAX);
		return;
	}
	if (wq_str_eq(sim_arg(k, 1), sim_arg(k, 2))) {
		sim_out_error(k, "ERR source and destination objects are the same");
		return;
	}
	e = sim_lookup(k->r, sim_arg(k, 1));
	if (!e || (!replace && sim_lookup(k->r, sim_arg(k, 2)))) {
		sim_out_int(k, 0);
		return;
	}
	e = sim_lookup(k->r, sim_arg(k, 1));
	until = e->until_ms;
	o = e->v.object;
	o->refs++;
	sim_put(k->r, sim_arg(k, 2), o)->until_ms = until;
	sim_out_int(k, 1);
}

static bool is_over(const struct sim_call *k, const struct sim_entry *e)
{
	return e->until_ms && e->until_ms < sim_now_ms(k->r);
}

static void keys(struct sim_call *k)
{
	struct wq_buf found;
	struct sim_call inner = *k;
	uint32_t at = 0;
	size_t n = 0;

	wq_buf_init(&found, SIM_OUT_MAX);
	inner.out = &found;
	for (const struct sim_entry *e; (e = sim_table_next(&k->r->data->keys, &at));)
		if (!is_over(k, e) && sim_matches(sim_arg(k, 1), sim_text_str(e->key))) {
			sim_out_text(&inner, e->key);
			n++;
		}
	sim_out_array(k, n);
	sim_add(k->out, found.n ? found.p : "", found.n);
	wq_buf_fini(&found);
}

static size_t out_key(struct sim_call *k, const struct sim_entry *e, const struct sim_scan *s)
{
	if (is_over(k, e) || (s->match && !sim_matches(s->pattern, sim_text_str(e->key))) ||
	    (s->typed && !wq_str_is_nocase(s->type, type_names[e->v.object->type])))
		return 0;
	sim_out_text(k, e->key);
	return 1;
}

static void scan(struct sim_call *k)
{
	struct sim_scan s;

	if (sim_scan_cursor(k, 1, &s) && sim_scan_options(k, 1, &s))
		sim_scan_table(k, &k->r->data->keys, &s, false, out_key);
}

static void dbsize(struct sim_call *k)
{
	uint32_t at = 0;
	int64_t n = 0;

	for (const struct sim_entry *e; (e = sim_table_next(&k->r->data->keys, &at));)
		n += !is_over(k, e);
	sim_out_int(k, n);
}

static void flush(struct sim_call *k)
{
	sim_data_unref(k->r->data);
	k->r->data = sim_data_new();
	sim_out_ok(k);
}

const struct sim_command sim_key_commands[] = {
	{ "del", del, -2, SIM_W },
	{ "unlink", del, -2, SIM_W },
	{ "exists", exists, -2, 0 },
	{ "type", type, 2, 0 },
	{ "expire", expire, -3, SIM_W },
	{ "pexpire", expire, -3, SIM_W },
	{ "expireat", expire, -3, SIM_W },
	{ "pexpireat", expire, -3, SIM_W },
	{ "persist", persist, 2, SIM_W },
	{ "ttl", ttl, 2, 0 },
	{ "pttl", ttl, 2, 0 },
	{ "expiretime", ttl, 2, 0 },
	{ "pexpiretime", ttl, 2, 0 },
	{ "rename", rename_key, 3, SIM_W },
	{ "renamenx", rename_key, 3, SIM_W },
	{ "copy", copy, -3, SIM_W | SIM_M },
	{ "keys", keys, 2, 0 },
	{ "scan", scan, -2, 0 },
	{ "dbsize", dbsize, 1, 0 },
	{ "flushall", flush, -1, SIM_W },
	{ "flushdb", flush, -1, SIM_W },
	{ NULL, NULL, 0, 0 },
};
