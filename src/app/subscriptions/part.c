/* SPDX-License-Identifier: MIT */
/* part.c — settings to a deliverer; taken down in reverse. */
#include "app/subscriptions/part.h"

#include <stdio.h>
#include <unistd.h>

#include "app/settings/settings.h"

enum { EVENTS_CLOSE_MS = 1000 };

static void tell_server(struct wq_subs_part *p, enum wq_event_type type)
{
	struct wq_event_fact f = { .type = type };
	char data[128];

	snprintf(data, sizeof(data), "{\"role\":\"%s\",\"version\":\"%s\",\"pid\":%d}",
	         p->node->role->name, WQ_VERSION, (int)getpid());
	f.data = wq_str(data);
	(void)wq_event_tell(&p->events, &f);
}

static void build_events(struct wq_subs_part *p, struct wq_node *n)
{
	p->events = (struct wq_event_line){
		.loop = n->loop,
		.keys = &p->keys,
		.events_max = wq_settings_int(n->settings, WQ_SET_EVENTS_MAX),
		.events_ms = wq_settings_ms(n->settings, WQ_SET_EVENTS_AGE),
	};
	wq_event_line_init(&p->events);
	wq_event_line_add_metrics(&p->events, &n->metrics);
	n->events = &p->events;
	tell_server(p, WQ_EVENT_SERVER_STARTED);
}

static int create_deliverer(struct wq_subs_part *p, struct wq_node *n)
{
	const struct wq_deliverer_opts o = {
		.ways = &p->ways, .keys = &p->keys, .feed = &p->feed, .events = &p->events
	};
	int rc = wq_deliverer_create(&p->deliverer, &o);

	if (rc == 0)
		wq_deliverer_add_metrics(p->deliverer, &n->metrics);
	return rc;
}

int wq_subs_part_build(struct wq_subs_part *p, struct wq_node *n, struct wq_producer *producer)
{
	const struct wq_settings *s = n->settings;
	const char *prefix = wq_settings_text(s, WQ_SET_PREFIX);
	int rc = 0;

	p->built = true;
	p->node = n;
	p->drain_ms = wq_settings_ms(s, WQ_SET_DRAIN_TIMEOUT) / 10 * 7;
	wq_sub_keys_init(&p->keys, n->redis, wq_str(prefix));
	build_events(p, n);
	p->feed = (struct wq_feed){ .loop = n->loop, .resolver = n->resolver, .keys = &p->keys };
	wq_node_redis_opts(n, &p->feed.redis);
	wq_feed_init(&p->feed);
	if (!producer)
		rc = wq_producer_create(&p->own, n->loop, n->redis);
	p->ways = (struct wq_delivery_ways){
		.loop = n->loop,
		.client = n->client,
		.redis = n->redis,
		.producer = producer ? producer : p->own,
		.prefix = prefix,
		.ring = &n->seals,
		.private_too = wq_settings_bool(s, WQ_SET_SUBSCRIPTION_PRIVATE),
	};
	if (rc == 0 && wq_settings_bool(s, WQ_SET_SUBSCRIPTIONS))
		rc = create_deliverer(p, n);
	return rc;
}

static void on_producer_closed(void *ctx)
{
	struct wq_subs_part *p = ctx;

	wq_event_line_close(&p->events, EVENTS_CLOSE_MS, p->done, p->ctx);
}

static void on_feed_closed(void *ctx)
{
	struct wq_subs_part *p = ctx;
	struct wq_producer *own = p->own;

	p->own = NULL;
	if (own)
		wq_producer_close(own, on_producer_closed, p);
	else
		on_producer_closed(p);
}

static void on_deliverer_closed(void *ctx)
{
	struct wq_subs_part *p = ctx;

	p->deliverer = NULL;
	if (!wq_feed_close(&p->feed, on_feed_closed, p))
		on_feed_closed(p);
}

bool wq_subs_part_close(struct wq_subs_part *p, void (*done)(void *ctx), void *ctx)
{
	if (!p->built)
		return false;
	p->built = false;
	p->done = done;
	p->ctx = ctx;
	p->node->events = NULL;
	tell_server(p, WQ_EVENT_SERVER_STOPPING);
	if (p->deliverer)
		wq_deliverer_close(p->deliverer, p->drain_ms, on_deliverer_closed, p);
	else
		on_deliverer_closed(p);
	return true;
}
