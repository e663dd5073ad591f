/* SPDX-License-Identifier: MIT */
/* json.c — the result for programs; docs/bench.md tells its members. */
#include <time.h>

#include "app/bench/goals.h"
#include "app/bench/machine.h"
#include "app/bench/tell.h"

static void text(struct wq_jsonw *w, const char *key, const char *value)
{
	wq_jsonw_key(w, key);
	if (value)
		wq_jsonw_text(w, value);
	else
		wq_jsonw_null(w);
}

static void count(struct wq_jsonw *w, const char *key, uint64_t n)
{
	wq_jsonw_put_int(w, key, (int64_t)n);
}

static void number(struct wq_jsonw *w, const char *key, double v)
{
	wq_jsonw_key(w, key);
	wq_jsonw_float(w, v);
}

static void object(struct wq_jsonw *w, const char *key)
{
	wq_jsonw_key(w, key);
	wq_jsonw_object(w);
}

static void histogram(struct wq_jsonw *w, const char *key, const struct wq_histogram *h)
{
	struct wq_histogram_bucket b;
	char name[16];

	object(w, key);
	count(w, "count", h->total);
	if (h->total) {
		count(w, "min", h->min_us);
		number(w, "mean", wq_histogram_mean(h));
		number(w, "stddev", wq_histogram_stddev(h));
		for (unsigned i = 0; i < WQ_BENCH_PERCENTILES; i++) {
			snprintf(name, sizeof(name), "p%g", wq_bench_percentiles[i]);
			count(w, name, wq_histogram_percentile(h, wq_bench_percentiles[i]));
		}
		count(w, "max", h->max_us);
	}
	wq_jsonw_key(w, "buckets");
	wq_jsonw_array(w);
	for (size_t at = 0; wq_histogram_next(h, &at, &b);) {
		wq_jsonw_array(w);
		wq_jsonw_int(w, (int64_t)b.low_us);
		wq_jsonw_int(w, (int64_t)b.high_us);
		wq_jsonw_int(w, (int64_t)b.n);
		wq_jsonw_array_end(w);
	}
	wq_jsonw_array_end(w);
	wq_jsonw_object_end(w);
}

static void head(struct wq_jsonw *w, const struct wq_bench_result *r,
                 const struct wq_bench_common *c, const struct wq_bench_subject *s)
{
	time_t at = (time_t)(r->began_ms / 1000);
	struct wq_bench_machine m;
	struct tm tm;
	char began[32] = "";

	if (gmtime_r(&at, &tm))
		strftime(began, sizeof(began), "%Y-%m-%dT%H:%M:%SZ", &tm);
	count(w, "willaq_bench", 1);
	text(w, "version", WQ_VERSION);
	text(w, "kind", s->kind);
	text(w, "what", s->what);
	text(w, "title", c->title);
	text(w, "unit", s->unit);
	text(w, "began_at", began);
	wq_bench_machine_look(&m);
	object(w, "machine");
	text(w, "cpu", m.cpu);
	count(w, "cores", m.cores);
	text(w, "system", m.system);
	wq_jsonw_object_end(w);
	object(w, "settings");
	for (unsigned i = 0; i < s->settings_n; i++)
		text(w, s->settings[i].name, s->settings[i].value);
	wq_jsonw_object_end(w);
}

static void load(struct wq_jsonw *w, const struct wq_bench_common *c)
{
	const struct wq_bench_plan *p = &c->plan;

	object(w, "load");
	text(w, "shape", wq_bench_plan_is_closed(p) ? "closed" : wq_bench_shape_name(p->shape));
	if (!wq_bench_plan_is_closed(p))
		number(w, "rate", wq_bench_plan_mean(p));
	if (p->shape == WQ_BENCH_RAMP) {
		number(w, "from", p->from_per_s);
		number(w, "to", p->to_per_s);
	}
	if (p->shape == WQ_BENCH_BURST) {
		count(w, "burst", p->burst_n);
		number(w, "burst_every_s", (double)p->burst_us / 1e6);
	}
	text(w, "arrivals", p->random ? "random" : "even");
	number(w, "duration_s", (double)p->duration_us / 1e6);
	number(w, "warm_up_s", (double)c->warm_up_us / 1e6);
	count(w, "count", p->count);
	count(w, "seed", p->seed);
	count(w, "at_once", c->at_once);
	wq_jsonw_object_end(w);
}

