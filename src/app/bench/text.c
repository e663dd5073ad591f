/* SPDX-License-Identifier: MIT */
/* text.c — the table for people. */
#include <inttypes.h>

#include "app/bench/goals.h"
#include "app/bench/tell.h"
#include "base/assert.h"

const double wq_bench_percentiles[WQ_BENCH_PERCENTILES] = { 50, 75, 90, 95, 99, 99.9, 99.99 };

static int add_title(struct wq_buf *out, const struct wq_bench_common *c,
                     const struct wq_bench_subject *s)
{
	int rc = wq_buf_addf(out, "%s%s%s%s%s\n", s->kind, s->what ? " " : "",
	                     s->what ? s->what : "", c->title ? ": " : "",
	                     c->title ? c->title : "");

	for (unsigned i = 0; rc == 0 && i < s->settings_n; i++)
		rc = wq_buf_addf(out, "  %-14s %s\n", s->settings[i].name, s->settings[i].value);
	return rc;
}

static int add_asked(struct wq_buf *out, const struct wq_bench_common *c,
                     const struct wq_bench_subject *s)
{
	const struct wq_bench_plan *p = &c->plan;
	int rc;

	switch (p->shape) {
	case WQ_BENCH_RAMP:
		rc = wq_buf_addf(out, "  load           from %g to %g %s/s", p->from_per_s,
		                 p->to_per_s, s->unit);
		break;
	case WQ_BENCH_BURST:
		rc = wq_buf_addf(out, "  load           %u %s at once, every %g ms", p->burst_n,
		                 s->unit, (double)p->burst_us / 1000);
		break;
	case WQ_BENCH_DAY:
		rc = wq_buf_addf(out, "  load           a day of %g %s/s on average", p->from_per_s,
		                 s->unit);
		break;
	default:
		rc = wq_bench_plan_is_closed(p)
		             ? wq_buf_addf(out, "  load           as fast as %u at once allow",
		                           c->at_once)
		             : wq_buf_addf(out, "  load           %g %s/s", p->from_per_s, s->unit);
	}
	if (rc == 0 && p->random)
		rc = wq_buf_add_text(out, " at random");
	if (rc == 0 && p->count)
		rc = wq_buf_addf(out, ", %" PRIu64 " of them", p->count);
	return rc < 0 ? rc
	              : wq_buf_addf(out, ", %g s at most, after %g s of warm-up\n",
	                            (double)p->duration_us / 1e6, (double)c->warm_up_us / 1e6);
}

static int add_counts(struct wq_buf *out, const struct wq_bench_result *r,
                      const struct wq_bench_subject *s)
{
	double span = r->span_us ? (double)r->span_us / 1e6 : 1;
	int rc = 0;

	if (!wq_bench_plan_is_closed(&r->plan))
		rc = wq_buf_addf(out, "asked for  %12.1f %s/s\n", (double)r->due / span, s->unit);
	if (rc == 0)
		rc = wq_buf_addf(out, "ended well %12.1f %s/s   (%" PRIu64 " in all, in %.2f s)\n",
		                 wq_bench_rate(r), s->unit, r->outcomes[WQ_BENCH_OK], span);
	if (rc == 0)
		rc = wq_buf_addf(out,
		                 "errors     %11.3f %%      (%" PRIu64 " refused, %" PRIu64
		                 " lost, %" PRIu64 " timed out, %" PRIu64 " never begun, %" PRIu64
		                 " unanswered)\n",
		                 wq_bench_error_percent(r), r->outcomes[WQ_BENCH_REFUSED],
		                 r->outcomes[WQ_BENCH_LOST], r->outcomes[WQ_BENCH_LATE],
		                 r->never_begun, r->unanswered);
	for (unsigned i = 0; rc == 0 && i < r->statuses_n; i++)
		rc = wq_buf_addf(out, "  refused %d: %" PRIu64 "\n", r->statuses[i].status,
		                 r->statuses[i].n);
	return rc;
}

struct column {
	const char *head;
	const struct wq_histogram *h;
};

static unsigned columns_of(struct column *columns, const struct wq_bench_result *r,
                           const struct wq_bench_subject *s)
{
	unsigned n = 0;

	columns[n++] = (struct column){ "latency", &r->latency };
	columns[n++] = (struct column){ "service", &r->service };
	for (unsigned i = 0; i < s->extras_n; i++)
		if (s->extras[i].h->total)
			columns[n++] = (struct column){ s->extras[i].name, s->extras[i].h };
	return n;
}

