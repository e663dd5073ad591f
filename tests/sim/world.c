/* SPDX-License-Identifier: MIT */
/* world.c — the run's size and its people; the referee's book. */
#include "sim/world.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/assert.h"
#include "domain/message/message.h"
#include "queue/worker.h"
#include "sim/check.h"
#include "sim/hook.h"
#include "sim/look.h"
#include "sim/pipe.h"
#include "sim/provider.h"

enum { CHORES_MAX = 128, QUEUES_EVERY = 100 };

static const struct sim_size sizes[] = {
	{ 12, 4, 2, 2, 1, 3, 5, 2000000, 5000000, 12 },
	{ 3, 10, 4, 3, 2, 6, 8, 8000000, 14000000, 6 },
	{ 1, 24, 6, 4, 2, 15, 14, 24000000, 32000000, 3 },
};

struct sim_world sim_world;

/* Jobs of inbound messages at work. */
static struct chore {
	struct sim_proc *proc;
	unsigned lives;
	const struct wq_task *task;
	char id[SIM_ID_BYTES];
} chores[CHORES_MAX];

static void add_proc(const char *kind, unsigned i, void (*start)(struct sim_proc *p))
{
	char name[SIM_NAME_BYTES];

	snprintf(name, sizeof(name), "%s%u", kind, i + 1);
	sim_proc_init(&sim_world.procs[sim_world.procs_n++], name, start);
}

static void draw_letters(void)
{
	static const unsigned classes[] = { WQ_CLASS_STRICT, WQ_CLASS_STRICT, WQ_CLASS_STRICT,
		                            WQ_CLASS_AT_MOST_ONCE, WQ_CLASS_AT_LEAST_ONCE };
	unsigned persons = (unsigned)sim_between(1, sim_world.size->persons);

	sim_world.letters_n = (unsigned)sim_between(1, sim_world.size->letters);
	for (unsigned i = 0; i < sim_world.letters_n; i++)
		sim_world.letters[i] = (struct sim_letter){
			.person = (unsigned)sim_below(persons),
			.send_class = classes[sim_below(WQ_COUNT(classes))],
			.due_us = sim.now_us + sim_below(sim_world.size->asked_us)
		};
}

static void draw_news(void)
{
	char body[SIM_HOOK_BYTES], value[SIM_HOOK_BYTES], id[32];

	sim_world.news_n = (unsigned)sim_below(sim_world.size->news + 1);
	for (unsigned i = 0; i < sim_world.news_n; i++) {
		snprintf(
			value, sizeof(value),
			"\"messages\":[{\"from\":\"593991234500\",\"id\":\"wamid.in%u\","
			"\"timestamp\":\"1700000000\",\"type\":\"text\",\"text\":{\"body\":\"hello\"}}]",
			i);
		sim_hook_write(body, value);
		snprintf(id, sizeof(id), "wamid.in%u.", i);
		sim_hook_post(sim_below(sim_world.size->asked_us), id, wq_str(body));
	}
}

static const struct sim_size *draw_size(void)
{
	unsigned all = 0, at, i = 0;

	for (size_t k = 0; k < WQ_COUNT(sizes); k++)
		all += sizes[k].weight;
	for (at = (unsigned)sim_below(all); at >= sizes[i].weight; i++)
		at -= sizes[i].weight;
	return &sizes[i];
}

/* How soon workers look, and believe another dead. */
static void draw_pace(void)
{
	static const uint32_t drains_ms[] = { 1000, 5000, 20000, 20000 },
			      stalled_ms[] = { 2000, 2000, 10000, 30000 };
	bool large = sim_world.size == &sizes[WQ_COUNT(sizes) - 1];

	sim_world.lock_ms = sim_one_in(large ? 2 : 4) ? 30000 : 5000;
	sim_world.stalled_ms = stalled_ms[sim_below(WQ_COUNT(stalled_ms))];
	sim_world.drain_ms = drains_ms[sim_below(WQ_COUNT(drains_ms))];
}

void sim_world_begin(void)
{
	sim_world = (struct sim_world){ .size = draw_size() };
	sim_world.workers_n = (unsigned)sim_between(sim_one_in(4) ? 1 : 2, sim_world.size->workers);
	sim_world.sinks_n = (unsigned)sim_between(1, sim_world.size->sinks);
	draw_pace();
	sim_world.calm_us = sim.now_us + sim_world.size->calm_us;
	memset(chores, 0, sizeof(chores));
	sim_net_begin();
	sim_hooks_begin();
	sim_check_begin();
	sim_provider_begin(sim_one_in(8));
	for (unsigned i = 0; i < sim_world.workers_n; i++)
		add_proc("worker", i, sim_worker_start);
	for (unsigned i = 0; i < sim_world.sinks_n; i++)
		add_proc("sink", i, sim_sink_start);
	add_proc("producer", 0, sim_producer_start);
	draw_letters();
	draw_news();
	for (unsigned i = 0; i < sim_world.procs_n; i++)
		sim_proc_start(&sim_world.procs[i]);
}

