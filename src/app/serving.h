/* SPDX-License-Identifier: MIT */
#pragma once
/* serving.h — all that a serving node has beyond loop, Redis and server: the same for `serve` and `dev`. */
#include "app/accounts/part.h"
#include "app/api/api.h"
#include "app/node.h"
#include "app/sending/part.h"
#include "app/sink/part.h"
#include "app/subscriptions/part.h"

struct wq_serving {
	struct wq_api api;
	struct wq_accounts_part accounts;
	struct wq_sink_part sink;
	struct wq_subs_part subs;
	struct wq_sending_part sending;
	/* private */
	void (*done)(void *ctx);
	void *ctx;
};

/* What the settings say unless one of these is given; NULL: not. */
struct wq_serving_secrets {
	const char *api_key, *webhook_secret, *verify_token;
	const struct wq_account *account; /* where the settings make none */
};

/* `v` lives as long as the node, and what the secrets point to too.  0 or a raised error. */
int wq_serving_build(struct wq_serving *v, struct wq_node *n, const struct wq_serving_secrets *s);
/* done(ctx) runs later, from the loop; false: nothing was built. */
bool wq_serving_close(struct wq_serving *v, void (*done)(void *ctx), void *ctx);
/* Once the node is down.  Twice is fine. */
void wq_serving_fini(struct wq_serving *v);
