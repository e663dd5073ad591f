/* SPDX-License-Identifier: MIT */
/* queue_aside.c — the backlog that delayed jobs are measured beside: jobs that are due long after the run. */
#include <inttypes.h>
#include <stdio.h>

#include "app/bench/queue.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"

enum { ASIDE_BATCH = 500, ASIDE_DELAY_MS = 7 * 86400000 };

struct aside {
	struct wq_bench_queue *q;
	struct wq_add_all all;
	struct wq_add_item items[ASIDE_BATCH];
	char ids[ASIDE_BATCH][WQ_BENCH_JOB_ID_BYTES];
	int code; /* of the first that was refused */
};

void wq_bench_queue_aside_id(const struct wq_bench_queue *q, uint64_t n,
                             char id[static WQ_BENCH_JOB_ID_BYTES])
{
	snprintf(id, WQ_BENCH_JOB_ID_BYTES, "bench-%s-aside-%" PRIu64, q->mark, n);
}

static void on_added(struct wq_add_all *all, int rc)
{
	struct aside *a = WQ_OWNER(all, struct aside, all);

	for (size_t i = 0; rc == 0 && i < all->n && !a->code; i++)
		a->code = all->outcomes[i].code;
	wq_session_done(&a->q->session, rc);
}

static bool add_some(struct aside *a, uint64_t most)
{
	struct wq_bench_queue *q = a->q;

	a->all.n = most < ASIDE_BATCH ? (size_t)most : ASIDE_BATCH;
	a->all.items = a->items;
	for (size_t i = 0; i < a->all.n; i++) {
		wq_bench_queue_aside_id(q, q->put_aside + i, a->ids[i]);
		a->items[i] = wq_bench_queue_item(q, a->ids[i]);
		a->items[i].delay_ms = ASIDE_DELAY_MS + (int64_t)(q->put_aside + i);
	}
	q->put_aside += a->all.n; /* whatever becomes of them: it is looked for when all is removed */
	return wq_session_wait(&q->session, wq_producer_add_all(q->producer, &a->all, on_added),
	                       "") &&
	       !a->code;
}

bool wq_bench_queue_put_aside(struct wq_bench_queue *q)
{
	struct aside *a = wq_zalloc(sizeof(*a));
	bool fine = a != NULL;

	if (a)
		a->q = q;
	while (fine && q->put_aside < q->backlog && !q->halts)
		fine = add_some(a, q->backlog - q->put_aside);
	if (fine && q->halts)
		fprintf(stderr, "willaq: ended before the load began\n");
	if (!fine)
		fprintf(stderr, "willaq: the backlog cannot be added%s%s\n",
		        a && a->code ? ": " : "", a && a->code ? wq_add_code_text(a->code) : "");
	wq_free(a);
	return fine && !q->halts;
}
