/* SPDX-License-Identifier: MIT */
/* run.c — the sink as the role of a node.  Redis being away is no reason not to start: webhooks are answered 503. */
#include "app/sink/run.h"

#include <stdio.h>
#include <string.h>

#include "app/settings/settings.h"
#include "app/sink/part.h"
#include "app/subscriptions/part.h"
#include "base/assert.h"

struct run {
	struct wq_node node;
	struct wq_sink_part part;
	struct wq_subs_part subs;
	void (*done)(void *ctx);
	void *ctx;
};

static struct run *run_of(struct wq_node *n)
{
	return WQ_OWNER(n, struct run, node);
}

static int build(struct wq_node *n)
{
	int rc = wq_sink_part_build(&run_of(n)->part, n, NULL, NULL);

	return rc == 0 ? wq_subs_part_build(&run_of(n)->subs, n, NULL) : rc;
}

/* The sink is closed: what it took in is delivered by whoever comes next. */
static void on_sink_closed(void *ctx)
{
	struct run *r = ctx;

	if (!wq_subs_part_close(&r->subs, r->done, r->ctx))
		r->done(r->ctx);
}

static bool close_parts(struct wq_node *n, void (*done)(void *ctx), void *ctx)
{
	struct run *r = run_of(n);

	r->done = done;
	r->ctx = ctx;
	return wq_sink_part_close(&r->part, on_sink_closed, r) ||
	       wq_subs_part_close(&r->subs, done, ctx);
}

/* Unsigned webhooks are anybody's: there is no way to run without a secret. */
static bool has_secrets(const struct wq_settings *s)
{
	bool secret = wq_settings_text(s, WQ_SET_WEBHOOK_SECRET) != NULL;
	bool token = wq_settings_text(s, WQ_SET_WEBHOOK_VERIFY_TOKEN) != NULL;

	if (!secret)
		fprintf(stderr,
		        "willaq: there is no secret to check webhooks with: set --webhook-secret or "
		        "WEBHOOK_SECRET to the app secret of your Meta app\n");
	if (!token)
		fprintf(stderr,
		        "willaq: there is no verify token: set --webhook-verify-token or WEBHOOK_VERIFY_TOKEN to "
		        "the text that you enter in the webhook's settings at Meta\n");
	return secret && token;
}

static bool one_queue(const struct wq_settings *s)
{
	const char *queue = wq_settings_text(s, WQ_SET_QUEUE);

	if (!queue || !strchr(queue, ','))
		return true;
	fprintf(stderr, "willaq: --queue: the sink puts messages into one queue, not into %s\n",
	        queue);
	return false;
}

enum wq_exit wq_sink_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_node_role role = {
		.name = "sink", .redis = true, .client = true, .build = build, .close = close_parts
	};
	struct run r = { .node = { .exit_code = WQ_EXIT_DONE } };
	enum wq_exit code = WQ_EXIT_FAILED;

	(void)args;
	if (!has_secrets(s) || !one_queue(s))
		return WQ_EXIT_USAGE;
	if (wq_node_init(&r.node, &role, s, NULL) == 0)
		code = wq_node_listen(&r.node) ? wq_node_run(&r.node) : WQ_EXIT_USAGE;
	wq_node_fini(&r.node);
	wq_sink_part_fini(&r.part);
	return code;
}
