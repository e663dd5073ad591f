/* SPDX-License-Identifier: MIT */
/* metrics.c — what a client tells about itself; one label names the client. */
#include <stdio.h>

#include "io/redis/client.h"

static double read_in_flight(void *ctx)
{
	const struct wq_redis *r = ctx;

	return (double)(r->flight.next - r->flight.first + r->waiting_n);
}

static double read_queued(void *ctx)
{
	return (double)wq_redis_queue_bytes(ctx);
}

static double read_ready(void *ctx)
{
	return wq_redis_ready(ctx);
}

static double read_writes(void *ctx)
{
	const struct wq_redis *r = ctx;

	return r->m.writes.value + (r->conn ? (double)wq_redis_conn_writes(r->conn) : 0);
}

void wq_redis_metrics_init(struct wq_redis *r)
{
	static const char *const outcomes[WQ_REDIS_OUTCOMES] = { "ok",   "error",   "away",
		                                                 "lost", "timeout", "forgotten" };
	struct wq_redis_metrics *m = &r->m;
	const char *name = r->name[0] ? r->name : "default", *label = m->labels[WQ_REDIS_OUTCOMES];

	for (size_t i = 0; i < WQ_REDIS_OUTCOMES; i++) {
		snprintf(m->labels[i], sizeof(m->labels[i]), "client=\"%.*s\",outcome=\"%s\"",
		         WQ_REDIS_LABEL_MAX_BYTES, name, outcomes[i]);
		m->commands[i] = (struct wq_metric){ .name = "willaq_redis_commands_total",
			                             .help = "Redis commands completed.",
			                             .labels = m->labels[i] };
	}
	snprintf(m->labels[WQ_REDIS_OUTCOMES], sizeof(m->labels[0]), "client=\"%.*s\"",
	         WQ_REDIS_LABEL_MAX_BYTES, name);
	m->latency = (struct wq_metric){ .name = "willaq_redis_command_seconds",
		                         .help = "From a command's start to its completion.",
		                         .labels = label,
		                         .type = WQ_HISTOGRAM };
	m->in_flight = (struct wq_metric){ .name = "willaq_redis_commands",
		                           .help = "Redis commands started and not completed.",
		                           .labels = label,
		                           .type = WQ_GAUGE,
		                           .read = read_in_flight,
		                           .ctx = r };
	m->queued = (struct wq_metric){ .name = "willaq_redis_queued_bytes",
		                        .help = "Bytes of Redis commands held in memory.",
		                        .labels = label,
		                        .type = WQ_GAUGE,
		                        .read = read_queued,
		                        .ctx = r };
	m->connections = (struct wq_metric){ .name = "willaq_redis_connections_total",
		                             .help = "Connections to Redis that became ready.",
		                             .labels = label };
	m->ready = (struct wq_metric){ .name = "willaq_redis_ready",
		                       .help = "1 while connected to Redis.",
		                       .labels = label,
		                       .type = WQ_GAUGE,
		                       .read = read_ready,
		                       .ctx = r };
	m->writes = (struct wq_metric){ .name = "willaq_redis_writes_total",
		                        .help = "Writes to the Redis socket.",
		                        .labels = label,
		                        .read = read_writes,
		                        .ctx = r };
	m->full = (struct wq_metric){ .name = "willaq_redis_full_total",
		                      .help = "Redis commands refused because too many waited.",
		                      .labels = label };
}

static size_t each(struct wq_redis *r, struct wq_metric *out[WQ_REDIS_OUTCOMES + 7])
{
	struct wq_redis_metrics *m = &r->m;
	struct wq_metric *singles[] = { &m->latency, &m->in_flight, &m->queued, &m->connections,
		                        &m->ready,   &m->writes,    &m->full };

	for (size_t i = 0; i < WQ_REDIS_OUTCOMES; i++)
		out[i] = &m->commands[i];
	for (size_t i = 0; i < WQ_COUNT(singles); i++)
		out[WQ_REDIS_OUTCOMES + i] = singles[i];
	return WQ_REDIS_OUTCOMES + WQ_COUNT(singles);
}

/* Behind the last of its name, which another client may have added. */
static void add(struct wq_metrics *m, struct wq_metric *metric)
{
	for (struct wq_list *l = m->all.prev; l != &m->all; l = l->prev)
		if (strcmp(WQ_OWNER(l, struct wq_metric, link)->name, metric->name) == 0) {
			wq_list_push_front(l, &metric->link);
			return;
		}
	wq_metrics_add(m, metric);
}

void wq_redis_add_metrics(struct wq_redis *r, struct wq_metrics *m)
{
	struct wq_metric *all[WQ_REDIS_OUTCOMES + 7];

	for (size_t i = 0, n = each(r, all); i < n; i++)
		add(m, all[i]);
}
