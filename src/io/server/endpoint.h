/* SPDX-License-Identifier: MIT */
#pragma once
/* endpoint.h — socket addresses from text and to text; names are not resolved here. */
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/buf.h"
#include "base/str.h"

struct wq_endpoint {
	struct sockaddr_storage at;
	socklen_t n;
	bool any; /* "*": IPv6 and IPv4 */
};

enum { WQ_PEER_TEXT_MAX_BYTES = 64 };

/* Where a peer is, in 20 bytes. */
struct wq_peer {
	uint8_t ip[16]; /* IPv4: the first four */
	uint16_t port;
	uint8_t family; /* 4, 6, or 0: a Unix socket */
};

/* "192.0.2.1:80", "[2001:db8::1]:80", "*:80", "unix:/path"; 0 or WQ_EINVAL, not raised. */
int wq_endpoint_parse(struct wq_str text, struct wq_endpoint *out);
/* Appends http://…, or unix:/path; 0 or an append's failure. */
int wq_endpoint_url(const struct wq_endpoint *a, struct wq_buf *out);

void wq_peer_from(struct wq_peer *p, const struct sockaddr_storage *from);
/* Terminated; an IPv4 address in IPv6 clothes is shown as IPv4. */
struct wq_str wq_peer_text(const struct wq_peer *p, char text[WQ_PEER_TEXT_MAX_BYTES]);
