/* SPDX-License-Identifier: MIT */
#pragma once
/* channel.h — a c-ares channel whose sockets and time-outs are the loop's.
 *
 * The owner embeds struct wq_dns_channel.  After wq_dns_channel_close its memory is in use until on_closed has run.
 */
#include <ares.h>
#include <stdbool.h>

#include "io/loop/loop.h"
#include "io/loop/timer.h"

struct wq_dns_channel {
	ares_channel ares;
	struct wq_loop *loop;
	struct wq_timer timer;
	struct wq_list sockets; /* those that c-ares has open */
	unsigned handles;       /* libuv handles not yet closed */
	bool deaf;              /* a socket could not be watched, or memory was short: what is open ends */
	bool closing;
	struct wq_post closed;
	void (*on_closed)(struct wq_dns_channel *c);
};

/* servers: "127.0.0.1:5353,…" or NULL for the system's.  0 or a raised error, after which nothing needs closing. */
int wq_dns_channel_init(struct wq_dns_channel *c, struct wq_loop *l, const char *servers);
/* Open queries are told ARES_EDESTRUCTION inside this call; on_closed runs from the loop. */
void wq_dns_channel_close(struct wq_dns_channel *c, void (*on_closed)(struct wq_dns_channel *c));
/* Addresses of both families; cb may run inside this call.  Out of memory: ARES_ENOMEM, or ARES_ECANCELLED while
 * `deaf` is set. */
void wq_dns_channel_ask(struct wq_dns_channel *c, const char *name, ares_addrinfo_callback cb,
                        void *arg);
