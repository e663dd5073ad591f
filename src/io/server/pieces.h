/* SPDX-License-Identifier: MIT */
#pragma once
/* pieces.h — an answer that is made piece by piece, as large as it likes, in little memory.
 *
 *   wq_pieces_open(x, "text/csv", &events, ctx)       200; the exchange goes on
 *   while (wq_pieces_has_room(x)) wq_pieces_send(x, some bytes);
 *   wq_pieces_await(x);                                on_room, when the peer has taken most of it
 *   wq_pieces_end(x), or wq_reply_close(x)             whole; or not whole, which the peer notices
 *
 * HTTP/1.1 gets the chunked coding; older peers get bytes until the connection ends.  A HEAD gets no bytes, whatever is
 * sent.  When the peer goes, or takes nothing for the server's write time-out, on_closed runs once, from the loop, and
 * the exchange is gone with its return; it does not run behind wq_pieces_end or wq_reply_close.
 * Nobody watches how long the handler takes: it has deadlines of its own.
 */
#include <stdbool.h>

#include "base/str.h"

struct wq_exchange;

struct wq_pieces_events { /* static */
	void (*on_room)(struct wq_exchange *x, void *ctx);
	void (*on_closed)(struct wq_exchange *x, void *ctx);
};

/* 0; or a raised error, after which the exchange was answered with 500 and is gone; or WQ_EAWAY, unraised: its peer had
 * gone before, and so is the exchange. */
int wq_pieces_open(struct wq_exchange *x, const char *content_type,
                   const struct wq_pieces_events *events, void *ctx);
bool wq_pieces_has_room(const struct wq_exchange *x);
/* Copied.  When memory runs out the connection ends when the turn does, and what is sent until then is lost. */
void wq_pieces_send(struct wq_exchange *x, struct wq_str bytes);
/* on_room runs once, from the loop, as soon as there is room. */
void wq_pieces_await(struct wq_exchange *x);
void wq_pieces_end(struct wq_exchange *x);
