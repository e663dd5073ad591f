/* SPDX-License-Identifier: MIT */
/* subject.c — what was loaded, in words and numbers; and whether it was the harness that was measured. */
#include <stdarg.h>
#include <stdio.h>

#include "app/bench/report.h"
#include "app/settings/value.h"
#include "base/assert.h"

static const double cpu_limit = 0.9;
enum { LATE_LIMIT_US = 1000 };

void wq_bench_setting(struct wq_bench_subject *s, const char *name, const char *fmt, ...)
{
	unsigned i = s->settings_n++;
	va_list ap;

	va_start(ap, fmt);
	WQ_REQUIRE(i < WQ_BENCH_SETTINGS_MAX);
	s->settings[i].name = name;
	(void)vsnprintf(s->settings[i].value, WQ_BENCH_VALUE_MAX_BYTES, fmt, ap);
	va_end(ap);
}

void wq_bench_setting_url(struct wq_bench_subject *s, const char *name, const char *url)
{
	struct wq_buf shown;

	wq_buf_init(&shown, WQ_BENCH_VALUE_MAX_BYTES);
	if (wq_value_add_url(wq_str(url), &shown) < 0)
		wq_buf_clear(&shown);
	wq_bench_setting(s, name, "%.*s", WQ_STR_ARG(wq_buf_str(&shown)));
	wq_buf_fini(&shown);
}

void wq_bench_fact(struct wq_bench_subject *s, const char *name, const char *unit, double value)
{
	WQ_REQUIRE(s->facts_n < WQ_BENCH_FACTS_MAX);
	s->facts[s->facts_n].name = name;
	s->facts[s->facts_n].unit = unit;
	s->facts[s->facts_n++].value = value;
}

void wq_bench_extra(struct wq_bench_subject *s, const char *name, const char *label,
                    const struct wq_histogram *h)
{
	WQ_REQUIRE(s->extras_n < WQ_BENCH_EXTRAS_MAX);
	s->extras[s->extras_n].name = name;
	s->extras[s->extras_n].label = label;
	s->extras[s->extras_n++].h = h;
}

void wq_bench_note(struct wq_bench_subject *s, const char *fmt, ...)
{
	va_list ap;

	if (s->notes_n == WQ_BENCH_NOTES_MAX)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(s->notes[s->notes_n++], WQ_BENCH_VALUE_MAX_BYTES, fmt, ap);
	va_end(ap);
}

enum wq_bench_limit wq_bench_limit(const struct wq_bench_result *r)
{
	if (r->cpu > cpu_limit)
		return WQ_BENCH_LIMIT_CPU;
	if (r->ours.total && wq_histogram_percentile(&r->ours, 99) > LATE_LIMIT_US)
		return WQ_BENCH_LIMIT_LATE;
	if (r->starved)
		return WQ_BENCH_LIMIT_STARVED;
	return WQ_BENCH_LIMIT_NONE;
}

const char *wq_bench_limit_name(enum wq_bench_limit l)
{
	static const char *const names[] = { NULL, "cpu", "late", "starved" };

	return names[l];
}

int wq_bench_limit_text(const struct wq_bench_result *r, struct wq_buf *out)
{
	switch (wq_bench_limit(r)) {
	case WQ_BENCH_LIMIT_CPU:
		return wq_buf_addf(
			out,
			"bench itself was the bottleneck: it used %.0f %% of a core; more than this it "
			"cannot ask for",
			r->cpu * 100);
	case WQ_BENCH_LIMIT_LATE:
		return wq_buf_addf(
			out,
			"bench itself was late: 1 %% of the operations were begun over %.3f ms after they "
			"were due, though something was free; the machine is too busy for this rate",
			(double)wq_histogram_percentile(&r->ours, 99) / 1000);
	case WQ_BENCH_LIMIT_STARVED:
		return wq_buf_addf(
			out,
			"%.2f %% of the operations were due while nothing was free: the peer is slower than "
			"this rate, or --at-once is too low",
			r->due ? 100.0 * (double)r->starved / (double)r->due : 0);
	default:
		return 0;
	}
}
