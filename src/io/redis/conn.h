/* SPDX-License-Identifier: MIT */
#pragma once
/* conn.h — one socket to a server: opened once, greeted with nothing, closed once.
 *
 *   on_up     connected, and TLS established: bytes may be queued
 *   on_reply  one whole reply, borrowed during the call
 *   on_down   it is of no more use and why; the owner closes it
 *
 * Events come from the loop only.  Bytes queued in one turn leave in one write at its end.  After wq_redis_conn_close
 * no event comes; on_closed runs from the loop when its memory is gone.
 */
#include "base/buf.h"
#include "io/dns/resolver.h"
#include "io/loop/loop.h"
#include "io/redis/reply.h"
#include "io/tls/session.h"

struct wq_redis_conn;

struct wq_redis_conn_opts {
	const struct wq_address *address; /* NULL: a socket in the file system */
	uint16_t port;
	const char *path;
	struct wq_tls_context *tls; /* NULL: plain */
	const char *host;           /* what the certificate must be for */
	size_t out_max_bytes;
	void (*on_up)(void *ctx);
	void (*on_reply)(void *ctx, const struct wq_redis_value *v);
	void (*on_down)(void *ctx, int rc, const char *why);
	void (*on_closed)(void *ctx);
	void *ctx;
};

/* `o` is copied; what it points to is used during the call only, but for tls.  < 0 (raised, or WQ_ECONNECT unraised
 * with *why, static): nothing was opened. */
int wq_redis_conn_create(struct wq_redis_conn **out, struct wq_loop *l,
                         const struct wq_redis_conn_opts *o, const char **why);
void wq_redis_conn_close(struct wq_redis_conn *c);

/* The bytes that wait; whoever appends calls wq_redis_conn_queued then. */
struct wq_buf *wq_redis_conn_out(struct wq_redis_conn *c);
void wq_redis_conn_queued(struct wq_redis_conn *c);
/* Stream positions: behind the last byte queued; behind the last byte that may have left. */
uint64_t wq_redis_conn_end(const struct wq_redis_conn *c);
uint64_t wq_redis_conn_sent(const struct wq_redis_conn *c);
/* Bytes queued and not taken by the kernel. */
size_t wq_redis_conn_waiting(const struct wq_redis_conn *c);
/* Reads what the kernel has now, with the usual events: true when there was something. */
bool wq_redis_conn_read(struct wq_redis_conn *c);
/* When the last bytes came; 0: none did. */
uint64_t wq_redis_conn_heard_us(const struct wq_redis_conn *c);
/* Writes to the socket since it was opened. */
uint64_t wq_redis_conn_writes(const struct wq_redis_conn *c);
