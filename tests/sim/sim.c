/* SPDX-License-Identifier: MIT */
/* sim.c — the queue of events, and who acts. */
#include "sim/sim.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "sim/pipe.h"
#include "sim/provider.h"

enum { AWAKE_US = 100, BEGAN_S = 1700000000, LINE_BYTES = 2048 };

struct sim sim;

void sim_begin(uint64_t seed, bool traced)
{
	sim = (struct sim){ .seed = seed, .now_us = 1000000, .hash = 0xcbf29ce484222325 };
	sim.wall_ms = (int64_t)BEGAN_S * 1000;
	sim.traced = traced;
	wq_rng_init(&sim.rng, seed * 2 + 1);
	wq_rng_init(&sim.bytes, ~seed);
}

uint64_t sim_below(uint64_t n)
{
	return wq_rng_below(&sim.rng, n);
}

bool sim_one_in(uint64_t n)
{
	return n > 0 && sim_below(n) == 0;
}

uint64_t sim_between(uint64_t least, uint64_t most)
{
	return least + sim_below(most - least + 1);
}

int64_t sim_wall_ms(void)
{
	return sim.wall_ms + (int64_t)(sim.now_us / 1000);
}

void sim_fail(const char *fmt, ...)
{
	va_list ap;

	if (sim.failed)
		return;
	sim.failed = true;
	va_start(ap, fmt);
	vsnprintf(sim.failure, sizeof(sim.failure), fmt, ap);
	va_end(ap);
	sim_tell("FAILED %s", sim.failure);
}

static void mix(const char *p, size_t n)
{
	uint64_t h = sim.hash, word;

	for (; n >= sizeof(word); p += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, p, sizeof(word));
		h = (h ^ word) * 0x9fb21c651e98df25;
		h ^= h >> 29;
	}
	for (; n > 0; p++, n--)
		h = (h ^ (unsigned char)*p) * 0x100000001b3;
	sim.hash = h;
}

void sim_tell(const char *fmt, ...)
{
	char line[LINE_BYTES];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	n = n < LINE_BYTES ? n : LINE_BYTES - 1;
	mix(line, n < 0 ? 0 : (size_t)n);
	mix((const char *)&sim.now_us, sizeof(sim.now_us));
	if (sim.traced)
		printf("[%12.6f] %s\n", (double)sim.now_us / 1e6, line);
}

void sim_event_init(struct sim_event *e, struct sim_proc *proc, void (*cb)(struct sim_event *e))
{
	*e = (struct sim_event){ .proc = proc, .cb = cb };
	wq_list_init(&e->link);
}

void sim_event_cancel(struct sim_event *e)
{
	if (!e->queued)
		return;
	e->queued = false;
	wq_heap_remove(&sim.queue, &e->node);
	wq_list_remove(&e->link);
}

void sim_event_at(struct sim_event *e, uint64_t us)
{
	sim_event_cancel(e);
	e->queued = true;
	wq_heap_insert(&sim.queue, &e->node, us > sim.now_us ? us : sim.now_us);
	if (e->proc)
		wq_list_push(&e->proc->events, &e->link);
}

static void on_again(struct sim_event *e)
{
	sim_proc_start(WQ_OWNER(e, struct sim_proc, again));
}

void sim_proc_init(struct sim_proc *p, const char *name, void (*start)(struct sim_proc *p))
{
	*p = (struct sim_proc){ .start = start, .outputs_left = -1 };
	snprintf(p->name, sizeof(p->name), "%s", name);
	wq_list_init(&p->events);
	wq_list_init(&p->blocks);
	wq_list_init(&p->pipes);
	wq_list_init(&p->posts);
	sim_event_init(&p->again, NULL, on_again);
}

bool sim_proc_lives(const struct sim_proc *p)
{
	return p->loop != NULL;
}

static void leave(struct sim_proc *p)
{
	sim.in = NULL;
	if (p->muted)
		sim_proc_kill(p, sim.now_us + sim_between(500000, 5000000));
}

void sim_run_in(struct sim_proc *p, void (*cb)(void *ctx), void *ctx)
{
	WQ_REQUIRE(!sim.in);
	sim.in = p;
	cb(ctx);
	if (p->loop) {
		sim_loop_turn(p->loop);
		sim_loop_arm(p->loop);
	}
	leave(p);
}

static void build(void *ctx)
{
	struct sim_proc *p = ctx;

	p->start(p);
}

void sim_proc_start(struct sim_proc *p)
{
	WQ_REQUIRE(!p->loop);
	sim_tell("%s starts", p->name);
	p->lives++;
	p->muted = false;
	p->outputs_left = -1;
	p->stopped_until_us = p->stop_sending_us = 0;
	sim_run_in(p, build, p);
}

void sim_proc_kill(struct sim_proc *p, uint64_t again_us)
{
	WQ_REQUIRE(!sim.in);
	if (!p->loop)
		return;
	sim_tell("%s is killed", p->name);
	while (!wq_list_empty(&p->events))
		sim_event_cancel(WQ_OWNER(p->events.next, struct sim_event, link));
	while (!wq_list_empty(&p->pipes))
		sim_pipe_close(WQ_OWNER(p->pipes.next, struct sim_pipe, of_proc));
	while (!wq_list_empty(&p->posts))
		sim_post_orphan(WQ_OWNER(p->posts.next, struct sim_post, of_proc));
	sim_heap_drop(&p->blocks);
	p->loop = NULL;
	p->self = NULL;
	if (again_us != UINT64_MAX)
		sim_event_at(&p->again, again_us);
}

void sim_proc_stop(struct sim_proc *p, uint64_t for_us)
{
	if (!p->loop)
		return;
	sim_tell("%s stops for %llu ms", p->name, (unsigned long long)for_us / 1000);
	p->stopped_until_us = sim.now_us + for_us;
}

bool sim_proc_may_write(struct sim_proc *p)
{
	if (p->muted)
		return false;
	if (p->outputs_left == 0) {
		sim_tell("%s dies within a turn", p->name);
		p->muted = true;
	} else if (p->outputs_left > 0) {
		p->outputs_left--;
	}
	return !p->muted;
}

struct event_call {
	struct sim_event *e;
};

static void call_event(void *ctx)
{
	struct event_call *c = ctx;

	c->e->cb(c->e);
}

bool sim_step(void)
{
	struct sim_event *e;
	struct sim_proc *p;

	if (sim.failed || !sim.queue.root)
		return false;
	e = WQ_OWNER(sim.queue.root, struct sim_event, node);
	if (e->node.key > sim.now_us)
		sim.now_us = e->node.key;
	sim.events_n++;
	p = e->proc;
	if (p && p->stopped_until_us > sim.now_us) {
		/* In any order then: what came over the network, and what was due. */
		sim_event_at(e, p->stopped_until_us + sim_below(AWAKE_US));
		return true;
	}
	sim_event_cancel(e);
	if (p)
		sim_run_in(p, call_event, &(struct event_call){ e });
	else
		e->cb(e);
	return !sim.failed;
}
