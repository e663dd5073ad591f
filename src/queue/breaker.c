/* SPDX-License-Identifier: MIT */
/* breaker.c — three states, as breaker.h draws them. */
#include "queue/breaker.h"

void wq_breaker_init(struct wq_breaker *b, uint32_t trip, uint32_t pause_min_ms,
                     uint32_t pause_max_ms)
{
	*b = (struct wq_breaker){ .trip = trip,
		                  .pause_min_ms = pause_min_ms,
		                  .pause_max_ms = pause_max_ms,
		                  .pause_ms = pause_min_ms };
}

enum wq_breaker_answer wq_breaker_ask(struct wq_breaker *b, uint64_t now_us)
{
	if (b->state == WQ_BREAKER_CLOSED)
		return WQ_BREAKER_GO;
	if (b->state == WQ_BREAKER_OPEN && now_us < b->until_us)
		return WQ_BREAKER_STOP;
	b->state = WQ_BREAKER_HALF_OPEN;
	if (b->trial)
		return WQ_BREAKER_WAIT;
	b->trial = true;
	return WQ_BREAKER_TRIAL;
}

static void begin_pause(struct wq_breaker *b, uint64_t now_us)
{
	b->state = WQ_BREAKER_OPEN;
	b->until_us = now_us + (uint64_t)b->pause_ms * 1000;
	b->pause_ms = b->pause_ms > b->pause_max_ms / 2 ? b->pause_max_ms : b->pause_ms * 2;
	b->openings++;
}

static void recover(struct wq_breaker *b)
{
	b->state = WQ_BREAKER_CLOSED;
	b->outages = 0;
	b->pause_ms = b->pause_min_ms;
}

/* Does this outage open it? */
static bool trips(struct wq_breaker *b, bool trial)
{
	if (b->state == WQ_BREAKER_CLOSED)
		return ++b->outages >= b->trip;
	return b->state == WQ_BREAKER_HALF_OPEN && trial;
}

void wq_breaker_tell(struct wq_breaker *b, enum wq_breaker_outcome o, bool trial, uint64_t now_us)
{
	if (trial)
		b->trial = false;
	if (o == WQ_BREAKER_FINE)
		recover(b);
	else if (o == WQ_BREAKER_OUTAGE && trips(b, trial))
		begin_pause(b, now_us);
}

uint32_t wq_breaker_pause_ms(const struct wq_breaker *b, uint64_t now_us)
{
	if (b->state != WQ_BREAKER_OPEN || now_us >= b->until_us)
		return 0;
	return (uint32_t)((b->until_us - now_us + 999) / 1000);
}

const char *wq_breaker_state_name(enum wq_breaker_state s)
{
	return s == WQ_BREAKER_CLOSED ? "closed" : s == WQ_BREAKER_OPEN ? "open" : "half open";
}
