/* SPDX-License-Identifier: MIT */
/* run.c — a process around the sandbox: build, bind, run, and an orderly end.
 *
 *   drain ──► core ──► client ──► names ──► end
 *
 * Happy path: what is held back is answered, no new connection is taken, then what the sandbox needed is closed.
 * Failures: none can occur; the drain has a deadline.  What was never built is stepped over.
 */
#include "app/sandbox/run.h"

#include <unistd.h>

#include "app/health.h"
#include "app/node.h"
#include "app/process.h"
#include "app/sandbox/sandbox.h"
#include "base/assert.h"
#include "base/limits.h"
#include "base/log.h"
#include "io/loop/flow.h"
#include "io/loop/signal.h"

enum { DRAIN, CORE, CLIENT, NAMES, END };
enum { HANDLER_SLACK_MS = 60000 };

struct run {
	const struct wq_settings *settings;
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	struct wq_client *client;
	struct wq_sandbox *sandbox;
	struct wq_server *server;
	struct wq_metrics metrics;
	struct wq_process_metrics process;
	struct wq_health health;
	struct wq_signal on_int, on_term;
	bool signals, stopping;
	struct wq_flow stop;
};

/* --- the end ---------------------------------------------------------------------------------------------------- */

static struct run *run_of(struct wq_flow *f)
{
	return WQ_OWNER(f, struct run, stop);
}

static void on_step_done(void *ctx)
{
	wq_flow_resume(&((struct run *)ctx)->stop, 0);
}

static enum wq_flow_next stop_drain(struct wq_flow *f)
{
	struct run *r = run_of(f);

	if (!r->server)
		return wq_flow_go(f, CORE);
	if (r->sandbox)
		wq_sandbox_release(r->sandbox);
	wq_server_drain(r->server, (uint32_t)wq_settings_ms(r->settings, WQ_SET_DRAIN_TIMEOUT),
	                on_step_done, r);
	return wq_flow_after(f, CORE, 0);
}

static enum wq_flow_next stop_core(struct wq_flow *f)
{
	struct run *r = run_of(f);

	wq_server_destroy(r->server);
	r->server = NULL;
	if (!r->sandbox)
		return wq_flow_go(f, CLIENT);
	wq_sandbox_close(r->sandbox, on_step_done, r);
	r->sandbox = NULL;
	return wq_flow_after(f, CLIENT, 0);
}

static enum wq_flow_next stop_client(struct wq_flow *f)
{
	struct run *r = run_of(f);

	if (!r->client)
		return wq_flow_go(f, NAMES);
	wq_client_close(r->client, on_step_done, r);
	r->client = NULL;
	return wq_flow_after(f, NAMES, 0);
}

static enum wq_flow_next stop_names(struct wq_flow *f)
{
	struct run *r = run_of(f);

	if (!r->resolver)
		return wq_flow_go(f, END);
	wq_resolver_close(r->resolver, on_step_done, r);
	r->resolver = NULL;
	return wq_flow_after(f, END, 0);
}

static enum wq_flow_next stop_end(struct wq_flow *f)
{
	struct run *r = run_of(f);

	if (r->signals) {
		wq_signal_stop(&r->on_int, NULL);
		wq_signal_stop(&r->on_term, NULL);
	}
	return wq_flow_end(f, 0);
}

static void on_stopped(struct wq_flow *f, int rc)
{
	wq_info("stopped", WQ_I("rc", rc));
	wq_loop_stop(run_of(f)->loop);
}

static const struct wq_flow_step steps[] = {
	[DRAIN] = { "drain", stop_drain, NULL, WQ_BIT(CORE) },
	[CORE] = { "core", stop_core, NULL, WQ_BIT(CLIENT) },
	[CLIENT] = { "client", stop_client, NULL, WQ_BIT(NAMES) },
	[NAMES] = { "names", stop_names, NULL, WQ_BIT(END) },
	[END] = { "end", stop_end, NULL, 0 },
};

static void stop(struct run *r)
{
	if (r->stopping)
		return;
	r->stopping = true;
	wq_flow_init(&r->stop, r->loop, steps, on_stopped);
	wq_flow_start(&r->stop);
}

static void on_signal(struct run *r, int signum)
{
	if (r->stopping) {
		wq_warn("killed", WQ_I("signal", signum),
		        WQ_S("why", "asked twice: not waiting any longer"));
		_exit(128 + signum);
	}
	wq_info("stopping", WQ_I("signal", signum));
	stop(r);
}

static void on_int(struct wq_signal *s, int signum)
{
	on_signal(WQ_OWNER(s, struct run, on_int), signum);
}

