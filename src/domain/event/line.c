/* SPDX-License-Identifier: MIT */
/* line.c — one call at a time; what was not answered is asked again, under the same name. */
#include "domain/event/line.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/hmac.h"
#include "base/log.h"
#include "base/random.h"

enum { ONCE_RANDOM_BYTES = 8, AGAIN_MS = 500 };

struct waiting {
	struct wq_list link;
	enum wq_event_type type;
	bool named; /* its `once` is the caller's */
	char random[2 * ONCE_RANDOM_BYTES + 1];
	size_t account_n, data_n, once_n;
	char text[]; /* account, data, once */
};

const char *wq_event_type_name(enum wq_event_type t)
{
	static const char *const names[WQ_EVENT_TYPES] = {
		[WQ_EVENT_SERVER_STARTED] = "server.started",
		[WQ_EVENT_SERVER_STOPPING] = "server.stopping",
		[WQ_EVENT_SUBSCRIPTION_PAUSED] = "subscription.paused",
		[WQ_EVENT_SUBSCRIPTION_RECOVERED] = "subscription.recovered",
		[WQ_EVENT_SUBSCRIPTION_DISABLED] = "subscription.disabled",
		[WQ_EVENT_DEAD_LETTER_ADDED] = "dead_letter.added",
		[WQ_EVENT_SINK_FULL] = "sink.full",
		[WQ_EVENT_QUEUE_BACKLOG] = "queue.backlog",
		[WQ_EVENT_ACCOUNT_CHANGED] = "account.changed",
	};

	return names[t];
}

static void on_again(struct wq_timer *t);
static void on_deadline(struct wq_timer *t);
static void on_closed(struct wq_post *p);
static void tell_next(struct wq_event_line *l);

void wq_event_line_init(struct wq_event_line *l)
{
	wq_list_init(&l->waiting);
	wq_timer_init(&l->again, l->loop, on_again);
	wq_timer_init(&l->deadline, l->loop, on_deadline);
	wq_post_init(&l->closed, l->loop, on_closed);
	l->told = (struct wq_metric){ .name = "willaq_own_events_total",
		                      .help = "events of the system's own",
		                      .labels = "outcome=\"told\"",
		                      .type = WQ_COUNTER };
	l->lost = l->told;
	l->lost.labels = "outcome=\"lost\"";
}

void wq_event_line_add_metrics(struct wq_event_line *l, struct wq_metrics *m)
{
	wq_metrics_add(m, &l->told);
	wq_metrics_add(m, &l->lost);
}

static struct waiting *first(const struct wq_event_line *l)
{
	return WQ_OWNER(l->waiting.next, struct waiting, link);
}

static void drop(struct wq_event_line *l, struct waiting *w)
{
	wq_list_remove(&w->link);
	wq_free(w);
	l->waiting_n--;
}

static void check_closed(struct wq_event_line *l)
{
	if (l->on_closed && !l->asking && wq_list_empty(&l->waiting))
		wq_post_send(&l->closed);
}

static void on_told(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_event_line *l = WQ_OWNER(cmd, struct wq_event_line, cmd);

	l->asking = false;
	if (rc == 0) {
		wq_metric_count(&l->told, 1);
		drop(l, first(l));
		tell_next(l);
	} else if (!wq_list_empty(&l->waiting)) {
		wq_timer_start(&l->again, AGAIN_MS);
	}
	check_closed(l);
}

static void tell_next(struct wq_event_line *l)
{
	struct wq_sub_tell t = { .now_ms = wq_loop_wall_ms(l->loop),
		                 .events_max = l->events_max,
		                 .events_ms = l->events_ms };
	struct waiting *w;

	if (l->asking || wq_list_empty(&l->waiting))
		return;
	w = first(l);
	t.type = wq_str(wq_event_type_name(w->type));
	t.account = wq_strn(w->text, w->account_n);
	t.data = wq_strn(w->text + w->account_n, w->data_n);
	t.once = w->named ? wq_strn(w->text + w->account_n + w->data_n, w->once_n)
	                  : wq_str(w->random);
	t.once_ms = w->named ? WQ_EVENT_ONCE_MS : WQ_EVENT_REPEAT_MS;
	l->asking = wq_sub_tell_start(l->keys, &l->cmd, &t, on_told) == 0;
	if (!l->asking)
		wq_timer_start(&l->again, AGAIN_MS);
}

static void on_again(struct wq_timer *t)
{
	tell_next(WQ_OWNER(t, struct wq_event_line, again));
}

static int lose(struct wq_event_line *l, const struct wq_event_fact *f, int rc)
{
	wq_metric_count(&l->lost, 1);
	wq_debug("event_lost", WQ_S("type", wq_event_type_name(f->type)),
	         WQ_S("why", wq_err_text(rc)));
	return rc;
}

static void copy(char **to, struct wq_str s)
{
	if (s.n)
		memcpy(*to, s.p, s.n);
	*to += s.n;
}

int wq_event_tell(struct wq_event_line *l, const struct wq_event_fact *f)
{
	struct wq_str data = f->data.n ? f->data : wq_str("{}");
	unsigned char bytes[ONCE_RANDOM_BYTES];
	struct waiting *w;
	char *at;
	int rc;

	if (!l)
		return 0;
	if (data.n > WQ_EVENT_DATA_MAX_BYTES || f->account.n + f->once.n > WQ_EVENT_DATA_MAX_BYTES)
		return lose(l, f, WQ_ETOOBIG);
	if (l->waiting_n == WQ_EVENTS_WAITING_MAX || l->on_closed)
		return lose(l, f, WQ_EFULL);
	rc = wq_random_bytes(bytes, sizeof(bytes));
	if (rc < 0)
		return lose(l, f, rc);
	w = wq_zalloc(sizeof(*w) + f->account.n + data.n + f->once.n + 1);
	if (!w)
		return lose(l, f, WQ_RAISE(WQ_ENOMEM));
	w->type = f->type;
	w->named = f->once.n > 0;
	w->account_n = f->account.n;
	w->data_n = data.n;
	w->once_n = f->once.n;
	at = w->text;
	copy(&at, f->account);
	copy(&at, data);
	copy(&at, f->once);
	wq_hex_encode(bytes, sizeof(bytes), w->random);
	wq_list_push(&l->waiting, &w->link);
	l->waiting_n++;
	wq_timer_start(&l->again, 0); /* from the loop: who tells is busy with something else */
	return 0;
}

/* closing */

static void on_closed(struct wq_post *p)
{
	struct wq_event_line *l = WQ_OWNER(p, struct wq_event_line, closed);
	void (*told)(void *ctx) = l->on_closed;
	void *ctx = l->ctx;

	wq_timer_stop(&l->again);
	wq_timer_stop(&l->deadline);
	if (l->asking)
		wq_redis_forget(&l->cmd);
	l->asking = false;
	while (!wq_list_empty(&l->waiting)) {
		wq_metric_count(&l->lost, 1);
		drop(l, first(l));
	}
	told(ctx);
}

static void on_deadline(struct wq_timer *t)
{
	wq_post_send(&WQ_OWNER(t, struct wq_event_line, deadline)->closed);
}

void wq_event_line_close(struct wq_event_line *l, uint64_t ms, void (*on_closed_cb)(void *ctx),
                         void *ctx)
{
	l->on_closed = on_closed_cb;
	l->ctx = ctx;
	wq_timer_start(&l->deadline, ms);
	check_closed(l);
}
