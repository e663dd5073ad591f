/* SPDX-License-Identifier: MIT */
/* question.c — collect, sort, walk. */
#include "app/sandbox/question.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/str.h"

static int compare(const void *a, const void *b)
{
	const struct wq_question_send *x = a, *y = b;

	if (x->group != y->group)
		return x->group < y->group ? -1 : 1;
	return x->e->seq < y->e->seq ? -1 : x->e->seq > y->e->seq;
}

int wq_question_ask(struct wq_question *q, const struct wq_record *r, wq_question_group_cb group,
                    void *ctx)
{
	size_t kept = wq_record_kept(r);

	*q = (struct wq_question){ .n = 0 };
	if (kept == 0)
		return 0;
	q->sends = wq_calloc(kept, sizeof(*q->sends));
	if (!q->sends)
		return WQ_RAISE(WQ_ENOMEM);
	for (uint64_t seq = wq_record_first(r); seq < wq_record_end(r); seq++) {
		const struct wq_record_entry *e = wq_record_at(r, seq);
		uint64_t g = e ? group(e, ctx) : 0;

		if (g)
			q->sends[q->n++] = (struct wq_question_send){ g, e };
	}
	qsort(q->sends, q->n, sizeof(*q->sends), compare);
	return 0;
}

void wq_question_fini(struct wq_question *q)
{
	wq_free(q->sends);
	*q = (struct wq_question){ .n = 0 };
}

size_t wq_question_end(const struct wq_question *q, size_t from)
{
	size_t end = from;

	while (end < q->n && q->sends[end].group == q->sends[from].group)
		end++;
	return end;
}

/* The number that a text ends with; false: it ends with none. */
static bool last_number(struct wq_str text, uint64_t *out)
{
	size_t at = text.n;

	while (at > 0 && text.p[at - 1] >= '0' && text.p[at - 1] <= '9')
		at--;
	return at < text.n && wq_str_to_u64(wq_strn(text.p + at, text.n - at), INT64_MAX, out);
}

struct wq_question_order wq_question_order(const struct wq_question *q, size_t from, size_t end)
{
	struct wq_question_order o = { .overlapped = 0 };
	uint64_t highest = 0, number;
	int64_t busy_until = 0; /* INT64_MAX: one is not answered yet */

	for (size_t i = from; i < end; i++) {
		const struct wq_record_entry *e = q->sends[i].e;
		int64_t ended = e->ended_ms ? e->ended_ms : INT64_MAX;

		o.overlapped += e->at_ms < busy_until;
		busy_until = ended > busy_until ? ended : busy_until;
		if (!e->accepted || !last_number(e->text, &number))
			continue;
		o.out_of_order += number < highest;
		highest = number > highest ? number : highest;
	}
	return o;
}

uint64_t wq_question_most(const struct wq_question *q, size_t from, size_t end, int64_t window_ms,
                          int64_t *at_ms)
{
	size_t most = 0, first = from;

	*at_ms = 0;
	for (size_t i = from; i < end; i++) {
		while (q->sends[i].e->at_ms - q->sends[first].e->at_ms >= window_ms)
			first++;
		if (i + 1 - first <= most)
			continue;
		most = i + 1 - first;
		*at_ms = q->sends[first].e->at_ms;
	}
	return most;
}
