/* SPDX-License-Identifier: MIT */
/* sandbox.c — the core put together, and its figures. */
#include "app/sandbox/core.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/log.h"
#include "base/random.h"

enum { PAIR_BURST = 45, US_A_SECOND = 1000000 };

static int choose_seed(uint64_t *seed)
{
	int rc = *seed ? 0 : wq_random_bytes(seed, sizeof(*seed));

	*seed &= INT64_MAX; /* as people can give it back */
	return rc;
}

static int create_webhooks(struct wq_sandbox *sb, struct wq_client *c,
                           const struct wq_sandbox_opts *o)
{
	int rc = wq_webhooks_create(&sb->webhooks, sb->loop, c);

	if (rc == 0)
		rc = wq_webhooks_aim(sb->webhooks, WQ_PROVIDER_CLOUD, o->webhook_url,
		                     o->webhook_secret);
	if (rc == 0)
		rc = wq_webhooks_aim(sb->webhooks, WQ_PROVIDER_TWILIO, o->twilio_webhook_url, NULL);
	if (rc == 0)
		rc = wq_webhooks_aim(sb->webhooks, WQ_PROVIDER_EVOLUTION, o->evolution_webhook_url,
		                     NULL);
	return rc;
}

/* The limits that a flag asks for. */
static int create_limits(struct wq_sandbox *sb, const struct wq_sandbox_opts *o)
{
	struct wq_bucket_rule number = { .provider = -1, .per = WQ_PER_NUMBER, .lasting = true },
			      pair = { .provider = -1,
		                       .per = WQ_PER_PAIR,
		                       .burst = PAIR_BURST,
		                       .lasting = true };
	int64_t rc = wq_buckets_init(&sb->buckets);

	if (rc == 0 && o->rate_per_s) {
		number.burst = o->rate_per_s;
		number.every_us = US_A_SECOND / o->rate_per_s;
		rc = wq_buckets_add(&sb->buckets, &number);
	}
	if (rc >= 0 && o->pair_every_ms) {
		pair.every_us = 1000 * o->pair_every_ms;
		rc = wq_buckets_add(&sb->buckets, &pair);
	}
	return rc < 0 ? (int)rc : 0;
}

static void destroy(struct wq_sandbox *sb)
{
	wq_faults_fini(&sb->faults);
	wq_buckets_fini(&sb->buckets);
	wq_instances_fini(&sb->instances);
	wq_media_fini(&sb->media);
	wq_sandbox_templates_fini(sb);
	wq_record_destroy(sb->record);
	wq_free(sb);
}

int wq_sandbox_create(struct wq_sandbox **out, struct wq_loop *l, struct wq_client *c,
                      const struct wq_sandbox_opts *o)
{
	struct wq_sandbox *sb = wq_zalloc(sizeof(*sb));
	int rc;

	if (!sb)
		return WQ_RAISE(WQ_ENOMEM);
	sb->loop = l;
	sb->status_delay_ms = o->status_delay_ms;
	sb->seed = o->seed;
	wq_list_init(&sb->held);
	wq_list_init(&sb->templates);
	wq_media_init(&sb->media);
	rc = choose_seed(&sb->seed);
	wq_faults_init(&sb->faults, sb->seed, &o->faults);
	wq_sandbox_ids_init(&sb->ids, sb->seed);
	sb->media_key = wq_rng_next(&sb->ids.rng);
	if (rc == 0)
		rc = create_limits(sb, o);
	if (rc == 0)
		rc = wq_instances_init(&sb->instances);
	if (rc == 0)
		rc = wq_record_create(&sb->record);
	if (rc == 0)
		rc = create_webhooks(sb, c, o);
	if (rc < 0) {
		if (sb->webhooks)
			wq_webhooks_close(sb->webhooks, NULL, NULL);
		destroy(sb);
		return rc;
	}
	wq_info("sandbox", WQ_U("seed", sb->seed),
	        WQ_B("webhooks", wq_webhooks_aimed(sb->webhooks, WQ_PROVIDER_CLOUD)));
	*out = sb;
	return 0;
}

int wq_sandbox_add_routes(struct wq_sandbox *sb, struct wq_server *s, const struct wq_route *routes,
                          size_t n)
{
	int rc = 0;

	for (size_t i = 0; i < n && rc == 0; i++) {
		struct wq_route route = routes[i];

		route.ctx = sb;
		rc = wq_server_route(s, &route);
	}
	return rc;
}

