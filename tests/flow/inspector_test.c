/* SPDX-License-Identifier: MIT */
/* inspector_test.c — looks and changes on a real Redis: what they promise, bad data, and how long Redis is held. */
#include "queue/inspector.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

enum { MANY = 100000, SEED_PART = 5000, HELD_MAX_US = 4000, NAME_MAX = 64, FAILURES_MAX = 120 };

static struct wq_redisd server;

struct world {
	struct wq_redis_world redis;
	struct wq_ref ref;
	struct wq_inspect inspect;
	struct wq_look look;
	struct wq_script seed;
	bool done;
	int rc;
	unsigned ids;
};

/* Writes jobs from ARGV[2] to ARGV[3] into the place ARGV[4] of the queue KEYS[1]; ARGV[5]: bytes of data. */
static const char seed_body[] =
	"local base, place, ids = KEYS[1], ARGV[3], {}\n"
	"local data = '{\"x\":\"' .. string.rep('y', tonumber(ARGV[4])) .. '\"}'\n"
	"for n = tonumber(ARGV[1]), tonumber(ARGV[2]) do\n"
	"  redis.call('HSET', base .. n, 'name', 'job', 'data', data, 'opts', '{}', 'timestamp', n, 'delay', 0,\n"
	"    'priority', 0, 'atm', 1, 'finishedOn', n, 'failedReason', 'x')\n"
	"  if place == 'wait' or place == 'paused' or place == 'active' then\n"
	"    redis.call('LPUSH', base .. place, n)\n"
	"  else\n"
	"    redis.call('ZADD', base .. place, place == 'delayed' and n * 4096 or n, n)\n"
	"  end\n"
	"end\n"
	"redis.call('HSET', base .. 'meta', 'opts.maxLenEvents', 1000)\n"
	"return 1\n";

static bool is_done(void *ctx)
{
	return ((struct world *)ctx)->done;
}

static void on_inspect(struct wq_inspect *i, int rc)
{
	struct world *w = i->user;

	w->done = true;
	w->rc = rc;
}

static void on_look(struct wq_look *l, int rc)
{
	struct world *w = l->user;

	w->done = true;
	w->rc = rc;
}

static void on_id(struct wq_inspect *i, struct wq_str id)
{
	((struct world *)i->user)->ids++;
}

static struct wq_inspect *change(struct world *w)
{
	wq_inspect_init(&w->inspect, w->redis.loop, &w->ref, on_inspect);
	w->inspect.user = w;
	w->inspect.on_id = on_id;
	w->ids = 0;
	w->done = false;
	return &w->inspect;
}

static struct wq_look *look(struct world *w)
{
	wq_look_init(&w->look, &w->ref, on_look);
	w->look.user = w;
	w->done = false;
	return &w->look;
}

static void wait_for(struct world *w, int started)
{
	WQ_CHECK_INT("started", started, 0);
	WQ_CHECK("answered in time", wq_redis_world_wait(&w->redis, is_done, w));
}

/* Its code; the number of jobs is in w->inspect.n. */
static int code(struct world *w, int started)
{
	wait_for(w, started);
	WQ_CHECK_INT(w->inspect.error, w->rc, 0);
	return w->inspect.code;
}

static void looked(struct world *w, int started)
{
	wait_for(w, started);
	WQ_CHECK_INT("looked", w->rc, 0);
}

static void begin(struct world *w)
{
	*w = (struct world){ .rc = 0 };
	wq_redisd_ask(&server, "FLUSHALL");
	wq_redis_world_begin(&w->redis, server.url, NULL);
	wq_redis_world_until_ready(&w->redis);
	WQ_CHECK_INT("ref", wq_ref_init(&w->ref, w->redis.redis, wq_str("bull"), wq_str("q"), NULL),
	             0);
	WQ_CHECK_INT("script", wq_script_init(&w->seed, "seed", wq_str(seed_body), 1), 0);
}

static void end(struct world *w)
{
	wq_ref_fini(&w->ref);
	wq_redis_world_end(&w->redis);
}

