/* SPDX-License-Identifier: MIT */
/* options.c — the table of options, and the readers of those that all kinds share. */
#include "app/bench/options.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/bench/goals.h"
#include "app/settings/value.h"
#include "base/assert.h"
#include "base/limits.h"

enum { WARM_UP_MS = 2000, DURATION_MS = 30000, COUNT_MS = 3600000, INTERVAL_MS = 1000, INTERVAL_MIN_MS = 10 };

const struct wq_option wq_bench_options[] = {
	{ "rate", "N", "operations a second, begun when they are due; without: as fast as --at-once allows" },
	{ "ramp", "FROM:TO", "from so many a second to so many, rising or falling all the time" },
	{ "traffic", "flat|burst|day", "shape of --rate: even; --burst; a day's curve within --duration" },
	{ "burst", "N:MS", "N at once, every MS milliseconds" },
	{ "arrivals", "even|random", "gaps of --rate: equal (even), or as of people who know nothing of each other" },
	{ "duration", "TIME", "how long it is measured, 30s" },
	{ "warm-up", "TIME", "load before that, which counts for nothing, 2s" },
	{ "drain", "TIME", "how long what is under way may take afterwards, 10s" },
	{ "count", "N", "end after so many operations" },
	{ "at-once", "N", "operations under way at most; webhook and send: connections" },
	{ "connections", "N", "the same" },
	{ "seed", "N", "of all that is left to chance: the same seed, the same load" },
	{ "json", "[FILE]", "the result as JSON: to stdout in place of the table, or to a file (- is stdout)" },
	{ "csv", "FILE", "the time line and the histograms as CSV (- is stdout)" },
	{ "plot", NULL, "percentiles and time line as plots, behind the table" },
	{ "quiet", NULL, "no progress" },
	{ "title", "TEXT", "what to call the result" },
	{ "fail-over", "GOALS", "exit 1 if a goal is missed: p99=5ms,max=1s,mean=2ms,errors=0.1%,rate=3000" },
	{ "interval", "TIME", "of the time line, 1s" },
	{ "compare", "BEFORE", "compare two results of --json: --compare BEFORE AFTER" },
	{ "queue", "NAME", "queue: its name (willaq-bench)" },
	{ "do", "WHAT", "queue: add, bulk, work, delayed or start (add)" },
	{ "batch", "N", "queue: jobs of one bulk, 50" },
	{ "body", "BYTES", "size of one job's data, of one webhook (700), or of one message" },
	{ "backlog", "N", "queue, delayed: jobs that are delayed beside those measured, 10000" },
	{ "delay", "TIME", "queue, delayed: of each job that is measured, 1s" },
	{ "workers", "own|theirs", "queue, start and delayed: who works the jobs: we, or those there (own)" },
	{ "concurrency", "N", "queue: jobs that our worker runs at once, 100" },
	{ "keep", NULL, "queue: leave the jobs there" },
	{ "in-use", NULL, "queue: add to a queue that has jobs or workers of others already" },
	{ "url", "URL", "webhook: where webhooks are posted; send: the API with its version" },
	{ "provider", "NAME", "webhook: whose they are: cloud, evolution or twilio (cloud)" },
	{ "secret", "SECRET", "webhook: app secret, key or auth token; - reads a line of stdin" },
	{ "secret-file", "PATH", "webhook: the file that holds it" },
	{ "account", "ID", "webhook: phone number id, instance, or account SID" },
	{ "signed-url", "URL", "webhook, twilio: the URL that is signed, when it is not --url" },
	{ "statuses", "PERCENT", "webhook: how many are statuses, 0; of a day 75: three to a message" },
	{ "duplicates", "PERCENT", "webhook: how many were posted before, with the same id, 0" },
	{ "reorder", "PERCENT", "webhook: how many come up to 16 others later than they should, 0" },
	{ "people", "N", "webhook, send: people who write, or are written to, in turn, 1000" },
	{ "token", "TOKEN", "send: the access token; - reads a line of stdin" },
	{ "token-file", "PATH", "send: the file that holds it" },
	{ "phone-number-id", "ID", "send: which number sends" },
	{ "to", "NUMBERS", "send: who gets messages, in turn, with commas between" },
	{ "timeout", "TIME", "webhook, send: how long an answer may take, 30s" },
	{ "ca-file", "PATH", "webhook, send: who signed the certificate, PEM (the system's)" },
	{ "insecure", NULL, "webhook, send: take any certificate" },
	{ NULL, NULL, NULL },
};

