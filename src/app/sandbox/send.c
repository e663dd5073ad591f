/* SPDX-License-Identifier: MIT */
/* send.c — the way of a send that all providers share. */
#include "app/sandbox/send.h"

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"

static void destroy(struct wq_send *s)
{
	wq_timer_stop(&s->timer);
	wq_list_remove(&s->link);
	if (s->ops->fini)
		s->ops->fini(s);
	wq_free(s);
}

static enum wq_outcome outcome_of(enum wq_fault_kind kind)
{
	static const enum wq_outcome outcomes[WQ_FAULT_KINDS] = {
		[WQ_FAULT_NONE] = WQ_OUTCOME_ACCEPTED,
		[WQ_FAULT_ERROR] = WQ_OUTCOME_ERROR,
		[WQ_FAULT_RESET_BEFORE] = WQ_OUTCOME_RESET_BEFORE,
		[WQ_FAULT_RESET_AFTER] = WQ_OUTCOME_RESET_AFTER,
		[WQ_FAULT_CLOSE] = WQ_OUTCOME_CLOSE,
		[WQ_FAULT_HANG] = WQ_OUTCOME_HANG,
		[WQ_FAULT_HANG_THEN_ACCEPT] = WQ_OUTCOME_HANG_THEN_ACCEPT,
		[WQ_FAULT_ACCEPT_THEN_5XX] = WQ_OUTCOME_ACCEPT_THEN_5XX,
		[WQ_FAULT_ANSWER_THEN_CLOSE] = WQ_OUTCOME_ANSWER_THEN_CLOSE,
		[WQ_FAULT_STATUS_FAILED] = WQ_OUTCOME_STATUS_FAILED,
		[WQ_FAULT_STATUS_LOST] = WQ_OUTCOME_STATUS_LOST,
	};

	return outcomes[kind];
}

/* Whether its buckets have room; false: s->error says so. */
static bool within_limits(struct wq_send *s)
{
	const struct wq_bucket_asked asked = { .provider = s->ops->provider,
		                               .number = s->entry.number,
		                               .to = s->entry.to };

	if (wq_buckets_take(&s->sb->buckets, &asked, wq_loop_now_us(s->sb->loop), &s->limit))
		return true;
	s->ops->set_error(s, s->limit.code, s->limit.status);
	return false;
}

static enum wq_outcome judge(struct wq_send *s)
{
	struct wq_faults *f = &s->sb->faults;
	enum wq_outcome o = s->ops->judge(s);

	s->fault = (struct wq_fault){ .kind = WQ_FAULT_ERROR };
	if (o == WQ_OUTCOME_ACCEPTED && !within_limits(s))
		o = WQ_OUTCOME_LIMITED;
	if (o != WQ_OUTCOME_ACCEPTED) {
		s->fault.kind = o == WQ_OUTCOME_RECEIPT ? WQ_FAULT_NONE : WQ_FAULT_ERROR;
		s->fault.latency_ms = wq_faults_latency(f) + s->hold_ms;
		return o;
	}
	s->fault = wq_faults_send(f, &(struct wq_fault_asked){ .provider = s->ops->provider,
	                                                       .number = s->entry.number,
	                                                       .to = s->entry.to,
	                                                       .type = s->entry.type });
	s->fault.latency_ms += s->hold_ms;
	if (s->fault.kind != WQ_FAULT_NONE)
		s->ops->set_error(s, s->fault.code, s->fault.status);
	return outcome_of(s->fault.kind);
}

int64_t wq_send_at_s(const struct wq_send *s, uint64_t delay_ms)
{
	return (wq_loop_wall_ms(s->sb->loop) + (int64_t)delay_ms) / 1000;
}

/* The last status that there will be. */
static enum wq_status last_status(const struct wq_send *s)
{
	return s->only_sent ? WQ_STATUS_SENT : WQ_STATUS_READ;
}

/* Webhooks come after the answer, which waits `delay_ms`. */
static void follow(struct wq_send *s, uint64_t delay_ms)
{
	bool replies = wq_faults_reply(&s->sb->faults);
	uint64_t step_ms = s->sb->status_delay_ms;

	if (s->ops->announce)
		s->ops->announce(s, delay_ms);
	delay_ms += step_ms;
	if (s->fault.kind == WQ_FAULT_STATUS_FAILED) {
		s->ops->tell(s, WQ_STATUS_FAILED, delay_ms);
		return;
	}
	for (enum wq_status st = WQ_STATUS_SENT; st <= last_status(s); st++, delay_ms += step_ms)
		s->ops->tell(s, st, delay_ms);
	if (replies && s->writes_back)
		s->ops->reply(s, delay_ms);
}

