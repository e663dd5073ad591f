/* SPDX-License-Identifier: MIT */
#pragma once
/* sse.h — an exchange that goes on: server-sent events.
 *
 * wq_sse_open answers 200 text/event-stream and keeps the exchange.  The stream ends by wq_sse_close, or when the peer
 * goes, is too slow (WQ_SSE_UNSENT_MAX_BYTES wait to be written), or the server drains: then on_closed runs, once, from
 * the loop, and the exchange is gone with its return.  wq_sse_close runs no on_closed.
 * A comment goes out every 15 s, so that proxies keep the line open.
 */
#include "base/str.h"

struct wq_exchange;

/* 0; or a raised error, after which the exchange was answered with 500 and is gone; or WQ_EAWAY, unraised: its peer had
 * gone before, and so is the exchange. */
int wq_sse_open(struct wq_exchange *x, void (*on_closed)(struct wq_exchange *x, void *ctx),
                void *ctx);
/* event and id are one line each, or NULL.  data may hold line ends.  Returns 0, WQ_ETOOBIG (an event beyond its
 * bound: left out), or WQ_EFULL (the peer is too slow: on_closed will run). */
int wq_sse_send(struct wq_exchange *x, const char *event, const char *id, struct wq_str data);
void wq_sse_close(struct wq_exchange *x);
