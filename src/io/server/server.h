/* SPDX-License-Identifier: MIT */
#pragma once
/* server.h — HTTP/1.1 in: listeners, connections, routes.
 *
 * Glossary
 *   server      owns routes, listeners and connections; one per process and purpose
 *   listener    a bound socket: TCP (IPv4 or IPv6) or Unix
 *   connection  one peer; has at most one exchange in work, what it pipelines behind it waits in a bounded buffer
 *   exchange    one request and its answer (exchange.h)
 *   route       method and pattern → handler (route.h)
 *
 * A request is read whole (bounded) before its handler runs; on_body shows the bytes earlier, for signatures.
 * Strict by RFC 9112 where leniency is a smuggling hole: CRLF only, no folding, exactly one Host, one Content-Length of
 * 1-10 digits and never beside Transfer-Encoding, which is exactly "chunked" and only in HTTP/1.1.  Any violation is a
 * 400 and the end of the connection.
 *
 * Every phase has a deadline: reading the head, reading the body, the handler, writing, idling.
 * Memory is bounded: per request, per connection, and for all connections together (503 with Retry-After beyond).
 * Out of descriptors: accepting pauses and is tried again; it never spins.
 * Never blocks.  Never calls a handler from inside a call of a handler.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/metrics.h"
#include "io/loop/loop.h"
#include "io/server/route.h"

struct wq_server;

struct wq_server_opts {
	uint32_t connections_max;    /* open at once; the next wait in the kernel's queue */
	uint32_t backlog;            /* of listen() */
	size_t head_max_bytes;       /* request line and headers: 431 beyond */
	size_t body_max_bytes;       /* unless the route says otherwise: 413 beyond */
	size_t memory_max_bytes;     /* request bytes held by all connections: 503 beyond */
	uint32_t head_timeout_ms;    /* from the first byte to the last of the head: 408 */
	uint32_t body_timeout_ms;    /* from the end of the head to the end of the body: 408 */
	uint32_t handler_timeout_ms; /* until the handler has answered: 503 */
	uint32_t write_timeout_ms;   /* without a byte taken by the peer: closed */
	uint32_t idle_timeout_ms;    /* between requests: closed */
	const char *server_name;     /* Server header; NULL: none */
};

/* The defaults; every field may then be changed. */
void wq_server_opts_init(struct wq_server_opts *o);

int wq_server_create(struct wq_server **out, struct wq_loop *l, const struct wq_server_opts *o);

/* All routes are added before the first listener.  The route is copied; its texts are borrowed. */
int wq_server_route(struct wq_server *s, const struct wq_route *r);

/* "127.0.0.1:8780", "[::1]:8780", "*:8780" (IPv4 and IPv6), "unix:/path".  Port 0: the system chooses.
 * `reuse_port`: several processes may share the port (SO_REUSEPORT).
 * Appends the address really bound, as a URL, to *url (may be NULL).
 * WQ_EADDRINUSE, WQ_EACCES, WQ_EINVAL… are returned unraised: the caller tells people. */
int wq_server_listen(struct wq_server *s, const char *address, bool reuse_port, struct wq_buf *url);

/* Stops accepting; idle connections close at once, others after the answer in work ("Connection: close").
 * What is left after `timeout_ms` is cut.  on_drained runs once, from the loop, when no connection is left. */
void wq_server_drain(struct wq_server *s, uint32_t timeout_ms, void (*on_drained)(void *ctx),
                     void *ctx);

/* Only after on_drained, or before the first listener.  NULL is fine. */
void wq_server_destroy(struct wq_server *s);

uint32_t wq_server_connections(const struct wq_server *s);
void wq_server_add_metrics(struct wq_server *s, struct wq_metrics *m);
/* The routes in the order they were added, for /openapi.json; NULL behind the last. */
const struct wq_route *wq_server_route_at(const struct wq_server *s, size_t i);
