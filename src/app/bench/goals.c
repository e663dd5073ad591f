/* SPDX-License-Identifier: MIT */
/* goals.c — "name=value" read, found and judged. */
#include "app/bench/goals.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

double wq_bench_rate(const struct wq_bench_result *r)
{
	return r->span_us ? (double)r->in_window * 1e6 / (double)r->span_us : 0;
}

double wq_bench_error_percent(const struct wq_bench_result *r)
{
	return r->due ? 100.0 * (double)(r->due - r->outcomes[WQ_BENCH_OK]) / (double)r->due : 0;
}

/* A number, and what stands behind it. */
static bool number(struct wq_str s, double *n, struct wq_str *unit)
{
	char text[32], *end;

	if (!s.n || s.n >= sizeof(text) || s.p[0] < '0' || s.p[0] > '9')
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*n = strtod(text, &end);
	*unit = wq_strn(s.p + (end - text), s.n - (size_t)(end - text));
	return isfinite(*n);
}

static bool duration(struct wq_str s, double *us)
{
	static const struct {
		const char *unit;
		double us;
	} units[] = { { "us", 1 }, { "ms", 1e3 }, { "s", 1e6 }, { "m", 60e6 } };
	struct wq_str unit;

	if (!number(s, us, &unit))
		return false;
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (wq_str_is(unit, units[i].unit)) {
			*us *= units[i].us;
			return true;
		}
	return false;
}

static bool read_percentile(struct wq_str name, double *percentile)
{
	struct wq_str unit;

	if (wq_str_is(name, "max"))
		*percentile = 100;
	else if (wq_str_is(name, "mean"))
		*percentile = -1;
	else if (!wq_str_starts(name, "p") ||
	         !number(wq_strn(name.p + 1, name.n - 1), percentile, &unit) || unit.n ||
	         *percentile > 100 || *percentile <= 0)
		return false;
	return true;
}

static bool read_goal(struct wq_bench_goal *g, struct wq_str name, struct wq_str value)
{
	struct wq_str unit;

	if (name.n >= sizeof(g->name))
		return false;
	snprintf(g->name, sizeof(g->name), "%.*s", WQ_STR_ARG(name));
	if (wq_str_is(name, "errors")) {
		g->kind = WQ_BENCH_GOAL_ERRORS;
		return number(value, &g->value, &unit) && (!unit.n || wq_str_is(unit, "%")) &&
		       g->value <= 100;
	}
	if (wq_str_is(name, "rate")) {
		g->kind = WQ_BENCH_GOAL_RATE;
		return number(value, &g->value, &unit) && !unit.n;
	}
	g->kind = WQ_BENCH_GOAL_LATENCY;
	return read_percentile(name, &g->percentile) && duration(value, &g->value);
}

bool wq_bench_goals_read(struct wq_bench_common *c, const char *text)
{
	struct wq_str rest = wq_str(text), part, name;

	while (text && wq_str_next(&rest, ',', &part)) {
		struct wq_str whole = part = wq_str_trim(part);

		if (c->goals_n == WQ_BENCH_GOALS_MAX) {
			fprintf(stderr, "willaq: --fail-over takes %d goals at most\n",
			        WQ_BENCH_GOALS_MAX);
			return false;
		}
		if (wq_str_find(part, '=') == part.n || !wq_str_next(&part, '=', &name) ||
		    !read_goal(&c->goals[c->goals_n], name, part)) {
			fprintf(stderr,
			        "willaq: --fail-over takes goals as p99=5ms, max=1s, mean=2ms, errors=0.1%% or "
			        "rate=3000, with commas between, not \"%.*s\"\n",
			        (int)(whole.n > 80 ? 80 : whole.n), whole.p);
			return false;
		}
		c->goals_n++;
	}
	return true;
}

double wq_bench_goal_found(const struct wq_bench_goal *g, const struct wq_bench_result *r)
{
	if (g->kind == WQ_BENCH_GOAL_ERRORS)
		return wq_bench_error_percent(r);
	if (g->kind == WQ_BENCH_GOAL_RATE)
		return wq_bench_rate(r);
	if (g->percentile < 0)
		return wq_histogram_mean(&r->latency);
	if (g->percentile >= 100)
		return (double)r->latency.max_us;
	return (double)wq_histogram_percentile(&r->latency, g->percentile);
}

bool wq_bench_goal_met(const struct wq_bench_goal *g, const struct wq_bench_result *r)
{
	double found = wq_bench_goal_found(g, r);

	if (!r->latency.total && g->kind == WQ_BENCH_GOAL_LATENCY)
		return false; /* nothing was measured that could be good enough */
	return g->kind == WQ_BENCH_GOAL_RATE ? found >= g->value : found <= g->value;
}

void wq_bench_goal_text(const struct wq_bench_goal *g, const struct wq_bench_result *r, char *out,
                        size_t max)
{
	double found = wq_bench_goal_found(g, r);

	if (g->kind == WQ_BENCH_GOAL_ERRORS)
		snprintf(out, max, "errors %.3f %%, at most %g %% wanted", found, g->value);
	else if (g->kind == WQ_BENCH_GOAL_RATE)
		snprintf(out, max, "rate %.1f a second, at least %g wanted", found, g->value);
	else if (!r->latency.total)
		snprintf(out, max, "%s of nothing, at most %g ms wanted", g->name, g->value / 1000);
	else
		snprintf(out, max, "%s %.3f ms, at most %g ms wanted", g->name, found / 1000,
		         g->value / 1000);
}
