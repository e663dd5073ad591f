/* SPDX-License-Identifier: MIT */
/* csv.c — one table of both: a line is of the time line, or a bucket of a histogram. */
#include <inttypes.h>

#include "app/bench/tell.h"

static int add_rows(struct wq_buf *out, const struct wq_bench_result *r)
{
	int rc = 0;

	for (unsigned i = 0; rc == 0 && i < r->rows_n; i++) {
		const struct wq_bench_row *row = &r->rows[i];

		rc = wq_buf_addf(out,
		                 "time,%.3f,,,%u,%u,%u,%u,%" PRIu64 ",%" PRIu64 ",%" PRIu64 "\n",
		                 (double)i * (double)r->interval_us / 1e6, row->begun, row->ended,
		                 row->errors, row->in_flight, row->p50_us, row->p99_us,
		                 row->max_us);
	}
	return rc;
}

static int add_buckets(struct wq_buf *out, const char *name, const struct wq_histogram *h)
{
	struct wq_histogram_bucket b;
	int rc = 0;

	for (size_t at = 0; rc == 0 && wq_histogram_next(h, &at, &b);)
		rc = wq_buf_addf(out, "%s,,%" PRIu64 ",%" PRIu64 ",,%" PRIu64 ",,,,,\n", name,
		                 b.low_us, b.high_us, b.n);
	return rc;
}

int wq_bench_csv(struct wq_buf *out, const struct wq_bench_result *r,
                 const struct wq_bench_subject *s)
{
	int rc = wq_buf_add_text(
		out,
		"series,at_s,low_us,high_us,begun,ended,errors,in_flight,p50_us,p99_us,max_us\n");

	if (rc == 0)
		rc = add_rows(out, r);
	if (rc == 0)
		rc = add_buckets(out, "latency", &r->latency);
	if (rc == 0)
		rc = add_buckets(out, "service", &r->service);
	for (unsigned i = 0; rc == 0 && i < s->extras_n; i++)
		rc = add_buckets(out, s->extras[i].name, s->extras[i].h);
	return rc;
}
