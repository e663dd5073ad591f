/* SPDX-License-Identifier: MIT */
/* part.c — settings to a sender; workers are closed before it. */
#include "app/sending/part.h"

#include "app/node.h"
#include "app/sending/verdicts.h"
#include "app/settings/settings.h"
#include "base/assert.h"

const char wq_outbound_queue[] = "outbound-messages", wq_inbound_queue[] = "inbound-messages",
	   wq_statuses_queue[] = "message-statuses", wq_account_events_queue[] = "account-events",
	   wq_media_queue[] = "inbound-media";

static void read_opts(struct wq_sender_opts *o, const struct wq_settings *s)
{
	wq_sender_opts_init(o);
	o->keep_s = (int64_t)wq_settings_ms(s, WQ_SET_MESSAGE_AGE) / 1000;
	o->grace_ms = (int64_t)wq_settings_ms(s, WQ_SET_SEND_GRACE);
	o->unconfirmed_ms = (int64_t)wq_settings_ms(s, WQ_SET_SEND_UNCONFIRMED);
	o->age_max_ms = (int64_t)wq_settings_ms(s, WQ_SET_SEND_AGE_MAX);
	o->prefix = wq_settings_text(s, WQ_SET_PREFIX);
	o->events_max = wq_settings_int(s, WQ_SET_EVENTS_MAX);
	o->events_ms = (int64_t)wq_settings_ms(s, WQ_SET_EVENTS_AGE);
	o->request_ms = (uint32_t)wq_settings_ms(s, WQ_SET_SEND_TIMEOUT);
	o->private_too = wq_settings_bool(s, WQ_SET_MEDIA_PRIVATE);
	o->links = (enum wq_links)(WQ_LINKS_PASS + wq_settings_int(s, WQ_SET_MEDIA_LINKS));
}

static void drop_verdicts(struct wq_sending_part *p)
{
	wq_verdicts_destroy(p->verdicts);
	p->verdicts = NULL;
}

static void on_redis_back(void *part)
{
	wq_sender_redis_is_back(((struct wq_sending_part *)part)->sender);
}

static int build_receiver(struct wq_sending_part *p, const struct wq_accounts *accounts)
{
	struct wq_node *n = p->node;
	struct wq_receiver_opts o = {
		.keep_s = (int64_t)wq_settings_ms(n->settings, WQ_SET_MESSAGE_AGE) / 1000
	};
	int rc = wq_media_part_build(&p->media, n, accounts, wq_str(wq_media_queue));

	if (rc < 0)
		return rc;
	o.media = p->media.producer;
	if (o.media)
		o.media_base = wq_ref_base(&p->media.ref);
	rc = wq_receiver_create(&p->receiver, n->loop, n->redis, accounts, &o);

	if (rc == 0)
		wq_receiver_add_metrics(p->receiver, &n->metrics);
	return rc;
}

int wq_sending_part_build(struct wq_sending_part *p, struct wq_node *n,
                          const struct wq_accounts *accounts)
{
	struct wq_sender_opts o;
	int rc;

	p->node = n;
	read_opts(&o, n->settings);
	rc = wq_verdicts_load(&p->verdicts, wq_settings_text(n->settings, WQ_SET_VERDICTS));
	if (rc < 0)
		return rc;
	o.verdicts = p->verdicts;
	rc = wq_sender_create(&p->sender, n->loop, n->client, n->redis, accounts, &o);
	if (rc < 0) {
		drop_verdicts(p);
		return rc;
	}
	wq_sender_add_metrics(p->sender, &n->metrics);
	n->on_redis_back = on_redis_back;
	n->redis_part = p;
	rc = wq_account_news_create(&p->news, n->loop, n->redis,
	                            wq_settings_text(n->settings, WQ_SET_PREFIX), accounts);
	if (rc < 0)
		return rc;
	wq_account_news_add_metrics(p->news, &n->metrics);
	rc = build_receiver(p, accounts);
	return rc == 0 ? wq_conversation_part_build(&p->conversation, n, accounts) : rc;
}

bool wq_sending_works(struct wq_str queue)
{
	return wq_str_is(queue, wq_outbound_queue) || wq_str_is(queue, wq_inbound_queue) ||
	       wq_str_is(queue, wq_statuses_queue) || wq_str_is(queue, wq_account_events_queue);
}

/* Files of what people write, a few at a time. */
static int work_media(struct wq_sending_part *p, struct wq_worker_opts *o)
{
	struct wq_handler handler;

	if (!p->media.fetcher)
		return 0;
	wq_media_fetcher_handler(p->media.fetcher, &handler);
	o->concurrency = WQ_INBOUND_FILES_AT_ONCE;
	return wq_crew_add(&p->crew, p->node, o, wq_str(wq_media_queue), &handler);
}

