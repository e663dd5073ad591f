/* SPDX-License-Identifier: MIT */
#pragma once
/* nameserver.h — a DNS server on 127.0.0.1 that answers from a table, on the test's own loop. */
#include <stdbool.h>
#include <stdint.h>

#include "io/loop/loop.h"

/* Asked the n-th time for `name`, it answers the n-th address, and the last one from then on. */
struct wq_ns_name {
	const char *name; /* lower case */
	const char *a
		[4]; /* IPv4 addresses; "" : no such name; "-": silence; "two": 127.0.0.2 and 127.0.0.1 */
	const char *aaaa;  /* NULL: none */
	const char *cname; /* NULL: none; the addresses are the other name's */
	uint32_t ttl;
	unsigned asked; /* A questions so far */
};

struct wq_ns {
	struct wq_loop *loop;
	char servers[32]; /* for wq_resolver_create */
	struct wq_ns_name *names;
	unsigned names_n;
	unsigned questions; /* of any type, for any name */
	bool closed;
	void *udp;
};

void wq_ns_start(struct wq_ns *ns, struct wq_loop *l, struct wq_ns_name *names, unsigned names_n);
void wq_ns_stop(struct wq_ns *ns);
