/* SPDX-License-Identifier: MIT */
/* part.c — settings to a sink and its routes. */
#include "app/sink/part.h"

#include <stdio.h>

#include "app/sending/part.h"
#include "app/settings/settings.h"
#include "base/err.h"
#include "base/limits.h"

enum { MESSAGE_PRIORITY = 10 };
#define MESSAGE_OPTS                                                                              \
	"{\"priority\":10,\"attempts\":3,\"backoff\":{\"type\":\"exponential\",\"delay\":1000}," \
	"\"removeOnComplete\":200,\"removeOnFail\":100}"
#define OTHER_OPTS                                                                 \
	"{\"attempts\":3,\"backoff\":{\"type\":\"exponential\",\"delay\":1000}," \
	"\"removeOnComplete\":200,\"removeOnFail\":100}"

static struct wq_str text(const struct wq_settings *s, enum wq_setting id, const char *otherwise)
{
	const char *t = wq_settings_text(s, id);

	return wq_str(t ? t : otherwise);
}

void wq_sink_part_opts(const struct wq_settings *s, struct wq_sink_opts *o)
{
	*o = (struct wq_sink_opts){ .prefix = text(s, WQ_SET_PREFIX, ""),
		                    .log_max = (uint64_t)wq_settings_int(s, WQ_SET_WEBHOOK_LOG_MAX),
		                    .log_ms = (int64_t)wq_settings_ms(s, WQ_SET_WEBHOOK_LOG_AGE),
		                    .lanes = wq_settings_bool(s, WQ_SET_ORDERED),
		                    .log_body = wq_settings_bool(s, WQ_SET_WEBHOOK_LOG_BODY),
		                    .backlog_max = (uint64_t)wq_settings_int(s,
		                                                             WQ_SET_BACKLOG_MAX) };

	o->events_max = (uint64_t)wq_settings_int(s, WQ_SET_EVENTS_MAX);
	o->events_ms = (int64_t)wq_settings_ms(s, WQ_SET_EVENTS_AGE);
	o->jobs[WQ_SINK_MESSAGES] = (struct wq_sink_jobs){
		text(s, WQ_SET_QUEUE, "inbound-messages"), wq_str(MESSAGE_OPTS), MESSAGE_PRIORITY
	};
	o->jobs[WQ_SINK_STATUSES] = (struct wq_sink_jobs){ text(s, WQ_SET_STATUS_QUEUE, ""),
		                                           wq_str(OTHER_OPTS), 0 };
	o->jobs[WQ_SINK_EVENTS] = (struct wq_sink_jobs){ text(s, WQ_SET_EVENT_QUEUE, ""),
		                                         wq_str(OTHER_OPTS), 0 };
}

static int build_sink(struct wq_sink_part *p, struct wq_node *n)
{
	struct wq_sink_opts o;
	const struct wq_sink_limits limits = {
		.waiting_max = (uint32_t)wq_settings_int(n->settings, WQ_SET_SINK_WAITING_MAX),
		.waiting_max_bytes = (size_t)wq_settings_bytes(n->settings, WQ_SET_SINK_WAITING_BYTES_MAX),
	};
	const char *why = NULL;
	int rc;

	wq_sink_part_opts(n->settings, &o);
	if (p->worked)
		o.lanes = wq_sending_in_order(n->settings);
	for (unsigned i = 0; p->proxy && i < WQ_SINK_QUEUES; i++)
		if (i != WQ_SINK_MESSAGES || !wq_settings_given(n->settings, WQ_SET_QUEUE))
			o.jobs[i].queue = wq_str("");
	p->hooks.pass_on = p->hooks.waits = p->proxy;
	rc = wq_sink_create(&p->sink, n->loop, n->redis, &o, &limits, &why);

	if (why)
		fprintf(stderr, "willaq: --queue, --status-queue, --event-queue, --prefix: %s\n",
		        why);
	return rc;
}

static int start_refusals(struct wq_sink_part *p, struct wq_node *n)
{
	struct wq_webhook_keep keep;
	struct wq_sink_opts o;

	wq_sink_part_opts(n->settings, &o);
	keep = (struct wq_webhook_keep){ .log_max = o.log_max, .log_ms = o.log_ms };
	keep.refused_max = o.log_max < WQ_WEBHOOK_REFUSED_MAX ? o.log_max : WQ_WEBHOOK_REFUSED_MAX;
	return wq_refusals_start(&p->refusals, n->loop, n->redis, o.prefix, &keep);
}

static void set_hooks(struct wq_sink_part *p, const struct wq_node *n, const char *token)
{
	const struct wq_settings *s = n->settings;
	struct wq_hooks *h = &p->hooks;

	h->loop = n->loop;
	h->server = n->server;
	h->sink = p->sink;
	h->refusals = &p->refusals;
	h->secrets = p->secrets.of;
	h->verify_token = token ? token : wq_settings_text(s, WQ_SET_WEBHOOK_VERIFY_TOKEN);
	h->events = &n->events;
	h->public_url = wq_settings_text(s, WQ_SET_PUBLIC_URL);
	h->body_max_bytes = (size_t)wq_settings_bytes(s, WQ_SET_BODY_MAX);
	h->proxies = (unsigned)wq_settings_int(s, WQ_SET_PROXIES);
	h->source_limits = (struct wq_source_limits){
		.per_second = (uint32_t)wq_settings_int(s, WQ_SET_SOURCE_MAX),
		.unsigned_per_second = (uint32_t)wq_settings_int(s, WQ_SET_SOURCE_UNSIGNED_MAX),
	};
}

int wq_sink_part_build(struct wq_sink_part *p, struct wq_node *n, const char *secret,
                       const char *token)
{
	int rc = build_sink(p, n);

	if (rc < 0)
		return rc;
	wq_sink_add_metrics(p->sink, &n->metrics);
	rc = start_refusals(p, n);
	if (rc == 0)
		rc = wq_sink_secrets_read(&p->secrets, n->settings, secret);
	if (rc < 0)
		return rc;
	set_hooks(p, n, token);
	rc = wq_hooks_start(&p->hooks);
	wq_hooks_add_metrics(&p->hooks, &n->metrics);
	return rc;
}

bool wq_sink_part_close(struct wq_sink_part *p, void (*done)(void *ctx), void *ctx)
{
	struct wq_sink *sink = p->sink;

	p->sink = NULL;
	wq_refusals_stop(&p->refusals);
	if (!sink)
		return false;
	wq_sink_close(sink, done, ctx);
	return true;
}

void wq_sink_part_fini(struct wq_sink_part *p)
{
	wq_refusals_stop(&p->refusals);
	wq_hooks_fini(&p->hooks);
	wq_sink_secrets_fini(&p->secrets);
}
