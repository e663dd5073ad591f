/* SPDX-License-Identifier: MIT */
/* run.c — the sandbox as the role of a node. */
#include "app/sandbox/run.h"

#include "app/node.h"
#include "app/sandbox/sandbox.h"
#include "app/settings/settings.h"
#include "base/assert.h"
#include "base/limits.h"

enum { HANDLER_SLACK_MS = 60000 };

struct run {
	struct wq_node node;
	struct wq_sandbox *sandbox;
};

static struct run *run_of(struct wq_node *n)
{
	return WQ_OWNER(n, struct run, node);
}

static uint32_t ppm(const struct wq_settings *s, enum wq_setting id)
{
	return (uint32_t)(wq_settings_double(s, id) * (WQ_PPM / 100.0) + 0.5);
}

static int build(struct wq_node *n)
{
	const struct wq_settings *s = n->settings;
	const struct wq_sandbox_opts o = {
		.seed = (uint64_t)wq_settings_int(s, WQ_SET_SEED),
		.faults = { .latency_ms = (uint32_t)wq_settings_ms(s, WQ_SET_LATENCY),
		            .fail_ppm = ppm(s, WQ_SET_FAIL),
		            .latency_max_ms = (uint32_t)wq_settings_ms(s, WQ_SET_LATENCY_MAX),
		            .dup_ppm = ppm(s, WQ_SET_DUP),
		            .reorder_ppm = ppm(s, WQ_SET_REORDER),
		            .lose_ppm = ppm(s, WQ_SET_LOSE),
		            .reply_ppm = ppm(s, WQ_SET_REPLY) },
		.status_delay_ms = (uint32_t)wq_settings_ms(s, WQ_SET_STATUS_DELAY),
		.webhook_url = wq_settings_text(s, WQ_SET_WEBHOOK),
		.webhook_secret = wq_settings_text(s, WQ_SET_WEBHOOK_SECRET),
		.evolution_webhook_url = wq_settings_text(s, WQ_SET_EVOLUTION_WEBHOOK),
		.twilio_webhook_url = wq_settings_text(s, WQ_SET_TWILIO_WEBHOOK),
		.rate_per_s = (uint32_t)wq_settings_int(s, WQ_SET_RATE),
		.pair_every_ms = (uint64_t)wq_settings_ms(s, WQ_SET_PAIR_EVERY),
	};
	int rc = wq_sandbox_create(&run_of(n)->sandbox, n->loop, n->client, &o);

	if (rc < 0)
		return rc;
	wq_sandbox_add_metrics(run_of(n)->sandbox, &n->metrics);
	return wq_sandbox_routes(run_of(n)->sandbox, n->server);
}

static void release(struct wq_node *n)
{
	if (run_of(n)->sandbox)
		wq_sandbox_release(run_of(n)->sandbox);
}

static bool close_sandbox(struct wq_node *n, void (*done)(void *ctx), void *ctx)
{
	struct wq_sandbox *sb = run_of(n)->sandbox;

	if (!sb)
		return false;
	run_of(n)->sandbox = NULL;
	wq_sandbox_close(sb, done, ctx);
	return true;
}

enum wq_exit wq_sandbox_run(const struct wq_settings *s, const struct wq_args *args)
{
	static const struct wq_node_role role = {
		.name = "sandbox",
		.client = true,
		.handler_timeout_min_ms = WQ_SANDBOX_LATENCY_MAX_MS + HANDLER_SLACK_MS, /* latency is on order */
		.build = build,
		.release = release,
		.close = close_sandbox,
	};
	struct run r = { .sandbox = NULL };
	enum wq_exit code = WQ_EXIT_FAILED;

	(void)args;
	if (wq_node_init(&r.node, &role, s, NULL) == 0)
		code = wq_node_listen(&r.node) ? wq_node_run(&r.node) : WQ_EXIT_USAGE;
	wq_node_fini(&r.node);
	return code;
}
