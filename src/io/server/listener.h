/* SPDX-License-Identifier: MIT */
#pragma once
/* listener.h — a bound socket and its accepting.
 *
 * At most WQ_SERVER_ACCEPTS_PER_TURN a turn.  Accepting pauses, for all listeners of the server, while it has as many
 * connections as it may, and for WQ_SERVER_ACCEPT_RETRY_MS when the system has no descriptor or memory left; who waits
 * in the kernel's queue goes on waiting.  (libuv's own listening would take such peers and drop them.)
 */
#include "io/server/core.h"

/* 0 or a code, unraised.  Appends the URL to *url unless that is NULL. */
int wq_listener_open(struct wq_listener **out, struct wq_server *s, struct wq_str address,
                     bool reuse_port, struct wq_buf *url);
/* Takes who waits already, then closes; a Unix socket's file goes too. */
void wq_listener_close(struct wq_listener *l);
void wq_listener_pause(struct wq_listener *l);
void wq_listener_resume(struct wq_listener *l);
