/* SPDX-License-Identifier: MIT */
/* unit.c — attempts counted, and what Redis is told of one. */
#include "domain/subscription/unit.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"

enum { MEMBER_MAX_BYTES = WQ_SUB_BATCH_MAX * 48 + 64, ATTEMPTS_MAX = 1000000 };

struct wq_unit *wq_unit_create(void *owner, const struct wq_delivery_ways *ways,
                               void (*on_again)(struct wq_timer *t))
{
	struct wq_unit *u = wq_zalloc(sizeof(*u));

	if (!u) {
		(void)WQ_RAISE(WQ_ENOMEM);
		return NULL;
	}
	u->owner = owner;
	wq_list_init(&u->link);
	wq_delivery_init(&u->delivery, ways);
	wq_buf_init(&u->next, MEMBER_MAX_BYTES);
	wq_timer_init(&u->again, ways->loop, on_again);
	return u;
}

void wq_unit_destroy(struct wq_unit *u)
{
	if (!u)
		return;
	if (u->settling)
		wq_redis_forget(&u->cmd);
	wq_timer_stop(&u->again);
	wq_list_remove(&u->link);
	wq_delivery_fini(&u->delivery);
	wq_buf_fini(&u->next);
	wq_free(u->member);
	wq_free(u);
}

bool wq_unit_remember(struct wq_unit *u, struct wq_str member)
{
	struct wq_str rest = member, part;
	uint64_t attempts, first;

	if (!wq_str_next(&rest, '|', &part) || !wq_str_to_u64(part, ATTEMPTS_MAX, &attempts) ||
	    !wq_str_next(&rest, '|', &part) || !wq_str_to_u64(part, INT64_MAX, &first))
		return false;
	u->attempts = (unsigned)attempts;
	u->first_ms = (int64_t)first;
	u->member = wq_strndup(member.p, member.n);
	return u->member != NULL;
}

void wq_unit_judge(struct wq_unit *u, bool strict, uint32_t luck)
{
	const struct wq_retry_answer a = { .rc = u->delivery.rc,
		                           .status = u->delivery.status,
		                           .retry_after_ms = u->delivery.retry_after_ms,
		                           .attempts = u->attempts,
		                           .strict = strict,
		                           .luck = luck };

	u->verdict = wq_retry_judge(&a);
}

/* As it will wait: what was held, or failed for our own sake, has used up nothing. */
static int write_next(struct wq_unit *u, int64_t now_ms)
{
	bool free_of_charge = u->verdict.kind == WQ_RETRY_HELD || u->verdict.kind == WQ_RETRY_OURS;
	unsigned attempts = u->attempts - (free_of_charge && u->attempts > 0);

	wq_buf_clear(&u->next);
	return wq_buf_addf(&u->next, "%u|%" PRId64 "|f|%.*s", attempts,
	                   u->first_ms ? u->first_ms : now_ms,
	                   WQ_STR_ARG(wq_buf_str(&u->delivery.ids)));
}

static void add_field(struct wq_sub_settle *s, const char *field, struct wq_str value)
{
	s->row[s->row_n].field = wq_str(field);
	s->row[s->row_n++].value = value;
}

static void add_number(struct wq_unit *u, struct wq_sub_settle *s, unsigned i, const char *field,
                       int64_t n)
{
	snprintf(u->numbers[i], sizeof(u->numbers[i]), "%" PRId64, n);
	add_field(s, field, wq_str(u->numbers[i]));
}

static void write_row(struct wq_unit *u, struct wq_sub_settle *s)
{
	const struct wq_delivery *d = &u->delivery;

	add_field(s, "id", wq_str(d->id));
	add_field(s, "outcome", wq_str(wq_retry_name(u->verdict.kind)));
	add_number(u, s, 0, "status", d->status);
	add_number(u, s, 1, "took_ms", (int64_t)(d->took_us / 1000));
	add_number(u, s, 2, "attempt", u->attempts);
	add_number(u, s, 3, "events", d->events_n);
	add_number(u, s, 4, "due", s->again.n ? s->due_ms : 0);
	add_field(s, "why", wq_str(d->why));
}

int wq_unit_settlement(struct wq_unit *u, int64_t now_ms, struct wq_str cursor,
                       struct wq_sub_settle *out)
{
	enum wq_retry_kind kind = u->verdict.kind;
	bool waits = kind == WQ_RETRY_AGAIN || kind == WQ_RETRY_HELD || kind == WQ_RETRY_OURS;
	int rc;

	out->now_ms = now_ms;
	out->good = kind == WQ_RETRY_TAKEN;
	out->neither = kind == WQ_RETRY_OURS || u->delivery.rc == WQ_EACCES;
	out->events = u->delivery.events_n;
	if (kind == WQ_RETRY_GONE) { /* what was not taken stays where it is, for who resumes it */
		out->off = wq_str("gone");
	} else {
		out->cursor = cursor;
		out->done = u->member ? wq_str(u->member) : wq_str("");
	}
	if (waits) {
		rc = write_next(u, now_ms);
		if (rc < 0)
			return rc;
		out->again = wq_buf_str(&u->next);
		out->due_ms = now_ms + u->verdict.delay_ms;
	}
	write_row(u, out);
	return 0;
}
