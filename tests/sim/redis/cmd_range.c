/* SPDX-License-Identifier: MIT */
/* cmd_range.c — ranges of sorted sets by rank, by score and by bytes: shown, counted, removed; and intersections.
 *
 * Every range becomes [from, to) of the row; what is left is the direction and the limit.
 */
#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "sim/redis/server.h"

enum kind { BY_RANK, BY_SCORE, BY_LEX };

struct range {
	enum kind kind;
	bool reverse, scores;
	bool limited;
	int64_t skip, count; /* count < 0: all */
	size_t from, to;
};

struct bound {
	bool open;
	int beyond; /* by bytes: -1 before all, 1 behind all */
	double score;
	struct wq_str text;
};

static bool read_score(struct wq_str s, struct bound *b)
{
	b->open = s.n > 0 && s.p[0] == '(';
	if (b->open)
		s = wq_strn(s.p + 1, s.n - 1);
	b->score = 0;
	return s.n == 0 || sim_to_double(s, &b->score); /* nothing is read as 0 */
}

static bool read_lex(struct wq_str s, struct bound *b)
{
	if (s.n == 0)
		return false;
	b->open = s.p[0] == '(';
	b->beyond = s.n == 1 && s.p[0] == '-' ? -1 : s.n == 1 && s.p[0] == '+' ? 1 : 0;
	b->text = wq_strn(s.p + 1, s.n - 1);
	return b->beyond || b->open || s.p[0] == '[';
}