/* single options */

static bool parse(const struct wq_args *args, const char *option, struct wq_setting_def *d,
                  const char *what, int64_t *n)
{
	const char *text = wq_args_option(args, option), *why = NULL;

	if (wq_value_parse(d, wq_str(text), n, &why) && *n >= d->min && *n <= d->max)
		return true;
	fprintf(stderr, "willaq: --%s takes %s, not \"%.80s\"\n", option, what, text);
	return false;
}

bool wq_bench_read_count(const struct wq_args *args, const char *option, uint64_t min, uint64_t max,
                         uint64_t *value)
{
	struct wq_setting_def d = { .name = option, .type = WQ_SETTING_COUNT, .min = (int64_t)min,
		                    .max = (int64_t)max };
	char what[96];
	int64_t n = 0;

	if (!wq_args_option(args, option))
		return true;
	snprintf(what, sizeof(what), "a whole number from %lld to %lld", (long long)min,
	         (long long)max);
	if (!parse(args, option, &d, what, &n))
		return false;
	*value = (uint64_t)n;
	return true;
}

bool wq_bench_read_us(const struct wq_args *args, const char *option, uint64_t max_us,
                      uint64_t *value)
{
	struct wq_setting_def d = { .name = option, .type = WQ_SETTING_MS, .unit_ms = 1000,
		                    .max = (int64_t)(max_us / 1000) };
	int64_t ms = 0;

	if (!wq_args_option(args, option))
		return true;
	if (!parse(args, option, &d, "a time, as 30s or 500ms, of a day at most", &ms))
		return false;
	*value = (uint64_t)ms * 1000;
	return true;
}

bool wq_bench_read_percent(const struct wq_args *args, const char *option, double *value)
{
	struct wq_setting_def d = { .name = option,
		                    .type = WQ_SETTING_PERCENT,
		                    .max = 100 * 10000 };
	int64_t n = 0;

	if (!wq_args_option(args, option))
		return true;
	if (!parse(args, option, &d, "a percentage from 0 to 100", &n))
		return false;
	*value = (double)n / 10000;
	return true;
}

bool wq_bench_read_word(const struct wq_args *args, const char *option, const char *const *words,
                        unsigned *value)
{
	const char *text = wq_args_option(args, option);

	if (!text)
		return true;
	for (unsigned i = 0; words[i]; i++)
		if (strcmp(words[i], text) == 0) {
			*value = i;
			return true;
		}
	fprintf(stderr, "willaq: --%s takes", option);
	for (unsigned i = 0; words[i]; i++)
		fprintf(stderr, "%s %s", i ? words[i + 1] ? "," : " or" : "", words[i]);
	fprintf(stderr, ", not \"%.80s\"\n", text);
	return false;
}

/* A decimal number that is all of the text. */
static bool decimal(struct wq_str s, double max, double *out)
{
	char text[32], *end;

	if (!s.n || s.n >= sizeof(text) || (s.p[0] != '.' && (s.p[0] < '0' || s.p[0] > '9')))
		return false;
	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	*out = strtod(text, &end);
	return *end == '\0' && isfinite(*out) && *out <= max;
}

/* "A:B" */
static bool read_pair(const struct wq_args *args, const char *option, const char *what, double max,
                      double *a, double *b)
{
	struct wq_str rest = wq_str(wq_args_option(args, option)), first;

	if (wq_str_find(rest, ':') < rest.n && wq_str_next(&rest, ':', &first) &&
	    decimal(first, max, a) && decimal(rest, max, b))
		return true;
	fprintf(stderr, "willaq: --%s takes %s, not \"%.80s\"\n", option, what,
	        wq_args_option(args, option));
	return false;
}

/* the plan */