static int status_of(const struct wq_send *s)
{
	switch (s->fault.kind) {
	case WQ_FAULT_NONE:
	case WQ_FAULT_STATUS_FAILED:
	case WQ_FAULT_STATUS_LOST:
	case WQ_FAULT_ANSWER_THEN_CLOSE:
		return s->ops->accepted_status;
	case WQ_FAULT_ERROR:
	case WQ_FAULT_ACCEPT_THEN_5XX:
		return s->error.status;
	default:
		return 0;
	}
}

/* From when on the statuses count, for who asks instead of waiting for webhooks. */
static void set_clock(struct wq_send *s, uint64_t delay_ms)
{
	s->entry.follow_ms = wq_loop_wall_ms(s->sb->loop) + (int64_t)delay_ms;
	s->entry.failed_code = s->fault.kind == WQ_FAULT_STATUS_FAILED ? s->error.code : 0;
	s->entry.last = last_status(s);
}

static void note(struct wq_send *s)
{
	bool late = s->fault.kind == WQ_FAULT_HANG_THEN_ACCEPT;
	bool message = s->entry.outcome != WQ_OUTCOME_RECEIPT;

	s->entry.status = status_of(s);
	s->entry.code = s->entry.status >= 400 ? s->error.code : 0;
	s->entry.accepted = message && !late && wq_fault_accepts(s->fault.kind);
	if (message && wq_fault_accepts(s->fault.kind)) {
		s->ops->name(s);
		s->entry.id = wq_str(s->id);
	}
	if (s->entry.accepted)
		set_clock(s, s->fault.latency_ms);
	wq_record_add(s->sb->record, &s->entry);
	if (s->entry.accepted)
		follow(s, s->fault.latency_ms);
}

static void accept_late(struct wq_send *s)
{
	s->entry.status = s->ops->accepted_status;
	s->entry.accepted = true;
	set_clock(s, 0);
	(void)wq_record_accept_late(s->sb->record, s->entry.seq, &s->entry);
	follow(s, 0);
	s->ops->accept(s);
}

static void finish(struct wq_send *s)
{
	wq_record_ended(s->sb->record, s->entry.seq, wq_loop_wall_ms(s->sb->loop));
	switch (s->fault.kind) {
	case WQ_FAULT_RESET_BEFORE:
	case WQ_FAULT_RESET_AFTER:
		wq_reply_reset(s->x);
		break;
	case WQ_FAULT_CLOSE:
	case WQ_FAULT_HANG:
		wq_reply_close(s->x);
		break;
	case WQ_FAULT_HANG_THEN_ACCEPT:
		if (s->sb->releasing)
			wq_reply_close(s->x);
		else
			accept_late(s);
		break;
	case WQ_FAULT_ERROR:
	case WQ_FAULT_ACCEPT_THEN_5XX:
		s->ops->refuse(s);
		break;
	default:
		if (s->fault.kind == WQ_FAULT_ANSWER_THEN_CLOSE)
			wq_exchange_break_after(s->x);
		if (s->entry.outcome == WQ_OUTCOME_RECEIPT)
			s->ops->take_receipt(s);
		else
			s->ops->accept(s);
	}
	destroy(s);
}

static void on_timer(struct wq_timer *t)
{
	finish(WQ_OWNER(t, struct wq_send, timer));
}

/* The peer of one that hangs for ever: all it waited for. */
static void on_gone(struct wq_exchange *x)
{
	finish(wq_exchange_data(x));
}

static void wait(struct wq_send *s)
{
	uint64_t ms = s->fault.latency_ms;

	if (s->sb->releasing || (ms == 0 && s->fault.kind != WQ_FAULT_HANG)) {
		finish(s);
		return;
	}
	wq_list_push(&s->sb->held, &s->link);
	if (s->fault.kind != WQ_FAULT_HANG) {
		wq_timer_start(&s->timer, ms);
		return;
	}
	wq_exchange_set_data(s->x, s);
	wq_exchange_on_gone(s->x, on_gone);
}

void wq_send_take(struct wq_sandbox *sb, struct wq_exchange *x, const struct wq_send_ops *ops,
                  struct wq_str number)
{
	struct wq_send *s = wq_zalloc(ops->size);

	if (!s) {
		(void)WQ_RAISE(WQ_ENOMEM);
		wq_reply_problem(x, 500, "out_of_memory", NULL);
		return;
	}
	s->ops = ops;
	s->sb = sb;
	s->x = x;
	wq_list_init(&s->link);
	wq_timer_init(&s->timer, sb->loop, on_timer);
	s->entry.provider = ops->provider;
	s->entry.at_ms = wq_loop_wall_ms(sb->loop);
	s->entry.number = number;
	s->entry.body = wq_exchange_request(x)->body;
	s->entry.outcome = judge(s);
	note(s);
	wait(s);
}

void wq_sandbox_release_held(struct wq_sandbox *sb)
{
	while (!wq_list_empty(&sb->held))
		finish(WQ_OWNER(sb->held.next, struct wq_send, link));
}
