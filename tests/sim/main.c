/* SPDX-License-Identifier: MIT */
/* main.c — sim [--seed N] [--count N] [--step N] [--without BITS] [--trace] [--twice] [--seconds N]
 *          [--stop-at FAILURES]
 *
 * Runs seeds, and tells of each that fails how it is replayed; a failing one is shortened by leaving out faults.  Exit
 * status 1: one failed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/alloc.h"
#include "base/log.h"
#include "sim/check.h"
#include "sim/fault.h"
#include "sim/pipe.h"
#include "sim/provider.h"
#include "sim/world.h"

enum { LOOK_US = 1000000, FAULT_TEXT_BYTES = 96, FAILURES_MAX = 3 };
#define END_US (UINT64_C(1800) * 1000000) /* behind the last fault: the longest that anything may take */

static struct options {
	uint64_t seed, count, step, without, stop_at;
	bool traced, twice;
	double seconds;
} o = { .seed = 1, .count = 1, .step = 1, .stop_at = FAILURES_MAX };

static struct totals {
	uint64_t runs, events, commands, posts, duplicates, excused, parked, parked_unsent, failed;
	uint64_t longest_us;
} totals;

/* Of the plan of the last run. */
static char faults[SIM_FAULTS_MAX][FAULT_TEXT_BYTES];

struct outcome {
	bool failed;
	char failure[SIM_FAILURE_BYTES];
	uint64_t hash, digest;
	unsigned faults_n;
};

static void on_log(void *ctx, struct wq_str line)
{
	(void)ctx;
	if (sim.traced)
		printf("[%12.6f]   %s %.*s", (double)sim.now_us / 1e6, sim.in ? sim.in->name : "-",
		       WQ_STR_ARG(line));
}

/* From now on nothing goes wrong. */
static void calm(void)
{
	sim_tell("calm");
	sim_faults_end();
	sim_net_heal();
	sim_provider_calm();
	for (unsigned i = 0; i < sim_world.procs_n; i++) {
		struct sim_proc *p = &sim_world.procs[i];

		p->outputs_left = -1;
		p->wall_off_ms = 0;
		p->stop_sending_us = 0;
		sim_event_cancel(&p->again);
		if (!sim_proc_lives(p))
			sim_proc_start(p);
	}
}

static void run_until(uint64_t us)
{
	while (sim.queue.root && sim.queue.root->key <= us && sim_step())
		;
	if (!sim.failed && sim.now_us < us)
		sim.now_us = us;
}

static void live(void)
{
	uint64_t end = sim_world.calm_us + END_US;

	run_until(sim_world.calm_us);
	if (sim.failed)
		return;
	calm();
	while (!sim.failed && sim.now_us < end && !sim_world_done())
		run_until(sim.now_us + LOOK_US);
	if (!sim.failed)
		sim_check_end();
	if (!sim.failed && !sim_world_done())
		sim_fail("it has not come to its end");
	if (sim.now_us - sim_world.calm_us > totals.longest_us)
		totals.longest_us = sim.now_us - sim_world.calm_us;
}

static void count(void)
{
	totals.runs++;
	totals.events += sim.events_n;
	totals.commands += sim_net.commands_n;
	totals.posts += sim_posts_n;
	totals.duplicates += sim_world.duplicates;
	totals.excused += sim_world.excused;
	totals.parked += sim_world.parked;
	totals.parked_unsent += sim_world.parked_unsent;
}

static struct outcome run(uint64_t seed, uint64_t without, bool traced)
{
	struct outcome out = { .failed = false };

	sim_begin(seed, traced);
	out.faults_n = 0;
	sim_world_begin();
	out.faults_n = sim_faults_begin(without);
	for (unsigned i = 0; i < out.faults_n; i++)
		sim_fault_text(i, faults[i], FAULT_TEXT_BYTES);
	live();
	out.failed = sim.failed;
	snprintf(out.failure, sizeof(out.failure), "%s", sim.failure);
	out.hash = sim.hash;
	count();
	sim_faults_end();
	sim_world_end();
	return out;
}

