/* SPDX-License-Identifier: MIT */
/* fault.c — the kinds, and the plan. */
#include "sim/fault.h"

#include <stdio.h>

#include "base/assert.h"
#include "sim/pipe.h"
#include "sim/redis/sim_redis.h"
#include "sim/world.h"

enum { FIRST_US = 200000, QUIET_US = 1000000, SECOND_US = 1000000, PERCENT = 100, MARKERS = 3, JUMP_MS = 60000 };
enum { HALF_MS = 500, TORN_WRITES = 20 };

static struct sim_fault plan[SIM_FAULTS_MAX];
static unsigned plan_n;
static struct sim_snapshot *snapshot;
static struct sim_fault *waiting; /* a loss whose second begins when a message is in */
static struct sim_fault *tearing; /* it waits for a script that writes enough */
static struct wq_rng own;         /* choices of the fault that happens */

static uint64_t pick(uint64_t n)
{
	return wq_rng_below(&own, n);
}

static uint64_t between(uint64_t least, uint64_t most)
{
	return least + pick(most - least + 1);
}

static struct sim_proc *anybody(void)
{
	return &sim_world.procs[pick(sim_world.procs_n)];
}

/* Mostly those that send. */
static struct sim_proc *somebody(void)
{
	return pick(4) ? &sim_world.procs[pick(sim_world.workers_n)] : anybody();
}

static void kill_one(struct sim_fault *f)
{
	(void)f;
	sim_proc_kill(somebody(), sim.now_us + between(100000, 20 * SECOND_US));
}

static void kill_within(struct sim_fault *f)
{
	struct sim_proc *p = somebody();

	(void)f;
	if (sim_proc_lives(p) && p->outputs_left < 0)
		p->outputs_left = (int)pick(6);
}

static uint64_t stop_us(void)
{
	static const unsigned of_lock[] = { 5, 40, 115, 300 };

	if (pick(6) == 0)
		return between(40, 80) * SECOND_US; /* longer than a try is waited for */
	return of_lock[pick(WQ_COUNT(of_lock))] * (uint64_t)sim_world.lock_ms * 1000 / PERCENT;
}

static void stop_one(struct sim_fault *f)
{
	(void)f;
	sim_proc_stop(somebody(), stop_us());
}

static void stop_sending(struct sim_fault *f)
{
	(void)f;
	sim_world.procs[pick(sim_world.workers_n)].stop_sending_us = stop_us();
}

static void cut_one(struct sim_fault *f)
{
	enum sim_cut cut = (enum sim_cut)between(SIM_CUT_BEFORE, SIM_CUTS - 1);
	struct sim_proc *p = anybody();

	(void)f;
	sim_tell("fault: a connection of %s is cut, %d", p->name, (int)cut);
	sim_net_cut(p, cut);
}

static void hole_one(struct sim_fault *f)
{
	static const unsigned seconds[] = { 1, 9, 12, 60 };
	struct sim_proc *p = somebody();
	unsigned way = (unsigned)between(1, 3);

	(void)f;
	sim_tell("fault: nothing reaches %s, %u", p->name, way);
	sim_net_hole(p, way & 1, way & 2,
	             sim.now_us + seconds[pick(WQ_COUNT(seconds))] * (uint64_t)SECOND_US);
}

static void restart_redis(struct sim_fault *f)
{
	(void)f;
	sim_tell("fault: Redis is begun anew");
	sim_net.silent = pick(3) == 0;
	sim_net_redis_ends(sim.now_us + between(20000, 5 * SECOND_US));
	sim_redis_restart(sim_redis);
	if (sim_world.torn)
		sim_world_rewound();
}

static void lose_now(struct sim_fault *f)
{
	wq_rng_init(&own, ~f->seed);
	sim_tell("fault: Redis loses what it was told since %.6f",
	         (double)sim_world.lost_from_us / 1e6);
	sim_world.lost_to_us = sim.now_us;
	sim_net_redis_ends(sim.now_us + (pick(2) ? between(1000, 5 * SECOND_US) : 0));
	sim_redis_restore(sim_redis, snapshot);
	sim_redis_restart(sim_redis);
	sim_world_rewound();
	if (sim_world.poster && pick(3)) /* who knows what was lost is not the first to be back */
		sim_proc_stop(sim_world.poster, between(HALF_MS / 5, HALF_MS) * 1000);
}

