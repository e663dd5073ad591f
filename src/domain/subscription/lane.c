/* SPDX-License-Identifier: MIT */
/* lane.c — the pump: it starts what can be started, and otherwise knows what it waits for. */
#include "domain/subscription/lane.h"

#include "base/alloc.h"
#include "base/arena.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/log.h"
#include "base/random.h"
#include "domain/subscription/reseal.h"
#include "domain/subscription/unit.h"

enum { PAGE_MAX_BYTES = 67108864 };

struct wq_lane {
	struct wq_lane_opts o;
	char id[WQ_SUB_ID_MAX_BYTES + 1];
	int64_t rev, nudges;
	struct wq_subscription sub;
	struct wq_breaker breaker;
	struct wq_rng rng;
	char read_id[WQ_UNIT_ID_BYTES]; /* the stream has been looked through so far */
	/* events that were read and are not in a unit yet */
	struct wq_arena arena;
	struct wq_event *page;
	size_t page_n, page_at;
	bool page_full;
	/* units */
	struct wq_unit *due, *fresh; /* ready to be posted; NULL: none */
	struct wq_list flight;       /* of the stream, in its order */
	struct wq_unit *flying_due;
	unsigned flying;
	/* waiting */
	struct wq_redis_cmd read;
	int64_t read_ms; /* what it was asked for: a unit whose time came since has no events with it */
	bool reading, woken, idle, closing, cut;
	bool paused; /* that was told */
	uint64_t valid_until_us, not_before_us;
	struct wq_timer timer;
	struct wq_post pump, gone;
	struct wq_reseal reseal;
};

static void on_pump(struct wq_post *p);
static void on_timer(struct wq_timer *t);
static void on_gone(struct wq_post *p);
static void settle(struct wq_lane *l, struct wq_unit *u);

static uint64_t now_us(const struct wq_lane *l)
{
	return wq_loop_now_us(l->o.ways->loop);
}

static int64_t wall_ms(const struct wq_lane *l)
{
	return wq_loop_wall_ms(l->o.ways->loop);
}

static void copy_id(char out[WQ_UNIT_ID_BYTES], struct wq_str id)
{
	size_t n = id.n < WQ_UNIT_ID_BYTES ? id.n : WQ_UNIT_ID_BYTES - 1;

	if (n)
		memcpy(out, id.p, n);
	out[n] = '\0';
}

int wq_lane_create(struct wq_lane **out, const struct wq_lane_opts *o, const struct wq_sub_held *h)
{
	struct wq_lane *l = wq_zalloc(sizeof(*l));
	const char *why = NULL;
	int rc;

	*out = NULL;
	if (!l)
		return WQ_RAISE(WQ_ENOMEM);
	l->o = *o;
	if (h->id.n <= WQ_SUB_ID_MAX_BYTES)
		memcpy(l->id, h->id.p, h->id.n);
	rc = wq_subscription_init(&l->sub, wq_str(l->id), h->spec, &why);
	if (rc < 0 || h->id.n > WQ_SUB_ID_MAX_BYTES) {
		wq_subscription_fini(&l->sub);
		wq_free(l);
		return rc < 0 ? rc : WQ_EINVAL;
	}
	l->rev = h->rev;
	copy_id(l->read_id, h->cursor);
	wq_breaker_init(&l->breaker, WQ_SUB_TRIP, WQ_SUB_PAUSE_MIN_MS, WQ_SUB_PAUSE_MAX_MS);
	wq_rng_init(&l->rng, now_us(l) ^ (uintptr_t)l);
	wq_arena_init(&l->arena, PAGE_MAX_BYTES);
	wq_list_init(&l->flight);
	wq_timer_init(&l->timer, o->ways->loop, on_timer);
	wq_post_init(&l->pump, o->ways->loop, on_pump);
	wq_post_init(&l->gone, o->ways->loop, on_gone);
	wq_reseal_start(&l->reseal, o->keys, &l->sub, l->rev, o->ways->ring, wall_ms(l),
	                o->told_clear);
	*out = l;
	return 0;
}

