/* SPDX-License-Identifier: MIT */
/* producer.c — a process that asks for the run's messages, each until it is told that it is in. */
#include <stdio.h>

#include "base/alloc.h"
#include "base/assert.h"
#include "base/json.h"
#include "domain/message/read.h"
#include "domain/send/submit.h"
#include "io/loop/timer.h"
#include "sim/fault.h"
#include "sim/world.h"

enum { ARENA_BYTES = 1 << 20, AGAIN_MS = 2000, KEEP_S = 2592000, BODY_BYTES = 256 };

struct producer;

struct ask {
	struct producer *producer;
	unsigned at;
	struct wq_timer timer;
	struct wq_submit submit;
	struct wq_submission item;
	struct wq_arena arena;
	yyjson_doc *doc;
	char key[16];
};

struct producer {
	struct wq_loop *loop;
	struct wq_redis *redis;
	struct wq_producer *producer;
	struct ask asks[SIM_LETTERS_MAX];
};

static void begin(struct ask *a);

static void forget(struct ask *a)
{
	wq_json_free(a->doc);
	a->doc = NULL;
	wq_arena_fini(&a->arena);
	sim_world.letters[a->at].flies = false;
}

static void check(struct ask *a)
{
	struct sim_letter *l = &sim_world.letters[a->at];
	struct wq_str id = a->item.id;

	if (a->item.made == WQ_LETTER_OTHER)
		sim_fail("k%u: the key was another's", a->at);
	if (l->told && !wq_str_is(id, l->id))
		sim_fail("k%u: told %s, and now %.*s", a->at, l->id, WQ_STR_ARG(id));
	snprintf(l->id, sizeof(l->id), "%.*s", WQ_STR_ARG(id));
	l->told = true;
	l->told_us = sim.now_us;
	sim_tell("producer: k%u is in as %s", a->at, l->id);
	sim_faults_told();
}

static void on_told(struct wq_submit *s, int rc)
{
	struct ask *a = WQ_OWNER(s, struct ask, submit);

	if (rc == 0)
		check(a);
	forget(a);
	if (rc != 0)
		wq_timer_start(&a->timer, sim_below(AGAIN_MS));
}

static void read_message(struct ask *a)
{
	const struct sim_letter *l = &sim_world.letters[a->at];
	struct wq_message_problem problem;
	char body[BODY_BYTES];

	snprintf(
		body, sizeof(body),
		"{\"to\":\"+5939912345%02u\",\"type\":\"text\",\"text\":{\"body\":\"k%u\"},\"class\":\"%s\"}",
		l->person, a->at, wq_send_class_names[l->send_class]);
	wq_arena_init(&a->arena, ARENA_BYTES);
	WQ_REQUIRE(wq_json_parse(&a->doc,
	                         wq_strn(wq_arena_copy(&a->arena, wq_str(body)), strlen(body)),
	                         16) == 0);
	a->item = (struct wq_submission){ .account = wq_str(SIM_ACCOUNT) };
	if (wq_message_read(&a->item.message, yyjson_doc_get_root(a->doc), sim_wall_ms(), &a->arena,
	                    &problem) != 0)
		sim_fail("k%u: %s %s", a->at, problem.field, problem.what);
	snprintf(a->key, sizeof(a->key), "key%u", a->at);
	a->item.once = wq_str(a->key);
	a->item.print = wq_str(a->key);
}

static void begin(struct ask *a)
{
	struct producer *p = a->producer;

	read_message(a);
	sim_world.letters[a->at].flies = true;
	a->submit = (struct wq_submit){ .items = &a->item,
		                        .n = 1,
		                        .loop = p->loop,
		                        .redis = p->redis,
		                        .producer = p->producer,
		                        .arena = &a->arena,
		                        .queue_base = wq_str("bull:outbound-messages:"),
		                        .keep_s = KEEP_S,
		                        .cb = on_told };
	if (wq_submit_start(&a->submit) == 0)
		return;
	forget(a);
	wq_timer_start(&a->timer, AGAIN_MS);
}

static void on_timer(struct wq_timer *t)
{
	begin(WQ_OWNER(t, struct ask, timer));
}

void sim_producer_start(struct sim_proc *proc)
{
	struct producer *p = wq_zalloc(sizeof(*p));
	struct wq_redis_opts o;

	WQ_REQUIRE(wq_loop_create(&p->loop, NULL) == 0);
	proc->self = p;
	proc->loop = p->loop;
	wq_redis_opts_init(&o);
	o.url = SIM_REDIS_URL;
	WQ_REQUIRE(wq_redis_create(&p->redis, p->loop, NULL, &o) == 0);
	WQ_REQUIRE(wq_producer_create(&p->producer, p->loop, p->redis) == 0);
	for (unsigned i = 0; i < sim_world.letters_n; i++) {
		struct ask *a = &p->asks[i];

		a->producer = p;
		a->at = i;
		wq_timer_init(&a->timer, p->loop, on_timer);
		if (!sim_world.letters[i].told)
			wq_timer_start_at(&a->timer, sim_world.letters[i].due_us > sim.now_us
			                                     ? sim_world.letters[i].due_us
			                                     : sim.now_us);
	}
}