static void on_term(struct wq_signal *s, int signum)
{
	on_signal(WQ_OWNER(s, struct run, on_term), signum);
}

/* --- the beginning ---------------------------------------------------------------------------------------------- */

static int watch_signals(struct run *r)
{
	int rc = wq_signal_start(&r->on_int, r->loop, SIGINT, on_int);

	if (rc < 0)
		return rc;
	rc = wq_signal_start(&r->on_term, r->loop, SIGTERM, on_term);
	if (rc < 0) {
		wq_signal_stop(&r->on_int, NULL);
		return rc;
	}
	r->signals = true;
	return 0;
}

static bool not_stopping(void *ctx, const char **why)
{
	*why = "the process is stopping";
	return !((struct run *)ctx)->stopping;
}

static uint32_t ppm(const struct wq_settings *s, enum wq_setting id)
{
	return (uint32_t)(wq_settings_double(s, id) * (WQ_PPM / 100.0) + 0.5);
}

static int create_client(struct run *r)
{
	const char *servers = wq_settings_text(r->settings, WQ_SET_DNS_SERVERS);
	struct wq_client_opts o;
	int rc = wq_resolver_create(&r->resolver, r->loop, servers && *servers ? servers : NULL);

	if (rc < 0)
		return rc;
	wq_client_opts_init(&o);
	o.http_proxy = o.https_proxy = NULL; /* webhooks go to a machine nearby */
	return wq_client_create(&r->client, r->loop, r->resolver, &o);
}

static int create_sandbox(struct run *r)
{
	const struct wq_settings *s = r->settings;
	const struct wq_sandbox_opts o = {
		.seed = (uint64_t)wq_settings_int(s, WQ_SET_SEED),
		.faults = { .latency_ms = (uint32_t)wq_settings_ms(s, WQ_SET_LATENCY),
		            .fail_ppm = ppm(s, WQ_SET_FAIL),
		            .dup_ppm = ppm(s, WQ_SET_DUP),
		            .reorder_ppm = ppm(s, WQ_SET_REORDER),
		            .reply_ppm = ppm(s, WQ_SET_REPLY) },
		.status_delay_ms = (uint32_t)wq_settings_ms(s, WQ_SET_STATUS_DELAY),
		.webhook_url = wq_settings_text(s, WQ_SET_WEBHOOK),
		.webhook_secret = wq_settings_text(s, WQ_SET_WEBHOOK_SECRET),
	};

	return wq_sandbox_create(&r->sandbox, r->loop, r->client, &o);
}

static int create_server(struct run *r)
{
	struct wq_server_opts o;
	int rc;

	wq_node_server_opts(r->settings, &o);
	o.handler_timeout_ms = WQ_SANDBOX_LATENCY_MAX_MS + HANDLER_SLACK_MS; /* latency is on order */
	rc = wq_server_create(&r->server, r->loop, &o);
	if (rc < 0)
		return rc;
	wq_health_init(&r->health, r->loop, r->server, &r->metrics);
	wq_health_add(&r->health, (struct wq_health_check){ "process", not_stopping, r });
	rc = wq_health_routes(&r->health);
	return rc < 0 ? rc : wq_sandbox_routes(r->sandbox, r->server);
}

static int init(struct run *r)
{
	int rc;

	wq_metrics_init(&r->metrics);
	rc = wq_loop_create(&r->loop, NULL);
	if (rc == 0)
		rc = create_client(r);
	if (rc == 0)
		rc = create_sandbox(r);
	if (rc == 0)
		rc = create_server(r);
	if (rc == 0)
		rc = watch_signals(r);
	if (rc < 0)
		return rc;
	wq_loop_add_metrics(r->loop, &r->metrics);
	wq_server_add_metrics(r->server, &r->metrics);
	wq_client_add_metrics(r->client, &r->metrics);
	wq_sandbox_add_metrics(r->sandbox, &r->metrics);
	wq_process_add_metrics(&r->process, &r->metrics);
	return 0;
}

enum wq_exit wq_sandbox_run(const struct wq_settings *s, const struct wq_args *args)
{
	struct run r = { .settings = s };
	enum wq_exit code = WQ_EXIT_FAILED;

	(void)args;
	wq_process_prepare(s, "sandbox");
	if (init(&r) == 0)
		code = wq_node_bind(s, r.server) ? WQ_EXIT_DONE : WQ_EXIT_USAGE;
	if (!r.loop)
		return code;
	if (code != WQ_EXIT_DONE)
		stop(&r);
	wq_loop_run(r.loop);
	wq_loop_destroy(r.loop);
	return code;
}
