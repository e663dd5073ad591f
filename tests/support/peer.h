/* SPDX-License-Identifier: MIT */
#pragma once
/* peer.h — an HTTP server that does exactly what a test says, on the test's own loop.
 *
 * Each request that arrives whole, on whatever connection, takes the next step of the script: bytes to answer, at once
 * or in pieces of one turn each, and what to do then.  With the script at its end, the last step is taken again.  What
 * arrived is kept: the referee of "exactly one".  A peer that speaks first takes a step when a connection comes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "io/loop/loop.h"

enum wq_peer_then { WQ_PEER_KEEP, WQ_PEER_CLOSE, WQ_PEER_RESET };
enum wq_peer_accept { WQ_PEER_SERVE, WQ_PEER_RESET_AT_ONCE, WQ_PEER_IGNORE, WQ_PEER_SPEAK_FIRST };

struct wq_peer_step {
	const char *answer; /* NULL: nothing */
	unsigned piece;     /* bytes of one write; 0: all at once */
	unsigned
		repeat; /* the answer's last `tail` bytes are sent that many times more; UINT_MAX: for ever */
	unsigned tail;
	enum wq_peer_then then;
};

enum { WQ_PEER_REQUESTS_MAX = 512, WQ_PEER_REQUEST_BYTES = 2048 };

struct wq_peer_request {
	unsigned connection; /* which one brought it, from 0 */
	size_t bytes;
	char text[WQ_PEER_REQUEST_BYTES]; /* its beginning, terminated */
};

struct wq_peer {
	struct wq_loop *loop;
	uint16_t port;
	enum wq_peer_accept accept;
	const struct wq_peer_step *steps;
	unsigned steps_n, at;
	unsigned connections; /* accepted so far */
	unsigned open;        /* not yet closed */
	unsigned requests_n;
	struct wq_peer_request requests[WQ_PEER_REQUESTS_MAX];
	uint64_t written;
	struct wq_list conns;
	void *listener;
};

/* Listens on 127.0.0.1, on a free port. */
void wq_peer_start(struct wq_peer *p, struct wq_loop *l, const struct wq_peer_step *steps,
                   unsigned steps_n);
/* Closes the listener and every connection; turns the loop until they are gone. */
void wq_peer_stop(struct wq_peer *p);
/* Requests whose text holds `part`. */
unsigned wq_peer_count(const struct wq_peer *p, const char *part);
