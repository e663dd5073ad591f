/* SPDX-License-Identifier: MIT */
/* deliverer.c — leases in, lanes out. */
#include "domain/subscription/deliverer.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/hmac.h"
#include "base/log.h"
#include "base/random.h"

enum { TOKEN_BYTES = 16 };

struct wq_deliverer {
	struct wq_deliverer_opts o;
	struct wq_lane *lanes[WQ_SUBSCRIPTIONS_MAX];
	bool leaves[WQ_SUBSCRIPTIONS_MAX], kept[WQ_SUBSCRIPTIONS_MAX]; /* closing; told by the tick under way */
	size_t lanes_n;
	char token[2 * TOKEN_BYTES + 1];
	struct wq_timer tick;
	struct wq_redis_cmd cmd;
	bool asking, poked, closing, released;
	uint64_t asked_us;
	struct wq_feed_ear ear;
	bool listens, told_clear;
	struct wq_post closed;
	void (*on_closed)(void *ctx);
	void *ctx;
	struct wq_metric attempts[WQ_RETRY_GONE + 1], held;
};

static void on_tick(struct wq_timer *t);
static void on_closed(struct wq_post *p);
static void check_closed(struct wq_deliverer *d);

static double read_held(void *ctx)
{
	return (double)((const struct wq_deliverer *)ctx)->lanes_n;
}

static void init_metrics(struct wq_deliverer *d)
{
	static const char *const labels[] = { "outcome=\"delivered\"", "outcome=\"retried\"",
		                              "outcome=\"held\"",      "outcome=\"not posted\"",
		                              "outcome=\"given up\"",  "outcome=\"gone\"" };

	for (size_t i = 0; i < WQ_COUNT(d->attempts); i++)
		d->attempts[i] = (struct wq_metric){ .name = "willaq_subscription_attempts_total",
			                             .help = "posts to subscribers",
			                             .labels = labels[i],
			                             .type = WQ_COUNTER };
	d->held = (struct wq_metric){ .name = "willaq_subscriptions_held",
		                      .help = "subscriptions that this process works",
		                      .type = WQ_GAUGE,
		                      .read = read_held,
		                      .ctx = d };
}

void wq_deliverer_add_metrics(struct wq_deliverer *d, struct wq_metrics *m)
{
	for (size_t i = 0; i < WQ_COUNT(d->attempts); i++)
		wq_metrics_add(m, &d->attempts[i]);
	wq_metrics_add(m, &d->held);
}

void wq_deliverer_wake(struct wq_deliverer *d)
{
	for (size_t i = 0; i < d->lanes_n; i++)
		wq_lane_wake(d->lanes[i]);
}

static void on_news(struct wq_feed_ear *e)
{
	wq_deliverer_wake(WQ_OWNER(e, struct wq_deliverer, ear));
}

int wq_deliverer_create(struct wq_deliverer **out, const struct wq_deliverer_opts *o)
{
	struct wq_deliverer *d = wq_zalloc(sizeof(*d));
	unsigned char token[TOKEN_BYTES];
	int rc;

	*out = NULL;
	if (!d)
		return WQ_RAISE(WQ_ENOMEM);
	d->o = *o;
	rc = wq_random_bytes(token, sizeof(token));
	if (rc < 0) {
		wq_free(d);
		return rc;
	}
	wq_hex_encode(token, sizeof(token), d->token);
	d->ear.on_news = on_news;
	wq_timer_init(&d->tick, o->ways->loop, on_tick);
	wq_post_init(&d->closed, o->ways->loop, on_closed);
	init_metrics(d);
	wq_timer_start(&d->tick, 0);
	*out = d;
	return 0;
}

void wq_deliverer_poke(struct wq_deliverer *d)
{
	d->poked = true;
	if (!d->asking && !d->closing)
		wq_timer_start(&d->tick, 0);
}

static void on_attempt(void *ctx, enum wq_retry_kind k)
{
	wq_metric_count(&((struct wq_deliverer *)ctx)->attempts[k], 1);
}

static void on_health(void *ctx, const char *id, bool paused, const char *why)
{
	struct wq_deliverer *d = ctx;
	struct wq_event_fact f = { .type = paused ? WQ_EVENT_SUBSCRIPTION_PAUSED
		                                  : WQ_EVENT_SUBSCRIPTION_RECOVERED };
	struct wq_buf data;
	struct wq_jsonw w;

	wq_buf_init(&data, WQ_EVENT_DATA_MAX_BYTES);
	wq_jsonw_begin(&w, &data);
	wq_jsonw_object(&w);
	wq_jsonw_put_text(&w, "subscription", id);
	wq_jsonw_put_text(&w, "why", why);
	wq_jsonw_object_end(&w);
	if (wq_jsonw_end(&w) == 0) {
		f.data = wq_buf_str(&data);
		(void)wq_event_tell(d->o.events, &f);
	}
	wq_buf_fini(&data);
}

static void on_lane_closed(void *ctx, struct wq_lane *l)
{
	struct wq_deliverer *d = ctx;
	size_t i = 0;

	while (i < d->lanes_n && d->lanes[i] != l)
		i++;
	WQ_REQUIRE(i < d->lanes_n);
	d->lanes_n--;
	d->lanes[i] = d->lanes[d->lanes_n];
	d->leaves[i] = d->leaves[d->lanes_n];
	d->kept[i] = d->kept[d->lanes_n];
	if (d->closing)
		check_closed(d);
	else
		wq_deliverer_poke(d); /* it may be ours still, as something else */
}

