/* SPDX-License-Identifier: MIT */
/* convoy.c — riders to calls, and answers back to riders. */
#include "domain/send/convoy.h"

#include "base/assert.h"

static void on_turn(struct wq_post *p);

void wq_convoy_init(struct wq_convoy *c, struct wq_loop *l, wq_convoy_start start)
{
	*c = (struct wq_convoy){ .start = start };
	wq_list_init(&c->waiting);
	wq_post_init(&c->turn, l, on_turn);
	for (size_t i = 0; i < WQ_COUNT(c->calls); i++) {
		c->calls[i].convoy = c;
		wq_list_init(&c->calls[i].riders);
	}
}

void wq_convoy_fini(struct wq_convoy *c)
{
	WQ_REQUIRE(wq_list_empty(&c->waiting));
	wq_post_cancel(&c->turn);
	for (size_t i = 0; i < WQ_COUNT(c->calls); i++)
		WQ_REQUIRE(!c->calls[i].open);
}

void wq_convoy_join(struct wq_convoy *c, struct wq_rider *r)
{
	wq_list_push(&c->waiting, &r->link);
	wq_post_at_end(&c->turn);
}

struct wq_rider *wq_convoy_rider(struct wq_convoy_call *call, size_t i)
{
	call->at = i == 0 ? call->riders.next : call->at->next;
	return WQ_OWNER(call->at, struct wq_rider, link);
}

static void end_call(struct wq_convoy_call *call, int rc)
{
	struct wq_convoy *c = call->convoy;
	struct wq_list told;

	wq_list_init(&told);
	wq_list_move(&told, &call->riders);
	for (size_t i = 0; !wq_list_empty(&told); i++) {
		struct wq_rider *r = WQ_OWNER(wq_list_pop(&told), struct wq_rider, link);

		r->told(r, rc, &call->cmd, i);
	}
	call->open = false;
	if (!wq_list_empty(&c->waiting))
		wq_post_at_end(&c->turn);
}

static void on_answer(struct wq_redis_cmd *cmd, int rc)
{
	end_call(WQ_OWNER(cmd, struct wq_convoy_call, cmd), rc);
}

static void on_turn(struct wq_post *p)
{
	struct wq_convoy *c = WQ_OWNER(p, struct wq_convoy, turn);

	for (size_t i = 0; i < WQ_COUNT(c->calls); i++) {
		struct wq_convoy_call *call = &c->calls[i];
		size_t n = 0;
		int rc;

		if (call->open)
			continue;
		for (; n < WQ_SEND_BATCH_MAX && !wq_list_empty(&c->waiting); n++)
			wq_list_push(&call->riders, wq_list_pop(&c->waiting));
		if (n == 0)
			return;
		call->open = true;
		rc = c->start(c, call, n, on_answer);
		if (rc < 0)
			end_call(call, rc);
	}
}