static void on_gone(struct wq_post *p)
{
	struct wq_lane *l = WQ_OWNER(p, struct wq_lane, gone);
	struct wq_lane_opts o = l->o;

	wq_timer_stop(&l->timer);
	wq_post_cancel(&l->pump);
	if (l->reading)
		wq_redis_forget(&l->read);
	wq_reseal_fini(&l->reseal);
	wq_arena_fini(&l->arena);
	wq_subscription_fini(&l->sub);
	o.on_closed(o.ctx, l); /* it compares the pointer only */
	wq_free(l);
}

static void check_closed(struct wq_lane *l)
{
	if (l->closing && l->flying == 0)
		wq_post_send(&l->gone);
}

void wq_lane_close(struct wq_lane *l)
{
	l->closing = true;
	wq_unit_destroy(l->due);
	wq_unit_destroy(l->fresh);
	l->due = l->fresh = NULL;
	check_closed(l);
}

void wq_lane_cut(struct wq_lane *l)
{
	l->cut = true;
	for (struct wq_list *at = l->flight.next; at != &l->flight; at = at->next)
		wq_delivery_cancel(&WQ_OWNER(at, struct wq_unit, link)->delivery);
	if (l->flying_due)
		wq_delivery_cancel(&l->flying_due->delivery);
	wq_lane_close(l);
}

void wq_lane_wake(struct wq_lane *l)
{
	l->woken = true;
	l->idle = false;
	wq_post_send(&l->pump);
}

void wq_lane_extend(struct wq_lane *l, uint64_t until_us, int64_t nudges)
{
	l->valid_until_us = until_us;
	if (l->nudges != nudges)
		wq_lane_wake(l);
	l->nudges = nudges;
	wq_post_send(&l->pump);
}

struct wq_sub_known wq_lane_known(const struct wq_lane *l)
{
	bool rests = l->flying == 0 && !l->fresh && l->page_at == l->page_n;

	return (struct wq_sub_known){ .id = wq_str(l->id),
		                      .rev = l->rev,
		                      .cursor = rests ? wq_str(l->read_id) : wq_str("") };
}

static void on_timer(struct wq_timer *t)
{
	struct wq_lane *l = WQ_OWNER(t, struct wq_lane, timer);

	l->idle = false;
	wq_post_send(&l->pump);
}

static void rest(struct wq_lane *l, uint64_t ms)
{
	wq_timer_start(&l->timer, ms < WQ_SUB_POLL_MS ? ms : WQ_SUB_POLL_MS);
}

/* Of a settled unit, or of one that nobody settles: its place is free. */
static void end_unit(struct wq_lane *l, struct wq_unit *u)
{
	l->flying--;
	u->settled = true;
	if (u == l->flying_due) {
		l->flying_due = NULL;
		wq_unit_destroy(u);
	}
	while (!wq_list_empty(&l->flight)) {
		u = WQ_OWNER(l->flight.next, struct wq_unit, link);
		if (!u->settled)
			break;
		wq_unit_destroy(u);
	}
	check_closed(l);
	wq_post_send(&l->pump);
}

/* As far as all is settled once `u` is; NULL: what comes before it is not. */
static const char *cursor_behind(const struct wq_lane *l, const struct wq_unit *u)
{
	const char *cursor = NULL;

	if (u->member)
		return NULL;
	for (const struct wq_list *at = l->flight.next; at != &l->flight; at = at->next) {
		const struct wq_unit *each = WQ_OWNER(at, const struct wq_unit, link);

		if (!each->settled && each != u)
			break;
		cursor = each->last;
	}
	return cursor;
}

/* In strict order nothing that was read already overtakes what waits now: it is read again, behind it. */
static void keep_order(struct wq_lane *l, const struct wq_unit *u)
{
	if (!l->sub.strict || u->member || u->verdict.kind == WQ_RETRY_TAKEN)
		return;
	l->page_n = l->page_at = 0;
	copy_id(l->read_id, wq_str(u->last));
}

static void on_settled(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_unit *u = WQ_OWNER(cmd, struct wq_unit, cmd);
	struct wq_lane *l = u->owner;

	u->settling = false;
	if (rc != 0 && !l->closing) {
		wq_timer_start(&u->again, WQ_SUB_RETRY_MS);
		return;
	}
	if (rc == 0 &&
	    (wq_sub_settle_answer(cmd) != WQ_SUB_SETTLED || u->verdict.kind == WQ_RETRY_GONE)) {
		wq_debug("subscription_left", WQ_S("id", l->id));
		wq_lane_cut(l);
	} else if (rc == 0)
		keep_order(l, u);
	end_unit(l, u);
}