static struct wq_sub_known known(void *ctx, size_t i)
{
	return wq_lane_known(((struct wq_deliverer *)ctx)->lanes[i]);
}

static size_t find(const struct wq_deliverer *d, struct wq_str id)
{
	size_t i = 0;

	while (i < d->lanes_n && !wq_str_eq(wq_lane_known(d->lanes[i]).id, id))
		i++;
	return i;
}

static void leave(struct wq_deliverer *d, size_t i, bool cut)
{
	if (!d->leaves[i] && !cut)
		wq_lane_close(d->lanes[i]);
	if (cut)
		wq_lane_cut(d->lanes[i]);
	d->leaves[i] = true;
}

static void make_lane(struct wq_deliverer *d, const struct wq_sub_held *h, uint64_t until_us)
{
	const struct wq_lane_opts o = { .ways = d->o.ways,
		                        .keys = d->o.keys,
		                        .token = d->token,
		                        .told_clear = &d->told_clear,
		                        .on_attempt = on_attempt,
		                        .on_health = on_health,
		                        .on_closed = on_lane_closed,
		                        .ctx = d };
	struct wq_lane *l;

	if (d->lanes_n == WQ_SUBSCRIPTIONS_MAX || !h->spec.n)
		return;
	if (!d->listens && wq_feed_listen(d->o.feed, &d->ear) == 0)
		d->listens = true;
	if (wq_lane_create(&l, &o, h) < 0) {
		wq_warn("subscription_unread", WQ_SL("id", h->id));
		return;
	}
	d->leaves[d->lanes_n] = false;
	d->kept[d->lanes_n] = true;
	d->lanes[d->lanes_n++] = l;
	wq_lane_extend(l, until_us, h->nudges);
}

static void take(struct wq_deliverer *d, const struct wq_sub_held *h, uint64_t until_us)
{
	size_t i = find(d, h->id);

	if (i == d->lanes_n) {
		make_lane(d, h, until_us);
		return;
	}
	d->kept[i] = true;
	if (h->spec.n) /* it has changed: what is under way ends, then there is a new lane */
		leave(d, i, false);
	else if (!d->leaves[i])
		wq_lane_extend(d->lanes[i], until_us, h->nudges);
}

static void on_told(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_deliverer *d = WQ_OWNER(cmd, struct wq_deliverer, cmd);
	struct wq_sub_held h;

	d->asking = false;
	if (d->closing) {
		check_closed(d);
		return;
	}
	for (size_t i = 0; rc == 0 && i < d->lanes_n; i++)
		d->kept[i] = false;
	for (size_t i = 0; rc == 0 && i < wq_sub_tick_count(cmd); i++) {
		wq_sub_tick_at(cmd, i, &h);
		take(d, &h, d->asked_us + WQ_SUB_LEASE_MS / 4 * 3 * 1000);
	}
	for (size_t i = 0; rc == 0 && i < d->lanes_n; i++)
		if (!d->kept[i])
			leave(d, i, true);
	wq_timer_start(&d->tick, d->poked ? 0 : WQ_SUB_TICK_MS);
}

static void on_tick(struct wq_timer *t)
{
	struct wq_deliverer *d = WQ_OWNER(t, struct wq_deliverer, tick);
	int rc;

	d->poked = false;
	d->asked_us = wq_loop_now_us(d->o.ways->loop);
	rc = wq_sub_tick_start(d->o.keys, &d->cmd, wq_str(d->token), d->lanes_n, known, d, on_told);
	d->asking = rc == 0;
	if (rc < 0)
		wq_timer_start(t, WQ_SUB_TICK_MS);
}

/* closing */

static void on_closed(struct wq_post *p)
{
	struct wq_deliverer *d = WQ_OWNER(p, struct wq_deliverer, closed);
	void (*told)(void *ctx) = d->on_closed;
	void *ctx = d->ctx;

	wq_timer_stop(&d->tick);
	wq_feed_leave(&d->ear);
	wq_free(d);
	if (told)
		told(ctx);
}

static void on_released(struct wq_redis_cmd *cmd, int rc)
{
	(void)rc;
	wq_post_send(&WQ_OWNER(cmd, struct wq_deliverer, cmd)->closed);
}

static void check_closed(struct wq_deliverer *d)
{
	if (!d->closing || d->asking || d->lanes_n > 0 || d->released)
		return;
	d->released = true;
	if (wq_sub_release_start(d->o.keys, &d->cmd, wq_str(d->token), on_released) < 0)
		wq_post_send(&d->closed);
}

static void on_deadline(struct wq_timer *t)
{
	struct wq_deliverer *d = WQ_OWNER(t, struct wq_deliverer, tick);

	for (size_t i = 0; i < d->lanes_n; i++)
		leave(d, i, true);
}

void wq_deliverer_close(struct wq_deliverer *d, uint64_t ms, void (*on_closed_cb)(void *ctx),
                        void *ctx)
{
	if (!d)
		return;
	d->closing = true;
	d->on_closed = on_closed_cb;
	d->ctx = ctx;
	d->tick.cb = on_deadline;
	wq_timer_start(&d->tick, ms);
	for (size_t i = 0; i < d->lanes_n; i++)
		leave(d, i, false);
	check_closed(d);
}
