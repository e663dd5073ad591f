/* SPDX-License-Identifier: MIT */
#pragma once
/* client.h — HTTP out: curl multi on the loop.
 *
 * The caller embeds struct wq_call, fills the "in" part (zero: default) and keeps it in place until cb has run, once,
 * from the loop.  In the callback the "out" part is good; wq_call_fini then frees it (twice is fine).
 *
 * How it ends (rc of cb)
 *   0              an answer: status, headers, body
 *   WQ_ERESOLVE, WQ_ECONNECT, WQ_ETLS, WQ_EDENIED   no connection: not one byte of the request was written
 *   WQ_ETIMEDOUT, WQ_ELOST, WQ_EPROTO, WQ_ECANCELED, WQ_ENOMEM look at `sent`: true means that the peer may have acted
 *   WQ_ETOOBIG     the answer is larger than response_max_bytes, or its head than WQ_CLIENT_HEAD_MAX_BYTES
 * After a failure `status` is that of the answer that broke off, 0 if none had begun.
 *
 * A request is written at most once: curl's silent repetition on a reused connection that turned out dead is refused
 * and told as WQ_ELOST.  Redirects are not followed: a 3xx is an answer.  Nothing is decompressed, for nothing is asked
 * for: a body is the bytes that came.
 *
 * Names are resolved by io/dns, so no thread is ever started.  Connections are reused; HTTP/2 where TLS offers it.
 * Proxies: https_proxy, http_proxy, all_proxy and no_proxy in either case, much as curl reads them (proxy.h).
 * guarded: addresses that are not public (loopback, private, link-local, multicast, mapped, NAT64, …) are refused at
 * connect time, after resolving: a name that changes its mind is caught as well (guard.h).  Guarded calls have
 * connections of their own, a quarter of connections_max, and never go through a proxy, which would resolve for us.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/limits.h"
#include "base/metrics.h"
#include "io/dns/resolver.h"
#include "io/loop/loop.h"

struct wq_client;

struct wq_client_opts {
	uint32_t connections_max; /* open at once, idle ones included */
	uint32_t connections_per_host_max;
	uint32_t calls_max; /* in flight or waiting: WQ_EFULL beyond */
	uint32_t
		connect_timeout_ms; /* resolve, connect and TLS; not the wait for a connection to come free */
	uint32_t timeout_ms;       /* the whole call */
	uint32_t stall_timeout_ms; /* without a byte either way */
	size_t response_max_bytes;
	const char *user_agent;
	const char *ca_file;                             /* PEM; NULL: the system's */
	const char *http_proxy, *https_proxy, *no_proxy; /* NULL: none */
};
/* The defaults, proxies from the environment included. */
void wq_client_opts_init(struct wq_client_opts *o);
/* The connections_max at which `n` calls that are not guarded have a connection each. */
uint32_t wq_client_connections_for(uint32_t n);

struct wq_call_header {
	const char *name;
	struct wq_str value;
};

struct wq_call {
	/* in */
	const char *method; /* "POST"; NULL: GET, or POST with a body */
	const char *url;    /* http or https; borrowed until cb */
	struct wq_call_header headers[WQ_CLIENT_HEADERS_MAX];
	unsigned headers_n;
	struct wq_str body;                                        /* borrowed until cb */
	uint32_t connect_timeout_ms, timeout_ms, stall_timeout_ms; /* 0: the client's */
	size_t response_max_bytes;                                 /* 0: the client's */
	bool guarded;
	/* Optional: takes the body piece by piece instead of `body_in`; WQ_E… ends the call with that code. */
	int (*on_data)(struct wq_call *c, struct wq_str piece);
	/* Optional: asked at the last moment, with a connection at hand; false: not one byte is written, and the call
	 * ends with WQ_ECANCELED. */
	bool (*may_send)(const struct wq_call *c);
	void *ctx; /* the caller's own */

	/* out */
	int status;             /* 0: no answer */
	bool sent;              /* at least one byte of the request may have left */
	struct wq_buf body_in;  /* owned by the call until wq_call_fini */
	int64_t retry_after_ms; /* Retry-After (seconds or date); -1: none */
	uint64_t took_us;
	bool reused; /* went over a connection that had served before */

	struct wq_call_state *state; /* private */
};

int wq_client_create(struct wq_client **out, struct wq_loop *l, struct wq_resolver *r,
                     const struct wq_client_opts *o);
/* Calls in flight complete with WQ_ECANCELED first; on_closed (may be NULL) runs from the loop. */
void wq_client_close(struct wq_client *c, void (*on_closed)(void *ctx), void *ctx);
void wq_client_add_metrics(struct wq_client *c, struct wq_metrics *m);

/* < 0: not started and cb never runs (WQ_EINVAL: URL, method or header not usable; WQ_EFULL; WQ_ENOMEM; WQ_EDENIED: a
 * guarded URL with a literal address that is refused).  A URL is printable ASCII, its host a name of letters, digits,
 * '-' and '_', or an address.  Headers of the framing (Content-Length, Transfer-Encoding, Expect, …) are ours.  A call
 * that has ended may be started again. */
int wq_call_start(struct wq_client *c, struct wq_call *call,
                  void (*cb)(struct wq_call *call, int rc));
/* cb runs, from the loop, with WQ_ECANCELED, or with the outcome if it is known already.  A call that has ended, or
 * was never started, is fine. */
void wq_call_cancel(struct wq_call *call);
/* What curl says about a failure, for people; "" if nothing.  Valid until wq_call_fini. */
const char *wq_call_why(const struct wq_call *call);
/* A header of the answer (the last of that name), valid until wq_call_fini; p == NULL: none. */
struct wq_str wq_call_header_in(const struct wq_call *call, const char *name);
void wq_call_fini(struct wq_call *call);
