/* SPDX-License-Identifier: MIT */
/* worker_counts.c — the metrics of a worker, by queue. */
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "queue/worker_core.h"

enum { LABELS_MAX_BYTES = 1024 };

static const struct {
	const char *name, *help, *outcome;
} counters[WQ_COUNT_N] = {
	[WQ_COUNT_COMPLETED] = { "willaq_worker_jobs_total", "jobs that ended", "completed" },
	[WQ_COUNT_FAILED] = { "willaq_worker_jobs_total", "jobs that ended", "failed" },
	[WQ_COUNT_RETRIED] = { "willaq_worker_jobs_total", "jobs that ended", "retried" },
	[WQ_COUNT_DELAYED] = { "willaq_worker_jobs_total", "jobs that ended", "delayed" },
	[WQ_COUNT_RELEASED] = { "willaq_worker_jobs_total", "jobs that ended", "released" },
	[WQ_COUNT_PARKED] = { "willaq_worker_jobs_total", "jobs that ended", "waits_for_children" },
	[WQ_COUNT_REFUSED] = { "willaq_worker_jobs_total", "jobs that ended", "refused" },
	[WQ_COUNT_LOST] = { "willaq_worker_jobs_total", "jobs that ended", "lost" },
	[WQ_COUNT_DEAD] = { "willaq_worker_dead_letters_total", "jobs that left a dead letter", NULL },
	[WQ_COUNT_CLAIMED] = { "willaq_worker_claimed_total", "jobs taken from the queue", NULL },
	[WQ_COUNT_CALLS] = { "willaq_worker_calls_total", "script calls that settle and claim", NULL },
	[WQ_COUNT_CALLS_FAILED] = { "willaq_worker_calls_failed_total", "such calls that were not answered", NULL },
	[WQ_COUNT_STALLED] = { "willaq_worker_stalled_total", "jobs of lost workers that were put back", NULL },
};

/* A label's value between quotes. */
static int add_value(struct wq_buf *b, struct wq_str s)
{
	int rc = 0;

	for (size_t i = 0; i < s.n && rc == 0; i++) {
		if (s.p[i] == '"' || s.p[i] == '\\')
			rc = wq_buf_add_char(b, '\\');
		if (rc == 0)
			rc = wq_buf_add_char(b, (unsigned char)s.p[i] < ' ' ? '?' : s.p[i]);
	}
	return rc;
}

/* One text for each outcome and one without, a NUL behind each. */
static int write_labels(struct wq_worker *w, struct wq_buf *b, const char *outcome)
{
	int rc = wq_buf_add_text(b, "queue=\"");

	if (rc == 0)
		rc = add_value(b, w->ref.queue);
	if (rc == 0)
		rc = wq_buf_add_text(b, "\"");
	if (rc == 0 && outcome)
		rc = wq_buf_addf(b, ",outcome=\"%s\"", outcome);
	return rc == 0 ? wq_buf_add_char(b, '\0') : rc;
}

int wq_worker_counts_init(struct wq_worker *w)
{
	struct wq_buf b;
	size_t at[WQ_COUNT_N] = { 0 };
	int rc;

	wq_buf_init(&b, (WQ_COUNT_N + 1) * LABELS_MAX_BYTES);
	rc = write_labels(w, &b, NULL);
	for (size_t i = 0; i < WQ_COUNT_N && rc == 0; i++) {
		at[i] = counters[i].outcome ? b.n : 0;
		if (counters[i].outcome)
			rc = write_labels(w, &b, counters[i].outcome);
	}
	if (rc < 0) {
		wq_buf_fini(&b);
		return rc;
	}
	w->labels = b.p;
	for (size_t i = 0; i < WQ_COUNT_N; i++)
		w->counts[i] = (struct wq_metric){ .name = counters[i].name,
			                           .help = counters[i].help,
			                           .labels = w->labels + at[i],
			                           .type = WQ_COUNTER };
	w->batch = (struct wq_metric){ .name = "willaq_worker_batch",
		                       .help = "jobs of the last call",
		                       .labels = w->labels,
		                       .type = WQ_GAUGE };
	w->run_time = (struct wq_metric){ .name = "willaq_worker_run_seconds",
		                          .help = "time in the handler",
		                          .labels = w->labels,
		                          .type = WQ_HISTOGRAM };
	return 0;
}

static double read_held(void *ctx)
{
	return wq_worker_held(ctx);
}

void wq_worker_add_metrics(struct wq_worker *w, struct wq_metrics *m)
{
	for (size_t i = 0; i < WQ_COUNT_N; i++)
		wq_metrics_add(m, &w->counts[i]);
	w->held = (struct wq_metric){ .name = "willaq_worker_held",
		                      .help = "jobs held",
		                      .labels = w->labels,
		                      .type = WQ_GAUGE,
		                      .read = read_held,
		                      .ctx = w };
	wq_metrics_add(m, &w->held);
	wq_metrics_add(m, &w->batch);
	wq_metrics_add(m, &w->run_time);
}
