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

static void on_scheduled(void *ctx, int rc, const char *job_id, int64_t delay_ms, const char *error)
{
	(void)ctx;
	note(rc, error);
	snprintf(id, sizeof(id), "%s", job_id ? job_id : "");
	changed = (uint64_t)delay_ms;
}

static void on_schedulers(void *ctx, int rc, const struct willaq_scheduler_seen *list, size_t n,
                          uint64_t total, const char *error)
{
	const struct willaq_scheduler *s = n > 0 ? &list[0].is : NULL;

	(void)ctx;
	note(rc, error);
	changed = total * 100 + n;
	snprintf(id, sizeof(id), "%s %s %s %s %s %d", s ? s->id : "", s && s->cron ? s->cron : "-",
	         s && s->zone ? s->zone : "-", s && s->name ? s->name : "-",
	         s && s->data ? s->data : "-", s ? (int)list[0].made : 0);
}

/* What cannot be, whoever tells it. */
static void cannot(const struct willaq_scheduler *s, int want, const char *what)
{
	int rc = willaq_scheduler_put(q, s, on_scheduled, NULL);

	if (rc == 0) {
		await(0, what);
		rc = code;
		require(strlen(said) > 10 && id[0] == '\0', what);
	} else {
		require(strlen(willaq_why(w)) > 10, what);
	}
	if (rc != want)
		printf("%d\n", rc);
	require(rc == want, what);
}

