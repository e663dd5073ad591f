/* SPDX-License-Identifier: MIT */
#pragma once
/* redis_peer.h — something that is not Redis, on the test's own loop: it answers with the bytes it was given.
 *
 * The first bytes of a connection are the client's greeting and get `greeting`; whatever comes behind gets `answer`,
 * once for every read.  Then it may go on with filler, or close.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/list.h"

struct wq_redis_peer_opts {
	bool closes_at_once;   /* accepts and closes */
	const char *greeting;  /* NULL: +PONG; "" says nothing */
	const char *answer;    /* NULL: none, ever */
	size_t answer_n;       /* 0: its strlen */
	size_t filler_bytes;   /* so many bytes more */
	const char *filler;    /* repeated; at least a byte */
	unsigned chunk;        /* bytes of one write; 0: all at once */
	bool closes;           /* behind the answer */
};

struct wq_redis_peer {
	uv_tcp_t listener;
	uint16_t port;
	char url[48];
	struct wq_redis_peer_opts o;
	struct wq_list guests;
	unsigned accepted;
	size_t sent;
	unsigned open;
};

struct wq_loop;

void wq_redis_peer_start(struct wq_redis_peer *p, struct wq_loop *l,
                         const struct wq_redis_peer_opts *o);
/* Begins to close all; turn the loop until p->open is 0. */
void wq_redis_peer_stop(struct wq_redis_peer *p);
