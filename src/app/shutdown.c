/* SPDX-License-Identifier: MIT */
/* shutdown.c — from "please stop" to an empty loop.
 *
 *   drain ──► role ──► client ──► redis ──► names ──► end
 *
 * Happy path: no new connection, answers in work are finished, then what they needed is closed.
 * Failures: none can occur; the drain has a deadline after which connections are cut, the others close at once.
 * What was never built is stepped over.
 */
#include "app/shutdown.h"

#include "app/node.h"
#include "app/settings/settings.h"
#include "base/assert.h"
#include "base/log.h"

enum { DRAIN, ROLE, CLIENT, REDIS, NAMES, END };

static struct wq_node *node_of(struct wq_flow *f)
{
	return WQ_OWNER(f, struct wq_shutdown, flow)->node;
}

static void on_step_done(void *ctx)
{
	struct wq_node *n = ctx;

	wq_flow_resume(&n->shutdown.flow, 0);
}

static enum wq_flow_next shutdown_drain(struct wq_flow *f)
{
	struct wq_node *n = node_of(f);

	if (!n->server)
		return wq_flow_go(f, ROLE);
	if (n->role->release)
		n->role->release(n);
	wq_server_drain(n->server, (uint32_t)wq_settings_ms(n->settings, WQ_SET_DRAIN_TIMEOUT),
	                on_step_done, n);
	return wq_flow_after(f, ROLE, 0);
}

static enum wq_flow_next shutdown_role(struct wq_flow *f)
{
	struct wq_node *n = node_of(f);

	wq_server_destroy(n->server);
	n->server = NULL;
	if (!n->role->close || !n->role->close(n, on_step_done, n))
		return wq_flow_go(f, CLIENT);
	return wq_flow_after(f, CLIENT, 0);
}

static enum wq_flow_next shutdown_client(struct wq_flow *f)
{
	struct wq_node *n = node_of(f);

	if (!n->client)
		return wq_flow_go(f, REDIS);
	wq_client_close(n->client, on_step_done, n);
	n->client = NULL;
	return wq_flow_after(f, REDIS, 0);
}

static enum wq_flow_next shutdown_redis(struct wq_flow *f)
{
	struct wq_node *n = node_of(f);

	if (!n->redis)
		return wq_flow_go(f, NAMES);
	wq_redis_close(n->redis, on_step_done, n);
	n->redis = NULL;
	return wq_flow_after(f, NAMES, 0);
}

static enum wq_flow_next shutdown_names(struct wq_flow *f)
{
	struct wq_node *n = node_of(f);

	if (!n->resolver)
		return wq_flow_go(f, END);
	wq_resolver_close(n->resolver, on_step_done, n);
	n->resolver = NULL;
	return wq_flow_after(f, END, 0);
}

static enum wq_flow_next shutdown_end(struct wq_flow *f)
{
	struct wq_node *n = node_of(f);

	if (n->signals) {
		wq_signal_stop(&n->on_int, NULL);
		wq_signal_stop(&n->on_term, NULL);
	}
	return wq_flow_end(f, 0);
}

static void on_end(struct wq_flow *f, int rc)
{
	struct wq_node *n = node_of(f);

	wq_info("stopped", WQ_I("rc", rc), WQ_I("exit", n->exit_code));
	wq_loop_stop(n->loop);
}

static const struct wq_flow_step steps[] = {
	[DRAIN] = { "drain", shutdown_drain, NULL, WQ_BIT(ROLE) },
	[ROLE] = { "role", shutdown_role, NULL, WQ_BIT(CLIENT) },
	[CLIENT] = { "client", shutdown_client, NULL, WQ_BIT(REDIS) },
	[REDIS] = { "redis", shutdown_redis, NULL, WQ_BIT(NAMES) },
	[NAMES] = { "names", shutdown_names, NULL, WQ_BIT(END) },
	[END] = { "end", shutdown_end, NULL, 0 },
};

void wq_shutdown_start(struct wq_shutdown *s, struct wq_node *n)
{
	s->node = n;
	wq_flow_init(&s->flow, n->loop, steps, on_end);
	wq_flow_start(&s->flow);
}