/* Jobs first … last into a place, in parts. */
static void seed(struct world *w, const char *place, unsigned first, unsigned last, unsigned bytes)
{
	char words[NAME_MAX * 2];
	size_t n = (last - first) / SEED_PART + 1;

	wq_redis_world_load(&w->redis, n);
	for (size_t i = 0; i < n; i++) {
		unsigned from = first + (unsigned)i * SEED_PART;

		snprintf(words, sizeof(words), "bull:q: %u %u %s %u", from,
		         from + SEED_PART - 1 < last ? from + SEED_PART - 1 : last, place, bytes);
		WQ_CHECK_INT("seed", wq_redis_world_fire(&w->redis, i, &w->seed, words), 0);
	}
	wq_redis_world_collect(&w->redis);
}

static struct wq_queue_counts counts(struct world *w)
{
	struct wq_queue_counts c;

	looked(w, wq_look_counts(look(w), 1000000, &c));
	return c;
}

static enum wq_job_state state_of(struct world *w, const char *id)
{
	struct wq_job_seen seen = { .job = NULL };
	enum wq_job_state state;

	looked(w, wq_look_job(look(w), wq_str(id), &seen));
	state = seen.state;
	wq_job_seen_fini(&seen);
	return state;
}

WQ_TEST(many_go_in_parts)
{
	struct world w;
	struct wq_queue_counts c;

	begin(&w);
	seed(&w, "failed", 1, 250, 1);
	WQ_CHECK_INT("retried", code(&w, wq_inspect_retry_all(change(&w), WQ_FINISHED_FAILED, 240)),
	             0);
	WQ_CHECK_INT("as many as are that old", w.inspect.n, 240);
	c = counts(&w);
	WQ_CHECK_INT("waiting", c.of[WQ_JOB_WAITING], 240);
	WQ_CHECK_INT("left", c.of[WQ_JOB_FAILED], 10);
	WQ_CHECK_STR("the oldest is next", wq_redisd_ask(&server, "LINDEX bull:q:wait -1"), "1");
	WQ_CHECK_INT("cleaned", code(&w, wq_inspect_clean(change(&w), WQ_JOB_WAITING, 0, 130)), 0);
	WQ_CHECK_INT("up to the limit", w.inspect.n, 130);
	WQ_CHECK_INT("each is told", w.ids, 130);
	WQ_CHECK_STR("the oldest first", wq_redisd_ask(&server, "LINDEX bull:q:wait -1"), "131");
	WQ_CHECK_INT("drained", code(&w, wq_inspect_drain(change(&w), true)), 0);
	WQ_CHECK_INT("the rest", w.inspect.n, 110);
	seed(&w, "delayed", 1, 250, 1);
	WQ_CHECK_INT("promoted", code(&w, wq_inspect_promote_all(change(&w))), 0);
	WQ_CHECK_INT("all", w.inspect.n, 250);
	WQ_CHECK_INT("obliterated", code(&w, wq_inspect_obliterate(change(&w), false)), 0);
	WQ_CHECK_STR("nothing is left", wq_redisd_ask(&server, "KEYS *"), "");
	end(&w);
}

WQ_TEST(a_pause_keeps_both_lists)
{
	struct world w;

	begin(&w);
	seed(&w, "paused", 1, 2500, 1);
	seed(&w, "wait", 2501, 5500, 1);
	WQ_CHECK_INT("paused", code(&w, wq_inspect_pause(change(&w))), 0);
	WQ_CHECK_STR("one list", wq_redisd_ask(&server, "LLEN bull:q:paused"), "5500");
	WQ_CHECK_STR("older ones run first", wq_redisd_ask(&server, "LINDEX bull:q:paused -1"),
	             "1");
	WQ_CHECK_STR("newer ones last", wq_redisd_ask(&server, "LINDEX bull:q:paused 0"), "5500");
	WQ_CHECK("paused", counts(&w).paused);
	seed(&w, "wait", 5501, 8000, 1);
	WQ_CHECK_INT("resumed", code(&w, wq_inspect_resume(change(&w))), 0);
	WQ_CHECK_STR("one list", wq_redisd_ask(&server, "LLEN bull:q:wait"), "8000");
	WQ_CHECK_STR("in order", wq_redisd_ask(&server, "LRANGE bull:q:wait -5501 -5500"),
	             "5501\n5500");
	WQ_CHECK_STR("idle workers are told", wq_redisd_ask(&server, "ZRANGE bull:q:marker 0 -1"),
	             "0");
	WQ_CHECK_STR("told once", wq_redisd_ask(&server, "XLEN bull:q:events"), "2");
	end(&w);
}

