/* SPDX-License-Identifier: MIT */
/* stream.c — draws of a seeded stream: the same seed tells the same in the same order. */
#include "app/bench/stream.h"

#include "base/assert.h"

enum { PARTS = 1000000 }; /* that chances are told in */

static bool chance(struct wq_bench_stream *s, double percent)
{
	return percent > 0 && (double)wq_rng_below(&s->rng, PARTS) < percent * (PARTS / 100.0);
}

void wq_bench_stream_init(struct wq_bench_stream *s, const struct wq_bench_stream_opts *o)
{
	WQ_REQUIRE(o->people > 0);
	*s = (struct wq_bench_stream){ .o = *o };
	wq_rng_init(&s->rng, o->seed);
}

static uint32_t person_of(const struct wq_bench_stream *s, uint64_t n)
{
	return (uint32_t)(n % s->o.people) + 1;
}

static void draw_new(struct wq_bench_stream *s, int64_t at_s, struct wq_bench_item *out)
{
	bool is_status = chance(s, s->o.statuses);
	uint64_t n = is_status ? s->drawn_statuses / WQ_BENCH_STATUS_COUNT : s->drawn_messages;

	*out = (struct wq_bench_item){
		.n = n, .person = person_of(s, n), .is_status = is_status, .at_s = at_s
	};
	if (is_status)
		out->status = (uint8_t)(s->drawn_statuses++ % WQ_BENCH_STATUS_COUNT);
	else
		s->drawn_messages++;
}

static void remember(struct wq_bench_stream *s, const struct wq_bench_item *i)
{
	s->recent[s->recent_n++ % WQ_BENCH_RECENT] = *i;
}

static void draw(struct wq_bench_stream *s, int64_t at_s, struct wq_bench_item *out)
{
	uint64_t known = s->recent_n < WQ_BENCH_RECENT ? s->recent_n : WQ_BENCH_RECENT;

	if (known && chance(s, s->o.duplicates)) {
		*out = s->recent[wq_rng_below(&s->rng, known)];
		out->again = true;
		return;
	}
	draw_new(s, at_s, out);
}

static uint64_t told(const struct wq_bench_stream *s)
{
	return s->told.messages + s->told.statuses;
}

/* One that was held back for long enough. */
static bool release(struct wq_bench_stream *s, struct wq_bench_item *out)
{
	for (unsigned i = 0; i < s->held_n; i++) {
		if (s->held[i].until > told(s))
			continue;
		*out = s->held[i].item;
		s->held[i] = s->held[--s->held_n];
		s->told.late++;
		return true;
	}
	return false;
}

static bool hold(struct wq_bench_stream *s, const struct wq_bench_item *i)
{
	if (i->again || s->held_n == WQ_BENCH_HELD_MAX || !chance(s, s->o.reorder))
		return false;
	s->held[s->held_n].item = *i;
	s->held[s->held_n++].until = told(s) + 1 + wq_rng_below(&s->rng, WQ_BENCH_HOLD_MAX);
	return true;
}

void wq_bench_stream_next(struct wq_bench_stream *s, int64_t at_s, struct wq_bench_item *out)
{
	if (!release(s, out)) {
		draw(s, at_s, out);
		if (hold(s, out))
			draw(s, at_s, out);
	}
	if (!out->again)
		remember(s, out);
	s->told.again += out->again;
	s->told.messages += !out->is_status;
	s->told.statuses += out->is_status;
}
