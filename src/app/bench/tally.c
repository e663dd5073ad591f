/* SPDX-License-Identifier: MIT */
/* tally.c — counts by outcome and by status. */
#include "app/bench/tally.h"

#include <sys/resource.h>

#include "base/alloc.h"
#include "base/err.h"

int wq_bench_tally_init(struct wq_bench_result *r, const struct wq_bench_opts *o)
{
	int rc;

	*r = (struct wq_bench_result){ .plan = o->plan, .interval_us = o->interval_us };
	rc = wq_histogram_init(&r->latency);
	if (rc == 0)
		rc = wq_histogram_init(&r->service);
	if (rc == 0)
		rc = wq_histogram_init(&r->ours);
	if (rc < 0)
		return rc;
	r->rows = wq_calloc(WQ_BENCH_ROWS_MAX, sizeof(*r->rows));
	return r->rows ? 0 : WQ_RAISE(WQ_ENOMEM);
}

void wq_bench_tally_fini(struct wq_bench_result *r)
{
	wq_histogram_fini(&r->latency);
	wq_histogram_fini(&r->service);
	wq_histogram_fini(&r->ours);
	wq_free(r->rows);
	*r = (struct wq_bench_result){ .rows_n = 0 };
}

static void count_status(struct wq_bench_result *r, int status)
{
	unsigned i = 0;

	while (i < r->statuses_n && r->statuses[i].status != status &&
	       i + 1 < WQ_BENCH_STATUSES_MAX)
		i++;
	if (i == r->statuses_n) {
		r->statuses[i].status = status;
		r->statuses_n++;
	}
	r->statuses[i].n++;
}

void wq_bench_tally_end(struct wq_bench_result *r, struct wq_bench_row *row,
                        const struct wq_bench_op *op, enum wq_bench_outcome o, int status,
                        uint64_t now_us)
{
	r->ended++;
	r->outcomes[o]++;
	row->ended++;
	if (o != WQ_BENCH_OK)
		row->errors++;
	if (o == WQ_BENCH_REFUSED)
		count_status(r, status);
	if (o != WQ_BENCH_OK && o != WQ_BENCH_LATE)
		return;
	wq_histogram_record(&r->latency, now_us > op->due_us ? now_us - op->due_us : 0);
	wq_histogram_record(&r->service, now_us > op->begun_us ? now_us - op->begun_us : 0);
}

uint64_t wq_bench_tally_cpu_us(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u) < 0)
		return 0;
	return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 +
	       (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}
