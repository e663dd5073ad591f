/* SPDX-License-Identifier: MIT */
/* serve.c — a node with the API.  Redis being away is no reason not to start: /readyz tells, and it comes back by
 * itself. */
#include "app/serve.h"

#include "app/api/dead_export.h"
#include "app/api/dead_letters.h"
#include "app/api/dead_many.h"
#include "app/api/dead_run.h"
#include "app/api/queues.h"
#include "app/node.h"
#include "app/settings/settings.h"
#include "app/supervisor.h"
#include "base/assert.h"
#include "queue/producer.h"

struct serving {
	struct wq_node node;
	struct wq_api api;
};

int wq_serve_build(struct wq_node *n, struct wq_api *a, const char *key)
{
	int rc;

	a->loop = n->loop;
	a->redis = n->redis;
	a->server = n->server;
	a->prefix = wq_settings_text(n->settings, WQ_SET_PREFIX);
	rc = wq_api_set_key(a, key ? key : wq_settings_text(n->settings, WQ_SET_API_KEY));
	if (rc == 0)
		rc = wq_producer_create(&a->producer, n->loop, n->redis);
	if (rc == 0)
		wq_producer_add_metrics(a->producer, &n->metrics);
	if (rc == 0)
		rc = wq_api_queues_routes(a);
	if (rc == 0)
		rc = wq_api_dead_letters_routes(a);
	if (rc == 0)
		rc = wq_api_dead_many_routes(a);
	return rc == 0 ? wq_api_dead_export_routes(a) : rc;
}

/* Runs over dead letters have told their end: now the producer. */
static void on_runs_closed(void *ctx)
{
	struct wq_api *a = ctx;

	a->dead_runs = NULL;
	wq_producer_close(a->producer, a->closed, a->closed_ctx);
	a->producer = NULL;
}

void wq_serve_close(struct wq_api *a, void (*done)(void *ctx), void *ctx)
{
	a->closed = done;
	a->closed_ctx = ctx;
	if (a->dead_runs)
		wq_dead_runs_close(a->dead_runs, on_runs_closed, a);
	else
		on_runs_closed(a);
}

static int build(struct wq_node *n)
{
	return wq_serve_build(n, &WQ_OWNER(n, struct serving, node)->api, NULL);
}

static bool close_api(struct wq_node *n, void (*done)(void *ctx), void *ctx)
{
	struct wq_api *a = &WQ_OWNER(n, struct serving, node)->api;

	if (!a->producer)
		return false;
	wq_serve_close(a, done, ctx);
	return true;
}

enum wq_exit wq_serve_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_node_role role = {
		.name = "serve", .redis = true, .build = build, .close = close_api
	};
	struct serving v = { .node = { .exit_code = WQ_EXIT_DONE } };
	enum wq_exit code = WQ_EXIT_FAILED;

	(void)args;
	if (wq_settings_int(s, WQ_SET_PROCESSES) > 1)
		return wq_supervisor_run(s);
	if (wq_node_init(&v.node, &role, s, NULL) == 0)
		code = wq_node_listen(&v.node) ? wq_node_run(&v.node) : WQ_EXIT_USAGE;
	wq_node_fini(&v.node);
	return code;
}