static void settle(struct wq_lane *l, struct wq_unit *u)
{
	const char *cursor = cursor_behind(l, u);
	struct wq_sub_settle s = { .id = wq_str(l->id), .token = wq_str(l->o.token) };
	int rc = wq_unit_settlement(u, wall_ms(l), wq_str(cursor ? cursor : ""), &s);

	s.failing_max_ms = l->sub.strict ? 0 : WQ_SUB_FAILING_MAX_MS;
	if (rc == 0)
		rc = wq_sub_settle_start(l->o.keys, &u->cmd, &s, on_settled);
	u->settling = rc == 0;
	if (rc == 0)
		return;
	if (l->closing)
		end_unit(l, u);
	else
		wq_timer_start(&u->again, WQ_SUB_RETRY_MS);
}

static void on_again(struct wq_timer *t)
{
	struct wq_unit *u = WQ_OWNER(t, struct wq_unit, again);

	settle(u->owner, u);
}

static void tell_health(struct wq_lane *l, bool paused, const char *why)
{
	if (l->paused != paused && l->o.on_health)
		l->o.on_health(l->o.ctx, l->id, paused, why);
	l->paused = paused;
}

static void tell_breaker(struct wq_lane *l, const struct wq_unit *u)
{
	static const enum wq_breaker_outcome outcomes[] = {
		[WQ_RETRY_TAKEN] = WQ_BREAKER_FINE,    [WQ_RETRY_AGAIN] = WQ_BREAKER_OUTAGE,
		[WQ_RETRY_HELD] = WQ_BREAKER_FINE,     [WQ_RETRY_OURS] = WQ_BREAKER_NOTHING,
		[WQ_RETRY_GIVEN_UP] = WQ_BREAKER_OUTAGE, [WQ_RETRY_GONE] = WQ_BREAKER_FINE,
	};
	uint64_t openings = l->breaker.openings;
	enum wq_retry_kind kind = u->verdict.kind;

	/* Nobody was asked when a secret did not open. */
	wq_breaker_tell(&l->breaker,
	                u->delivery.rc == WQ_EACCES ? WQ_BREAKER_NOTHING : outcomes[kind], u->trial,
	                now_us(l));
	if (l->breaker.openings != openings) {
		wq_warn("subscription_paused", WQ_S("id", l->id),
		        WQ_U("ms", wq_breaker_pause_ms(&l->breaker, now_us(l))),
		        WQ_S("why", u->delivery.why));
		tell_health(l, true, u->delivery.why);
	} else if (kind == WQ_RETRY_TAKEN) {
		tell_health(l, false, "");
	}
}

static void judge(struct wq_lane *l, struct wq_unit *u)
{
	wq_unit_judge(u, l->sub.strict, (uint32_t)wq_rng_next(&l->rng));
	tell_breaker(l, u);
	if (l->o.on_attempt)
		l->o.on_attempt(l->o.ctx, u->verdict.kind);
	if (u->verdict.kind == WQ_RETRY_HELD)
		l->not_before_us = now_us(l) + (uint64_t)u->verdict.delay_ms * 1000;
}

static void on_told(struct wq_delivery *d)
{
	struct wq_unit *u = WQ_OWNER(d, struct wq_unit, delivery);
	struct wq_lane *l = u->owner;

	judge(l, u);
	/* Cut off by ourselves: it is where it was, for whoever comes next. */
	if (l->cut || (l->closing && u->verdict.kind == WQ_RETRY_OURS))
		end_unit(l, u);
	else
		settle(l, u);
}

static void start_unit(struct wq_lane *l, struct wq_unit *u)
{
	int rc;

	if (u->member)
		l->flying_due = u;
	else
		wq_list_push(&l->flight, &u->link);
	l->flying++;
	u->attempts++;
	if (l->sub.rate)
		l->not_before_us = now_us(l) + 1000000 / l->sub.rate;
	rc = wq_delivery_start(&u->delivery, &l->sub, u->attempts, on_told);
	if (rc == 0)
		return;
	/* Nothing was posted: an address that is refused as it stands, a secret that does not open, or no room. */
	u->delivery.rc = rc;
	judge(l, u);
	settle(l, u);
}

