/* SPDX-License-Identifier: MIT */
#pragma once
/* library.h — what the files behind willaq/queue.h share; nobody else includes this. */
#include "base/arena.h"
#include "base/list.h"
#include "io/loop/timer.h"
#include "queue/include/willaq/queue.h"
#include "queue/producer.h"
#include "queue/scheduler.h"
#include "store/ref.h"

struct willaq {
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	struct wq_redis *redis;
	struct wq_redis_opts conn; /* for the connections of workers */
	struct wq_producer *producer;
	struct wq_schedules schedules; /* that are put */
	char *url;
	struct wq_list queues, workers;
	struct wq_timer timer; /* ends a poll, or a patience */
	bool stopped;
	unsigned closing; /* parts that close */
	char why[256];
};

struct willaq_queue {
	struct wq_list link;
	struct willaq *w;
	struct wq_ref ref;
	struct willaq_worker *worker; /* NULL: none */
	unsigned uses; /* requests under way that need `ref` */
	bool closed;   /* freed with the last of them */
};

/* Keeps the sentence and returns the code. */
int willaq_fail(struct willaq *w, int code, const char *why);
/* Of a code of ours or a wq_redis_condition. */
int willaq_code(int rc);
void willaq_queue_use(struct willaq_queue *q);
void willaq_queue_unuse(struct willaq_queue *q);

/* library_work.c: ends every worker; jobs that they hold go back to their queues.  *Runs the loop. */
void willaq_workers_end(struct willaq *w);