static bool read_rate(struct wq_bench_plan *p, const struct wq_args *args)
{
	const char *text = wq_args_option(args, "rate");

	if (!text ||
	    (decimal(wq_str(text), WQ_BENCH_RATE_MAX, &p->from_per_s) && p->from_per_s > 0))
		return true;
	fprintf(stderr,
	        "willaq: --rate takes operations a second, above 0 and at most %d, not \"%.80s\"\n",
	        WQ_BENCH_RATE_MAX, text);
	return false;
}

static bool read_ramp(struct wq_bench_plan *p, const struct wq_args *args)
{
	if (!wq_args_option(args, "ramp"))
		return true;
	p->shape = WQ_BENCH_RAMP;
	if (!read_pair(args, "ramp", "two rates a second, as 100:5000", WQ_BENCH_RATE_MAX,
	               &p->from_per_s, &p->to_per_s))
		return false;
	if (p->from_per_s > 0 || p->to_per_s > 0)
		return true;
	fprintf(stderr, "willaq: --ramp from 0 to 0 is no load\n");
	return false;
}

static bool read_burst(struct wq_bench_plan *p, const struct wq_args *args)
{
	double n, ms;

	if (!wq_args_option(args, "burst"))
		return true;
	p->shape = WQ_BENCH_BURST;
	if (!read_pair(args, "burst", "a count and milliseconds, as 500:1000", WQ_BENCH_RATE_MAX,
	               &n, &ms))
		return false;
	p->burst_n = (uint32_t)n;
	p->burst_us = (uint64_t)(ms * 1000);
	if (p->burst_n && p->burst_us >= 1000)
		return true;
	fprintf(stderr, "willaq: --burst takes a count from 1 on, and 1 millisecond or more\n");
	return false;
}

static bool read_traffic(struct wq_bench_plan *p, const struct wq_args *args)
{
	static const char *const words[] = { "flat", "burst", "day", NULL };
	static const enum wq_bench_shape shapes[] = { WQ_BENCH_FLAT, WQ_BENCH_BURST, WQ_BENCH_DAY };
	unsigned i = 0;

	if (!wq_args_option(args, "traffic"))
		return true;
	if (!wq_bench_read_word(args, "traffic", words, &i))
		return false;
	if (shapes[i] == WQ_BENCH_BURST && !wq_args_option(args, "burst")) {
		fprintf(stderr, "willaq: --traffic burst needs --burst N:MS\n");
		return false;
	}
	if (shapes[i] == WQ_BENCH_DAY && !wq_args_option(args, "rate")) {
		fprintf(stderr, "willaq: --traffic day needs --rate, the average of the day\n");
		return false;
	}
	if (p->shape != WQ_BENCH_FLAT && p->shape != shapes[i]) {
		fprintf(stderr, "willaq: --traffic %s and --%s are two shapes: give one\n",
		        words[i], wq_bench_shape_name(p->shape));
		return false;
	}
	p->shape = shapes[i];
	return true;
}

static bool read_plan(struct wq_bench_plan *p, const struct wq_args *args)
{
	static const char *const arrivals[] = { "even", "random", NULL };
	const bool rate = wq_args_option(args, "rate"), ramp = wq_args_option(args, "ramp"),
		   burst = wq_args_option(args, "burst");
	unsigned random = 0;

	if (rate + ramp + burst > 1) {
		fprintf(stderr, "willaq: --rate, --ramp and --burst each say how much: give one\n");
		return false;
	}
	if (!read_rate(p, args) || !read_ramp(p, args) || !read_burst(p, args) ||
	    !read_traffic(p, args) || !wq_bench_read_word(args, "arrivals", arrivals, &random) ||
	    !wq_bench_read_count(args, "count", 1, INT64_MAX, &p->count) ||
	    !wq_bench_read_count(args, "seed", 0, INT64_MAX, &p->seed) ||
	    !wq_bench_read_us(args, "duration", WQ_BENCH_DURATION_MAX_MS * 1000ull,
	                      &p->duration_us))
		return false;
	if (random && !rate && !ramp) {
		fprintf(stderr, "willaq: --arrivals random needs --rate or --ramp\n");
		return false;
	}
	p->random = random;
	if (p->count && p->shape == WQ_BENCH_FLAT && !wq_args_option(args, "duration"))
		p->duration_us = COUNT_MS * 1000ull; /* it is the count that ends it */
	if (p->duration_us >= 1000)
		return true;
	fprintf(stderr, "willaq: --duration takes a time above 0\n");
	return false;
}