/* reading */

static void keep_event(struct wq_lane *l, struct wq_str id, const struct wq_redis_value *fields,
                       struct wq_event *e)
{
	struct wq_str *const parts[] = { &e->id, &e->provider, &e->account, &e->name, &e->data };

	*e = wq_event_of(id, fields);
	for (size_t i = 0; i < WQ_COUNT(parts); i++)
		parts[i]->p = wq_arena_copy(&l->arena, parts[i]->p ? *parts[i] : wq_str(""));
}

/* Whether all of it found memory. */
static bool is_whole(const struct wq_event *e)
{
	return e->id.p && e->provider.p && e->account.p && e->name.p && e->data.p;
}

static void take_page(struct wq_lane *l, const struct wq_redis_value *entries)
{
	size_t n = wq_redis_count(entries);
	const struct wq_redis_value *fields;
	struct wq_str id;

	wq_arena_reset(&l->arena);
	l->page_n = l->page_at = 0;
	l->page_full = n == WQ_SUB_PAGE_EVENTS;
	l->page = n ? wq_arena_alloc(&l->arena, n * sizeof(*l->page)) : NULL;
	for (size_t i = 0; l->page && i < n && wq_stream_at(entries, i, &id, &fields); i++) {
		struct wq_event *e = &l->page[l->page_n];

		keep_event(l, id, fields, e);
		if (!is_whole(e))
			break;
		l->page_n++;
	}
}

/* 1: it is in the unit; 0: it is not wanted; < 0: no memory, or (WQ_ETOOBIG) no room. */
static int offer(struct wq_lane *l, struct wq_unit *u, struct wq_event *e)
{
	int rc = wq_event_init(e);

	if (rc == 0 && wq_filter_wants(&l->sub.filter, e)) {
		rc = wq_delivery_add(&u->delivery, &l->sub, e);
		rc = rc == 0 ? 1 : rc;
	}
	wq_event_fini(e);
	return rc;
}

/* A unit whose time has come.  One whose events are gone from the stream, or wanted no more, is settled at once. */
static void take_due(struct wq_lane *l, const struct wq_sub_read *r)
{
	struct wq_unit *u = wq_unit_create(l, l->o.ways, on_again);
	const struct wq_redis_value *fields;
	struct wq_event e;
	struct wq_str id;
	int rc = 0;

	if (!u || !wq_unit_remember(u, r->unit)) {
		wq_unit_destroy(u);
		return;
	}
	for (size_t i = 0; rc >= 0 && wq_stream_at(r->again, i, &id, &fields); i++) {
		e = wq_event_of(id, fields);
		rc = offer(l, u, &e);
	}
	if (rc == WQ_ENOMEM) {
		wq_unit_destroy(u);
		return;
	}
	if (u->delivery.events_n > 0) {
		l->due = u;
		return;
	}
	l->flying_due = u;
	l->flying++;
	u->verdict.kind = wq_redis_count(r->again) ? WQ_RETRY_TAKEN : WQ_RETRY_GIVEN_UP;
	snprintf(u->delivery.why, sizeof(u->delivery.why), "%.150s",
	         wq_redis_count(r->again) ? "wanted no more" : "its events are no longer kept");
	settle(l, u);
}

static void rest_until(struct wq_lane *l, const struct wq_sub_read *r)
{
	int64_t now = wall_ms(l);

	if (r->unit.n && r->due_ms > l->read_ms)
		rest(l, r->due_ms > now ? (uint64_t)(r->due_ms - now) : 0);
	else
		rest(l, r->unit.n ? WQ_SUB_RETRY_MS : WQ_SUB_POLL_MS);
}

static void on_read(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_lane *l = WQ_OWNER(cmd, struct wq_lane, read);
	struct wq_sub_read r;

	l->reading = false;
	if (rc != 0 || l->closing) {
		l->idle = true;
		rest(l, WQ_SUB_RETRY_MS);
		return;
	}
	wq_sub_read_answer(cmd, &r);
	if (r.unit.n && r.due_ms <= l->read_ms)
		take_due(l, &r);
	if (l->page_at == l->page_n && !(l->sub.strict && (r.unit.n || l->flying_due)))
		take_page(l, r.fresh);
	if (!l->due && l->page_n == l->page_at && !l->woken) {
		l->idle = true;
		rest_until(l, &r);
	}
	wq_post_send(&l->pump);
}

