/* SPDX-License-Identifier: MIT */
/* part.c — settings to a deliverer; taken down in reverse. */
#include "app/subscriptions/part.h"

#include "app/settings/settings.h"

static int create_deliverer(struct wq_subs_part *p, struct wq_node *n)
{
	const struct wq_deliverer_opts o = { .ways = &p->ways, .keys = &p->keys, .feed = &p->feed };
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
	p->drain_ms = wq_settings_ms(s, WQ_SET_DRAIN_TIMEOUT) / 10 * 7;
	wq_sub_keys_init(&p->keys, n->redis, wq_str(prefix));
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

static void on_feed_closed(void *ctx)
{
	struct wq_subs_part *p = ctx;
	struct wq_producer *own = p->own;

	p->own = NULL;
	if (own)
		wq_producer_close(own, p->done, p->ctx);
	else
		p->done(p->ctx);
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
	if (!p->built || (!p->deliverer && !p->feed.tail && !p->own))
		return false;
	p->built = false;
	p->done = done;
	p->ctx = ctx;
	if (p->deliverer)
		wq_deliverer_close(p->deliverer, p->drain_ms, on_deliverer_closed, p);
	else
		on_deliverer_closed(p);
	return true;
}
