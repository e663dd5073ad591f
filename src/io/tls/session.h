/* SPDX-License-Identifier: MIT */
#pragma once
/* session.h — one TLS conversation, bytes in and bytes out, without a socket: nothing here can block.
 *
 *   created ──► wq_tls_session_step until established; what the peer sent goes in by wq_tls_session_feed, what the peer
 *   must get comes out by wq_tls_session_take, before and after.
 *
 * The peer's certificate must be valid for the host: a name (also sent as SNI) or an address.
 */
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/str.h"
#include "io/tls/context.h"

struct wq_tls_session;

/* 0 or a raised error.  The context may go before the session. */
int wq_tls_session_create(struct wq_tls_session **out, struct wq_tls_context *c, const char *host);
/* NULL is fine. */
void wq_tls_session_destroy(struct wq_tls_session *s);

/* Ciphertext from the peer.  0 or WQ_ENOMEM (raised). */
int wq_tls_session_feed(struct wq_tls_session *s, const char *p, size_t n);
/* Moves the handshake on: 1 established, 0 needs more of the peer, WQ_ETLS refused (wq_tls_session_why). */
int wq_tls_session_step(struct wq_tls_session *s);
/* Plain bytes from the peer: their number; 0: none now; WQ_ELOST: the peer said good-bye; WQ_ETLS. */
ssize_t wq_tls_session_read(struct wq_tls_session *s, char *p, size_t n);
/* Takes all n bytes, or WQ_ETLS. */
int wq_tls_session_write(struct wq_tls_session *s, const char *p, size_t n);
/* Appends the ciphertext that waits for the peer.  0 or the failure of the append. */
int wq_tls_session_take(struct wq_tls_session *s, struct wq_buf *out);
/* Why it was refused, for people; "" while all is well.  Lives as long as the session. */
const char *wq_tls_session_why(const struct wq_tls_session *s);