static void read_more(struct wq_lane *l)
{
	bool due = !l->due && !l->flying_due;
	int rc;

	if (l->idle)
		return;
	l->woken = false;
	l->read_ms = wall_ms(l);
	rc = wq_sub_read_start(l->o.keys, &l->read, wq_str(l->id), l->read_ms, wq_str(l->read_id),
	                       WQ_SUB_PAGE_EVENTS, due, on_read);
	l->reading = rc == 0;
	if (rc < 0) {
		l->idle = true;
		rest(l, WQ_SUB_RETRY_MS);
	}
}

/* A batch that may still grow waits, and is read anew. */
static bool waits(struct wq_lane *l, const struct wq_unit *u)
{
	int64_t age = wall_ms(l) - wq_event_time_ms(wq_buf_str(&u->delivery.ids));
	int64_t delay = l->sub.batch_delay_ms;

	if (u->delivery.events_n >= l->sub.batch_size || l->page_full || l->page_at < l->page_n ||
	    age < 0 || age >= delay)
		return false;
	l->page_n = l->page_at = 0;
	l->idle = true;
	rest(l, (uint64_t)(delay - age));
	return true;
}

/* The next unit of the page, or NULL. */
static struct wq_unit *assemble(struct wq_lane *l)
{
	struct wq_unit *u;
	int rc = 0;

	if (l->page_at == l->page_n)
		return NULL;
	u = wq_unit_create(l, l->o.ways, on_again);
	while (u && l->page_at < l->page_n && u->delivery.events_n < l->sub.batch_size) {
		struct wq_event *e = &l->page[l->page_at];

		rc = offer(l, u, e);
		if (rc == WQ_ENOMEM || (rc == WQ_ETOOBIG && u->delivery.events_n > 0))
			break;
		if (rc < 0)
			wq_warn("event_too_large", WQ_S("subscription", l->id),
			        WQ_SL("event", e->id));
		copy_id(u->last, e->id);
		l->page_at++;
	}
	if (u && u->delivery.events_n > 0 && !waits(l, u)) {
		copy_id(l->read_id, wq_str(u->last));
		return u;
	}
	if (u && u->delivery.events_n == 0 && u->last[0])
		copy_id(l->read_id, wq_str(u->last));
	if (!u || rc == WQ_ENOMEM)
		rest(l, WQ_SUB_RETRY_MS);
	wq_unit_destroy(u);
	return NULL;
}

/* Whether it may be posted now; otherwise it is known what is waited for. */
static bool may_post(struct wq_lane *l, struct wq_unit *u)
{
	enum wq_breaker_answer answer;

	if (l->not_before_us > now_us(l)) {
		rest(l, (l->not_before_us - now_us(l)) / 1000 + 1);
		return false;
	}
	if (l->sub.strict)
		return true;
	answer = wq_breaker_ask(&l->breaker, now_us(l));
	u->trial = answer == WQ_BREAKER_TRIAL;
	if (answer == WQ_BREAKER_STOP)
		rest(l, wq_breaker_pause_ms(&l->breaker, now_us(l)));
	return answer == WQ_BREAKER_GO || answer == WQ_BREAKER_TRIAL;
}

static void on_pump(struct wq_post *p)
{
	struct wq_lane *l = WQ_OWNER(p, struct wq_lane, pump);

	while (!l->closing && !l->reading && now_us(l) < l->valid_until_us &&
	       l->flying < l->sub.in_flight) {
		struct wq_unit *u;

		if (!l->due && !l->fresh)
			l->fresh = assemble(l);
		u = l->due ? l->due : l->fresh;
		if (!u && l->page_at < l->page_n)
			return; /* no memory: the timer comes back to it */
		if (!u) {
			read_more(l);
			return;
		}
		if (!may_post(l, u))
			return;
		if (u == l->due)
			l->due = NULL;
		else
			l->fresh = NULL;
		start_unit(l, u);
	}
}
