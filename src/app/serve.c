/* SPDX-License-Identifier: MIT */
/* serve.c — a node with the API and the routes of webhooks.  Redis being away is no reason not to start: /readyz tells,
 * and it comes back by itself. */
#include "app/serve.h"

#include "app/serving.h"
#include "app/settings/settings.h"
#include "app/supervisor.h"
#include "app/worker/connections.h"
#include "base/assert.h"

struct serve {
	struct wq_node node;
	struct wq_serving serving;
};

static int build(struct wq_node *n)
{
	static const struct wq_serving_secrets as_set;

	return wq_serving_build(&WQ_OWNER(n, struct serve, node)->serving, n, &as_set);
}

static bool close_serving(struct wq_node *n, void (*done)(void *ctx), void *ctx)
{
	return wq_serving_close(&WQ_OWNER(n, struct serve, node)->serving, done, ctx);
}

static void client_opts(struct wq_node *n, struct wq_client_opts *o)
{
	wq_connections_for_sending(n->settings, o);
}

enum wq_exit wq_serve_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_node_role role = {
		.name = "serve", .redis = true, .client = true, .client_opts = client_opts, .build = build,
		.close = close_serving
	};
	struct serve v = { .node = { .exit_code = WQ_EXIT_DONE } };
	enum wq_exit code = WQ_EXIT_FAILED;

	(void)args;
	if (wq_settings_int(s, WQ_SET_PROCESSES) > 1)
		return wq_supervisor_run(s);
	if (wq_node_init(&v.node, &role, s, NULL) == 0)
		code = wq_node_listen(&v.node) ? wq_node_run(&v.node) : WQ_EXIT_USAGE;
	wq_node_fini(&v.node);
	wq_serving_fini(&v.serving);
	return code;
}
