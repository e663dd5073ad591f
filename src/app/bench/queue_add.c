/* SPDX-License-Identifier: MIT */
/* queue_add.c — jobs that are only added: one by one, or many by one call. */
#include <inttypes.h>
#include <stdio.h>

#include "app/bench/queue.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"
#include "base/limits.h"

enum { IDS_FIRST = 65536 };

struct wq_add_item wq_bench_queue_item(struct wq_bench_queue *q, const char *id)
{
	return (struct wq_add_item){
		.base = wq_ref_base(&q->ref),
		.id = wq_str(id),
		.name = wq_str("bench"),
		.data = wq_buf_str(&q->data),
		.opts = wq_buf_str(&q->opts),
	};
}

bool wq_bench_queue_remember(struct wq_bench_queue *q, struct wq_str id)
{
	size_t cap = q->ids_cap ? q->ids_cap * 2 : IDS_FIRST;
	uint64_t n, *more;

	if (q->keep || q->ids_full || !wq_str_to_u64(id, UINT64_MAX, &n))
		return !q->ids_full;
	if (q->ids_n == q->ids_cap) {
		more = q->ids_n < WQ_BENCH_JOBS_MAX ? wq_realloc(q->ids, cap * sizeof(*q->ids))
		                                    : NULL;
		if (!more) {
			q->ids_full = true;
			wq_bench_stop(q->run);
			return false;
		}
		q->ids = more;
		q->ids_cap = cap;
	}
	q->ids[q->ids_n++] = n;
	return true;
}

static bool left(struct wq_bench_queue *q, uint64_t n, char id[static WQ_BENCH_JOB_ID_BYTES])
{
	if (n >= q->ids_n)
		return false;
	/* The newest first: also beside many jobs of others they stand where they are found at once. */
	snprintf(id, WQ_BENCH_JOB_ID_BYTES, "%" PRIu64, q->ids[q->ids_n - 1 - n]);
	return true;
}

enum wq_bench_outcome wq_bench_queue_judge(int rc, int code, int *status)
{
	*status = rc > 0 ? rc : code;
	if (rc == 0)
		return code == WQ_ADD_NEW ? WQ_BENCH_OK : WQ_BENCH_REFUSED;
	if (rc == WQ_ETIMEDOUT)
		return WQ_BENCH_LATE;
	return rc > 0 || rc == WQ_EREPLY ? WQ_BENCH_REFUSED : WQ_BENCH_LOST;
}

/* one by one */

static void on_added(struct wq_add *a, int rc)
{
	struct wq_bench_job *j = WQ_OWNER(a, struct wq_bench_job, add);
	struct wq_bench_queue *q = j->q;
	int status, code = rc == 0 ? a->outcome.code : 0;
	enum wq_bench_outcome o = wq_bench_queue_judge(rc, code, &status);

	if (o == WQ_BENCH_OK)
		(void)wq_bench_queue_remember(q, a->outcome.id);
	j->next = q->spare;
	q->spare = j;
	if (j->waiting)
		wq_bench_ended(q->run, &j->op, o, status);
	j->waiting = false;
}

static bool begin_add(void *queue, struct wq_bench_op op)
{
	struct wq_bench_queue *q = queue;
	struct wq_bench_job *j = q->spare;

	if (!j)
		return false;
	j->op = op;
	j->add.item = wq_bench_queue_item(q, "");
	if (wq_producer_add(q->producer, &j->add, on_added) < 0)
		return false;
	q->spare = j->next;
	j->waiting = true;
	return true;
}

static bool open_add(struct wq_bench_queue *q)
{
	q->jobs = wq_calloc(q->c.at_once, sizeof(*q->jobs));
	for (uint32_t i = 0; q->jobs && i < q->c.at_once; i++) {
		q->jobs[i].q = q;
		q->jobs[i].next = q->spare;
		q->spare = &q->jobs[i];
	}
	if (!q->jobs)
		fprintf(stderr, "willaq: %s\n", wq_err_text(WQ_ENOMEM));
	return q->jobs != NULL;
}

/* What is under way had its time; the producer still tells what became of it, when it is closed. */
static void stop_add(void *queue)
{
	struct wq_bench_queue *q = queue;

	for (uint32_t i = 0; i < q->c.at_once; i++) {
		if (q->jobs[i].waiting)
			wq_bench_ended(q->run, &q->jobs[i].op, WQ_BENCH_LATE, 0);
		q->jobs[i].waiting = false;
	}
	wq_bench_closed(q->run);
}

/* many by one call */

static void on_bulk(struct wq_add_all *all, int rc)
{
	struct wq_bench_bulk *k = WQ_OWNER(all, struct wq_bench_bulk, all);
	struct wq_bench_queue *q = k->q;
	enum wq_bench_outcome o;
	int status, code = 0;

	for (size_t i = 0; rc == 0 && i < all->n; i++) {
		if (all->outcomes[i].code != WQ_ADD_NEW)
			code = all->outcomes[i].code;
		else if (!wq_bench_queue_remember(q, all->outcomes[i].id))
			break;
	}
	k->next = q->spare_bulks;
	q->spare_bulks = k;
	o = wq_bench_queue_judge(rc, code, &status);
	if (k->waiting)
		wq_bench_ended(q->run, &k->op, o, status);
	k->waiting = false;
}

static bool begin_bulk(void *queue, struct wq_bench_op op)
{
	struct wq_bench_queue *q = queue;
	struct wq_bench_bulk *k = q->spare_bulks;

	if (!k)
		return false;
	k->op = op;
	k->all.items = q->items;
	k->all.n = q->batch;
	if (wq_producer_add_all(q->producer, &k->all, on_bulk) < 0)
		return false;
	q->spare_bulks = k->next;
	k->waiting = true;
	return true;
}

static void stop_bulk(void *queue)
{
	struct wq_bench_queue *q = queue;

	for (uint32_t i = 0; i < q->c.at_once; i++) {
		if (q->bulks[i].waiting)
			wq_bench_ended(q->run, &q->bulks[i].op, WQ_BENCH_LATE, 0);
		q->bulks[i].waiting = false;
	}
	wq_bench_closed(q->run);
}

static bool open_bulk(struct wq_bench_queue *q)
{
	q->items = wq_calloc(q->batch, sizeof(*q->items));
	q->bulks = wq_calloc(q->c.at_once, sizeof(*q->bulks));
	if (!q->items || !q->bulks) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(WQ_ENOMEM));
		return false;
	}
	for (uint64_t i = 0; i < q->batch; i++)
		q->items[i] = wq_bench_queue_item(q, "");
	for (uint32_t i = 0; i < q->c.at_once; i++) {
		q->bulks[i].q = q;
		q->bulks[i].next = q->spare_bulks;
		q->spare_bulks = &q->bulks[i];
	}
	return true;
}

const struct wq_bench_queue_kind wq_bench_queue_add = {
	.name = "add",
	.unit = "jobs",
	.latency = "from when a job was to be added until Redis has it",
	.open = open_add,
	.begin = begin_add,
	.stop = stop_add,
	.left = left,
	.at_once = 50,
};
const struct wq_bench_queue_kind wq_bench_queue_bulk = {
	.name = "bulk",
	.unit = "bulks",
	.latency = "from when a bulk was to be added until Redis has all of it",
	.open = open_bulk,
	.begin = begin_bulk,
	.stop = stop_bulk,
	.left = left,
	.at_once = 4,
};
