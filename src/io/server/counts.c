/* SPDX-License-Identifier: MIT */
/* counts.c — names and texts of the server's metrics. */
#include "io/server/counts.h"

#include "io/server/core.h"

static double read_open(void *ctx)
{
	return ((const struct wq_server *)ctx)->conns_n;
}

static double read_held(void *ctx)
{
	return (double)((const struct wq_server *)ctx)->held;
}

static void family(struct wq_metric *m, size_t n, const char *name, const char *help,
                   const char *const *labels)
{
	for (size_t i = 0; i < n; i++)
		m[i] = (struct wq_metric){ .name = name, .help = help, .labels = labels[i] };
}

static void init_families(struct wq_counts *c)
{
	static const char *const codes[] = { "code=\"2xx\"", "code=\"3xx\"", "code=\"4xx\"",
		                             "code=\"5xx\"" };
	static const char *const methods[WQ_METHODS] = {
		[WQ_GET] = "method=\"GET\"",         [WQ_HEAD] = "method=\"HEAD\"",
		[WQ_POST] = "method=\"POST\"",       [WQ_PUT] = "method=\"PUT\"",
		[WQ_PATCH] = "method=\"PATCH\"",     [WQ_DELETE] = "method=\"DELETE\"",
		[WQ_OPTIONS] = "method=\"OPTIONS\"",
	};
	static const char *const reasons[WQ_REFUSALS] = {
		[WQ_REFUSED_SYNTAX] = "reason=\"syntax\"",
		[WQ_REFUSED_TOO_LARGE] = "reason=\"too_large\"",
		[WQ_REFUSED_SLOW] = "reason=\"slow\"",
		[WQ_REFUSED_MEMORY] = "reason=\"memory\"",
		[WQ_REFUSED_HANDLER] = "reason=\"handler\"",
	};

	family(c->answers, WQ_COUNT(c->answers), "willaq_http_answers_total",
	       "Answers by class of status.", codes);
	family(c->methods, WQ_METHODS, "willaq_http_requests_total",
	       "Requests whose head was read, by method.", methods);
	family(c->refusals, WQ_REFUSALS, "willaq_http_refused_total",
	       "Requests that no handler saw or finished, by reason.", reasons);
}

static struct wq_metric counter(const char *name, const char *help)
{
	return (struct wq_metric){ .name = name, .help = help };
}

static struct wq_metric gauge(const char *name, const char *help, double (*read)(void *),
                              struct wq_server *s)
{
	return (struct wq_metric){
		.name = name, .help = help, .type = WQ_GAUGE, .read = read, .ctx = s
	};
}

void wq_counts_init(struct wq_counts *c, struct wq_server *s)
{
	init_families(c);
	c->seconds = (struct wq_metric){ .name = "willaq_http_request_seconds",
		                         .help = "From the first byte of a request to its answer.",
		                         .type = WQ_HISTOGRAM };
	c->accepted = counter("willaq_http_accepted_total", "Connections accepted.");
	c->accept_pauses = counter("willaq_http_accept_pauses_total",
	                           "Times that accepting paused for want of descriptors.");
	c->received = counter("willaq_http_received_bytes_total", "Bytes read from peers.");
	c->sent = counter("willaq_http_sent_bytes_total", "Bytes written to peers.");
	c->events = counter("willaq_http_stream_events_total", "Server-sent events handed over.");
	c->open = gauge("willaq_http_connections", "Connections open now.", read_open, s);
	c->held = gauge("willaq_http_held_bytes", "Request bytes held now.", read_held, s);
}

void wq_counts_add(struct wq_counts *c, struct wq_metrics *m)
{
	for (size_t i = 0; i < WQ_COUNT(c->answers); i++)
		wq_metrics_add(m, &c->answers[i]);
	for (size_t i = 0; i < WQ_METHODS; i++)
		wq_metrics_add(m, &c->methods[i]);
	for (size_t i = 0; i < WQ_REFUSALS; i++)
		wq_metrics_add(m, &c->refusals[i]);
	wq_metrics_add(m, &c->seconds);
	wq_metrics_add(m, &c->open);
	wq_metrics_add(m, &c->held);
	wq_metrics_add(m, &c->accepted);
	wq_metrics_add(m, &c->accept_pauses);
	wq_metrics_add(m, &c->received);
	wq_metrics_add(m, &c->sent);
	wq_metrics_add(m, &c->events);
}

enum wq_refusal wq_refusal_of(int status)
{
	switch (status) {
	case 408:
		return WQ_REFUSED_SLOW;
	case 413:
	case 414:
	case 431:
		return WQ_REFUSED_TOO_LARGE;
	case 503:
		return WQ_REFUSED_MEMORY;
	default:
		return WQ_REFUSED_SYNTAX;
	}
}
