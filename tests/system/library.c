/* SPDX-License-Identifier: MIT */
/* library.c REDIS_URL — what a user of the library meets besides docs/examples/queue.c; prints "fine" if all is so. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <willaq/queue.h>

enum { STEPS_MAX = 2000, STEP_MS = 10, BULK = 3 };

static struct willaq *w;
static struct willaq_queue *q;
static int calls; /* callbacks since the last expectation */
static int code;  /* of the last */
static char id[64], said[256];
static uint64_t changed;
static struct willaq_counts seen;
static struct willaq_job *held;

static void fail(const char *what)
{
	printf("%s: code %d, %s\n", what, code, said[0] ? said : willaq_why(w));
	exit(EXIT_FAILURE);
}

static void require(int yes, const char *what)
{
	if (!yes)
		fail(what);
}

static void note(int rc, const char *error)
{
	calls++;
	code = rc;
	snprintf(said, sizeof(said), "%s", error);
}

static void on_added(void *ctx, int rc, const char *new_id, const char *error)
{
	(void)ctx;
	note(rc, error);
	snprintf(id, sizeof(id), "%s", new_id ? new_id : "");
}

static void on_all(void *ctx, int rc, const char *const *ids, size_t n, const char *error)
{
	(void)ctx;
	note(rc, error);
	changed = n;
	snprintf(id, sizeof(id), "%s", n > 0 && ids[0] ? ids[0] : "");
}

static void on_changed(void *ctx, int rc, uint64_t n, const char *error)
{
	(void)ctx;
	note(rc, error);
	changed = n;
}

static void on_counts(void *ctx, int rc, const struct willaq_counts *counts, const char *error)
{
	(void)ctx;
	note(rc, error);
	if (counts)
		seen = *counts;
}

static void on_stopped(void *ctx)
{
	(void)ctx;
	note(0, "");
}

static void on_job(void *ctx, struct willaq_job *job)
{
	(void)ctx;
	held = job;
}

/* Turns the loop until one callback has run; `rc` is what the call returned. */
static void await(int rc, const char *what)
{
	require(rc == 0, what);
	require(calls == 0, "a callback ran inside the call");
	for (int i = 0; calls == 0 && i < STEPS_MAX; i++)
		willaq_poll(w, STEP_MS);
	require(calls == 1, what);
	calls = 0;
}

static void await_job(void)
{
	for (int i = 0; !held && i < STEPS_MAX; i++)
		willaq_poll(w, STEP_MS);
	require(held != NULL, "a job comes");
}

static void adds(void)
{
	const struct willaq_job_spec jobs[BULK] = { { "a", NULL, NULL }, { "b", "1", "{\"delay\":60000}" },
		                                    { "c", "[]", "{\"priority\":2}" } };

	require(willaq_add(q, "x", "{", NULL, on_added, NULL) == WILLAQ_INVALID, "broken data");
	require(willaq_add(q, "x", "{}", "{\"jobId\":\"12\"}", on_added, NULL) == WILLAQ_INVALID,
	        "a number as id");
	require(strlen(willaq_why(w)) > 10, "why");
	require(willaq_add_bulk(q, jobs, 0, on_all, NULL) == WILLAQ_INVALID, "none at once");
	require(willaq_add_flow(w, NULL, "[]", on_all, NULL) == WILLAQ_INVALID,
	        "a flow that is none");
	await(willaq_add(q, "x", "{\"n\":1}", "{\"jobId\":\"own\"}", on_added, NULL), "add");
	require(code == 0 && strcmp(id, "own") == 0, "its id");
	await(willaq_add(q, "x", "{\"n\":2}", "{\"jobId\":\"own\"}", on_added, NULL),
	      "the same id");
	require(code == 0 && strcmp(id, "own") == 0, "the one that is there");
	await(willaq_add(q, "x", NULL, "{\"parent\":{\"id\":\"no\",\"queue\":\"bull:none\"}}",
	                 on_added, NULL),
	      "an orphan");
	require(code == WILLAQ_NO_PARENT && id[0] == '\0', "no parent");
	await(willaq_add_bulk(q, jobs, BULK, on_all, NULL), "bulk");
	require(code == 0 && changed == BULK, "all of it");
	await(willaq_add_flow(w, NULL,
	                      "{\"name\":\"p\",\"queueName\":\"things\","
	                      "\"children\":[{\"name\":\"k\",\"queueName\":\"things\"}]}",
	                      on_all, NULL),
	      "flow");
	require(code == 0 && changed == 2 && strlen(id) > 10, "both of them");
	await(willaq_counts(q, on_counts, NULL), "counts");
	require(seen.waiting == 3 && seen.delayed == 1 && seen.prioritized == 1 &&
	                seen.waiting_children == 1,
	        "where they are");
}