int wq_sandbox_routes(struct wq_sandbox *sb, struct wq_server *s)
{
	static int (*const all[])(struct wq_sandbox *sb, struct wq_server *s) = {
		wq_control_routes,         wq_control_faults_routes, wq_control_limits_routes,
		wq_control_lists_routes,   wq_control_questions_routes, wq_control_inbound_routes,
		wq_graph_messages_routes,  wq_graph_media_routes, wq_sandbox_evolution_routes,
		wq_sandbox_twilio_routes,          wq_graph_templates_routes,
		wq_graph_objects_routes,
	};
	int rc = 0;

	for (size_t i = 0; i < WQ_COUNT(all) && rc == 0; i++)
		rc = all[i](sb, s);
	return rc;
}

void wq_sandbox_release(struct wq_sandbox *sb)
{
	sb->releasing = true;
	wq_sandbox_release_held(sb);
}

static void on_webhooks_closed(void *ctx)
{
	struct wq_sandbox *sb = ctx;
	void (*on_closed)(void *) = sb->on_closed;
	void *theirs = sb->ctx;

	destroy(sb);
	if (on_closed)
		on_closed(theirs);
}

void wq_sandbox_close(struct wq_sandbox *sb, void (*on_closed)(void *ctx), void *ctx)
{
	uint64_t waiting = wq_webhooks_counts(sb->webhooks)->waiting;

	sb->on_closed = on_closed;
	sb->ctx = ctx;
	if (waiting)
		wq_warn("webhooks dropped", WQ_U("count", waiting));
	wq_webhooks_close(sb->webhooks, on_webhooks_closed, sb);
}

static double read_posts(void *ctx)
{
	return (double)wq_record_counts(((struct wq_sandbox *)ctx)->record)->posts;
}

static double read_accepted(void *ctx)
{
	return (double)wq_record_counts(((struct wq_sandbox *)ctx)->record)->accepted;
}

static double read_duplicates(void *ctx)
{
	return (double)wq_record_counts(((struct wq_sandbox *)ctx)->record)->duplicates;
}

static double read_webhook_posts(void *ctx)
{
	return (double)wq_webhooks_counts(((struct wq_sandbox *)ctx)->webhooks)->posts;
}

static double read_delivered(void *ctx)
{
	return (double)wq_webhooks_counts(((struct wq_sandbox *)ctx)->webhooks)->delivered;
}

static double read_given_up(void *ctx)
{
	return (double)wq_webhooks_counts(((struct wq_sandbox *)ctx)->webhooks)->given_up;
}

static double read_waiting(void *ctx)
{
	return (double)wq_webhooks_counts(((struct wq_sandbox *)ctx)->webhooks)->waiting;
}

void wq_sandbox_add_metrics(struct wq_sandbox *sb, struct wq_metrics *m)
{
	static const struct wq_metric all[WQ_SANDBOX_METRICS] = {
		[WQ_SANDBOX_POSTS] = { .name = "willaq_sandbox_posts_total",
		                       .help = "Sends that came in", .read = read_posts },
		[WQ_SANDBOX_ACCEPTED] = { .name = "willaq_sandbox_accepted_total",
		                          .help = "Sends that count as sent", .read = read_accepted },
		[WQ_SANDBOX_DUPLICATES] = { .name = "willaq_sandbox_duplicates_total",
		                            .help = "Sends accepted once more", .read = read_duplicates },
		[WQ_SANDBOX_WEBHOOK_POSTS] = { .name = "willaq_sandbox_webhook_posts_total",
		                               .help = "Attempts to post a webhook", .read = read_webhook_posts },
		[WQ_SANDBOX_WEBHOOKS_DELIVERED] = { .name = "willaq_sandbox_webhooks_delivered_total",
		                                    .help = "Webhooks answered 200", .read = read_delivered },
		[WQ_SANDBOX_WEBHOOKS_GIVEN_UP] = { .name = "willaq_sandbox_webhooks_given_up_total",
		                                   .help = "Webhooks nobody answered 200", .read = read_given_up },
		[WQ_SANDBOX_WEBHOOKS_WAITING] = { .name = "willaq_sandbox_webhooks_waiting",
		                                  .help = "Webhooks to be posted", .type = WQ_GAUGE,
		                                  .read = read_waiting },
	};

	for (size_t i = 0; i < WQ_COUNT(all); i++) {
		sb->metrics[i] = all[i];
		sb->metrics[i].ctx = sb;
		wq_metrics_add(m, &sb->metrics[i]);
	}
}