/* Leaves out what it fails without as well. */
static uint64_t shorten(uint64_t seed, unsigned faults_n)
{
	uint64_t without = 0;

	for (unsigned i = 0; i < faults_n; i++)
		if (run(seed, without | UINT64_C(1) << i, false).failed)
			without |= UINT64_C(1) << i;
	return without;
}

static void tell_failure(uint64_t seed, const struct outcome *out)
{
	uint64_t without = o.without ? o.without : shorten(seed, out->faults_n);

	printf("seed %llu fails: %s\n", (unsigned long long)seed, out->failure);
	printf("  replay: tests/run sim %llu", (unsigned long long)seed);
	if (without)
		printf(" --without %#llx", (unsigned long long)without);
	printf("\n");
	for (unsigned i = 0; i < out->faults_n; i++)
		if (!(without >> i & 1))
			printf("  with fault %s\n", faults[i]);
}

static bool check_seed(uint64_t seed)
{
	struct outcome out = run(seed, o.without, o.traced), again;

	if (o.twice && !out.failed) {
		again = run(seed, o.without, false);
		if (again.hash != out.hash) {
			printf("seed %llu fails: its second run is another one\n",
			       (unsigned long long)seed);
			return false;
		}
	}
	if (out.failed && !o.traced)
		tell_failure(seed, &out);
	if (o.traced)
		printf("seed %llu: %s%s, trace %016llx\n", (unsigned long long)seed,
		       out.failed ? "failed: " : "passed", out.failure,
		       (unsigned long long)out.hash);
	return !out.failed;
}

static double now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static bool parse(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const char *value = i + 1 < argc ? argv[i + 1] : "";

		if (strcmp(argv[i], "--trace") == 0) {
			o.traced = true;
			continue;
		}
		if (strcmp(argv[i], "--twice") == 0) {
			o.twice = true;
			continue;
		}
		if (strcmp(argv[i], "--seed") == 0)
			o.seed = strtoull(value, NULL, 0);
		else if (strcmp(argv[i], "--count") == 0)
			o.count = strtoull(value, NULL, 0);
		else if (strcmp(argv[i], "--step") == 0)
			o.step = strtoull(value, NULL, 0);
		else if (strcmp(argv[i], "--without") == 0)
			o.without = strtoull(value, NULL, 0);
		else if (strcmp(argv[i], "--stop-at") == 0)
			o.stop_at = strtoull(value, NULL, 0);
		else if (strcmp(argv[i], "--seconds") == 0)
			o.seconds = strtod(value, NULL);
		else
			return false;
		i++;
	}
	return true;
}

static void tell_number(const char *what, uint64_t n)
{
	printf("%s%llu", what, (unsigned long long)n);
}

static void tell_totals(double took)
{
	tell_number("runs ", totals.runs);
	tell_number(", events ", totals.events);
	tell_number(", a second ", (uint64_t)((double)totals.events / took));
	tell_number(", commands ", totals.commands);
	tell_number(", requests taken ", totals.posts);
	tell_number(", again of at-least-once ", totals.duplicates);
	tell_number(", parked ", totals.parked);
	tell_number(", of them never taken ", totals.parked_unsent);
	tell_number(", lost with Redis ", totals.excused);
	tell_number(", seconds to the end at most ", totals.longest_us / 1000000);
	printf(", took %.1f s\n", took);
}

int main(int argc, char **argv)
{
	struct wq_log_opts log = { .level = WQ_LOG_ERROR, .fd = 2, .sink = on_log };
	double began = now_s();
	uint64_t passed = 0, failed = 0;

	if (!parse(argc, argv)) {
		fprintf(stderr, "sim: see tests/sim/README.md for its arguments\n");
		return 2;
	}
	if (o.traced)
		log.level = WQ_LOG_DEBUG;
	wq_log_setup(&log);
	for (uint64_t i = 0; i < o.count && failed < o.stop_at; i++) {
		if (o.seconds > 0 && now_s() - began > o.seconds)
			break;
		if (check_seed(o.seed + i * o.step))
			passed++;
		else
			failed++;
	}
	tell_totals(now_s() - began);
	printf("seeds: %llu passed, %llu failed\n", (unsigned long long)passed,
	       (unsigned long long)failed);
	return failed ? 1 : 0;
}