void wq_sending_part_handler(struct wq_sending_part *p, struct wq_str queue, struct wq_handler *out)
{
	if (wq_str_is(queue, wq_outbound_queue)) {
		wq_sender_handler(p->sender, out);
	} else if (wq_str_is(queue, wq_inbound_queue)) {
		wq_receiver_messages(p->receiver, out);
	} else if (wq_str_is(queue, wq_statuses_queue)) {
		wq_sender_receipts(p->sender, out);
	} else {
		wq_account_news_handler(p->news, &p->other_events);
		wq_receiver_events(p->receiver, &p->other_events, out);
	}
}

bool wq_sending_in_order(const struct wq_settings *s)
{
	return wq_settings_given(s, WQ_SET_ORDERED) ? wq_settings_bool(s, WQ_SET_ORDERED)
	                                            : wq_settings_bool(s, WQ_SET_RECEIVE);
}

/* What people write, in order where the sink writes lanes. */
static int work_inbound(struct wq_sending_part *p, struct wq_worker_opts *o)
{
	const struct wq_settings *s = p->node->settings;
	struct wq_handler handler, inner;
	int rc = 0;

	if (!wq_settings_bool(s, WQ_SET_RECEIVE))
		return 0;
	wq_receiver_messages(p->receiver, &handler);
	if (wq_sending_in_order(s)) {
		inner = handler;
		rc = wq_ref_init(&p->inbound_ref, p->node->redis, wq_str(o->prefix),
		                 wq_str(wq_inbound_queue), NULL);
		if (rc == 0)
			rc = wq_ordered_create(&p->ordered, p->node->loop, &p->inbound_ref, &inner);
		if (rc == 0)
			wq_ordered_handler(p->ordered, &handler);
	}
	o->concurrency = (uint32_t)wq_settings_int(s, WQ_SET_RECEIVE_CONCURRENCY);
	return rc == 0 ? wq_crew_add(&p->crew, p->node, o, wq_str(wq_inbound_queue), &handler) : rc;
}

int wq_sending_part_work(struct wq_sending_part *p)
{
	static const char *const queues[] = { wq_outbound_queue, wq_statuses_queue,
		                              wq_account_events_queue };
	const struct wq_settings *s = p->node->settings;
	struct wq_worker_opts o;
	struct wq_handler handler;
	int rc = 0;

	wq_plan_worker_opts(&o, s);
	wq_sender_worker_opts(p->sender, &o);
	o.concurrency = (uint32_t)wq_settings_int(s, WQ_SET_SEND_CONCURRENCY);
	for (size_t i = 0; i < WQ_COUNT(queues) && rc == 0; i++) {
		wq_sending_part_handler(p, wq_str(queues[i]), &handler);
		rc = wq_crew_add(&p->crew, p->node, &o, wq_str(queues[i]), &handler);
	}
	if (rc == 0)
		rc = work_inbound(p, &o);
	return rc == 0 ? work_media(p, &o) : rc;
}

static void on_sender_closed(void *ctx)
{
	struct wq_sending_part *p = ctx;

	drop_verdicts(p);
	if (p->done)
		p->done(p->ctx);
}

static void on_media_closed(void *ctx)
{
	struct wq_sending_part *p = ctx;
	struct wq_sender *sender = p->sender;

	wq_ordered_destroy(p->ordered);
	wq_ref_fini(&p->inbound_ref);
	p->ordered = NULL;
	p->sender = NULL;
	p->node->on_redis_back = NULL;
	wq_sender_close(sender, on_sender_closed, p);
}

static void on_receiver_closed(void *ctx)
{
	struct wq_sending_part *p = ctx;

	if (!wq_media_part_close(&p->media, on_media_closed, p))
		on_media_closed(p);
}

static void on_news_closed(void *ctx)
{
	struct wq_sending_part *p = ctx;
	struct wq_receiver *receiver = p->receiver;

	p->receiver = NULL;
	if (receiver)
		wq_receiver_close(receiver, on_receiver_closed, p);
	else
		on_receiver_closed(p);
}

static void on_conversation_closed(void *ctx)
{
	struct wq_sending_part *p = ctx;
	struct wq_account_news *news = p->news;

	p->news = NULL;
	if (news)
		wq_account_news_close(news, on_news_closed, p);
	else
		on_news_closed(p);
}

static void on_workers_closed(void *ctx)
{
	struct wq_sending_part *p = ctx;

	if (!wq_conversation_part_close(&p->conversation, on_conversation_closed, p))
		on_conversation_closed(p);
}

bool wq_sending_part_close(struct wq_sending_part *p, void (*done)(void *ctx), void *ctx)
{
	if (!p->sender)
		return false;
	p->done = done;
	p->ctx = ctx;
	if (!wq_crew_close(&p->crew, p->node, on_workers_closed, p))
		on_workers_closed(p);
	return true;
}
