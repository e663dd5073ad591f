/* SPDX-License-Identifier: MIT */
/* subscribe.c — pub/sub: a client whose every answer is a message or the echo of a subscription.
 *
 * A connection without traffic is asked by PING, for a peer that is gone says nothing, and neither does a quiet one.
 */
#include "io/redis/subscribe.h"

#include <string.h>

#include "base/alloc.h"
#include "base/err.h"
#include "io/redis/client.h"

enum { CHANNELS_PER_COMMAND = 64 };

struct channel {
	struct wq_list link;
	size_t n;
	char name[];
};

struct wq_redis_sub {
	struct wq_redis *redis;
	struct wq_redis_sub_opts o;
	void (*on_state)(void *ctx, bool ready, const char *why); /* the caller's */
	void *state_ctx;
	struct wq_list channels;
	size_t count;
	size_t pending;  /* subscriptions sent and not echoed */
	size_t removing; /* the same of their ends: messages may still come */
	struct wq_timer ping;
	bool heard; /* since the last PING */
	bool closing;
	void (*on_closed)(void *ctx);
	void *closed_ctx;
};

static struct channel *find(struct wq_redis_sub *s, struct wq_str name)
{
	for (struct wq_list *l = s->channels.next; l != &s->channels; l = l->next) {
		struct channel *c = WQ_OWNER(l, struct channel, link);

		if (wq_str_eq(wq_strn(c->name, c->n), name))
			return c;
	}
	return NULL;
}

static int subscribe_one(struct wq_redis_sub *s, const struct channel *c)
{
	struct wq_str argv[] = { WQ_STR("SUBSCRIBE"), { c->name, c->n } };
	int rc = wq_redis_queue_send(s->redis, argv, 2);

	if (rc == 0)
		s->pending++;
	return rc;
}

static int subscribe_all(struct wq_redis_sub *s)
{
	struct wq_str argv[1 + CHANNELS_PER_COMMAND] = { WQ_STR("SUBSCRIBE") };
	size_t n = 1;
	int rc = 0;

	for (struct wq_list *l = s->channels.next; l != &s->channels && rc == 0; l = l->next) {
		const struct channel *c = WQ_OWNER(l, struct channel, link);

		argv[n++] = wq_strn(c->name, c->n);
		s->pending++;
		if (n == WQ_COUNT(argv) || l->next == &s->channels) {
			rc = wq_redis_queue_send(s->redis, argv, n);
			n = 1;
		}
	}
	return rc;
}

static void on_state(void *ctx, bool ready, const char *why)
{
	struct wq_redis_sub *s = ctx;
	int rc;

	s->pending = s->removing = 0;
	s->heard = true;
	if (s->on_state)
		s->on_state(s->state_ctx, ready, why);
	if (!ready) {
		wq_timer_stop(&s->ping);
		return;
	}
	wq_timer_start(&s->ping, WQ_REDIS_PING_MS);
	rc = subscribe_all(s);
	if (rc < 0)
		wq_redis_lost(s->redis, rc, wq_err_text(rc));
}

static void on_ping(struct wq_timer *t)
{
	static const struct wq_str ping = WQ_STR("PING");
	struct wq_redis_sub *s = WQ_OWNER(t, struct wq_redis_sub, ping);
	int rc = 0;

	if (!s->heard)
		(void)wq_redis_conn_read(s->redis->conn); /* we may be the ones who slept */
	if (!wq_redis_ready(s->redis))
		return;
	if (!s->heard)
		rc = WQ_ETIMEDOUT;
	s->heard = false;
	if (rc == 0)
		rc = wq_redis_queue_send(s->redis, &ping, 1);
	if (rc < 0)
		wq_redis_lost(s->redis, rc,
		              rc == WQ_ETIMEDOUT ? "no answer in time" : wq_err_text(rc));
	else
		wq_timer_start(&s->ping, WQ_REDIS_PING_MS);
}

static void on_message(struct wq_redis_sub *s, struct wq_str channel, struct wq_str payload)
{
	if (channel.p && payload.p && (s->removing == 0 || find(s, channel)))
		s->o.on_message(s->o.ctx, channel, payload);
}