static void begin_second(void)
{
	sim_snapshot_destroy(snapshot);
	snapshot = sim_redis_snapshot(sim_redis);
	sim_world.lost_from_us = sim.now_us;
}

void sim_faults_told(void)
{
	if (waiting && sim_world.first_us)
		sim_event_at(&waiting->over, sim.now_us);
}

/* Mostly in a second in which something was sent. */
static void on_lose(struct sim_event *e)
{
	struct sim_fault *f = WQ_OWNER(e, struct sim_fault, over);
	bool sent = sim_world.posted_us > sim_world.lost_from_us;

	if (waiting == f) {
		waiting = NULL;
		begin_second();
		wq_rng_init(&own, f->seed ^ sim.now_us);
		sim_event_at(&f->over, sim.now_us + between(HALF_MS / 10, 2 * HALF_MS) * 1000);
		return;
	}
	if (sent || sim.now_us > f->at_us + sim_world.size->asked_us) {
		lose_now(f);
		return;
	}
	begin_second();
	sim_event_at(&f->over, sim.now_us + SECOND_US);
}

/* What was written within a second is lost: fsync once a second, or a replica that lags.  Mostly the job stays, and
 * what became of it is lost. */
static void lose(struct sim_fault *f)
{
	begin_second();
	sim_event_init(&f->over, NULL, on_lose);
	sim_event_at(&f->over, sim.now_us + SECOND_US);
	if (pick(4))
		waiting = f;
}

/* What the file had of it comes back. */
static void on_torn_back(struct sim_event *e)
{
	struct sim_fault *f = WQ_OWNER(e, struct sim_fault, over);

	wq_rng_init(&own, f->seed ^ sim.now_us);
	sim_tell("fault: Redis is begun anew, and what was torn comes back");
	sim_net_redis_ends(sim.now_us + between(20000, SECOND_US));
	sim_redis_restart(sim_redis);
	sim_world_rewound();
}

void sim_faults_torn(void)
{
	struct sim_fault *f = tearing;
	uint64_t back_us;

	WQ_REQUIRE(f);
	tearing = NULL;
	wq_rng_init(&own, f->seed ^ sim.now_us);
	back_us = sim.now_us + between(20000, 5 * SECOND_US);
	sim_tell("fault: Redis dies within a script");
	sim_world.torn = true;
	sim_net_redis_ends(back_us);
	sim_redis_restart(sim_redis);
	sim_event_init(&f->over, NULL, on_torn_back);
	sim_event_at(&f->over, back_us + between(HALF_MS / 10, 6 * HALF_MS) * 1000);
}

/* Redis is killed while it writes, and later once more. */
static void tear(struct sim_fault *f)
{
	if (tearing || sim_world.torn)
		return;
	tearing = f;
	sim_redis_tear(sim_redis, (unsigned)(pick(2) ? between(1, 4) : between(1, TORN_WRITES)));
}

static void flush_scripts(struct sim_fault *f)
{
	(void)f;
	sim_tell("fault: scripts are flushed");
	(void)sim_redis_ask(sim_redis, "SCRIPT FLUSH");
}

static void on_refused(struct sim_event *e)
{
	(void)e;
	sim_redis_refuse(sim_redis, NULL);
}

static void refuse(struct sim_fault *f)
{
	static const char *const errors[] = {
		"LOADING Redis is loading the dataset in memory",
		"BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
		"READONLY You can't write against a read only replica.",
		"OOM command not allowed when used memory > 'maxmemory'.",
		"MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
		"NOREPLICAS Not enough good replicas to write.",
	};
	const char *error = errors[pick(WQ_COUNT(errors))];

	sim_tell("fault: Redis answers %.12s", error);
	sim_redis_refuse(sim_redis, error);
	sim_event_init(&f->over, NULL, on_refused);
	sim_event_at(&f->over, sim.now_us + between(50000, 10 * SECOND_US));
}

static void delete_markers(struct sim_fault *f)
{
	static const char *const queues[MARKERS] = { "outbound-messages", "message-statuses",
		                                     "inbound-messages" };
	char words[96];

	(void)f;
	for (unsigned i = 0; i < MARKERS; i++) {
		snprintf(words, sizeof(words), "DEL bull:%s:marker", queues[i]);
		sim_tell("fault: a marker is deleted: %s", sim_redis_ask(sim_redis, words));
	}
}

