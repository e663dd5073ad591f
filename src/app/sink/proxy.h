/* SPDX-License-Identifier: MIT */
#pragma once
/* proxy.h — webhooks passed on as they came: a subscription of ours, which is there before the first one is taken.
 *
 * Until Redis has it, webhooks are answered 503: what is answered 200 is passed on.
 */
#include "app/sink/hooks.h"
#include "app/subscriptions/part.h"

struct wq_proxy {
	const char *to; /* borrowed; NULL: there is no proxy */
	/* private */
	struct wq_subs_part *subs;
	struct wq_hooks *hooks;
	struct wq_loop *loop;
	struct wq_redis_cmd cmd;
	struct wq_timer again;
	bool asking, started, known; /* known: it is there from before */
};

/* Whether that is a URL. */
bool wq_proxy_takes(const char *to);
void wq_proxy_start(struct wq_proxy *p, struct wq_node *n, struct wq_subs_part *subs,
                    struct wq_hooks *hooks);
/* Twice is fine, zeroed is fine. */
void wq_proxy_stop(struct wq_proxy *p);
