/* SPDX-License-Identifier: MIT */
/* worker.c — a process that sends: what app/sending builds, without settings. */
#include "queue/worker.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "domain/send/sender.h"
#include "io/loop/timer.h"
#include "sim/world.h"

enum { CONCURRENCY = 5, CHORE_MS = 1500, LONG_ONE_IN = 3, LONG_MS = 12000, TICK_MS = 400, FAILS_ONE_IN = 40 };

struct worker {
	struct wq_loop *loop;
	struct wq_redis *redis;
	struct wq_redis_opts conn;
	struct wq_client *client;
	struct wq_account account;
	struct wq_accounts *accounts;
	struct wq_sender *sender;
	struct wq_handler sends, receipts, chores;
	struct wq_worker *workers[3];
	struct sim_proc *proc;
};

/* A job of an inbound message: worked for a while. */
struct chore {
	struct wq_timer timer;
	struct wq_task *task;
	struct worker *worker;
	uint64_t until_us;
	bool late; /* it was not ours any more at the last tick */
};

static void end_chore(struct chore *c, bool good)
{
	struct wq_task *task = c->task;

	sim_world_chore(c->worker->proc, task, false);
	wq_timer_stop(&c->timer);
	task->user = NULL;
	wq_free(c);
	if (good)
		wq_task_complete(task, wq_str("null"));
	else
		wq_task_fail(task, &(struct wq_failure){ .reason = wq_str("no") });
}

/* To its end, or its next tick. */
static void work_on(struct chore *c)
{
	uint64_t next_us = sim.now_us + TICK_MS * 1000;

	wq_timer_start_at(&c->timer, c->until_us < next_us ? c->until_us : next_us);
}

static void on_chore_tick(struct wq_timer *t)
{
	struct chore *c = WQ_OWNER(t, struct chore, timer);
	bool ours = wq_task_is_ours(c->task);

	if (!ours && c->late)
		sim_fail("a lease ran out in %s, and its job was not cancelled",
		         c->worker->proc->name);
	c->late = !ours;
	if (sim.now_us < c->until_us)
		work_on(c);
	else
		end_chore(c, !sim_one_in(FAILS_ONE_IN));
}

static void on_chore(void *ctx, struct wq_task *task)
{
	struct chore *c = wq_zalloc(sizeof(*c));

	c->task = task;
	c->worker = ctx;
	task->user = c;
	sim_world_chore(c->worker->proc, task, true);
	c->until_us = sim.now_us + 1000 * sim_below(sim_one_in(LONG_ONE_IN) ? LONG_MS : CHORE_MS);
	wq_timer_init(&c->timer, c->worker->loop, on_chore_tick);
	work_on(c);
}

static void on_cancel(void *ctx, struct wq_task *task, enum wq_cancel_reason reason)
{
	(void)ctx;
	(void)reason;
	if (task->user)
		end_chore(task->user, false);
}

static void on_redis(void *ctx, bool ready, const char *why)
{
	struct worker *w = ctx;

	(void)why;
	if (ready && w->sender)
		wq_sender_redis_is_back(w->sender);
}

static void open_redis(struct worker *w)
{
	wq_redis_opts_init(&w->conn);
	w->conn.url = SIM_REDIS_URL;
	w->conn.on_state = on_redis;
	w->conn.ctx = w;
	WQ_REQUIRE(wq_redis_create(&w->redis, w->loop, NULL, &w->conn) == 0);
}

static void open_accounts(struct worker *w)
{
	const struct wq_accounts_opts o = { .loop = w->loop, .redis = w->redis, .prefix = "bull",
		                            .env = &w->account, .env_n = 1 };

	w->account = (struct wq_account){ .id = wq_str(SIM_ACCOUNT),
		                          .name = wq_str(SIM_ACCOUNT),
		                          .provider = WQ_PROVIDER_CLOUD,
		                          .number = wq_str("100001"),
		                          .secret = wq_str("token-of-c"),
		                          .base_url = wq_str("http://graph.example") };
	WQ_REQUIRE(wq_accounts_create(&w->accounts, &o) == 0);
}

static void open_sender(struct worker *w)
{
	struct wq_sender_opts o;
	struct wq_client_opts client;

	wq_client_opts_init(&client);
	WQ_REQUIRE(wq_client_create(&w->client, w->loop, NULL, &client) == 0);
	wq_sender_opts_init(&o);
	WQ_REQUIRE(wq_sender_create(&w->sender, w->loop, w->client, w->redis, w->accounts, &o) ==
	           0);
	wq_sender_handler(w->sender, &w->sends);
	wq_sender_receipts(w->sender, &w->receipts);
	w->chores = (struct wq_handler){ .ctx = w, .run = on_chore, .cancel = on_cancel };
}

static void open_worker(struct worker *w, unsigned at, const char *queue,
                        const struct wq_handler *h, bool sends)
{
	struct wq_worker_opts o;

	wq_worker_opts_init(&o);
	o.queue = queue;
	o.concurrency = CONCURRENCY;
	o.lock_ms = sim_world.lock_ms;
	o.stalled_interval_ms = sim_world.stalled_ms;
	o.drain_delay_ms = sim_world.drain_ms;
	o.max_stalled_count = 1000; /* how often a process dies is no fault of the job */
	if (sends)
		wq_sender_worker_opts(w->sender, &o);
	WQ_REQUIRE(wq_worker_create(&w->workers[at], w->loop, NULL, w->redis, &w->conn, &o, h) ==
	           0);
}

void sim_worker_start(struct sim_proc *p)
{
	struct worker *w = wq_zalloc(sizeof(*w));

	w->proc = p;
	p->self = w;
	WQ_REQUIRE(wq_loop_create(&w->loop, NULL) == 0);
	p->loop = w->loop;
	open_redis(w);
	open_accounts(w);
	open_sender(w);
	open_worker(w, 0, "outbound-messages", &w->sends, true);
	open_worker(w, 1, "message-statuses", &w->receipts, true);
	open_worker(w, 2, "inbound-messages", &w->chores, false);
}
