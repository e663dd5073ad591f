/* SPDX-License-Identifier: MIT */
/* soak.c — a producer, or a worker, that runs by itself until it is killed; tells JSON lines on stdout.
 *
 * A job's data says what to do: {"ms": how long it runs, "fails": how many attempts fail first}.  The producer makes
 * such jobs from a seed.  Both are the engine's own producer.h and worker.h, as any user would use them.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "driver/driver.h"
#include "io/loop/signal.h"
#include "io/loop/timer.h"
#include "queue/producer.h"
#include "queue/worker.h"

enum { DEPTH_MAX = 20, DEDUP_IDS = 6, ADDS_PER_TURN_MAX = 8 };

struct soak {
	struct driver d;
	yyjson_val *config;
	/* worker */
	struct wq_worker *worker;
	struct wq_signal term;
	/* producer */
	struct wq_producer *producer;
	struct wq_timer next;
	uint32_t state; /* of the random numbers */
	int64_t left, open, wanted, gap_ms;
};

/* A run of one job. */
struct run {
	struct wq_timer timer;
	struct wq_task *task;
	bool fails;
};

static void end_run(struct wq_timer *t)
{
	struct run *run = (struct run *)(void *)t;
	struct wq_task *task = run->task;
	bool fails = run->fails;

	wq_free(run);
	if (fails)
		wq_task_fail(task, &(struct wq_failure){ .reason = wq_str("as planned") });
	else
		wq_task_complete(task, wq_str("{\"by\":\"ours\"}"));
}

static void begin_run(void *ctx, struct wq_task *task)
{
	struct soak *s = ctx;
	struct run *run = wq_alloc(sizeof(*run));
	const char *why = NULL;
	yyjson_doc *doc = wq_json_read(task->job->data, DEPTH_MAX, &why);

	if (!run || !doc)
		driver_die("a job's data", 0);
	run->task = task;
	run->fails = task->job->attempts_made <
	             (uint32_t)wq_json_get_int(yyjson_doc_get_root(doc), "fails", 0);
	wq_timer_init(&run->timer, s->d.loop, end_run);
	wq_timer_start(&run->timer, (uint64_t)wq_json_get_int(yyjson_doc_get_root(doc), "ms", 0));
	wq_json_free(doc);
}

static void on_worker_closed(void *ctx)
{
	wq_loop_stop(((struct soak *)ctx)->d.loop);
}

static void on_drained(void *ctx)
{
	wq_worker_close(((struct soak *)ctx)->worker, on_worker_closed, ctx);
}

static void on_term(struct wq_signal *signal, int signum)
{
	struct soak *s = (struct soak *)(void *)((char *)signal - offsetof(struct soak, term));

	wq_signal_stop(signal, NULL);
	wq_worker_drain(s->worker, 5000, on_drained, s);
}

static const char *text_of(struct soak *s, const char *name)
{
	return yyjson_get_str(wq_json_get(s->config, name));
}

static void start_worker(struct soak *s)
{
	static struct wq_handler handler = { .run = begin_run };
	struct wq_worker_opts o;
	int64_t lock_ms = wq_json_get_int(s->config, "lockMs", 1000);

	handler.ctx = s;
	wq_worker_opts_init(&o);
	o.prefix = text_of(s, "prefix");
	o.queue = text_of(s, "queue");
	o.name = text_of(s, "name");
	o.concurrency = (uint32_t)wq_json_get_int(s->config, "concurrency", 5);
	o.lock_ms = (uint32_t)lock_ms;
	o.stalled_interval_ms = (uint32_t)lock_ms / 2;
	o.max_stalled_count = 50;
	o.drain_delay_ms = 1000;
	if (wq_signal_start(&s->term, s->d.loop, SIGTERM, on_term) < 0 ||
	    wq_worker_create(&s->worker, s->d.loop, s->d.resolver, s->d.redis, &s->d.conn, &o,
	                     &handler) < 0)
		driver_die("worker", 0);
	puts("{\"ready\":true}");
	fflush(stdout);
}

static double draw(struct soak *s)
{
	s->state = s->state * 1664525u + 1013904223u;
	return (double)(s->state >> 8) / (double)(1u << 24);
}

static unsigned below(struct soak *s, unsigned n)
{
	return (unsigned)floor(draw(s) * n);
}

/* A job on its way. */
struct request {
	struct wq_add add;
	struct soak *s;
	char base[64], data[64], opts[192], dedup_id[8];
};

