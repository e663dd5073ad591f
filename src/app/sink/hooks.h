/* SPDX-License-Identifier: MIT */
#pragma once
/* hooks.h — the routes at which providers post their webhooks.
 *
 *   head ──► source ──► secret, signature ──► body ──► is it signed? ──► read ──► sink ──► 200
 *              │           └ none: 404, 401               └ no: 401                └ not held: 503
 *              └ too many: 429
 *
 * A 200 is answered only when Redis holds all of the webhook.  What cannot be held is answered 503 with Retry-After:
 * who posted may post it again, and what was held after all is then known.
 */
#include "base/metrics.h"
#include "domain/event/line.h"
#include "domain/inbound/reader.h"
#include "domain/sink/signing.h"
#include "domain/sink/sink.h"
#include "domain/sink/sources.h"
#include "domain/weblog/refusals.h"
#include "io/server/server.h"

enum wq_hooks_refusal { WQ_HOOKS_UNSIGNED, WQ_HOOKS_FULL, WQ_HOOKS_UNHELD, WQ_HOOKS_RATE, WQ_HOOKS_REFUSALS };

struct wq_hooks {
	/* in */
	struct wq_loop *loop;
	struct wq_server *server;
	struct wq_sink *sink;          /* borrowed */
	struct wq_refusals *refusals;  /* borrowed */
	const struct wq_secrets *secrets; /* borrowed, of each provider; without any its routes are there and closed */
	const char *verify_token;      /* borrowed, of Meta; NULL or "": nobody can subscribe */
	const char *public_url;        /* borrowed, as Twilio has it; NULL: as we are called */
	struct wq_event_line *const *events; /* borrowed; what it points to may be NULL: nobody is told */
	struct wq_source_limits source_limits;
	unsigned proxies;              /* of ours, in front of us, that name who is in front of them */
	size_t body_max_bytes;
	bool pass_on; /* requests as they came become events, for a proxy */
	bool waits;   /* nothing can be taken yet */
	/* private */
	struct wq_signing signing;     /* Meta's */
	struct wq_sources sources;
	struct wq_inbound_reader reader;
	struct wq_json_pool pool;      /* of bodies that have their key in them */
	int64_t full_minute;           /* in which it was last told that nothing can be held */
	struct wq_metric refused[WQ_HOOKS_REFUSALS];
};

/* 0 or a raised error. */
int wq_hooks_start(struct wq_hooks *h);
/* Twice is fine, zeroed is fine. */
void wq_hooks_fini(struct wq_hooks *h);
void wq_hooks_add_metrics(struct wq_hooks *h, struct wq_metrics *m);
