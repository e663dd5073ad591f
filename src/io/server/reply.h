/* SPDX-License-Identifier: MIT */
#pragma once
/* reply.h — answers as bytes; the public half is in exchange.h. */
#include "io/server/exchange_core.h"

/* The server's own answer to a request that no handler will finish: problem+json, then the connection ends.  The
 * exchange is gone afterwards, or orphaned if a handler has to do with it. */
void wq_reply_refuse(struct wq_exchange *x, int status, const char *detail);
/* No route fits: 404, 405, or what OPTIONS asks for. */
void wq_reply_unrouted(struct wq_exchange *x);
/* The head of an endless answer; 0 or a raised error, after which nothing was written. */
int wq_reply_stream_head(struct wq_exchange *x, const char *content_type);
/* Likewise of one that comes in pieces; x->last tells whether the connection ends with it. */
int wq_reply_pieces_head(struct wq_exchange *x, const char *content_type);