static void work(void)
{
	const struct willaq_worker_opts opts = { .timeout_ms = 60000 };
	struct willaq_worker *k;

	require(willaq_worker_start(&k, q, &opts, on_job, NULL) == 0, "worker");
	require(willaq_worker_start(&k, q, &opts, on_job, NULL) == WILLAQ_INVALID,
	        "one worker a queue");
	await_job();
	require(strcmp(willaq_job_id(held), "own") == 0 &&
	                strcmp(willaq_job_data(held), "{\"n\":1}") == 0,
	        "the first");
	require(!willaq_job_cancelled(held) && willaq_job_attempts_made(held) == 0,
	        "as it was added");
	require(willaq_job_progress(held, "50") == 0 && willaq_job_log(held, "half") == 0,
	        "told meanwhile");
	willaq_job_fail(held, "broken", true);
	held = NULL;
	await_job(); /* is held when all is closed */
	await(willaq_counts(q, on_counts, NULL), "counts");
	require(seen.failed == 1 && seen.active == 1, "one failed, one held");
}

static void change(void)
{
	await(willaq_retry(q, "own", on_changed, NULL), "retry");
	require(code == 0 && changed == 1, "retried");
	await(willaq_retry(q, "own", on_changed, NULL), "retry again");
	require(code == WILLAQ_NO_JOB, "it is not failed any more");
	await(willaq_pause(q, on_changed, NULL), "pause");
	await(willaq_counts(q, on_counts, NULL), "counts");
	require(seen.paused, "paused");
	await(willaq_resume(q, on_changed, NULL), "resume");
	await(willaq_remove(q, "own", on_changed, NULL), "remove");
	require(code == 0 && changed == 1, "removed");
}

/* A worker that is stopped waits for its job. */
static void stop(void)
{
	struct willaq_queue *other;
	struct willaq_worker *k;

	held = NULL;
	require(willaq_queue_open(&other, w, "own", "others") == 0, "another queue");
	require(willaq_queue_open(&other, w, NULL, "a:b") == WILLAQ_INVALID, "a colon");
	require(willaq_queue_open(&other, w, "own", "others") == 0, "another queue");
	await(willaq_add(other, "y", NULL, NULL, on_added, NULL), "add");
	require(willaq_worker_start(&k, other, NULL, on_job, NULL) == 0, "worker");
	await_job();
	willaq_worker_stop(k, 60000, on_stopped, NULL);
	for (int i = 0; i < 5; i++)
		willaq_poll(w, STEP_MS);
	require(calls == 0, "not before its job has ended");
	willaq_job_complete(held, NULL);
	await(0, "stopped");
	willaq_queue_close(other);
}

int main(int argc, char **argv)
{
	if (argc != 2 || willaq_open(&w, "no url") != WILLAQ_INVALID ||
	    willaq_open(&w, argv[1]) < 0)
		return EXIT_FAILURE;
	require(willaq_queue_open(&q, w, NULL, "things") == 0, "queue");
	adds();
	work();
	change();
	stop();
	willaq_close(w);
	puts("fine");
	return EXIT_SUCCESS;
}