/* Index of the first that is within the lower bound, or (`behind`) beyond the upper one. */
static size_t place_of(const struct sim_zset *z, enum kind kind, const struct bound *b, bool behind)
{
	size_t low = 0, high = z->row.n;

	if (b->beyond)
		return b->beyond < 0 ? 0 : high;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		const struct sim_ranked *at = sim_zset_at(z, mid);
		int c = kind == BY_SCORE ? (at->score > b->score) - (at->score < b->score)
		                         : sim_text_compare(sim_text_str(at->member), b->text);

		if (c < 0 || (c == 0 && b->open != behind))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What the two arguments at `i` bound, the lower first; false: answered.  The object is NULL when there is no key. */
static bool read_bounds(struct sim_call *k, size_t low, size_t high, enum kind kind,
                        struct bound b[2])
{
	b[0] = b[1] = (struct bound){ .open = false };
	if (kind == BY_SCORE &&
	    (!read_score(sim_arg(k, low), &b[0]) || !read_score(sim_arg(k, high), &b[1]))) {
		sim_out_error(k, "ERR min or max is not a float");
		return false;
	}
	if (kind == BY_LEX &&
	    (!read_lex(sim_arg(k, low), &b[0]) || !read_lex(sim_arg(k, high), &b[1]))) {
		sim_out_error(k, "ERR min or max not valid string range item");
		return false;
	}
	return true;
}

static void bound_range(struct range *g, const struct sim_zset *z, const struct bound b[2])
{
	g->from = place_of(z, g->kind, &b[0], false);
	g->to = place_of(z, g->kind, &b[1], true);
	g->to = g->to < g->from ? g->from : g->to;
}

static void rank_range(struct range *g, const struct sim_zset *z, int64_t from, int64_t to)
{
	int64_t n = z->row.n;

	from += from < 0 ? n : 0;
	to += to < 0 ? n : 0;
	from = from < 0 ? 0 : from;
	to = to >= n ? n - 1 : to;
	if (from > to || from >= n) {
		g->from = g->to = 0;
		return;
	}
	g->from = (size_t)(g->reverse ? n - 1 - to : from);
	g->to = (size_t)(g->reverse ? n - from : to + 1);
}

static void show(struct sim_call *k, const struct sim_object *o, const struct range *g)
{
	size_t n = o ? g->to - g->from : 0, skip = 0;

	if (g->limited) {
		skip = g->skip < 0 || (uint64_t)g->skip > n ? n : (size_t)g->skip;
		n -= skip;
		n = g->count >= 0 && (uint64_t)g->count < n ? (size_t)g->count : n;
	}
	sim_out_array(k, n * (1 + g->scores));
	for (size_t i = 0; i < n; i++) {
		const struct sim_ranked *at = sim_zset_at(&o->zset, g->reverse
		                                                            ? g->to - 1 - skip - i
		                                                            : g->from + skip + i);

		sim_out_text(k, at->member);
		if (g->scores)
			sim_out_double(k, at->score);
	}
}

/* Options from 4 on; `any` takes BYSCORE and the like. */
static bool read_options(struct sim_call *k, struct range *g, bool any)
{
	for (size_t i = 4; i < k->argc; i++) {
		if (sim_arg_is(k, i, "WITHSCORES") && (any || g->kind != BY_LEX)) {
			g->scores = true;
		} else if (sim_arg_is(k, i, "LIMIT") && i + 2 < k->argc &&
		           (any || g->kind != BY_RANK)) {
			g->limited = true;
			if (!sim_arg_int(k, i + 1, &g->skip) || !sim_arg_int(k, i + 2, &g->count))
				return false;
			i += 2;
		} else if (any && sim_arg_is(k, i, "REV")) {
			g->reverse = true;
		} else if (any && sim_arg_is(k, i, "BYSCORE")) {
			g->kind = BY_SCORE;
		} else if (any && sim_arg_is(k, i, "BYLEX")) {
			g->kind = BY_LEX;
		} else {
			sim_out_error(k, SIM_SYNTAX);
			return false;
		}
	}
	if (g->limited && g->kind == BY_RANK) {
		sim_out_error(
			k,
			"ERR syntax error, LIMIT is only supported in combination with either BYSCORE or BYLEX");
		return false;
	}
	if (g->scores && g->kind == BY_LEX) {
		sim_out_error(
			k, "ERR syntax error, WITHSCORES not supported in combination with BYLEX");
		return false;
	}
	return true;
}

static void show_range(struct sim_call *k, struct range *g, bool any)
{
	bool wrong, bounded;
	const struct sim_object *o;
	struct bound b[2];
	int64_t from = 0, to = 0;
	size_t low;

	if (!read_options(k, g, any))
		return;
	bounded = g->kind != BY_RANK;
	low = bounded && g->reverse ? 3 : 2;
	if (bounded ? !read_bounds(k, low, 5 - low, g->kind, b)
	            : !sim_arg_int(k, 2, &from) || !sim_arg_int(k, 3, &to))
		return;
	o = sim_read(k, sim_arg(k, 1), SIM_ZSET, &wrong);
	if (wrong)
		return;
	if (o && bounded)
		bound_range(g, &o->zset, b);
	else if (o)
		rank_range(g, &o->zset, from, to);
	show(k, o, g);
}

static void zrange(struct sim_call *k)
{
	struct range g = { .kind = BY_RANK };

	show_range(k, &g, true);
}

static void zrevrange(struct sim_call *k)
{
	struct range g = { .kind = BY_RANK, .reverse = true };

	show_range(k, &g, false);
}

static void zrangeby(struct sim_call *k)
{
	bool reverse = k->command->name[1] == 'r' && k->command->name[2] == 'e';
	const char *by = k->command->name + (reverse ? 11 : 8);
	struct range g = { .kind = *by == 's' ? BY_SCORE : BY_LEX, .reverse = reverse };

	show_range(k, &g, false);
}

static void zcount(struct sim_call *k)
{
	struct range g = { .kind = k->command->name[1] == 'c' ? BY_SCORE : BY_LEX };
	const struct sim_object *o;
	struct bound b[2];
	bool wrong;

	if (!read_bounds(k, 2, 3, g.kind, b))
		return;
	o = sim_read(k, sim_arg(k, 1), SIM_ZSET, &wrong);
	if (o)
		bound_range(&g, &o->zset, b);
	if (!wrong)
		sim_out_int(k, (int64_t)(g.to - g.from));
}

static void zremrange(struct sim_call *k)
{
	char by = k->command->name[strlen("zremrangeby")];
	bool wrong, ranks;
	struct range g;
	struct sim_object *o;
	struct bound b[2];
	int64_t from = 0, to = 0;

	g = (struct range){ .kind = by == 'r' ? BY_RANK : by == 's' ? BY_SCORE : BY_LEX };
	ranks = g.kind == BY_RANK;
	if (ranks ? !sim_arg_int(k, 2, &from) || !sim_arg_int(k, 3, &to)
	          : !read_bounds(k, 2, 3, g.kind, b))
		return;
	o = sim_write(k, sim_arg(k, 1), SIM_ZSET, &wrong);
	if (wrong)
		return;
	if (o && ranks)
		rank_range(&g, &o->zset, from, to);
	else if (o)
		bound_range(&g, &o->zset, b);
	for (size_t i = g.to; i > g.from; i--)
		sim_zset_remove(&o->zset, i - 1);
	if (o)
		sim_settle(k->r, sim_arg(k, 1), o);
	sim_out_int(k, (int64_t)(g.to - g.from));
}

/* The score of a member in a sorted set or a set. */
static bool score_in(const struct sim_object *o, struct wq_str member, double *score)
{
	const struct sim_entry *e = sim_table_find(o->type == SIM_ZSET ? &o->zset.table : &o->table,
	                                           member);

	if (e)
		*score = o->type == SIM_ZSET ? e->v.score : 1;
	return e;
}

struct inter {
	size_t n;
	const struct sim_object **from;
	double *weights;
	bool empty, scores;
	struct sim_object *result;
};

static bool read_inter(struct sim_call *k, struct inter *x)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct sim_entry *e = sim_lookup(k->r, sim_arg(k, 2 + i));

		x->weights[i] = 1;
		x->from[i] = e ? e->v.object : NULL;
		x->empty |= !e;
		if (e && e->v.object->type != SIM_ZSET && e->v.object->type != SIM_SET) {
			sim_out_error(k, SIM_WRONGTYPE);
			return false;
		}
	}
	for (size_t i = 2 + x->n; i < k->argc; i++) {
		if (sim_arg_is(k, i, "WITHSCORES")) {
			x->scores = true;
		} else if (sim_arg_is(k, i, "WEIGHTS") && i + x->n < k->argc) {
			for (size_t w = 0; w < x->n; w++)
				if (!sim_to_double(sim_arg(k, ++i), &x->weights[w])) {
					sim_out_error(k, "ERR weight value is not a float");
					return false;
				}
		} else {
			sim_out_error(k, SIM_SYNTAX);
			return false;
		}
	}
	return true;
}

