/* SPDX-License-Identifier: MIT */
#pragma once
/* subscription.h — `willaq subscription`: straight to Redis, no server needed.
 *
 *   willaq subscription list|show|deliveries              look
 *   willaq subscription create|update|rotate|pause|resume|remove
 *   willaq subscription test|replay                       a post now; what came once more
 *
 * Tables, or the API's JSON with --json.  Who works a subscription sees a change within seconds.
 */
#include "app/api/subscription_call.h"
#include "app/cli/grid.h"
#include "app/cli/queue.h"

extern const struct wq_option wq_subscription_options[];
enum wq_exit wq_subscription_run(const struct wq_settings *s, const struct wq_args *args);

extern const struct wq_queue_action wq_subscription_looks[], wq_subscription_changes[],
	wq_subscription_runs[]; /* end with NULL */

/* One subscription, or a page of all, in the hands of an action. */
struct wq_subscription_cli {
	struct wq_queue_cli *c;
	struct wq_sub_keys keys;
	struct wq_seal_ring ring; /* of --secret-key */
	struct wq_str id;
	struct wq_redis_cmd cmd;  /* of the last look: it holds the answer, which is freed by the end */
	struct wq_subscription sub; /* as it was read */
	int64_t rev;
	const char *secret;       /* to be shown; NULL: none */
	/* While the answer of a look is there; may be NULL. */
	void (*on_seen)(struct wq_subscription_cli *s);
	bool found;
};

void wq_subscription_cli_begin(struct wq_subscription_cli *s, struct wq_queue_cli *c);
void wq_subscription_cli_end(struct wq_subscription_cli *s);
/* Reads the one that is named into s->sub.  False: a sentence was printed. */
bool wq_subscription_cli_read(struct wq_subscription_cli *s);
/* Shows the one that is named, with its secret (NULL: none is shown). */
enum wq_exit wq_subscription_cli_show(struct wq_subscription_cli *s, const char *secret);
/* There is none of that id. */
enum wq_exit wq_subscription_cli_missing(const struct wq_subscription_cli *s);
