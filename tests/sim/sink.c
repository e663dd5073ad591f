/* SPDX-License-Identifier: MIT */
/* sink.c — a process that takes webhooks: what app/sink builds, without settings. */
#include "app/sink/hooks.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "sim/hook.h"
#include "sim/world.h"

#define JOB_OPTS "{\"attempts\":5,\"backoff\":{\"type\":\"exponential\",\"delay\":1000}}"

struct sink {
	struct wq_loop *loop;
	struct wq_redis *redis;
	struct wq_sink *sink;
	struct wq_refusals refusals;
	struct wq_secrets secrets[WQ_PROVIDERS];
	struct wq_event_line *events;
	struct wq_hooks hooks;
};

static void open_redis(struct sink *s)
{
	struct wq_redis_opts o;

	wq_redis_opts_init(&o);
	o.url = SIM_REDIS_URL;
	WQ_REQUIRE(wq_redis_create(&s->redis, s->loop, NULL, &o) == 0);
}

static void open_sink(struct sink *s)
{
	const struct wq_sink_limits limits = { .waiting_max = 1000, .waiting_max_bytes = 1 << 20 };
	struct wq_sink_opts o = { .prefix = wq_str("bull"), .log_max = 100, .log_ms = 3600000 };
	const char *why = NULL;

	o.jobs[WQ_SINK_MESSAGES] = (struct wq_sink_jobs){ wq_str("inbound-messages"),
		                                          wq_str(JOB_OPTS), 10 };
	o.jobs[WQ_SINK_STATUSES] = (struct wq_sink_jobs){ wq_str("message-statuses"),
		                                          wq_str(JOB_OPTS), 0 };
	o.jobs[WQ_SINK_EVENTS] = (struct wq_sink_jobs){ wq_str("account-events"), wq_str(JOB_OPTS),
		                                        0 };
	WQ_REQUIRE(wq_sink_create(&s->sink, s->loop, s->redis, &o, &limits, &why) == 0);
}

static void open_hooks(struct sink *s, struct wq_server *server)
{
	const struct wq_webhook_keep keep = { .log_max = 100,
		                              .log_ms = 3600000,
		                              .refused_max = 10 };
	const char *why = NULL;

	WQ_REQUIRE(wq_refusals_start(&s->refusals, s->loop, s->redis, wq_str("bull"), &keep) == 0);
	WQ_REQUIRE(wq_secrets_init(&s->secrets[WQ_PROVIDER_CLOUD], wq_str(SIM_WEBHOOK_SECRET),
	                           &why) == 0);
	s->hooks.loop = s->loop;
	s->hooks.server = server;
	s->hooks.sink = s->sink;
	s->hooks.refusals = &s->refusals;
	s->hooks.secrets = s->secrets;
	s->hooks.events = &s->events;
	s->hooks.body_max_bytes = 1 << 20;
	WQ_REQUIRE(wq_hooks_start(&s->hooks) == 0);
}

void sim_sink_start(struct sim_proc *p)
{
	struct sink *s = wq_zalloc(sizeof(*s));
	struct wq_server *server = sim_server_create();

	WQ_REQUIRE(wq_loop_create(&s->loop, NULL) == 0);
	p->self = s;
	p->loop = s->loop;
	open_redis(s);
	open_sink(s);
	open_hooks(s, server);
	sim_hooks_listen(p, server);
}