WQ_TEST(pages_carry_what_fits)
{
	struct wq_page_query q = { .state = WQ_JOB_WAITING, .n = 5, .ascending = true };
	struct wq_job_page page = { .n = 0 };
	struct world w;

	begin(&w);
	seed(&w, "wait", 1, 7, 1500000);
	looked(&w, wq_look_page(look(&w), &q, &page));
	WQ_CHECK_INT("jobs", page.n, 5);
	WQ_CHECK_INT("of", page.total, 7);
	WQ_CHECK("two are whole",
	         page.whole[0] && page.whole[1] && !page.whole[2] && !page.whole[4]);
	WQ_CHECK_SLICE("the one that runs next", page.jobs[0]->id, "1");
	WQ_CHECK_SLICE("a name all the same", page.jobs[4]->name, "job");
	WQ_CHECK("but no data", page.jobs[4]->data.p == NULL);
	q.from = page.next;
	looked(&w, wq_look_page(look(&w), &q, &page));
	WQ_CHECK_INT("the rest", page.n, 2);
	WQ_CHECK_INT("and no more", page.next, 0);
	q.n = WQ_LOOK_PAGE_MAX + 1;
	WQ_CHECK_INT("bounded", wq_look_page(look(&w), &q, &page), WQ_EINVAL);
	wq_job_page_fini(&page);
	end(&w);
}

WQ_TEST(bad_data_is_shown_as_it_is)
{
	struct wq_page_query q = { .state = WQ_JOB_WAITING, .n = 10 };
	struct wq_job_page page = { .n = 0 };
	struct world w;

	begin(&w);
	wq_redisd_ask(&server,
	              "HSET bull:q:1 name x data {broken opts [1, priority -7 atm much future 1");
	wq_redisd_ask(&server, "RPUSH bull:q:wait 1 gone 0:0 0:17");
	WQ_CHECK_INT("the last mark is no job", counts(&w).of[WQ_JOB_WAITING], 3);
	looked(&w, wq_look_page(look(&w), &q, &page));
	WQ_CHECK_INT("ids without a job are in the page", page.ids.n, 2);
	WQ_CHECK_INT("but are no jobs", page.n, 1);
	WQ_CHECK_SLICE("as it stands", page.jobs[0]->data, "{broken");
	wq_job_page_fini(&page);
	WQ_CHECK_INT("retry",
	             code(&w, wq_inspect_retry(change(&w), wq_str("1"), &(struct wq_retry){ 0 })),
	             WQ_CHANGE_STATE);
	WQ_CHECK_INT("priority",
	             code(&w, wq_inspect_change_priority(change(&w), wq_str("1"), 3, false)), 0);
	WQ_CHECK_INT("moved", state_of(&w, "1"), WQ_JOB_PRIORITIZED);
	WQ_CHECK_INT("removed", code(&w, wq_inspect_remove(change(&w), wq_str("1"), true)), 0);
	WQ_CHECK_INT("drained", code(&w, wq_inspect_drain(change(&w), true)), 0);
	wq_redisd_ask(&server, "SET bull:q:failed text");
	wait_for(&w, wq_inspect_retry_all(change(&w), WQ_FINISHED_FAILED, 0));
	WQ_CHECK_INT("a key of another kind", w.rc, WQ_REDIS_WRONGTYPE);
	WQ_CHECK("is told", strstr(w.inspect.error, "WRONGTYPE") != NULL);
	end(&w);
}

