/* SPDX-License-Identifier: MIT */
/* queue_look.c — who uses the queue already, and what that allows.
 *
 *   refused always       a queue of Bull 3 or of another library; our worker beside jobs or workers of others, for it
 *                        would finish what is not ours; a paused queue that is to be worked
 *   refused unless told  jobs in it, workers that would run ours
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/bench/queue.h"
#include "base/assert.h"

static void on_look(struct wq_look *l, int rc)
{
	wq_session_done(l->user, rc);
}

static void on_check(struct wq_queue_check *check, int rc)
{
	wq_session_done(&WQ_OWNER(check, struct wq_bench_queue, check)->session, rc);
}

static bool look(struct wq_bench_queue *q)
{
	struct wq_session *s = &q->session;

	wq_look_init(&q->look, &q->ref, on_look);
	q->look.user = s;
	if (!wq_session_wait(s, wq_queue_check_start(&q->check, &q->ref, on_check),
	                     "its client is not allowed enough"))
		return false;
	if (q->check.refused) {
		fprintf(stderr, "willaq: %s\n", q->check.why);
		return false;
	}
	return wq_session_wait(s, wq_look_counts(&q->look, wq_loop_wall_ms(s->loop), &q->before),
	                       q->look.cmd.error) &&
	       wq_session_wait(s, wq_look_workers(&q->look, &q->workers), q->look.cmd.error);
}

static uint64_t held(const struct wq_queue_counts *c, bool finished)
{
	uint64_t n = 0;

	for (unsigned i = WQ_JOB_WAITING; i < WQ_JOB_STATES; i++)
		if (finished || (i != WQ_JOB_COMPLETED && i != WQ_JOB_FAILED))
			n += c->of[i];
	return n;
}

static bool refuse(const struct wq_bench_queue *q, const char *why)
{
	fprintf(stderr, "willaq: queue %s %s\n", q->name, why);
	return false;
}

/* A queue that our worker empties. */
static bool may_work(const struct wq_bench_queue *q)
{
	if (held(&q->before, false) || q->before.schedulers)
		return refuse(
			q,
			"has jobs, which our worker would finish: name a queue of its own with --queue");
	if (q->workers.n)
		return refuse(
			q,
			"has workers already: name a queue of its own, or measure theirs with --do start "
			"--workers theirs");
	return true;
}

bool wq_bench_queue_may(struct wq_bench_queue *q)
{
	bool works = q->what >= WQ_BENCH_WORK;

	if (!look(q))
		return false;
	if (works && q->before.paused)
		return refuse(q, "is paused: resume it first");
	if (works && !q->theirs)
		if (!may_work(q))
			return false;
	if (q->theirs && q->workers.known && !q->workers.n)
		return refuse(q, "has no worker that could be measured: start it first");
	if (q->in_use)
		return true;
	if (held(&q->before, true))
		return refuse(q, "has jobs already: say --in-use to go on beside them");
	if (!works && q->workers.n)
		return refuse(q, "has workers, which would run the jobs: say --in-use if they may");
	return true;
}

struct asking {
	struct wq_redis_cmd cmd;
	struct wq_session *session;
	double us;
};

/* The number behind a name. */
static double number(struct wq_str text, const char *name)
{
	struct wq_str line;

	while (wq_str_next(&text, '\n', &line))
		if (wq_str_starts(line, name))
			return strtod(line.p + strlen(name), NULL); /* the line ends in \r\n */
	return -1;
}

static void on_info(struct wq_redis_cmd *cmd, int rc)
{
	struct asking *a = WQ_OWNER(cmd, struct asking, cmd);
	struct wq_str text = rc == 0 ? wq_redis_str(cmd->reply) : wq_str("");
	double user = number(text, "used_cpu_user:"), sys = number(text, "used_cpu_sys:");

	a->us = user < 0 || sys < 0 ? -1 : (user + sys) * 1e6;
	wq_session_done(a->session, 0);
}

double wq_bench_queue_redis_cpu(struct wq_bench_queue *q)
{
	struct asking a = { .session = &q->session, .us = -1 };
	const struct wq_str argv[] = { WQ_STR("INFO"), WQ_STR("cpu") };
	int rc = wq_redis_start(q->session.redis, &a.cmd, argv, WQ_COUNT(argv), on_info);

	(void)wq_session_run(&q->session, rc);
	return a.us;
}
