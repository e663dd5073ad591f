/* SPDX-License-Identifier: MIT */
/* cmd_zset.c — sorted sets: members one by one, and intersections. */
#include <math.h>

#include "base/alloc.h"
#include "sim/redis/server.h"

enum { LARGE_ENTRIES = 128, LARGE_BYTES = 64 };

struct add {
	bool nx, xx, gt, lt, ch, incr;
	int64_t added, changed, done; /* members; done: not held back */
	double last;
};

static void put(struct sim_object *o, struct wq_str member, double score)
{
	sim_zset_set(&o->zset, member, score);
	o->large |= member.n > LARGE_BYTES || o->zset.row.n > LARGE_ENTRIES;
}

/* Index behind the options. */
static size_t read_options(const struct sim_call *k, struct add *a)
{
	size_t i = 2;

	for (;; i++) {
		if (sim_arg_is(k, i, "NX"))
			a->nx = true;
		else if (sim_arg_is(k, i, "XX"))
			a->xx = true;
		else if (sim_arg_is(k, i, "GT"))
			a->gt = true;
		else if (sim_arg_is(k, i, "LT"))
			a->lt = true;
		else if (sim_arg_is(k, i, "CH"))
			a->ch = true;
		else if (sim_arg_is(k, i, "INCR"))
			a->incr = true;
		else
			return i;
	}
}

static const char *wrong_options(const struct sim_call *k, const struct add *a, size_t from)
{
	if (k->argc == from || (k->argc - from) % 2)
		return SIM_SYNTAX;
	if (a->nx && a->xx)
		return "ERR XX and NX options at the same time are not compatible";
	if ((a->gt && a->nx) || (a->lt && a->nx) || (a->gt && a->lt))
		return "ERR GT, LT, and/or NX options at the same time are not compatible";
	if (a->incr && k->argc - from > 2)
		return "ERR INCR option supports a single increment-element pair";
	return NULL;
}

/* False: the sum is no number. */
static bool add_one(struct sim_object *o, struct add *a, struct wq_str member, double score)
{
	const struct sim_entry *e = sim_table_find(&o->zset.table, member);

	if (e ? a->nx : a->xx)
		return true;
	if (e && a->incr) {
		score += e->v.score;
		if (isnan(score))
			return false;
	}
	if (e && ((a->lt && score >= e->v.score) || (a->gt && score <= e->v.score)))
		return true;
	a->done++;
	a->last = score;
	if (e && e->v.score == score)
		return true;
	a->added += !e;
	a->changed += e != NULL;
	put(o, member, score);
	return true;
}

static void add_all(struct sim_call *k, struct add *a, size_t from, const double *scores)
{
	bool wrong;
	struct sim_object *o = sim_write(k, sim_arg(k, 1), SIM_ZSET, &wrong);

	if (wrong)
		return;
	if (!o && !a->xx)
		o = sim_write_new(k, sim_arg(k, 1), SIM_ZSET);
	for (size_t i = from; o && i < k->argc; i += 2)
		if (!add_one(o, a, sim_arg(k, i + 1), scores[(i - from) / 2])) {
			sim_out_error(k, "ERR resulting score is not a number (NaN)");
			return;
		}
	if (!a->incr)
		sim_out_int(k, a->added + (a->ch ? a->changed : 0));
	else if (a->done)
		sim_out_double(k, a->last);
	else
		sim_out_nil(k);
}

static void add_pairs(struct sim_call *k, struct add *a, size_t from)
{
	const char *wrong = wrong_options(k, a, from);
	double few[8], *scores = few;
	size_t n = (k->argc - from) / 2, i = 0;

	if (wrong) {
		sim_out_error(k, wrong);
		return;
	}
	if (n > 8)
		scores = sim_alloc(n * sizeof(*scores));
	while (i < n && sim_arg_double(k, from + 2 * i, &scores[i]))
		i++;
	if (i == n)
		add_all(k, a, from, scores);
	if (n > 8)
		wq_free(scores);
}

static void zadd(struct sim_call *k)
{
	struct add a = { .nx = false };
	size_t from = read_options(k, &a);

	add_pairs(k, &a, from);
}

static void zincrby(struct sim_call *k)
{
	struct add a = { .incr = true };

	add_pairs(k, &a, 2);
}

static void zrem(struct sim_call *k)
{
	bool wrong;
	struct sim_object *o = sim_write(k, sim_arg(k, 1), SIM_ZSET, &wrong);
	int64_t n = 0;

	if (wrong)
		return;
	for (size_t i = 2; o && i < k->argc; i++) {
		const struct sim_entry *e = sim_table_find(&o->zset.table, sim_arg(k, i));

		if (!e)
			continue;
		sim_zset_remove(&o->zset, sim_zset_rank(&o->zset, e));
		n++;
	}
	if (o)
		sim_settle(k->r, sim_arg(k, 1), o);
	sim_out_int(k, n);
}

static void zcard(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_ZSET, &wrong);

	if (!wrong)
		sim_out_int(k, o ? o->zset.row.n : 0);
}

static void zscore(struct sim_call *k)
{
	bool wrong, many = k->command->name[1] == 'm';
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_ZSET, &wrong);

	if (wrong)
		return;
	if (many)
		sim_out_array(k, k->argc - 2);
	for (size_t i = 2; i < k->argc; i++) {
		const struct sim_entry *e = o ? sim_table_find(&o->zset.table, sim_arg(k, i))
		                              : NULL;

		if (e)
			sim_out_double(k, e->v.score);
		else
			sim_out_nil(k);
	}
}