WQ_TEST(large_families_go_in_parts)
{
	struct world w;
	char words[NAME_MAX * 4];

	begin(&w);
	wq_redisd_ask(&server, "HSET bull:q:p name p data {} opts {} timestamp 1");
	wq_redisd_ask(&server, "ZADD bull:q:waiting-children 1 p");
	seed(&w, "completed", 1, 350, 1);
	for (unsigned n = 1; n <= 350; n++) {
		snprintf(words, sizeof(words), "%s bull:q:p:%s bull:q:%u %s",
		         n % 2 ? "HSET" : "SADD", n % 2 ? "processed" : "dependencies", n,
		         n % 2 ? "1" : "");
		if (n % 2 == 0)
			words[strlen(words) - 1] = '\0';
		WQ_CHECK_INT(words, wq_redis_world_ask(&w.redis, words), 0);
	}
	WQ_CHECK_INT("removed", code(&w, wq_inspect_remove(change(&w), wq_str("p"), true)), 0);
	WQ_CHECK_INT("with all children", w.inspect.n, 351);
	WQ_CHECK_STR("nothing is left", wq_redisd_ask(&server, "KEYS bull:q:[0-9p]*"), "");
	end(&w);
}

static void on_second(struct wq_inspect *i, struct wq_str id)
{
	if (++((struct world *)i->user)->ids == 1)
		wq_inspect_cancel(i);
}

WQ_TEST(a_cancel_ends_after_the_part)
{
	struct world w;

	begin(&w);
	seed(&w, "completed", 1, 1000, 1);
	change(&w);
	w.inspect.on_id = on_second;
	wait_for(&w, wq_inspect_clean(&w.inspect, WQ_JOB_COMPLETED, 0, 0));
	WQ_CHECK_INT("cancelled", w.rc, WQ_ECANCELED);
	WQ_CHECK_INT("one part", w.inspect.n, WQ_INSPECT_CHUNK_JOBS);
	end(&w);
}

/* Mean microseconds for which a script held Redis since the last reset. */
static double held_us(void)
{
	const char *line = strstr(wq_redisd_ask(&server, "INFO commandstats"), "cmdstat_evalsha:");
	const char *mean = line ? strstr(line, "usec_per_call=") : NULL;

	WQ_CHECK("scripts ran", mean != NULL);
	return mean ? strtod(mean + sizeof("usec_per_call=") - 1, NULL) : 0;
}

static void bounded(const char *what)
{
	double us = held_us();

	if (us >= HELD_MAX_US)
		print_error("%s: %.0f us\n", what, us);
	WQ_CHECK(what, us < HELD_MAX_US);
	wq_redisd_ask(&server, "CONFIG RESETSTAT");
}

static void look_around(struct world *w)
{
	struct wq_page_query q = { .state = WQ_JOB_WAITING, .n = 100, .ascending = true };
	struct wq_job_page page = { .n = 0 };

	wq_redisd_ask(&server, "CONFIG RESETSTAT");
	for (unsigned i = 0; i < 10; i++) {
		WQ_CHECK_INT("counted", counts(w).of[WQ_JOB_WAITING], MANY);
		q.from = i * MANY / 10;
		looked(w, wq_look_page(look(w), &q, &page));
		WQ_CHECK_INT("a page", page.n, 100);
		WQ_CHECK_INT("in the middle", state_of(w, "50000"), WQ_JOB_WAITING);
		WQ_CHECK_INT("nowhere", state_of(w, "nobody"), WQ_JOB_UNKNOWN);
	}
	wq_job_page_fini(&page);
	bounded("looks");
}

WQ_TEST(redis_is_never_held_for_long)
{
	struct world w;

	begin(&w);
	seed(&w, "wait", 1, MANY, 10);
	look_around(&w);
	WQ_CHECK_INT("paused", code(&w, wq_inspect_pause(change(&w))), 0);
	WQ_CHECK_INT("resumed", code(&w, wq_inspect_resume(change(&w))), 0);
	bounded("pause and resume");
	WQ_CHECK_INT("cleaned", code(&w, wq_inspect_clean(change(&w), WQ_JOB_WAITING, 0, 20000)),
	             0);
	bounded("clean");
	WQ_CHECK_INT("drained", code(&w, wq_inspect_drain(change(&w), true)), 0);
	WQ_CHECK_INT("drained", w.inspect.n, MANY - 20000);
	bounded("drain");
	seed(&w, "failed", 1, 20000, 10);
	wq_redisd_ask(&server, "CONFIG RESETSTAT");
	WQ_CHECK_INT("retried", code(&w, wq_inspect_retry_all(change(&w), WQ_FINISHED_FAILED, 0)),
	             0);
	bounded("retry all");
	WQ_CHECK_INT("obliterated", code(&w, wq_inspect_obliterate(change(&w), false)), 0);
	bounded("obliterate");
	end(&w);
}