static double not_nan(double v)
{
	return isnan(v) ? 0 : v;
}

static void intersect(struct inter *x)
{
	const struct sim_object *first = x->from[0];
	const struct sim_table *t = first->type == SIM_ZSET ? &first->zset.table : &first->table;
	uint32_t at = 0;

	for (const struct sim_entry *e; (e = sim_table_next(t, &at));) {
		double sum = 0, score;
		size_t i = 0;

		for (; i < x->n && score_in(x->from[i], sim_text_str(e->key), &score); i++)
			sum = not_nan(sum + x->weights[i] * score);
		if (i == x->n)
			sim_zset_set(&x->result->zset, sim_text_str(e->key), sum);
	}
}

static void zinter(struct sim_call *k)
{
	struct range g = { .kind = BY_RANK };
	struct inter x = { .n = 0 };
	int64_t n;

	if (!sim_arg_int(k, 1, &n))
		return;
	if (n < 1) {
		sim_out_error(k, "ERR at least 1 input key is needed for 'zinter' command");
		return;
	}
	if ((uint64_t)n > k->argc - 2) {
		sim_out_error(k, SIM_SYNTAX);
		return;
	}
	x.n = (size_t)n;
	x.from = sim_alloc(x.n * sizeof(*x.from));
	x.weights = sim_alloc(x.n * sizeof(*x.weights));
	x.result = sim_object_new(SIM_ZSET);
	if (read_inter(k, &x)) {
		if (!x.empty)
			intersect(&x);
		g.scores = x.scores;
		g.to = x.result->zset.row.n;
		show(k, x.result, &g);
	}
	sim_object_unref(x.result);
	wq_free(x.from);
	wq_free(x.weights);
}

const struct sim_command sim_range_commands[] = {
	{ "zrange", zrange, -4, 0 },
	{ "zrevrange", zrevrange, -4, 0 },
	{ "zrangebyscore", zrangeby, -4, 0 },
	{ "zrevrangebyscore", zrangeby, -4, 0 },
	{ "zrangebylex", zrangeby, -4, 0 },
	{ "zrevrangebylex", zrangeby, -4, 0 },
	{ "zcount", zcount, 4, 0 },
	{ "zlexcount", zcount, 4, 0 },
	{ "zremrangebyrank", zremrange, 4, SIM_W },
	{ "zremrangebyscore", zremrange, 4, SIM_W },
	{ "zremrangebylex", zremrange, 4, SIM_W },
	{ "zinter", zinter, -3, 0 },
	{ NULL, NULL, 0, 0 },
};