/* percent < 0: the mean; 100: the maximum. */
static int add_row(struct wq_buf *out, const char *name, double percent,
                   const struct column *columns, unsigned n)
{
	int rc = wq_buf_addf(out, "%-8s", name);

	for (unsigned i = 0; rc == 0 && i < n; i++) {
		const struct wq_histogram *h = columns[i].h;
		double us = percent < 0      ? wq_histogram_mean(h)
		            : percent >= 100 ? (double)h->max_us
		                             : (double)wq_histogram_percentile(h, percent);

		rc = wq_buf_addf(out, " %11.3f", us / 1000);
	}
	return rc < 0 ? rc : wq_buf_add_char(out, '\n');
}

static int add_latencies(struct wq_buf *out, const struct wq_bench_result *r,
                         const struct wq_bench_subject *s)
{
	struct column columns[2 + WQ_BENCH_EXTRAS_MAX];
	unsigned n = columns_of(columns, r, s);
	int rc = wq_buf_addf(out, "\n%-8s", "ms");
	char name[16];

	for (unsigned i = 0; rc == 0 && i < n; i++)
		rc = wq_buf_addf(out, " %11s", columns[i].head);
	if (rc == 0)
		rc = wq_buf_add_char(out, '\n');
	if (rc == 0)
		rc = add_row(out, "mean", -1, columns, n);
	for (unsigned i = 0; rc == 0 && i < WQ_BENCH_PERCENTILES; i++) {
		snprintf(name, sizeof(name), "p%g", wq_bench_percentiles[i]);
		rc = add_row(out, name, wq_bench_percentiles[i], columns, n);
	}
	if (rc == 0)
		rc = add_row(out, "max", 100, columns, n);
	if (rc == 0)
		rc = wq_buf_addf(
			out, "\nlatency: %s\nservice: the same, from when it was really begun\n",
			s->latency);
	for (unsigned i = 0; rc == 0 && i < s->extras_n; i++)
		if (s->extras[i].h->total)
			rc = wq_buf_addf(out, "%s: %s\n", s->extras[i].name, s->extras[i].label);
	return rc;
}

static int add_remarks(struct wq_buf *out, const struct wq_bench_result *r,
                       const struct wq_bench_subject *s)
{
	int rc = wq_buf_addf(out, "\nbench itself: %.1f %% of a core", r->cpu * 100);

	if (rc == 0 && r->ours.total)
		rc = wq_buf_addf(out, "; begun late by p50 %.3f ms, p99 %.3f ms, max %.3f ms",
		                 (double)wq_histogram_percentile(&r->ours, 50) / 1000,
		                 (double)wq_histogram_percentile(&r->ours, 99) / 1000,
		                 (double)r->ours.max_us / 1000);
	if (rc == 0)
		rc = wq_buf_add_char(out, '\n');
	if (rc == 0 && wq_bench_limit(r) != WQ_BENCH_LIMIT_NONE) {
		rc = wq_bench_limit_text(r, out);
		if (rc == 0)
			rc = wq_buf_add_char(out, '\n');
	}
	if (rc == 0 && r->interrupted)
		rc = wq_buf_add_text(out, "ended early: this is what was measured until then\n");
	for (unsigned i = 0; rc == 0 && i < s->notes_n; i++)
		rc = wq_buf_addf(out, "%s\n", s->notes[i]);
	return rc;
}

int wq_bench_text(struct wq_buf *out, const struct wq_bench_result *r,
                  const struct wq_bench_common *c, const struct wq_bench_subject *s)
{
	int rc = add_title(out, c, s);

	if (rc == 0)
		rc = add_asked(out, c, s);
	if (rc == 0)
		rc = wq_buf_add_char(out, '\n');
	if (rc == 0)
		rc = add_counts(out, r, s);
	for (unsigned i = 0; rc == 0 && i < s->facts_n; i++)
		rc = wq_buf_addf(out, "%-26s %12.*f %s\n", s->facts[i].name,
		                 *s->facts[i].unit ? 3 : 0, s->facts[i].value, s->facts[i].unit);
	if (rc == 0 && r->latency.total)
		rc = add_latencies(out, r, s);
	return rc < 0 ? rc : add_remarks(out, r, s);
}