/* Whatever allocation fails, a look ends once and leaves nothing behind: the sanitizer tells. */
WQ_TEST(looks_survive_without_memory)
{
	struct wq_page_query q = { .state = WQ_JOB_WAITING, .n = 20 };
	struct wq_job_page page = { .n = 0 };
	struct wq_job_seen seen = { .job = NULL };
	struct world w;
	unsigned failures = 0;
	int rc;

	begin(&w);
	seed(&w, "wait", 1, 20, 10);
	for (unsigned n = 0; n < FAILURES_MAX; n++) {
		wq_redis_world_until_ready(&w.redis);
		look(&w);
		wq_alloc_fail_after(n);
		rc = n % 2 ? wq_look_page(&w.look, &q, &page)
		           : wq_look_job(&w.look, wq_str("1"), &seen);
		if (rc == 0)
			WQ_CHECK("ends", wq_redis_world_wait(&w.redis, is_done, &w));
		failures += wq_alloc_failed();
		wq_alloc_fail_after(UINT64_MAX);
		WQ_CHECK("a page or none", w.rc == 0 || page.n == 0 || n % 2 == 0);
	}
	WQ_CHECK("some did fail", failures > 10);
	wq_job_page_fini(&page);
	wq_job_seen_fini(&seen);
	end(&w);
}

/* Workers are found by the names of their connections. */
WQ_TEST(workers_and_queues_are_listed)
{
	struct wq_workers_seen workers = { .n = 0 };
	struct wq_queue_names names = { .next = "" };
	struct world w;

	begin(&w);
	wq_redis_world_ask(&w.redis, "CLIENT SETNAME bull:cQ==:w:one");
	looked(&w, wq_look_workers(look(&w), &workers));
	WQ_CHECK_INT("workers", workers.n, 1);
	WQ_CHECK_SLICE("named", workers.at[0].name, "one");
	wq_redis_world_ask(&w.redis, "CLIENT SETNAME bull:cQ==:qe");
	looked(&w, wq_look_workers(look(&w), &workers));
	WQ_CHECK_INT("a listener is none", workers.n, 0);
	wq_redisd_ask(&server, "HSET bull:q:meta paused 1");
	wq_redisd_ask(&server, "HSET bull:other:meta paused 1");
	wq_redisd_ask(&server, "HSET bull:q:repeat:meta a 1");
	wq_redisd_ask(&server, "HSET bullock:q:meta a 1");
	looked(&w, wq_look_queues(look(&w), w.redis.redis, wq_str("bull"), wq_str(""), 0, &names));
	WQ_CHECK_INT("queues", names.rows.n, 2);
	WQ_CHECK_STR("all in one step", names.next, "");
	wq_queue_names_fini(&names);
	wq_workers_seen_fini(&workers);
	end(&w);
}

static int setup(void **state)
{
	wq_redisd_start(&server, &(struct wq_redisd_opts){ .socket = false });
	return 0;
}

static int teardown(void **state)
{
	wq_redisd_stop(&server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(many_go_in_parts),        WQ_CASE(a_pause_keeps_both_lists),
		WQ_CASE(pages_carry_what_fits),   WQ_CASE(bad_data_is_shown_as_it_is),
		WQ_CASE(large_families_go_in_parts), WQ_CASE(a_cancel_ends_after_the_part),
		WQ_CASE(looks_survive_without_memory),
		WQ_CASE(workers_and_queues_are_listed), WQ_CASE(redis_is_never_held_for_long),
	};

	return cmocka_run_group_tests_name("inspector", all, setup, teardown) != 0;
}
