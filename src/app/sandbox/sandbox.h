/* SPDX-License-Identifier: MIT */
#pragma once
/* sandbox.h — a server that behaves like Meta's Cloud API, Evolution API and Twilio, with faults on order, and a
 * referee's memory.
 *
 * The core can be put on any loop: create, add its routes to a server, and when that is to be drained, release (answers
 * that are held back go out), then close.  `willaq sandbox` (run.h) does just that.
 */
#include "app/sandbox/faults.h"
#include "base/metrics.h"
#include "io/client/client.h"
#include "io/server/server.h"

struct wq_sandbox;

struct wq_sandbox_opts {
	uint64_t seed; /* of faults and ids; 0: a new one */
	struct wq_faults_opts faults;
	uint32_t status_delay_ms;   /* from the answer to `sent`, to `delivered`, to `read` */
	const char *webhook_url;    /* NULL or "": none */
	const char *webhook_secret; /* NULL or "": webhooks are not signed */
	const char *evolution_webhook_url; /* the same of the others; their secrets are what their senders show */
	const char *twilio_webhook_url;
	uint32_t rate_per_s;    /* of each number; 0: no bound */
	uint64_t pair_every_ms; /* of each number and recipient; 0: no bound */
};

/* The client posts the webhooks; it is borrowed and must outlive the sandbox. */
int wq_sandbox_create(struct wq_sandbox **out, struct wq_loop *l, struct wq_client *c,
                      const struct wq_sandbox_opts *o);
/* 0 or a raised error.  The sandbox must outlive the server. */
int wq_sandbox_routes(struct wq_sandbox *sb, struct wq_server *s);
void wq_sandbox_add_metrics(struct wq_sandbox *sb, struct wq_metrics *m);
/* What waits for its latency is answered now, what hangs is cut; from here on nothing is held back. */
void wq_sandbox_release(struct wq_sandbox *sb);
/* After the server has drained, or before it has listened.  Webhooks that wait are dropped; on_closed (may be NULL)
 * runs from the loop. */
void wq_sandbox_close(struct wq_sandbox *sb, void (*on_closed)(void *ctx), void *ctx);
