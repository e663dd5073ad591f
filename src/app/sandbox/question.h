/* SPDX-License-Identifier: MIT */
#pragma once
/* question.h — sends put together by what they have in common, out of the referee's book.
 *
 * Bounded by what the book keeps; a pass over it, and a sort.
 */
#include "app/sandbox/record.h"

struct wq_question_send {
	uint64_t group; /* equal: they belong together */
	const struct wq_record_entry *e;
};
struct wq_question {
	struct wq_question_send *sends; /* owned; by group, and in a group as they came */
	size_t n;
};

/* 0: it is none of the question's; otherwise its group. */
typedef uint64_t (*wq_question_group_cb)(const struct wq_record_entry *e, void *ctx);
/* 0 or WQ_ENOMEM (raised).  Good until the book is written on. */
int wq_question_ask(struct wq_question *q, const struct wq_record *r, wq_question_group_cb group,
                    void *ctx);
/* Twice is fine. */
void wq_question_fini(struct wq_question *q);
/* The end of the group that begins at `from`. */
size_t wq_question_end(const struct wq_question *q, size_t from);

/* Of one group: what came before the one before it was answered, and what its text's number says came too late. */
struct wq_question_order {
	uint64_t overlapped, out_of_order;
};
struct wq_question_order wq_question_order(const struct wq_question *q, size_t from, size_t end);
/* The most that came within `window_ms`, and when the first of those came. */
uint64_t wq_question_most(const struct wq_question *q, size_t from, size_t end, int64_t window_ms,
                          int64_t *at_ms);