static bool on_push(void *ctx, const struct wq_redis_value *v)
{
	struct wq_redis_sub *s = ctx;
	struct wq_str kind = wq_redis_str(wq_redis_at(v, 0)),
		      channel = wq_redis_str(wq_redis_at(v, 1));

	s->heard = true;
	if (s->closing)
		return true;
	if (wq_redis_type(v) == WQ_REDIS_ERROR) {
		char text[WQ_REDIS_REPLY_ERROR_MAX_BYTES / 2];
		size_t n = v->s.n < sizeof(text) ? v->s.n : sizeof(text) - 1;

		memcpy(text, v->s.p, n);
		text[n] = '\0';
		s->redis->slowly = true; /* refused: asking again at once changes nothing */
		wq_redis_lost(s->redis, WQ_EREPLY, text);
	} else if (wq_str_is(kind, "message")) {
		on_message(s, channel, wq_redis_str(wq_redis_at(v, 2)));
	} else if (wq_str_is(kind, "subscribe")) {
		bool last = s->pending == 1;

		s->pending -= s->pending > 0;
		if (last && s->o.on_gap)
			s->o.on_gap(s->o.ctx);
	} else if (wq_str_is(kind, "unsubscribe")) {
		s->removing -= s->removing > 0;
	}
	return true;
}

int wq_redis_sub_create(struct wq_redis_sub **out, struct wq_loop *l, struct wq_resolver *r,
                        const struct wq_redis_opts *o, const struct wq_redis_sub_opts *so)
{
	struct wq_redis_sub *s = wq_zalloc(sizeof(*s));
	struct wq_redis_opts mine = *o;
	int rc;

	if (!s)
		return WQ_RAISE(WQ_ENOMEM);
	s->o = *so;
	s->on_state = o->on_state;
	s->state_ctx = o->ctx;
	wq_list_init(&s->channels);
	wq_timer_init(&s->ping, l, on_ping);
	mine.blocking = true;
	mine.role = "subscriber";
	mine.on_state = on_state;
	mine.ctx = s;
	rc = wq_redis_create(&s->redis, l, r, &mine);
	if (rc < 0) {
		wq_free(s);
		return rc;
	}
	s->redis->on_push = on_push;
	s->redis->push_ctx = s;
	*out = s;
	return 0;
}

int wq_redis_sub_add(struct wq_redis_sub *s, struct wq_str channel)
{
	struct channel *c;
	int rc = 0;

	if (channel.n > WQ_REDIS_CHANNEL_MAX_BYTES)
		return WQ_ETOOBIG;
	if (find(s, channel))
		return 0;
	if (s->count >= WQ_REDIS_CHANNELS_MAX)
		return WQ_EFULL;
	c = wq_alloc(sizeof(*c) + channel.n);
	if (!c)
		return WQ_RAISE(WQ_ENOMEM);
	c->n = channel.n;
	memcpy(c->name, channel.p, channel.n);
	if (wq_redis_ready(s->redis))
		rc = subscribe_one(s, c);
	if (rc < 0) {
		wq_free(c);
		return rc;
	}
	wq_list_push(&s->channels, &c->link);
	s->count++;
	return 0;
}

void wq_redis_sub_remove(struct wq_redis_sub *s, struct wq_str channel)
{
	struct channel *c = find(s, channel);
	struct wq_str argv[] = { WQ_STR("UNSUBSCRIBE"), channel };

	if (!c)
		return;
	if (wq_redis_ready(s->redis)) {
		s->removing++; /* for good if this cannot be sent: then every message is looked up */
		(void)wq_redis_queue_send(s->redis, argv, 2);
	}
	wq_list_remove(&c->link);
	wq_free(c);
	s->count--;
}

static void on_client_closed(void *ctx)
{
	struct wq_redis_sub *s = ctx;
	void (*on_closed)(void *ctx) = s->on_closed;
	void *closed_ctx = s->closed_ctx;
	struct wq_list *link;

	while ((link = wq_list_pop(&s->channels)))
		wq_free(WQ_OWNER(link, struct channel, link));
	wq_timer_stop(&s->ping);
	wq_free(s);
	if (on_closed)
		on_closed(closed_ctx);
}

void wq_redis_sub_close(struct wq_redis_sub *s, void (*on_closed)(void *ctx), void *ctx)
{
	WQ_REQUIRE(!s->closing);
	s->closing = true;
	s->on_closed = on_closed;
	s->closed_ctx = ctx;
	wq_timer_stop(&s->ping);
	wq_redis_close(s->redis, on_client_closed, s);
}
