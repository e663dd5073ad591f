/* SPDX-License-Identifier: MIT */
#pragma once
/* calls.h — a loop, a resolver, a client and a peer for tests of calls.
 *
 *   wq_calls_begin(&w, steps, n);            real time, default options
 *   wq_calls_url(&w, &a, "http://127.0.0.1:PORT/x");
 *   wq_calls_ask(&w, &a);                    start, turn the loop until it is told
 *   wq_calls_end(&w);                        fails on a live handle or a connection left open
 */
#include "io/client/client.h"
#include "io/loop/timer.h"
#include "support/nameserver.h"
#include "support/peer.h"

struct wq_calls {
	struct wq_clock_virtual clock;
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	struct wq_client *client;
	struct wq_client_opts o;
	struct wq_peer peer;
	struct wq_ns ns;
	struct wq_timer watchdog;
	bool late, client_closed, resolver_closed;
};

struct wq_asked {
	struct wq_call call;
	char url[256];
	int rc;
	unsigned told;
};

/* The options may be changed in w->o between the two halves: prepare, then open. */
void wq_calls_prepare(struct wq_calls *w, bool virtual_time);
void wq_calls_open(struct wq_calls *w, const struct wq_peer_step *steps, unsigned steps_n,
                   struct wq_ns_name *names, unsigned names_n);
void wq_calls_begin(struct wq_calls *w, const struct wq_peer_step *steps, unsigned steps_n);
void wq_calls_end(struct wq_calls *w);

/* A fresh call; PORT in the text becomes the peer's. */
void wq_calls_url(struct wq_calls *w, struct wq_asked *a, const char *url);
void wq_calls_start(struct wq_calls *w, struct wq_asked *a);
void wq_calls_ask(struct wq_calls *w, struct wq_asked *a);
/* Turns until done(ctx), at most ten seconds. */
void wq_calls_wait(struct wq_calls *w, bool (*done)(void *ctx), void *ctx, const char *what);
void wq_calls_on_told(struct wq_call *call, int rc);
