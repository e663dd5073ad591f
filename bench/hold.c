/* SPDX-License-Identifier: MIT */
/* hold.c — a worker that holds many jobs and finishes some of them in any order.
 *
 *   hold REDIS_URL QUEUE IN_FLIGHT FINISHES AT_ONCE REDIS_PID
 *
 * Prints "held" once IN_FLIGHT jobs run; then ends AT_ONCE of them, picked at random, waits until as many others
 * run, and so on until FINISHES have ended, and prints one line of JSON: CPU of Redis and its own per finish, and its
 * memory.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/assert.h"
#include "base/random.h"
#include "queue/worker.h"

enum { SEED = 20260101 };

struct bench {
	struct wq_loop *loop;
	struct wq_resolver *resolver;
	struct wq_redis *redis;
	struct wq_worker *worker;
	struct wq_rng rng;
	struct wq_task **tasks;
	uint64_t in_flight, finishes, at_once, redis_pid;
	uint64_t held, left;
	double redis_us, own_us;
	struct wq_post turn;
};

/* Processor time of a process with one busy thread, in microseconds. */
static double cpu_us(uint64_t pid)
{
	char path[64];
	unsigned long long ns = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%llu/schedstat", (unsigned long long)pid);
	f = fopen(path, "r");
	if (f && fscanf(f, "%llu", &ns) != 1)
		ns = 0;
	if (f)
		fclose(f);
	return (double)ns / 1000;
}

static uint64_t own_pid(void)
{
	char link[32] = "";
	FILE *f = fopen("/proc/self/stat", "r");
	unsigned long long pid = 0;

	if (f && fgets(link, sizeof(link), f))
		pid = strtoull(link, NULL, 10);
	if (f)
		fclose(f);
	return pid;
}

static unsigned long long rss_bytes(void)
{
	unsigned long long size = 0, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%llu %llu", &size, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return resident * 4096;
}

static void tell(struct bench *b)
{
	double n = b->finishes ? (double)b->finishes : 1;

	printf("{\"redisUs\":%.3f,\"cpuUs\":%.3f,\"rss\":%llu}\n",
	       (cpu_us(b->redis_pid) - b->redis_us) / n, (cpu_us(own_pid()) - b->own_us) / n,
	       rss_bytes());
	fflush(stdout);
	wq_loop_stop(b->loop);
}

static void end_some(struct bench *b)
{
	uint64_t n = b->left < b->at_once ? b->left : b->at_once;

	b->left -= n;
	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = wq_rng_below(&b->rng, b->held);
		struct wq_task *t = b->tasks[at];

		b->tasks[at] = b->tasks[--b->held];
		wq_task_complete(t, wq_str("null"));
	}
}

static void on_turn(struct wq_post *p)
{
	struct bench *b = WQ_OWNER(p, struct bench, turn);

	if (b->held < b->in_flight)
		return;
	if (b->left == b->finishes) {
		puts("held");
		fflush(stdout);
		b->redis_us = cpu_us(b->redis_pid);
		b->own_us = cpu_us(own_pid());
	}
	if (b->left == 0)
		tell(b);
	else
		end_some(b);
}

static void on_run(void *ctx, struct wq_task *t)
{
	struct bench *b = ctx;

	b->tasks[b->held++] = t;
	wq_post_at_end(&b->turn);
}

static int open_all(struct bench *b, const char *url, const char *queue)
{
	struct wq_handler h = { .ctx = b, .run = on_run };
	struct wq_redis_opts conn;
	struct wq_worker_opts o;

	wq_redis_opts_init(&conn);
	conn.url = url;
	wq_worker_opts_init(&o);
	o.prefix = "bull";
	o.queue = queue;
	o.concurrency = (uint32_t)b->in_flight;
	if (wq_loop_create(&b->loop, NULL) < 0 ||
	    wq_resolver_create(&b->resolver, b->loop, NULL) < 0 ||
	    wq_redis_create(&b->redis, b->loop, b->resolver, &conn) < 0)
		return -1;
	wq_post_init(&b->turn, b->loop, on_turn);
	return wq_worker_create(&b->worker, b->loop, b->resolver, b->redis, &conn, &o, &h);
}

int main(int argc, char **argv)
{
	struct bench b = { 0 };

	if (argc != 7 || !wq_str_to_u64(wq_str(argv[3]), 100000, &b.in_flight) ||
	    !wq_str_to_u64(wq_str(argv[4]), 1000000, &b.finishes) ||
	    !wq_str_to_u64(wq_str(argv[5]), 1000, &b.at_once) ||
	    !wq_str_to_u64(wq_str(argv[6]), INT32_MAX, &b.redis_pid)) {
		fprintf(stderr,
		        "usage: hold REDIS_URL QUEUE IN_FLIGHT FINISHES AT_ONCE REDIS_PID\n");
		return 2;
	}
	b.left = b.finishes;
	wq_rng_init(&b.rng, SEED);
	b.tasks = calloc(b.in_flight, sizeof(*b.tasks));
	if (!b.tasks || open_all(&b, argv[1], argv[2]) < 0)
		return EXIT_FAILURE;
	wq_loop_run(b.loop);
	return EXIT_SUCCESS; /* a worker is closed once its jobs have ended, and these never do */
}
