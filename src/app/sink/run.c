/* SPDX-License-Identifier: MIT */
/* run.c — the sink, and the sink in front of a receiver (proxy), as the role of a node.
 *
 * Redis being away is no reason not to start: webhooks are answered 503.
 */
#include "app/sink/run.h"

#include <stdio.h>
#include <string.h>

#include "app/api/webhook_logs.h"
#include "app/settings/settings.h"
#include "app/sink/part.h"
#include "app/sink/proxy.h"
#include "app/subscriptions/part.h"
#include "base/assert.h"

struct run {
	struct wq_node node;
	struct wq_sink_part part;
	struct wq_subs_part subs;
	struct wq_proxy proxy;
	struct wq_api api; /* of the log of webhooks; NULL redis: there is no key, so there are no routes */
	void (*done)(void *ctx);
	void *ctx;
};

static struct run *run_of(struct wq_node *n)
{
	return WQ_OWNER(n, struct run, node);
}

static int build_api(struct run *r, struct wq_node *n)
{
	const char *key = wq_settings_text(n->settings, WQ_SET_API_KEY);
	int rc;

	if (!key)
		return 0;
	r->api.loop = n->loop;
	r->api.redis = n->redis;
	r->api.server = n->server;
	r->api.prefix = wq_settings_text(n->settings, WQ_SET_PREFIX);
	rc = wq_api_set_key(&r->api, key);
	return rc == 0 ? wq_api_webhook_logs_start(&r->api, n->settings, NULL, n->client) : rc;
}

static int build(struct wq_node *n)
{
	struct run *r = run_of(n);
	int rc = wq_sink_part_build(&r->part, n, NULL, NULL);

	if (rc == 0)
		rc = wq_subs_part_build(&r->subs, n, NULL);
	if (rc == 0 && r->proxy.to)
		wq_proxy_start(&r->proxy, n, &r->subs, &r->part.hooks);
	return rc == 0 ? build_api(r, n) : rc;
}

static void on_subs_closed(void *ctx)
{
	struct run *r = ctx;

	if (!wq_api_webhook_logs_close(&r->api, r->done, r->ctx))
		r->done(r->ctx);
}

/* The sink is closed: what it took in is delivered by whoever comes next. */
static void on_sink_closed(void *ctx)
{
	struct run *r = ctx;

	if (!wq_subs_part_close(&r->subs, on_subs_closed, r))
		on_subs_closed(r);
}

static bool close_parts(struct wq_node *n, void (*done)(void *ctx), void *ctx)
{
	struct run *r = run_of(n);

	r->done = done;
	r->ctx = ctx;
	wq_proxy_stop(&r->proxy);
	return wq_sink_part_close(&r->part, on_sink_closed, r) ||
	       wq_subs_part_close(&r->subs, on_subs_closed, r) ||
	       wq_api_webhook_logs_close(&r->api, done, ctx);
}

/* Unsigned webhooks are anybody's: there is no way to run without a secret.  Meta's want a token too. */
static bool has_secrets(const struct wq_settings *s)
{
	bool meta = wq_settings_text(s, WQ_SET_WEBHOOK_SECRET) != NULL,
	     any = wq_sink_secrets_there(s);
	bool token = wq_settings_text(s, WQ_SET_WEBHOOK_VERIFY_TOKEN) != NULL;

	if (!any)
		fprintf(stderr,
		        "willaq: there is no secret to check webhooks with: set --webhook-secret or "
		        "WEBHOOK_SECRET to the app secret of your Meta app, --twilio-webhook-token or "
		        "TWILIO_AUTH_TOKEN to the Auth Token of your Twilio account, or --evolution-webhook-key or "
		        "EVOLUTION_API_KEY to the key that your Evolution server shows\n");
	if (!token && (meta || !any))
		fprintf(stderr,
		        "willaq: there is no verify token: set --webhook-verify-token or WEBHOOK_VERIFY_TOKEN to "
		        "the text that you enter in the webhook's settings at Meta\n");
	return any && (token || !meta);
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

static enum wq_exit run_node(const struct wq_settings *s, const char *name, const char *to)
{
	const struct wq_node_role role = {
		.name = name, .redis = true, .client = true, .build = build, .close = close_parts
	};
	struct run r = { .node = { .exit_code = WQ_EXIT_DONE } };
	enum wq_exit code = WQ_EXIT_FAILED;

	if (!has_secrets(s) || !one_queue(s))
		return WQ_EXIT_USAGE;
	r.proxy.to = to;
	r.part.proxy = to != NULL;
	if (wq_node_init(&r.node, &role, s, NULL) == 0)
		code = wq_node_listen(&r.node) ? wq_node_run(&r.node) : WQ_EXIT_USAGE;
	wq_node_fini(&r.node);
	wq_sink_part_fini(&r.part);
	return code;
}

enum wq_exit wq_sink_run(const struct wq_settings *s, const struct wq_args *args)
{
	(void)args;
	return run_node(s, "sink", NULL);
}

const struct wq_option wq_proxy_options[] = {
	{ "to", "URL", "where webhooks are passed on to, as they came" },
	{ NULL, NULL, NULL },
};

enum wq_exit wq_proxy_run(const struct wq_settings *s, const struct wq_args *args)
{
	const char *to = wq_args_option(args, "to");

	if (!to || !wq_proxy_takes(to)) {
		fprintf(stderr, "willaq: --to takes the URL of your receiver, http or https\n");
		return WQ_EXIT_USAGE;
	}
	return run_node(s, "proxy", to);
}