/* all of it */

static bool read_at_once(struct wq_bench_common *c, const struct wq_args *args)
{
	const char *a = wq_args_option(args, "at-once"), *b = wq_args_option(args, "connections");
	uint64_t n = c->at_once;

	if (a && b) {
		fprintf(stderr, "willaq: --at-once and --connections are the same: give one\n");
		return false;
	}
	c->at_once_given = a || b;
	if (!wq_bench_read_count(args, a ? "at-once" : "connections", 1, WQ_BENCH_AT_ONCE_MAX, &n))
		return false;
	c->at_once = (uint32_t)n;
	return true;
}

static bool read_interval(struct wq_bench_common *c, const struct wq_args *args)
{
	if (!wq_bench_read_us(args, "interval", WQ_BENCH_DURATION_MAX_MS * 1000ull,
	                      &c->interval_us))
		return false;
	if (!wq_args_option(args, "interval") &&
	    c->plan.duration_us / WQ_BENCH_ROWS_MAX > c->interval_us)
		c->interval_us = c->plan.duration_us / WQ_BENCH_ROWS_MAX + 1000;
	if (c->interval_us < INTERVAL_MIN_MS * 1000 ||
	    c->plan.duration_us / c->interval_us > WQ_BENCH_ROWS_MAX) {
		fprintf(stderr,
		        "willaq: --interval is too short: %d ms at least, and %d rows in all --duration\n",
		        INTERVAL_MIN_MS, WQ_BENCH_ROWS_MAX);
		return false;
	}
	return true;
}

static bool read_output(struct wq_bench_common *c, const struct wq_args *args)
{
	c->json = wq_args_option(args, "json");
	c->csv = wq_args_option(args, "csv");
	c->title = wq_args_option(args, "title");
	c->plot = wq_args_option(args, "plot");
	c->quiet = wq_args_option(args, "quiet");
	if (c->json && !*c->json)
		c->json = "-";
	if (c->csv && !*c->csv) {
		fprintf(stderr, "willaq: --csv needs the name of a file\n");
		return false;
	}
	if (c->json && c->csv && strcmp(c->json, "-") == 0 && strcmp(c->csv, "-") == 0) {
		fprintf(stderr,
		        "willaq: --json and --csv both to stdout: give one of them a file\n");
		return false;
	}
	return wq_bench_goals_read(c, wq_args_option(args, "fail-over"));
}

bool wq_bench_common_read(struct wq_bench_common *c, const struct wq_args *args, uint32_t at_once)
{
	*c = (struct wq_bench_common){
		.plan = { .duration_us = DURATION_MS * 1000 },
		.warm_up_us = WARM_UP_MS * 1000,
		.interval_us = INTERVAL_MS * 1000,
		.drain_us = WQ_BENCH_DRAIN_MS * 1000,
		.at_once = at_once,
		.duration_given = wq_args_option(args, "duration") != NULL,
	};
	return read_plan(&c->plan, args) && read_at_once(c, args) &&
	       wq_bench_read_us(args, "warm-up", WQ_BENCH_DURATION_MAX_MS * 1000ull,
	                        &c->warm_up_us) &&
	       wq_bench_read_us(args, "drain", WQ_BENCH_DURATION_MAX_MS * 1000ull, &c->drain_us) &&
	       read_interval(c, args) && read_output(c, args);
}

struct wq_bench_opts wq_bench_common_opts(const struct wq_bench_common *c, struct wq_loop *loop,
                                          const char *unit)
{
	return (struct wq_bench_opts){
		.loop = loop,
		.plan = c->plan,
		.warm_up_us = c->warm_up_us,
		.interval_us = c->interval_us,
		.drain_us = c->drain_us,
		.progress = !c->quiet && isatty(STDERR_FILENO),
		.unit = unit,
	};
}