static void zrank(struct sim_call *k)
{
	bool wrong, reverse = k->command->name[1] == 'r' && k->command->name[2] == 'e';
	const struct sim_object *o = sim_read(k, sim_arg(k, 1), SIM_ZSET, &wrong);
	const struct sim_entry *e = o ? sim_table_find(&o->zset.table, sim_arg(k, 2)) : NULL;
	size_t rank;

	if (wrong)
		return;
	if (!e) {
		sim_out_nil(k);
		return;
	}
	rank = sim_zset_rank(&o->zset, e);
	sim_out_int(k, (int64_t)(reverse ? o->zset.row.n - 1 - rank : rank));
}

/* One member at the low or the high end leaves; its name and score are answered. */
static void pop_one(struct sim_call *k, struct sim_object *o, bool high)
{
	size_t rank = high ? o->zset.row.n - 1 : 0;

	sim_out_text(k, sim_zset_at(&o->zset, rank)->member);
	sim_out_double(k, sim_zset_at(&o->zset, rank)->score);
	sim_zset_remove(&o->zset, rank);
}

static void zpop(struct sim_call *k)
{
	bool wrong, high = k->command->name[5] == 'a';
	struct sim_object *o;
	int64_t n = 1;

	if (k->argc > 3) {
		sim_out_error(k, SIM_SYNTAX);
		return;
	}
	if (k->argc == 3 && (!sim_to_int(sim_arg(k, 2), &n) || n < 0)) {
		sim_out_error(k, "ERR value is out of range, must be positive");
		return;
	}
	o = sim_write(k, sim_arg(k, 1), SIM_ZSET, &wrong);
	if (wrong)
		return;
	n = !o ? 0 : n < (int64_t)o->zset.row.n ? n : (int64_t)o->zset.row.n;
	sim_out_array(k, (size_t)n * 2);
	for (; n > 0; n--)
		pop_one(k, o, high);
	if (o)
		sim_settle(k->r, sim_arg(k, 1), o);
}

static void bzpop(struct sim_call *k)
{
	double seconds;
	bool wrong;

	if (!sim_to_double(sim_arg(k, k->argc - 1), &seconds)) {
		sim_out_error(k, "ERR timeout is not a float or out of range");
		return;
	}
	if (seconds < 0) {
		sim_out_error(k, "ERR timeout is negative");
		return;
	}
	for (size_t i = 1; i + 1 < k->argc; i++) {
		struct sim_object *o = sim_write(k, sim_arg(k, i), SIM_ZSET, &wrong);

		if (wrong && k->again) { /* what came under it is something else */
			k->out->n = 0;
			continue;
		}
		if (wrong)
			return;
		if (!o)
			continue;
		sim_out_array(k, 3);
		sim_out_str(k, sim_arg(k, i));
		pop_one(k, o, k->command->name[6] == 'a');
		sim_settle(k->r, sim_arg(k, i), o);
		return;
	}
	sim_wait(k, k->argv, k->argc,
	         seconds == 0 ? 0 : (sim_now_ms(k->r) + (uint64_t)ceil(seconds * 1000)) * 1000);
}

static size_t out_scored(struct sim_call *k, const struct sim_entry *e, const struct sim_scan *s)
{
	if (s->match && !sim_matches(s->pattern, sim_text_str(e->key)))
		return 0;
	sim_out_text(k, e->key);
	sim_out_double(k, e->v.score);
	return 2;
}

/* Small ones come whole and in order. */
static void scan_small(struct sim_call *k, const struct sim_object *o, const struct sim_scan *s)
{
	struct wq_buf all;
	struct sim_call inner = *k;
	size_t n = 0;

	wq_buf_init(&all, SIM_OUT_MAX);
	inner.out = &all;
	for (size_t i = 0; i < o->zset.row.n; i++) {
		const struct sim_ranked *at = sim_zset_at(&o->zset, i);
		struct sim_entry e = { .key = at->member, .v.score = at->score };

		n += out_scored(&inner, &e, s);
	}
	sim_out_array(k, 2);
	sim_out_str(k, wq_str("0"));
	sim_out_array(k, n);
	sim_add(k->out, all.n ? all.p : "", all.n);
	wq_buf_fini(&all);
}

static void zscan(struct sim_call *k)
{
	bool wrong;
	const struct sim_object *o;
	struct sim_scan s;

	if (!sim_scan_cursor(k, 2, &s))
		return;
	o = sim_read(k, sim_arg(k, 1), SIM_ZSET, &wrong);
	if (wrong || (o && !sim_scan_options(k, 2, &s)))
		return;
	if (o && !o->large)
		scan_small(k, o, &s);
	else
		sim_scan_table(k, o ? &o->zset.table : NULL, &s, false, out_scored);
}

const struct sim_command sim_zset_commands[] = {
	{ "zadd", zadd, -4, SIM_W | SIM_M },
	{ "zincrby", zincrby, 4, SIM_W | SIM_M },
	{ "zrem", zrem, -3, SIM_W },
	{ "zcard", zcard, 2, 0 },
	{ "zscore", zscore, 3, 0 },
	{ "zmscore", zscore, -3, 0 },
	{ "zrank", zrank, 3, 0 },
	{ "zrevrank", zrank, 3, 0 },
	{ "zpopmin", zpop, -2, SIM_W },
	{ "zpopmax", zpop, -2, SIM_W },
	{ "bzpopmin", bzpop, -3, SIM_W | SIM_NOSCRIPT },
	{ "bzpopmax", bzpop, -3, SIM_W | SIM_NOSCRIPT },
	{ "zscan", zscan, -3, 0 },
	{ NULL, NULL, 0, 0 },
};
