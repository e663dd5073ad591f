/* SPDX-License-Identifier: MIT */
/* metrics.c — the registry and its page. */
#include "base/metrics.h"

static const uint64_t bounds_us[WQ_HISTOGRAM_BUCKETS] = {
	100,   250,    500,    1000,   2500,    5000,    10000,   25000,    50000,
	75000, 100000, 250000, 500000, 1000000, 2500000, 5000000, 10000000, 30000000,
};

void wq_metrics_init(struct wq_metrics *m)
{
	wq_list_init(&m->all);
}

void wq_metrics_add(struct wq_metrics *m, struct wq_metric *metric)
{
	wq_list_push(&m->all, &metric->link);
}

void wq_metric_observe_us(struct wq_metric *m, uint64_t us)
{
	size_t i = 0;

	while (i < WQ_HISTOGRAM_BUCKETS && us > bounds_us[i])
		i++;
	m->buckets[i]++;
	m->value += (double)us / 1e6;
}

static int write_head(const struct wq_metric *m, const char *before, struct wq_buf *out)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };

	if (before && strcmp(before, m->name) == 0)
		return 0;
	return wq_buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", m->name, m->help, m->name,
	                   types[m->type]);
}

static int write_histogram(const struct wq_metric *m, struct wq_buf *out)
{
	const char *labels = m->labels ? m->labels : "", *comma = m->labels ? "," : "";
	uint64_t sum = 0;
	int rc = 0;

	for (size_t i = 0; i < WQ_HISTOGRAM_BUCKETS && rc == 0; i++) {
		sum += m->buckets[i];
		rc = wq_buf_addf(out, "%s_bucket{%s%sle=\"%g\"} %llu\n", m->name, labels, comma,
		                 (double)bounds_us[i] / 1e6, (unsigned long long)sum);
	}
	sum += m->buckets[WQ_HISTOGRAM_BUCKETS];
	if (rc == 0)
		rc = wq_buf_addf(out, "%s_bucket{%s%sle=\"+Inf\"} %llu\n", m->name, labels, comma,
		                 (unsigned long long)sum);
	if (rc == 0 && m->labels)
		rc = wq_buf_addf(out, "%s_sum{%s} %.9g\n%s_count{%s} %llu\n", m->name, labels,
		                 m->value, m->name, labels, (unsigned long long)sum);
	else if (rc == 0)
		rc = wq_buf_addf(out, "%s_sum %.9g\n%s_count %llu\n", m->name, m->value, m->name,
		                 (unsigned long long)sum);
	return rc;
}

static int write_metric(const struct wq_metric *m, struct wq_buf *out)
{
	double value = m->read ? m->read(m->ctx) : m->value;

	if (m->type == WQ_HISTOGRAM)
		return write_histogram(m, out);
	if (m->labels)
		return wq_buf_addf(out, "%s{%s} %.17g\n", m->name, m->labels, value);
	return wq_buf_addf(out, "%s %.17g\n", m->name, value);
}

int wq_metrics_write(const struct wq_metrics *m, struct wq_buf *out)
{
	const char *before = NULL;
	int rc = 0;

	for (const struct wq_list *l = m->all.next; l != &m->all && rc == 0; l = l->next) {
		const struct wq_metric *metric = WQ_OWNER(l, const struct wq_metric, link);

		rc = write_head(metric, before, out);
		before = metric->name;
		if (rc == 0)
			rc = write_metric(metric, out);
	}
	return rc;
}
