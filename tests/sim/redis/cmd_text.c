/* SPDX-License-Identifier: MIT */
/* cmd_text.c — GET, SET and counters. */
#include <math.h>
#include <stdlib.h>

#include "base/assert.h"
#include "sim/redis/server.h"

static struct sim_object *text_object(struct wq_str s)
{
	struct sim_object *o = sim_object_new(SIM_STRING);

	o->text = sim_text_new(s);
	return o;
}

static void out_object(struct sim_call *k, const struct sim_object *o)
{
	sim_out_text(k, o ? o->text : NULL);
}

static void get(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_STRING, &wrong);

	if (!wrong)
		out_object(k, o);
}

static void getdel(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_STRING, &wrong);

	if (wrong)
		return;
	out_object(k, o);
	sim_delete(k->r, sim_arg(k, 1));
}

static void mget(struct sim_call *k)
{
	sim_out_array(k, k->argc - 1);
	for (size_t i = 1; i < k->argc; i++) {
		const struct sim_entry *e = sim_lookup(k->r, sim_arg(k, i));

		out_object(k, e && e->v.object->type == SIM_STRING ? e->v.object : NULL);
	}
}

static void len(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_STRING, &wrong);

	if (!wrong)
		sim_out_int(k, o ? o->text->n : 0);
}

struct set {
	bool nx, xx, get, keep, timed;
	uint64_t until_ms;
};

/* False: answered. */
static bool read_time(struct sim_call *k, size_t i, struct set *s, bool seconds, bool at)
{
	int64_t v, now = (int64_t)sim_now_ms(k->r);

	if (!sim_arg_int(k, i, &v))
		return false;
	if (v <= 0 || (seconds && v > INT64_MAX / 1000) ||
	    (!at && (seconds ? v * 1000 : v) > INT64_MAX - now)) {
		sim_out_errorf(k, "ERR invalid expire time in '%s' command", k->command->name);
		return false;
	}
	v = seconds ? v * 1000 : v;
	s->until_ms = (uint64_t)(at ? v : v + now);
	return true;
}

static bool read_set(struct sim_call *k, size_t i, struct set *s)
{
	static const char *const times[] = { "EX", "PX", "EXAT", "PXAT" };

	for (; i < k->argc; i++) {
		size_t at = 0;

		while (at < WQ_COUNT(times) && !sim_arg_is(k, i, times[at]))
			at++;
		if (sim_arg_is(k, i, "NX") && !s->xx)
			s->nx = true;
		else if (sim_arg_is(k, i, "XX") && !s->nx)
			s->xx = true;
		else if (sim_arg_is(k, i, "GET"))
			s->get = true;
		else if (sim_arg_is(k, i, "KEEPTTL") && !s->timed)
			s->keep = true;
		else if (at < WQ_COUNT(times) && i + 1 < k->argc && !s->keep && !s->timed) {
			s->timed = true;
			if (!read_time(k, ++i, s, at == 0 || at == 2, at >= 2))
				return false;
		} else {
			sim_out_error(k, SIM_SYNTAX);
			return false;
		}
	}
	return true;
}

static void set(struct sim_call *k)
{
	struct set s = { .nx = false };
	const struct sim_entry *e;
	uint64_t until;

	if (!read_set(k, 3, &s))
		return;
	e = sim_lookup(k->r, sim_arg(k, 1));
	if (s.get && e && e->v.object->type != SIM_STRING) {
		sim_out_error(k, SIM_WRONGTYPE);
		return;
	}
	if (s.get)
		out_object(k, e ? e->v.object : NULL);
	if ((s.nx && e) || (s.xx && !e)) {
		if (!s.get)
			sim_out_nil(k);
		return;
	}
	until = s.keep && e ? e->until_ms : s.until_ms;
	if (s.timed && until <= sim_now_ms(k->r))
		sim_delete(k->r, sim_arg(k, 1));
	else
		sim_put(k->r, sim_arg(k, 1), text_object(sim_arg(k, 2)))->until_ms = until;
	if (!s.get)
		sim_out_ok(k);
}