static void counts(struct wq_jsonw *w, const struct wq_bench_result *r)
{
	double span = r->span_us ? (double)r->span_us / 1e6 : 1;
	char name[16];

	object(w, "rate");
	number(w, "due", (double)r->due / span);
	number(w, "ended_well", wq_bench_rate(r));
	wq_jsonw_object_end(w);
	object(w, "counts");
	count(w, "due", r->due);
	count(w, "begun", r->begun);
	count(w, "ok", r->outcomes[WQ_BENCH_OK]);
	count(w, "refused", r->outcomes[WQ_BENCH_REFUSED]);
	count(w, "lost", r->outcomes[WQ_BENCH_LOST]);
	count(w, "timed_out", r->outcomes[WQ_BENCH_LATE]);
	count(w, "never_begun", r->never_begun);
	count(w, "unanswered", r->unanswered);
	count(w, "starved", r->starved);
	wq_jsonw_object_end(w);
	number(w, "error_percent", wq_bench_error_percent(r));
	object(w, "statuses");
	for (unsigned i = 0; i < r->statuses_n; i++) {
		snprintf(name, sizeof(name), "%d", r->statuses[i].status);
		count(w, name, r->statuses[i].n);
	}
	wq_jsonw_object_end(w);
	number(w, "span_s", (double)r->span_us / 1e6);
	number(w, "drain_s", (double)r->drain_us / 1e6);
	wq_jsonw_put_bool(w, "interrupted", r->interrupted);
}

static void extras(struct wq_jsonw *w, const struct wq_bench_subject *s)
{
	object(w, "extras_us");
	for (unsigned i = 0; i < s->extras_n; i++)
		histogram(w, s->extras[i].name, s->extras[i].h);
	wq_jsonw_object_end(w);
	object(w, "facts");
	for (unsigned i = 0; i < s->facts_n; i++)
		number(w, s->facts[i].name, s->facts[i].value);
	wq_jsonw_object_end(w);
	wq_jsonw_key(w, "notes");
	wq_jsonw_array(w);
	for (unsigned i = 0; i < s->notes_n; i++)
		wq_jsonw_text(w, s->notes[i]);
	wq_jsonw_array_end(w);
}

static void time_line(struct wq_jsonw *w, const struct wq_bench_result *r)
{
	object(w, "time_line");
	number(w, "interval_s", (double)r->interval_us / 1e6);
	wq_jsonw_key(w, "rows");
	wq_jsonw_array(w);
	for (unsigned i = 0; i < r->rows_n; i++) {
		const struct wq_bench_row *row = &r->rows[i];

		wq_jsonw_object(w);
		number(w, "at_s", (double)i * (double)r->interval_us / 1e6);
		count(w, "begun", row->begun);
		count(w, "ended", row->ended);
		count(w, "errors", row->errors);
		count(w, "in_flight", row->in_flight);
		count(w, "p50_us", row->p50_us);
		count(w, "p99_us", row->p99_us);
		count(w, "max_us", row->max_us);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_array_end(w);
	wq_jsonw_object_end(w);
}

static void judgement(struct wq_jsonw *w, const struct wq_bench_result *r,
                      const struct wq_bench_common *c)
{
	enum wq_bench_limit limit = wq_bench_limit(r);
	struct wq_buf why;
	char found[160];

	wq_buf_init(&why, WQ_BENCH_VALUE_MAX_BYTES);
	number(w, "cpu", r->cpu);
	text(w, "bottleneck", wq_bench_limit_name(limit));
	text(w, "bottleneck_text",
	     limit != WQ_BENCH_LIMIT_NONE && wq_bench_limit_text(r, &why) == 0 ? wq_buf_text(&why)
	                                                                       : NULL);
	wq_buf_fini(&why);
	wq_jsonw_key(w, "goals");
	wq_jsonw_array(w);
	for (unsigned i = 0; i < c->goals_n; i++) {
		wq_bench_goal_text(&c->goals[i], r, found, sizeof(found));
		wq_jsonw_object(w);
		text(w, "name", c->goals[i].name);
		number(w, "wanted", c->goals[i].value);
		number(w, "found", wq_bench_goal_found(&c->goals[i], r));
		wq_jsonw_put_bool(w, "met", wq_bench_goal_met(&c->goals[i], r));
		text(w, "text", found);
		wq_jsonw_object_end(w);
	}
	wq_jsonw_array_end(w);
}

int wq_bench_json(struct wq_buf *out, const struct wq_bench_result *r,
                  const struct wq_bench_common *c, const struct wq_bench_subject *s)
{
	struct wq_jsonw w;
	int rc;

	wq_jsonw_begin(&w, out);
	wq_jsonw_object(&w);
	head(&w, r, c, s);
	load(&w, c);
	counts(&w, r);
	judgement(&w, r, c);
	histogram(&w, "latency_us", &r->latency);
	histogram(&w, "service_us", &r->service);
	histogram(&w, "begun_late_us", &r->ours);
	extras(&w, s);
	time_line(&w, r);
	wq_jsonw_object_end(&w);
	rc = wq_jsonw_end(&w);
	return rc < 0 ? rc : wq_buf_add_char(out, '\n');
}