void sim_world_end(void)
{
	for (unsigned i = 0; i < sim_world.procs_n; i++) {
		sim_proc_kill(&sim_world.procs[i], UINT64_MAX);
		sim_event_cancel(&sim_world.procs[i].again);
	}
	sim_hooks_end();
	sim_net_end();
	sim_posts_end();
}

static bool all_told(void)
{
	for (unsigned i = 0; i < sim_world.letters_n; i++)
		if (!sim_world.letters[i].told)
			return false;
	return true;
}

bool sim_world_done(void)
{
	return all_told() && sim_hooks_open() == 0 && !sim_posts_open() && sim_check_quiet();
}

void sim_world_rewound(void)
{
	sim_check_rewound();
}

void sim_world_posted(struct sim_proc *p, const char *opaque)
{
	const char *id = opaque;

	if (!sim_world.first_us)
		sim_world.first_us = sim.now_us;
	sim_world.posted_us = sim.now_us;
	sim_world.poster = p;
	for (unsigned dots = 0; dots < 3 && id; dots++) /* wq1.TRY.MAC.ID */
		id = (id = strchr(id, '.')) ? id + 1 : NULL;
	if (!sim_world_unsure() && id && !sim_look_locked(sim_queues[0], id))
		sim_fail("%s is sent by %s, whose lock is gone", id, p->name);
}

void sim_world_accepted(const char *key, const char *opaque)
{
	unsigned i = (unsigned)strtoul(key + 1, NULL, 10);
	struct sim_letter *l = &sim_world.letters[i];

	(void)opaque;
	WQ_REQUIRE(key[0] == 'k' && i < sim_world.letters_n);
	if (l->accepted++ == 0) {
		l->accepted_us = sim.now_us;
		return;
	}
	if (l->send_class == WQ_CLASS_AT_LEAST_ONCE)
		sim_world.duplicates++;
	else
		sim_fail("%s was sent twice: taken at %.6f, and again", key,
		         (double)l->accepted_us / 1e6);
}

static bool holds(const struct chore *c)
{
	return c->proc && c->proc->lives == c->lives && sim_proc_lives(c->proc) &&
	       c->proc->stopped_until_us <= sim.now_us && wq_task_is_ours(c->task);
}

/* Its lock may have been lost with Redis' last second, or by its clock. */
static bool locks_hold(void)
{
	for (unsigned i = 0; i < sim_world.procs_n; i++)
		if (sim_world.procs[i].wall_off_ms)
			return false;
	return !sim_world_unsure();
}

/* Who believes that he holds a job has its lock. */
static void check_chores(void)
{
	for (size_t i = 0; i < CHORES_MAX && locks_hold(); i++)
		if (chores[i].proc && holds(&chores[i]) &&
		    !sim_look_locked(sim_queues[2], chores[i].id))
			sim_fail("job %s is held by %s, and its lock is gone", chores[i].id,
			         chores[i].proc->name);
}

void sim_world_commanded(const struct wq_str *argv, size_t argc)
{
	if (argc > 3 && wq_str_starts(argv[3], "wq:{" SIM_ACCOUNT "}"))
		sim_check_ledger();
	if (argc > 3 && wq_str_starts(argv[3], "bull:inbound-messages:"))
		check_chores();
	if (sim_net.commands_n % QUEUES_EVERY == 0)
		sim_check_queues();
}

void sim_world_chore(struct sim_proc *p, const struct wq_task *task, bool begins)
{
	struct chore *free_one = NULL;

	for (size_t i = 0; i < CHORES_MAX; i++) {
		struct chore *c = &chores[i];

		if (c->proc == p && c->task == task)
			c->proc = NULL;
		if (c->proc && (c->proc->lives != c->lives || !sim_proc_lives(c->proc)))
			c->proc = NULL;
		if (!c->proc)
			free_one = c;
		else if (begins && locks_hold() && wq_str_is(task->job->id, c->id) && holds(c))
			sim_fail("job %s is held by %s and %s", c->id, c->proc->name, p->name);
	}
	if (!begins)
		return;
	WQ_REQUIRE(free_one);
	*free_one = (struct chore){ .proc = p, .lives = p->lives, .task = task };
	snprintf(free_one->id, sizeof(free_one->id), "%.*s", WQ_STR_ARG(task->job->id));
}
