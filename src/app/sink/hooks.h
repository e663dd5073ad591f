/* SPDX-License-Identifier: MIT */
#pragma once
/* hooks.h — the routes at which providers post their webhooks.
 *
 *   head ──► signature header ──► body, summed as it comes ──► is it signed? ──► read ──► sink ──► 200
 *              └ none: 401                                      └ no: 401                └ not held: 503
 *
 * A 200 is answered only when Redis holds all of the webhook.  What cannot be held is answered 503 with Retry-After:
 * the provider posts it again, and what was held after all is then known.
 */
#include "base/metrics.h"
#include "domain/inbound/reader.h"
#include "domain/sink/signature.h"
#include "domain/sink/sink.h"
#include "domain/weblog/refusals.h"
#include "io/server/server.h"

struct wq_hooks {
	/* in */
	struct wq_loop *loop;
	struct wq_server *server;
	struct wq_sink *sink;      /* borrowed */
	struct wq_refusals *refusals; /* borrowed */
	const char *verify_token;  /* borrowed; "": nobody can subscribe */
	size_t body_max_bytes;
	bool pass_on; /* requests as they came become events, for a proxy */
	bool waits;   /* nothing can be taken yet */
	/* private */
	struct wq_signers signers;
	struct wq_inbound_reader reader;
	struct wq_metric refused[3]; /* signature, full, unheld */
};

/* `secrets` with commas between; NULL: the routes are there and closed.  0, WQ_EINVAL with *why for people, or a raised
 * error. */
int wq_hooks_start(struct wq_hooks *h, const char *secrets, const char **why);
/* Twice is fine, zeroed is fine. */
void wq_hooks_fini(struct wq_hooks *h);
void wq_hooks_add_metrics(struct wq_hooks *h, struct wq_metrics *m);
