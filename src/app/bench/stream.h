/* SPDX-License-Identifier: MIT */
#pragma once
/* stream.h — what a provider tells next: messages of people in turn, statuses of what was sent to them, some of it
 * once more, some of it later than it should be.  Pure: no clock, no allocation.
 *
 *   statuses    percent of all: each message that was sent has three, in their order
 *   duplicates  percent that were told before, with the same id, out of the last WQ_BENCH_RECENT
 *   reorder     percent that are held back while up to WQ_BENCH_HOLD_MAX others are told
 */
#include <stdbool.h>
#include <stdint.h>

#include "base/random.h"

enum { WQ_BENCH_RECENT = 1024, WQ_BENCH_HELD_MAX = 64, WQ_BENCH_HOLD_MAX = 16, WQ_BENCH_STATUS_COUNT = 3 };

struct wq_bench_item {
	uint64_t n;      /* of the message, or of the message that the status is of */
	uint32_t person; /* from 1 */
	uint8_t status;  /* 0: sent, 1: delivered, 2: read */
	bool is_status;
	bool again;
	int64_t at_s;
};

struct wq_bench_stream_opts {
	double statuses, duplicates, reorder; /* percent */
	uint32_t people;                      /* at least 1 */
	uint64_t seed;
};

struct wq_bench_stream {
	struct wq_bench_stream_opts o;
	struct wq_rng rng;
	struct wq_bench_told {
		uint64_t messages, statuses, again, late;
	} told; /* so far */
	uint64_t drawn_messages, drawn_statuses;
	struct wq_bench_item recent[WQ_BENCH_RECENT];
	uint64_t recent_n; /* ever */
	struct {
		struct wq_bench_item item;
		uint64_t until; /* items told */
	} held[WQ_BENCH_HELD_MAX];
	unsigned held_n;
};

void wq_bench_stream_init(struct wq_bench_stream *s, const struct wq_bench_stream_opts *o);
void wq_bench_stream_next(struct wq_bench_stream *s, int64_t at_s, struct wq_bench_item *out);