static void on_added(struct wq_add *a, int rc)
{
	struct request *r = (struct request *)(void *)a;
	struct soak *s = r->s;

	if (rc != 0 || a->outcome.code < 0)
		driver_die("add", rc ? rc : a->outcome.code);
	wq_free(r);
	s->open--;
	if (s->open == 0 && s->left == 0)
		wq_loop_stop(s->d.loop);
}

static void dress(struct soak *s, struct request *r)
{
	struct wq_add_item *item = &r->add.item;
	unsigned fails = draw(s) < 0.15 ? 1 + below(s, 3) : 0, attempts = 1 + below(s, 4);
	double kind = draw(s);

	snprintf(r->base, sizeof(r->base), "%s:%s:", text_of(s, "prefix"), text_of(s, "queue"));
	/* Some run long enough to be killed with their worker. */
	snprintf(r->data, sizeof(r->data), "{\"ms\":%u,\"fails\":%u}",
	         draw(s) < 0.05 ? 100 + below(s, 300) : below(s, 12), fails);
	if (kind < 0.2)
		item->priority = 1 + below(s, 5);
	else if (kind < 0.35)
		item->delay_ms = 1 + below(s, 400);
	else if (kind < 0.45)
		item->flags = WQ_ADD_LIFO;
	if (draw(s) < 0.1) {
		snprintf(r->dedup_id, sizeof(r->dedup_id), "d%u", 1 + below(s, DEDUP_IDS));
		item->dedup_id = wq_str(r->dedup_id);
	}
	snprintf(r->opts, sizeof(r->opts),
	         "{\"attempts\":%u,\"lifo\":%s,\"backoff\":{\"type\":\"fixed\",\"delay\":%u}}",
	         fails ? attempts : 0, item->flags ? "true" : "false", below(s, 150));
	item->base = wq_str(r->base);
	item->name = wq_str("soak");
	item->data = wq_str(r->data);
	item->opts = wq_str(r->opts);
}

static void add_some(struct wq_timer *t)
{
	struct soak *s = (struct soak *)(void *)((char *)t - offsetof(struct soak, next));
	unsigned several = 1 + below(s, ADDS_PER_TURN_MAX);

	while (several-- > 0 && s->left > 0) {
		struct request *r = wq_alloc(sizeof(*r));

		if (!r)
			driver_die("memory", 0);
		*r = (struct request){ .s = s };
		dress(s, r);
		if (wq_producer_add(s->producer, &r->add, on_added) < 0) {
			wq_free(r); /* no room: the others first */
			break;
		}
		s->left--;
		s->open++;
	}
	if (s->left > 0)
		wq_timer_start(t, 1 + below(s, (unsigned)s->gap_ms + 1));
}

static void start_producer(struct soak *s)
{
	s->state = (uint32_t)wq_json_get_int(s->config, "seed", 1) * 2654435761u;
	s->wanted = s->left = wq_json_get_int(s->config, "jobs", 100);
	s->gap_ms = wq_json_get_int(s->config, "gapMs", 5);
	if (wq_producer_create(&s->producer, s->d.loop, s->d.redis) < 0)
		driver_die("producer", 0);
	wq_timer_init(&s->next, s->d.loop, add_some);
	wq_timer_start(&s->next, 0);
}

static void on_closed(void *ctx)
{
	driver_done(ctx, 0);
}

int driver_soak(const char *config)
{
	struct soak s = { .left = 0 };
	const char *why = NULL;
	yyjson_doc *doc = wq_json_read(wq_str(config), DEPTH_MAX, &why);
	char url[64];

	if (!doc)
		driver_die(why, 0);
	s.config = yyjson_doc_get_root(doc);
	snprintf(url, sizeof(url), "redis://127.0.0.1:%u",
	         (unsigned)wq_json_get_int(s.config, "port", 0));
	driver_open(&s.d, url);
	if (strcmp(text_of(&s, "role"), "worker") == 0)
		start_worker(&s);
	else
		start_producer(&s);
	wq_loop_run(s.d.loop);
	if (s.producer) {
		printf("{\"added\":%lld}\n", (long long)s.wanted);
		wq_producer_close(s.producer, on_closed, &s.d);
		driver_wait(&s.d);
	}
	driver_close(&s.d);
	wq_json_free(doc);
	return 0;
}
