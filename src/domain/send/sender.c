/* SPDX-License-Identifier: MIT */
/* sender.c — the desks of a process, what it sends of a process, and its end. */
#include "domain/send/sender.h"

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/random.h"
#include "domain/send/sender_core.h"

enum { BACKOFF_MS = 2000 };

static void on_closed(struct wq_post *p);

/* Nothing of it is in flight any more. */
static void on_outbox_idle(void *ctx)
{
	wq_sender_one_gone(ctx);
}

static void start_outbox(struct wq_sender *s)
{
	s->outbox = (struct wq_outbox){ .loop = s->loop,
		                        .redis = s->redis,
		                        .accounts = s->accounts,
		                        .prefix = s->o.prefix,
		                        .events_max = s->o.events_max,
		                        .events_ms = s->o.events_ms,
		                        .on_idle = on_outbox_idle,
		                        .ctx = s };
	if (s->o.prefix)
		wq_outbox_start(&s->outbox);
}

void wq_sender_opts_init(struct wq_sender_opts *o)
{
	*o = (struct wq_sender_opts){ .keep_s = WQ_LETTER_KEEP_S,
		                      .grace_ms = WQ_LETTER_GRACE_MS,
		                      .unconfirmed_ms = WQ_LETTER_UNCONFIRMED_MS,
		                      .age_max_ms = WQ_LETTER_AGE_MAX_MS,
		                      .request_ms = WQ_LETTER_REQUEST_MS,
		                      .attempts = WQ_LETTER_ATTEMPTS,
		                      .links = WQ_LINKS_PASS };
}

static void init_metrics(struct wq_sender *s)
{
	static const char *const labels[WQ_TRIED] = {
		"outcome=\"sent\"",    "outcome=\"rejected\"", "outcome=\"again\"",
		"outcome=\"unknown\"", "outcome=\"waited\"",   "outcome=\"barred\"",
	};

	for (size_t i = 0; i < WQ_TRIED; i++)
		s->outcomes[i] =
			(struct wq_metric){ .name = "willaq_sends_total",
			                    .help = "outbound messages by what became of a try",
			                    .labels = labels[i],
			                    .type = WQ_COUNTER };
	s->took = (struct wq_metric){ .name = "willaq_send_seconds",
		                      .help = "from the request to the provider's answer",
		                      .type = WQ_HISTOGRAM };
	s->lost = (struct wq_metric){
		.name = "willaq_redis_lost_sends_total",
		.help = "tries of messages that Redis had lost and that were written again",
		.type = WQ_COUNTER
	};
}

int wq_sender_create(struct wq_sender **out, struct wq_loop *l, struct wq_client *client,
                     struct wq_redis *redis, const struct wq_accounts *accounts,
                     const struct wq_sender_opts *o)
{
	const struct wq_shelf_opts files = { .private_too = o->private_too };
	struct wq_sender *s = wq_zalloc(sizeof(*s));
	uint64_t seed;
	int rc;

	*out = NULL;
	if (!s)
		return WQ_RAISE(WQ_ENOMEM);
	rc = wq_random_bytes(&seed, sizeof(seed));
	if (rc == 0)
		rc = wq_map_init(&s->desks);
	if (rc == 0)
		rc = wq_shelf_init(&s->shelf, l, client, redis, accounts, &files);
	if (rc < 0) {
		wq_free(s);
		return rc;
	}
	s->loop = l;
	s->client = client;
	s->redis = redis;
	s->accounts = accounts;
	s->o = *o;
	wq_zones_init(&s->zones, NULL);
	wq_rng_init(&s->rng, seed);
	wq_list_init(&s->sendings);
	wq_list_init(&s->receipts);
	wq_post_init(&s->closed, l, on_closed);
	init_metrics(s);
	start_outbox(s);
	*out = s;
	return 0;
}

void wq_sender_add_metrics(struct wq_sender *s, struct wq_metrics *m)
{
	for (size_t i = 0; i < WQ_TRIED; i++)
		wq_metrics_add(m, &s->outcomes[i]);
	wq_metrics_add(m, &s->took);
	wq_metrics_add(m, &s->lost);
	wq_shelf_add_metrics(&s->shelf, m);
	if (s->o.prefix)
		wq_outbox_add_metrics(&s->outbox, m);
}

static void on_journal_idle(void *sender)
{
	wq_sender_one_gone(sender);
}