static void refuses_schedulers(void)
{
	const struct willaq_scheduler bad[] = {
		{ .id = NULL, .every_ms = 1000 },
		{ .id = "s" },
		{ .id = "s", .every_ms = 1000, .cron = "* * * * *" },
		{ .id = "s", .every_ms = -1 },
		{ .id = "s", .cron = "* * * * 9" },
		{ .id = "s", .cron = "* * * * *", .zone = "Europe/Atlantis" },
		{ .id = "s", .every_ms = 1000, .end_ms = 1 },
		{ .id = "s", .cron = "* * * * *", .immediately = true, .start_ms = 1 },
		{ .id = "s", .every_ms = 1000, .data = "{" },
		{ .id = "s", .every_ms = 1000, .opts = "{" },
		{ .id = "s", .every_ms = 1000, .opts = "[]" },
		{ .id = "s", .every_ms = 1000, .opts = "{\"attempts\":-1}" },
		{ .id = "s", .every_ms = 1000, .opts = "{\"jobId\":\"a\"}" },
		{ .id = "s", .every_ms = 1000, .opts = "{\"delay\":5}" },
	};
	const struct willaq_scheduler never = { .id = "s", .cron = "0 0 31 4,6 *" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		cannot(&bad[i], WILLAQ_INVALID, "a scheduler that cannot be");
	cannot(&never, WILLAQ_OVER, "a day that never comes");
	require(willaq_schedulers(q, 0, 0, on_schedulers, NULL) == WILLAQ_INVALID, "no page");
	require(willaq_scheduler_get(q, "", on_schedulers, NULL) == WILLAQ_INVALID, "no id");
	require(willaq_scheduler_remove(q, NULL, on_changed, NULL) == WILLAQ_INVALID, "no id");
	await(willaq_schedulers(q, 0, 10, on_schedulers, NULL), "schedulers");
	require(code == 0 && changed == 0, "none was made");
}

static void makes_schedulers(void)
{
	const struct willaq_scheduler berlin = { .id = "berlin",
		                                 .cron = "0 30 4 1 1 *",
		                                 .zone = "Europe/Berlin",
		                                 .start_ms = 4102444800000, /* 2100 */
		                                 .name = "new year",
		                                 .data = "{\"a\":1}",
		                                 .opts = "{\"attempts\":3,\"priority\":2}" };
	struct willaq_scheduler change = berlin;

	await(willaq_scheduler_put(q, &berlin, on_scheduled, NULL), "put");
	require(code == 0 && strcmp(id, "repeat:berlin:4102457400000") == 0, "at half past four");
	require(changed > 1000000000000, "in many years");
	await(willaq_scheduler_get(q, "berlin", on_schedulers, NULL), "get");
	require(code == 0 && changed == 101, "one of one");
	require(strcmp(id, "berlin 0 30 4 1 1 * Europe/Berlin new year {\"a\":1} 1") == 0,
	        "as it was put");
	change.zone = "America/New_York";
	await(willaq_scheduler_put(q, &change, on_scheduled, NULL), "changed");
	require(code == 0 && strcmp(id, "repeat:berlin:4102479000000") == 0, "six hours later");
	await(willaq_counts(q, on_counts, NULL), "counts");
	require(seen.delayed == 1, "one job, the other is gone");
	await(willaq_scheduler_get(q, "rome", on_schedulers, NULL), "get");
	require(code == 0 && changed == 100, "not that one");
	await(willaq_scheduler_remove(q, "rome", on_changed, NULL), "remove");
	require(code == WILLAQ_NO_JOB && changed == 0, "not there");
	await(willaq_scheduler_remove(q, "berlin", on_changed, NULL), "remove");
	require(code == 0 && changed == 1, "gone");
	await(willaq_counts(q, on_counts, NULL), "counts");
	require(seen.delayed == 0, "with its job");
}

/* An interval is worked to its limit; a pattern's job that runs is not replaced. */
static void works_schedulers(void)
{
	const struct willaq_scheduler twice = {
		.id = "twice", .every_ms = 20, .limit = 2, .data = "[1]"
	};
	const struct willaq_scheduler now = { .id = "now",
		                              .cron = "0 0 1 1 *",
		                              .immediately = true };
	struct willaq_worker *k;

	await(willaq_scheduler_put(q, &twice, on_scheduled, NULL), "put");
	require(code == 0 && changed == 0, "at once");
	require(willaq_worker_start(&k, q, NULL, on_job, NULL) == 0, "worker");
	for (int i = 0; i < 2; i++) {
		held = NULL;
		await_job();
		require(strcmp(willaq_job_data(held), "[1]") == 0, "from its template");
		require(strcmp(willaq_job_name(held), "twice") == 0, "called as it is");
		willaq_job_complete(held, NULL);
	}
	held = NULL;
	await(willaq_scheduler_get(q, "twice", on_schedulers, NULL), "get");
	require(strcmp(id, "twice - - twice [1] 2") == 0, "two were made");
	await(willaq_scheduler_put(q, &now, on_scheduled, NULL), "put");
	require(code == 0 && changed == 0, "at once");
	await_job();
	await(willaq_scheduler_remove(q, "now", on_changed, NULL), "remove");
	await(willaq_schedulers(q, 1, 5, on_schedulers, NULL), "the second page");
	require(code == 0 && changed == 100, "is empty");
	willaq_job_complete(held, NULL);
	held = NULL;
	willaq_worker_stop(k, 1000, on_stopped, NULL);
	await(0, "stopped");
	require(!held, "no third one");
}

static struct willaq_job *all_held[4];
static int all_held_n;

static void on_many(void *ctx, struct willaq_job *job)
{
	(void)ctx;
	require(all_held_n < 4, "no more than there are");
	all_held[all_held_n++] = job;
}

static void await_many(int n)
{
	for (int i = 0; all_held_n < n && i < STEPS_MAX; i++)
		willaq_poll(w, STEP_MS);
	for (int i = 0; i < 3; i++)
		willaq_poll(w, STEP_MS);
	require(all_held_n == n, "so many at once");
	all_held_n = 0;
}

/* Two at once, each ending, and nothing kept. */
static void endings(void)
{
	const struct willaq_worker_opts opts = { .concurrency = 2, .keep_completed = -1 };
	struct willaq_queue *before = q;
	struct willaq_worker *k;

	require(willaq_queue_open(&q, w, NULL, "endings") == 0, "queue");
	for (int i = 0; i < 3; i++)
		await(willaq_add(q, i == 0 ? "a" : "b", NULL, NULL, on_added, NULL), "add");
	require(willaq_worker_start(&k, q, &opts, on_many, NULL) == 0, "worker");
	await_many(2);
	willaq_job_delay(all_held[0], 600000);
	willaq_job_complete(all_held[1], "7");
	await_many(1);
	willaq_job_release(all_held[0]);
	await_many(1);
	willaq_job_await_children(all_held[0]); /* has none: is run again */
	await_many(1);
	require(willaq_job_attempts_made(all_held[0]) == 0, "no attempt was used up");
	willaq_job_complete(all_held[0], NULL);
	willaq_worker_stop(k, 1000, on_stopped, NULL);
	await(0, "stopped");
	await(willaq_counts(q, on_counts, NULL), "counts");
	require(seen.completed == 0 && seen.delayed == 1 && seen.waiting + seen.active == 0,
	        "one is delayed, the others are done and gone");
	await(willaq_drain(q, true, on_changed, NULL), "drain");
	require(code == 0 && changed == 1, "drained");
	willaq_queue_close(q);
	q = before;
}

/* Their queue is one of its own. */
static void schedules(void)
{
	struct willaq_queue *before = q;

	require(willaq_queue_open(&q, w, NULL, "repeated") == 0, "queue");
	refuses_schedulers();
	makes_schedulers();
	works_schedulers();
	willaq_queue_close(q);
	require(willaq_queue_open(&q, w, NULL, "foreign") == 0, "queue");
	cannot(&(struct willaq_scheduler){ .id = "s", .every_ms = 1000 }, WILLAQ_FOREIGN,
	       "foreign");
	willaq_queue_close(q);
	q = before;
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
	endings();
	schedules();
	stop();
	willaq_close(w);
	puts("fine");
	return EXIT_SUCCESS;
}
