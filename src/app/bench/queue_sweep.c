/* SPDX-License-Identifier: MIT */
/* queue_sweep.c — removes the jobs of a run by their ids, many under way at once, then what an empty queue leaves
 * behind if there was no queue before. */
#include <inttypes.h>
#include <stdio.h>

#include "app/bench/queue.h"
#include "base/alloc.h"
#include "base/assert.h"
#include "base/err.h"

enum { AT_ONCE = 200 };

struct sweep;
struct broom {
	struct wq_change change;
	struct sweep *s;
};

struct sweep {
	struct wq_bench_queue *q;
	const struct wq_bench_queue_kind *k;
	uint64_t next;
	uint64_t held; /* that somebody runs */
	unsigned under_way;
	unsigned halts; /* so often we may be asked to end: once is what most people do */
	bool ended; /* there are no more ids */
	int rc;     /* of the first that failed */
	struct broom brooms[AT_ONCE];
};

/* Gives it the next job; false: there is none, or Redis could not be asked. */
static bool sweep_next(struct broom *b)
{
	struct sweep *s = b->s;
	char id[WQ_BENCH_JOB_ID_BYTES] = "";
	int rc;

	while (!s->ended && s->rc == 0 && !id[0])
		s->ended = !s->k->left(s->q, s->next++, id);
	if (!s->ended && s->q->halts > s->halts)
		s->rc = WQ_ECANCELED;
	if (s->ended || s->rc != 0)
		return false;
	rc = wq_change_remove(&b->change, wq_str(id), false);
	if (rc < 0)
		s->rc = rc;
	s->under_way += rc == 0;
	return rc == 0;
}

static void on_removed(struct wq_change *c, int rc)
{
	struct broom *b = WQ_OWNER(c, struct broom, change);
	struct sweep *s = b->s;

	s->under_way--;
	if (rc != 0 && s->rc == 0)
		s->rc = rc;
	s->held += rc == 0 && c->code == WQ_CHANGE_HELD;
	if (!sweep_next(b) && !s->under_way)
		wq_session_done(&s->q->session, 0);
}

static bool sweep_jobs(struct sweep *s)
{
	unsigned i = 0;

	for (; i < AT_ONCE; i++) {
		s->brooms[i].s = s;
		wq_change_init(&s->brooms[i].change, &s->q->ref, on_removed);
	}
	for (i = 0; i < AT_ONCE && sweep_next(&s->brooms[i]);)
		i++;
	if (s->under_way)
		(void)wq_session_run(&s->q->session, 0);
	if (s->rc != 0)
		wq_session_tell(&s->q->session, s->rc, "a job was not removed");
	else if (s->held)
		fprintf(stderr,
		        "willaq: %" PRIu64
		        " jobs are being run and were left to end by themselves\n",
		        s->held);
	return s->rc == 0;
}

static void on_vacated(struct wq_change *c, int rc)
{
	struct broom *b = WQ_OWNER(c, struct broom, change);

	wq_session_done(&b->s->q->session, rc);
}

static bool vacate(struct sweep *s)
{
	struct wq_change *c = &s->brooms[0].change;

	wq_change_init(c, &s->q->ref, on_vacated);
	return wq_session_wait(&s->q->session, wq_change_vacate(c), c->cmd.error);
}

bool wq_bench_queue_sweep(struct wq_bench_queue *q, const struct wq_bench_queue_kind *k)
{
	struct sweep *s = wq_zalloc(sizeof(*s));
	bool fine;

	if (!s) {
		fprintf(stderr, "willaq: %s\n", wq_err_text(WQ_ENOMEM));
		return false;
	}
	s->q = q;
	s->k = k;
	s->halts = q->halts + 1;
	if (q->progress)
		fprintf(stderr, "\r%-78s", "removing the jobs");
	fine = sweep_jobs(s);
	if (q->progress)
		fprintf(stderr, "\r%-78s\r", "");
	if (fine && !q->before.exists)
		fine = vacate(s);
	if (!fine)
		fprintf(stderr,
		        "willaq: jobs of this run are left in queue %s; their data have \"bench\":\"%s\"\n",
		        q->name, q->mark);
	wq_free(s);
	return fine;
}