struct wq_desk *wq_sender_desk(struct wq_sender *s, const struct wq_account *a)
{
	const struct wq_send_rules rules = { .keep_s = s->o.keep_s,
		                             .grace_ms = s->o.grace_ms,
		                             .unconfirmed_ms = s->o.unconfirmed_ms,
		                             .age_max_ms = s->o.age_max_ms,
		                             .own_clock = s->o.own_clock };
	struct wq_map_node *node = wq_map_get(&s->desks, a->id);
	struct wq_desk *d = node ? WQ_OWNER(node, struct wq_desk, node) : NULL;

	if (s->o.prefix)
		wq_outbox_mark(&s->outbox, a->id);
	if (d)
		return wq_desk_follow(d, a) < 0 ? NULL : d;
	d = wq_desk_create(s->loop, s->redis, a, &rules);
	if (!d)
		return NULL;
	d->journal.lost = &s->lost;
	d->journal.on_idle = on_journal_idle;
	d->journal.ctx = s;
	wq_map_put(&s->desks, &d->node, wq_str(d->id));
	return d;
}

static void on_run(void *ctx, struct wq_task *task)
{
	wq_sending_start(ctx, task);
}

static void on_cancel(void *ctx, struct wq_task *task, enum wq_cancel_reason reason)
{
	(void)ctx;
	(void)reason;
	if (task->user)
		wq_sending_cancel(task->user);
}

void wq_sender_handler(struct wq_sender *s, struct wq_handler *out)
{
	*out = (struct wq_handler){ .ctx = s, .run = on_run, .cancel = on_cancel };
}

void wq_sender_worker_opts(const struct wq_sender *s, struct wq_worker_opts *o)
{
	o->attempts = s->o.attempts;
	o->max_stalled_count = WQ_LETTER_STALLS_MAX; /* whether it may run again is the ledger's to say */
	o->backoff = (struct wq_backoff){ WQ_BACKOFF_EXPONENTIAL, BACKOFF_MS, 0 };
}

static void on_closed(struct wq_post *p)
{
	struct wq_sender *s = WQ_OWNER(p, struct wq_sender, closed);
	void (*told)(void *ctx) = s->on_closed;
	void *ctx = s->ctx;

	for (size_t i = 0; i < s->desks.buckets_n; i++)
		while (s->desks.buckets[i]) {
			struct wq_desk *d = WQ_OWNER(s->desks.buckets[i], struct wq_desk, node);

			wq_map_take(&s->desks, &d->node);
			wq_desk_destroy(d);
		}
	wq_map_fini(&s->desks);
	wq_shelf_fini(&s->shelf);
	wq_zones_fini(&s->zones);
	wq_free(s);
	if (told)
		told(ctx);
}

static bool journals_idle(const struct wq_sender *s)
{
	for (size_t i = 0; i < s->desks.buckets_n; i++)
		for (const struct wq_map_node *n = s->desks.buckets[i]; n; n = n->next)
			if (WQ_OWNER(n, struct wq_desk, node)->journal.riding)
				return false;
	return true;
}

void wq_sender_redis_is_back(struct wq_sender *s)
{
	if (s->closing)
		return;
	for (size_t i = 0; i < s->desks.buckets_n; i++)
		for (struct wq_map_node *n = s->desks.buckets[i]; n; n = n->next)
			wq_journal_repeat(&WQ_OWNER(n, struct wq_desk, node)->journal);
}

static void on_shelf_empty(void *ctx)
{
	struct wq_sender *s = ctx;

	wq_post_send(&s->closed);
}

void wq_sender_one_gone(struct wq_sender *s)
{
	if (s->closing && !s->outbox.running && wq_list_empty(&s->sendings) &&
	    wq_list_empty(&s->receipts) && journals_idle(s))
		wq_shelf_close(&s->shelf, on_shelf_empty, s);
}

void wq_sender_close(struct wq_sender *s, void (*told)(void *ctx), void *ctx)
{
	if (!s)
		return;
	s->closing = true;
	if (s->o.prefix)
		(void)wq_outbox_stop(
			&s->outbox); /* what is in flight is waited for: on_outbox_idle */
	s->on_closed = told;
	s->ctx = ctx;
	for (struct wq_list *l = s->sendings.next, *next; l != &s->sendings; l = next) {
		next = l->next;
		wq_sending_cancel(WQ_OWNER(l, struct wq_sending, link));
	}
	wq_sender_one_gone(s);
}
