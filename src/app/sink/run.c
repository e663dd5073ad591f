/* SPDX-License-Identifier: MIT */
/* run.c — the sink as the role of a node.  Redis being away is no reason not to start: webhooks are answered 503. */
#include "app/sink/run.h"

#include <stdio.h>
#include <string.h>

#include "app/settings/settings.h"
#include "app/sink/part.h"
#include "base/assert.h"

struct run {
	struct wq_node node;
	struct wq_sink_part part;
};

static int build(struct wq_node *n)
{
	return wq_sink_part_build(&WQ_OWNER(n, struct run, node)->part, n, NULL, NULL);
}

static bool close_part(struct wq_node *n, void (*done)(void *ctx), void *ctx)
{
	return wq_sink_part_close(&WQ_OWNER(n, struct run, node)->part, done, ctx);
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
		.name = "sink", .redis = true, .build = build, .close = close_part
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