static void setex(struct sim_call *k)
{
	struct set s = { .timed = true };

	if (!read_time(k, 2, &s, sim_arg_is(k, 0, "SETEX"), false))
		return;
	sim_put(k->r, sim_arg(k, 1), text_object(sim_arg(k, 3)))->until_ms = s.until_ms;
	sim_out_ok(k);
}

static void setnx(struct sim_call *k)
{
	bool there = sim_lookup(k->r, sim_arg(k, 1));

	if (!there)
		sim_put(k->r, sim_arg(k, 1), text_object(sim_arg(k, 2)));
	sim_out_int(k, !there);
}

static void mset(struct sim_call *k)
{
	if (k->argc % 2 == 0) {
		sim_out_error(k, "ERR wrong number of arguments for 'mset' command");
		return;
	}
	for (size_t i = 1; i < k->argc; i += 2)
		sim_put(k->r, sim_arg(k, i), text_object(sim_arg(k, i + 1)));
	sim_out_ok(k);
}

static void append(struct sim_call *k)
{
	struct sim_object *o = sim_write_new(k, sim_arg(k, 1), SIM_STRING);
	struct wq_str more = sim_arg(k, 2);
	struct wq_buf b;

	if (!o)
		return;
	wq_buf_init(&b, SIM_OUT_MAX);
	if (o->text)
		sim_add(&b, o->text->p, o->text->n);
	sim_add(&b, more.p, more.n);
	sim_text_unref(o->text);
	o->text = sim_text_new(wq_buf_str(&b));
	wq_buf_fini(&b);
	sim_out_int(k, o->text->n);
}

static void set_text(struct sim_object *o, const char *p, size_t n)
{
	sim_text_unref(o->text);
	o->text = sim_text_new(wq_strn(p, n));
}

static void count(struct sim_call *k, int64_t by)
{
	bool wrong;
	struct sim_object *o = sim_write(k, sim_arg(k, 1), SIM_STRING, &wrong);
	char text[SIM_NUMBER_BYTES];
	int64_t v = 0;

	if (wrong)
		return;
	if (o && !sim_to_int(sim_text_str(o->text), &v)) {
		sim_out_error(k, SIM_NOT_INT);
		return;
	}
	if (__builtin_add_overflow(v, by, &v)) {
		sim_out_error(k, "ERR increment or decrement would overflow");
		return;
	}
	if (!o)
		o = sim_write_new(k, sim_arg(k, 1), SIM_STRING);
	set_text(o, text, sim_write_int(text, v));
	sim_out_int(k, v);
}

static void incr(struct sim_call *k)
{
	count(k, 1);
}

static void decr(struct sim_call *k)
{
	count(k, -1);
}

static void incrby(struct sim_call *k)
{
	int64_t by;

	if (sim_arg_int(k, 2, &by))
		count(k, by);
}

static void decrby(struct sim_call *k)
{
	int64_t by;

	if (!sim_arg_int(k, 2, &by))
		return;
	if (by == INT64_MIN)
		sim_out_error(k, "ERR decrement would overflow");
	else
		count(k, -by);
}

const struct sim_command sim_text_commands[] = {
	{ "get", get, 2, 0 },
	{ "getdel", getdel, 2, SIM_W },
	{ "mget", mget, -2, 0 },
	{ "strlen", len, 2, 0 },
	{ "set", set, -3, SIM_W | SIM_M },
	{ "setex", setex, 4, SIM_W | SIM_M },
	{ "psetex", setex, 4, SIM_W | SIM_M },
	{ "setnx", setnx, 3, SIM_W | SIM_M },
	{ "mset", mset, -3, SIM_W | SIM_M },
	{ "append", append, 3, SIM_W | SIM_M },
	{ "incr", incr, 2, SIM_W | SIM_M },
	{ "decr", decr, 2, SIM_W | SIM_M },
	{ "incrby", incrby, 3, SIM_W | SIM_M },
	{ "decrby", decrby, 3, SIM_W | SIM_M },
	{ NULL, NULL, 0, 0 },
};
