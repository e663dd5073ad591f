/* SPDX-License-Identifier: MIT */
/* journal.c — entries are copies: what they were made of is gone when they are needed. */
#include "domain/send/journal.h"

#include <string.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"

struct wq_journal_entry {
	struct wq_list link;
	struct wq_journal *journal;
	struct wq_settle_rider ride; /* its strings are `text` and `pid` */
	char *pid;                   /* owned */
	uint64_t ended_us;           /* 0: open */
	bool riding, dropped;
	char text[];
};

void wq_journal_init(struct wq_journal *j, struct wq_loop *l, struct wq_convoy *settles,
                     const char *account)
{
	*j = (struct wq_journal){ .loop = l, .settles = settles, .account = account };
	wq_list_init(&j->open);
	wq_list_init(&j->ended);
}

static void destroy(struct wq_journal_entry *e)
{
	wq_list_remove(&e->link);
	wq_free(e->pid);
	wq_free(e);
}

static void destroy_all(struct wq_list *l)
{
	while (!wq_list_empty(l))
		destroy(WQ_OWNER(l->next, struct wq_journal_entry, link));
}

void wq_journal_fini(struct wq_journal *j)
{
	if (!j->loop)
		return;
	WQ_REQUIRE(j->riding == 0);
	destroy_all(&j->open);
	destroy_all(&j->ended);
	j->kept = 0;
}

static struct wq_str put(char **at, struct wq_str s)
{
	char *p = *at;

	if (s.n)
		memcpy(p, s.p, s.n);
	*at += s.n;
	return wq_strn(p, s.n);
}

struct wq_journal_entry *wq_journal_open(struct wq_journal *j, const struct wq_send_settle *s)
{
	struct wq_journal_entry *e = wq_zalloc(sizeof(*e) + s->id.n + s->to.n + s->token.n);
	char *at;

	if (!e) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	at = e->text;
	e->journal = j;
	e->ride.settle = (struct wq_send_settle){ .id = put(&at, s->id),
		                                  .to = put(&at, s->to),
		                                  .token = put(&at, s->token),
		                                  .number = s->number,
		                                  .end = WQ_SEND_END_OPEN };
	wq_list_push(&j->open, &e->link);
	return e;
}

/* What is too old to have been lost, or too much. */
static void forget(struct wq_journal *j)
{
	uint64_t now_us = wq_loop_now_us(j->loop);

	while (!wq_list_empty(&j->ended)) {
		struct wq_journal_entry *e = WQ_OWNER(j->ended.next, struct wq_journal_entry, link);

		if (e->riding || (j->kept <= WQ_SEND_JOURNAL_MAX &&
		                  now_us - e->ended_us < (uint64_t)WQ_SEND_JOURNAL_MS * 1000))
			return;
		j->kept--;
		destroy(e);
	}
}

void wq_journal_end(struct wq_journal_entry *e, const struct wq_send_settle *s)
{
	struct wq_journal *j;

	if (!e)
		return;
	j = e->journal;
	e->pid = s->provider_id.n ? wq_strndup(s->provider_id.p, s->provider_id.n) : NULL;
	if (s->provider_id.n && !e->pid)
		(void)WQ_RAISE(WQ_ENOMEM); /* then all that is known is that it was tried */
	else
		e->ride.settle.end = s->end;
	e->ride.settle.provider_id = wq_strn(e->pid, e->pid ? s->provider_id.n : 0);
	e->ride.settle.code = s->code;
	e->ride.settle.wait_ms = s->wait_ms;
	e->ended_us = wq_loop_now_us(j->loop);
	wq_list_remove(&e->link);
	wq_list_push(&j->ended, &e->link);
	j->kept++;
	forget(j);
}

void wq_journal_drop(struct wq_journal_entry *e)
{
	if (e && e->riding)
		e->dropped = true;
	else if (e)
		destroy(e);
}

static void count_lost(struct wq_journal *j)
{
	j->found++;
	if (j->lost)
		wq_metric_count(j->lost, 1);
}

static void all_told(struct wq_journal *j)
{
	if (j->found)
		wq_warn("redis_lost_writes", WQ_S("account", j->account), WQ_U("sends", j->found),
		        WQ_S("why", "Redis came back without them; they were written again"));
	j->found = 0;
	if (j->on_idle)
		j->on_idle(j->ctx);
}

static void take_repeated(struct wq_rider *r, int rc, const struct wq_redis_cmd *cmd, size_t at)
{
	struct wq_journal_entry *e = WQ_OWNER(r, struct wq_journal_entry, ride.rider);
	struct wq_journal *j = e->journal;
	int told = rc == 0 ? wq_send_settled(cmd, at) : 0;

	if (told == WQ_SEND_WAS_LOST || (told == WQ_SEND_SETTLED && e->ended_us))
		count_lost(j);
	e->riding = false;
	if (e->dropped)
		destroy(e);
	if (--j->riding == 0)
		all_told(j);
}

static void repeat(struct wq_journal *j, struct wq_list *entries)
{
	for (struct wq_list *l = entries->next; l != entries; l = l->next) {
		struct wq_journal_entry *e = WQ_OWNER(l, struct wq_journal_entry, link);

		if (e->riding)
			continue;
		e->riding = true;
		e->ride.rider.told = take_repeated;
		j->riding++;
		wq_convoy_join(j->settles, &e->ride.rider);
	}
}

void wq_journal_repeat(struct wq_journal *j)
{
	forget(j);
	repeat(j, &j->open);
	repeat(j, &j->ended);
}