/* Further than that only moves the end of the run: a queue's moments are those of its workers. */
static void jump(struct sim_fault *f)
{
	struct sim_proc *p = anybody();

	(void)f;
	p->wall_off_ms = (int64_t)between(0, 2 * JUMP_MS) - JUMP_MS;
	sim_tell("fault: the clock of %s is off by %lld ms", p->name, (long long)p->wall_off_ms);
}

static void slow(struct sim_fault *f)
{
	(void)f;
	sim_net.most_us = between(1000, 300000);
	sim_net.slow_one_in = pick(2) ? between(5, 50) : 0;
	sim_tell("fault: the network takes up to %llu us", (unsigned long long)sim_net.most_us);
}

/* Of all faults of a run; `lossy`: how many of those of a run in which Redis loses something, during which nobody dies
 * or is out of reach: what only the dead knew is lost. */
static const struct kind {
	const char *name;
	unsigned weight, lossy;
	void (*happens)(struct sim_fault *f);
} kinds[] = {
	{ "killed", 10, 0, kill_one },
	{ "killed within a turn", 14, 0, kill_within },
	{ "stopped", 6, 0, stop_one },
	{ "stopped while it sends", 5, 0, stop_sending },
	{ "connection cut", 14, 10, cut_one },
	{ "black hole", 6, 0, hole_one },
	{ "Redis begun anew", 5, 0, restart_redis },
	{ "Redis loses a second", 0, 0, lose },
	{ "scripts flushed", 3, 5, flush_scripts },
	{ "refusals", 6, 0, refuse },
	{ "markers deleted", 5, 5, delete_markers },
	{ "clock jumps", 3, 0, jump },
	{ "slow network", 3, 0, slow }, /* who is slow repeats too late */
	{ "transaction torn", 6, 0, tear },
};
enum { LOSE = 7 };

static unsigned draw(bool lossy)
{
	unsigned all = 0, at;

	for (size_t i = 0; i < WQ_COUNT(kinds); i++)
		all += lossy ? kinds[i].lossy : kinds[i].weight;
	at = (unsigned)sim_below(all);
	for (unsigned i = 0; i < WQ_COUNT(kinds); i++) {
		unsigned weight = lossy ? kinds[i].lossy : kinds[i].weight;

		if (at < weight)
			return i;
		at -= weight;
	}
	return 0;
}

static void on_fault(struct sim_event *e)
{
	struct sim_fault *f = WQ_OWNER(e, struct sim_fault, event);

	wq_rng_init(&own, f->seed);
	kinds[f->kind].happens(f);
}

unsigned sim_faults_begin(uint64_t left_out)
{
	bool lossy = sim_one_in(4);

	plan_n = sim_one_in(10) ? 0 : (unsigned)sim_between(1, lossy ? 4 : sim_world.size->faults);
	for (unsigned i = 0; i < plan_n; i++) {
		struct sim_fault *f = &plan[i];

		*f = (struct sim_fault){ .kind = lossy && i == 0 ? LOSE : draw(lossy) };
		f->at_us = sim.now_us + sim_between(FIRST_US, sim_world.size->calm_us - QUIET_US);
		if (f->kind == LOSE)
			f->at_us = sim.now_us + sim_below(sim_world.size->asked_us);
		f->seed = wq_rng_next(&sim.rng);
		sim_event_init(&f->event, NULL, on_fault);
		sim_event_init(&f->over, NULL, on_refused);
		if (!(left_out >> i & 1))
			sim_event_at(&f->event, f->at_us);
	}
	return plan_n;
}

void sim_faults_end(void)
{
	for (unsigned i = 0; i < plan_n; i++) {
		sim_event_cancel(&plan[i].event);
		sim_event_cancel(&plan[i].over);
	}
	plan_n = 0;
	waiting = tearing = NULL;
	sim_redis_tear(sim_redis, 0);
	sim_snapshot_destroy(snapshot);
	snapshot = NULL;
}

void sim_fault_text(unsigned i, char *out, size_t max)
{
	snprintf(out, max, "%u %s at %.3f s", i, kinds[plan[i].kind].name,
	         (double)plan[i].at_us / 1e6);
}
