/* SPDX-License-Identifier: MIT */
#pragma once
/* metrics.h — counters, gauges and histograms, told in the text format of Prometheus.
 *
 * A metric is a struct that its module embeds and adds to a registry once; the registry borrows it, so it must
 * outlive the registry's last use.  Metrics of one name must be added one behind the other and differ in labels.
 * Changing one is an addition: nothing is allocated, nothing can fail.
 */
#include <stdint.h>

#include "base/buf.h"
#include "base/list.h"

enum wq_metric_type { WQ_COUNTER, WQ_GAUGE, WQ_HISTOGRAM };

/* Upper bounds in seconds: 100 us to 30 s, then infinity. */
#define WQ_HISTOGRAM_BUCKETS 18

struct wq_metric {
	struct wq_list link;
	const char *name,
		*help;      /* static text; a name ends in its unit: _seconds, _bytes, _total */
	const char *labels; /* `code="200"`, or NULL */
	enum wq_metric_type type;
	double value; /* counter, gauge; a histogram's sum in seconds */
	/* A gauge that is asked for its value when it is read; NULL: `value` holds it. */
	double (*read)(void *ctx);
	void *ctx;
	uint64_t buckets[WQ_HISTOGRAM_BUCKETS + 1]; /* not cumulative */
};

struct wq_metrics {
	struct wq_list all;
};

void wq_metrics_init(struct wq_metrics *m);
void wq_metrics_add(struct wq_metrics *m, struct wq_metric *metric);
/* The whole page; 0 or the failure of an append. */
int wq_metrics_write(const struct wq_metrics *m, struct wq_buf *out);

static inline void wq_metric_count(struct wq_metric *m, double more)
{
	m->value += more;
}

static inline void wq_metric_set(struct wq_metric *m, double value)
{
	m->value = value;
}

void wq_metric_observe_us(struct wq_metric *m, uint64_t us);
