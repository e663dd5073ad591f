/* SPDX-License-Identifier: MIT */
#pragma once
/* counts.h — what a server counts. */
#include "base/metrics.h"
#include "io/server/route.h"

enum wq_refusal {
	WQ_REFUSED_SYNTAX,   /* 400, 417, 501, 505 */
	WQ_REFUSED_TOO_LARGE, /* 413, 414, 431 */
	WQ_REFUSED_SLOW,     /* 408 */
	WQ_REFUSED_MEMORY,   /* 503: the memory of all connections is used up */
	WQ_REFUSED_HANDLER,  /* 503: the handler took too long */
	WQ_REFUSALS
};

struct wq_counts {
	struct wq_metric answers[4]; /* 2xx to 5xx */
	struct wq_metric methods[WQ_METHODS];
	struct wq_metric refusals[WQ_REFUSALS];
	struct wq_metric seconds; /* from the first byte of a request to its answer */
	struct wq_metric accepted, received, sent, accept_pauses, events;
	struct wq_metric open, held; /* gauges, read from the server */
};

struct wq_server;
void wq_counts_init(struct wq_counts *c, struct wq_server *s);
void wq_counts_add(struct wq_counts *c, struct wq_metrics *m);
/* The reason that a refusal with this status is counted under. */
enum wq_refusal wq_refusal_of(int status);
