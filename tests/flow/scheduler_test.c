/* SPDX-License-Identifier: MIT */
/* scheduler_test.c — schedulers on a real Redis: made, changed, followed, read in pages, removed; repeats of before. */
#include "queue/scheduler.h"

#include <inttypes.h>

#include "base/err.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

enum { HOUR_MS = 3600000 };

static struct wq_redisd server;
static struct wq_redis_world w;
static struct wq_ref ref;
static struct wq_schedules schedules;
static int64_t now; /* when the test began */

static void begin(void)
{
	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&w, server.url, NULL);
	wq_schedules_init(&schedules, "UTC");
	WQ_CHECK_INT("a queue", wq_ref_init(&ref, w.redis, wq_str("bull"), wq_str("q"), NULL), 0);
	wq_redis_world_until_ready(&w);
	now = wq_loop_wall_ms(w.loop);
}

static void end(void)
{
	wq_ref_fini(&ref);
	wq_schedules_fini(&schedules);
	wq_redis_world_end(&w);
	wq_redisd_stop(&server);
}

static const char *ask(const char *words)
{
	WQ_CHECK_INT(words, wq_redis_world_ask(&w, words), 0);
	return w.one.text;
}

/* Outcomes of what was started last. */
static struct {
	bool done;
	int rc, code;
	char job_id[128];
	bool made;
} last;

static bool is_done(void *ctx)
{
	return last.done;
}

static void wait_for_it(void)
{
	WQ_CHECK("it ends", wq_redis_world_wait(&w, is_done, NULL));
	last.done = false;
}

static void on_upserted(struct wq_scheduler_upsert *u, int rc)
{
	last.done = true;
	last.rc = rc;
	last.code = u->code;
	snprintf(last.job_id, sizeof(last.job_id), "%.*s", WQ_STR_ARG(u->job_id));
}

static int upsert(struct wq_scheduler_record r, const char **why)
{
	struct wq_scheduler_opts o = { .record = r };
	static struct wq_scheduler_upsert u;
	int rc;

	o.record.id = wq_str(r.id.p ? r.id.p : "s");
	rc = wq_scheduler_upsert(&u, &schedules, w.loop, &ref, &o, on_upserted, why);
	if (rc < 0)
		return rc;
	WQ_CHECK("not from inside the call", !last.done);
	wait_for_it();
	return last.rc ? last.rc : last.code;
}

static void on_followed(struct wq_follow *f, int rc)
{
	last.done = true;
	last.rc = rc;
	last.made = f->made;
}

static void on_closed(void *ctx)
{
	last.done = true;
}

/* A worker has taken the job; `opts` as it holds them. */
static int follow(const char *id, const char *opts)
{
	struct wq_job job = { .id = wq_str(id), .opts = wq_str(opts), .scheduler = wq_str("s") };
	struct wq_followers *fs;
	struct wq_follow f;
	int rc;

	WQ_CHECK("wanted", wq_follow_wanted(&job));
	WQ_CHECK_INT("followers", wq_followers_create(&fs, w.loop, &ref, &schedules), 0);
	last.made = false;
	wq_follow_start(fs, &f, &job, on_followed);
	WQ_CHECK("not from inside the call", !last.done);
	wait_for_it();
	rc = last.rc;
	wq_followers_close(fs, on_closed, NULL);
	wait_for_it();
	return rc;
}

WQ_TEST(refusals)
{
	static const struct {
		const char *what;
		struct wq_scheduler_record r;
		int want;
	} table[] = {
		{ "neither", { .name = WQ_STR("n") }, WQ_EINVAL },
		{ "both", { .every_ms = 1, .pattern = WQ_STR("* * * * *") }, WQ_EINVAL },
		{ "an end in the past", { .every_ms = 1, .end_ms = 1 }, WQ_EINVAL },
		{ "no pattern", { .pattern = WQ_STR("* * * * 9") }, WQ_EPARSE },
		{ "no zone",
		  { .pattern = WQ_STR("* * * * *"), .tz = WQ_STR("Europe/Atlantis") },
		  WQ_ENOENT },
		{ "beyond its limit",
		  { .every_ms = 1, .limit = 1, .count = 2 },
		  WQ_SCHEDULER_OVER },
		{ "never", { .pattern = WQ_STR("0 0 31 4,6 *") }, WQ_SCHEDULER_OVER },
	};

	begin();
	for (size_t i = 0; i < WQ_COUNT(table); i++) {
		const char *why = NULL;
		int rc = upsert(table[i].r, &why);

		WQ_CHECK_INT(table[i].what, rc, table[i].want);
		WQ_CHECK(table[i].what, (rc < 0) == (why != NULL));
	}
	WQ_CHECK_STR("nothing was written", ask("DBSIZE"), "0");
	end();
}

WQ_TEST(an_interval)
{
	struct wq_scheduler_record r = { .every_ms = HOUR_MS,
		                         .data = WQ_STR("{\"a\":1}"),
		                         .limit = 3 };
	char first[128], opts[256], words[512];
	const char *why;

	begin();
	WQ_CHECK_INT("made", upsert(r, &why), WQ_SCHEDULER_MADE);
	memcpy(first, last.job_id, sizeof(first));
	WQ_CHECK("its first job", strncmp(first, "repeat:s:", 9) == 0);
	WQ_CHECK_STR("waits", ask("LINDEX bull:q:wait 0"), first);
	snprintf(words, sizeof(words), "HMGET bull:q:%s rjk data name", first);
	WQ_CHECK_STR("from its template", ask(words), "[s, {\"a\":1}, s]");
	ask("DEL bull:q:wait"); /* taken */
	snprintf(opts, sizeof(opts), "{\"repeat\":{\"every\":%d,\"limit\":3,\"count\":1}}",
	         HOUR_MS);
	snprintf(words, sizeof(words), "HSET bull:q:%s opts %s", first, opts);
	ask(words);
	WQ_CHECK_INT("followed", follow(first, opts), 0);
	WQ_CHECK("made", last.made);
	WQ_CHECK_STR("delayed", ask("ZCARD bull:q:delayed"), "1");
	WQ_CHECK_STR("counted", ask("HGET bull:q:repeat:s ic"), "2");
	WQ_CHECK_INT("once more", follow(first, opts), 0);
	WQ_CHECK("made once", !last.made);
	WQ_CHECK_STR("one", ask("ZCARD bull:q:delayed"), "1");
	snprintf(opts, sizeof(opts), "{\"repeat\":{\"every\":%d,\"limit\":3,\"count\":3}}",
	         HOUR_MS);
	WQ_CHECK_INT("at its limit", follow(first, opts), 0);
	WQ_CHECK("no more", !last.made);
	WQ_CHECK_INT("unreadable", follow(first, "{"), WQ_EPARSE);
	WQ_CHECK_INT("silent", follow(first, "{}"), WQ_EPARSE);
	end();
}

WQ_TEST(a_pattern_changes)
{
	struct wq_scheduler_record r = { .pattern = WQ_STR("0 0 1 1 *"),
		                         .tz = WQ_STR("Europe/Berlin") };
	const char *why;

	begin();
	WQ_CHECK_INT("made", upsert(r, &why), WQ_SCHEDULER_MADE);
	WQ_CHECK_INT("again", upsert(r, &why), WQ_SCHEDULER_MADE);
	WQ_CHECK_STR("one job", ask("ZCARD bull:q:delayed"), "1");
	r.pattern = wq_str("0 0 2 1 *");
	WQ_CHECK_INT("changed", upsert(r, &why), WQ_SCHEDULER_MADE);
	WQ_CHECK_STR("one job", ask("ZCARD bull:q:delayed"), "1");
	WQ_CHECK_STR("the new pattern", ask("HMGET bull:q:repeat:s pattern tz ic"),
	             "[0 0 2 1 *, Europe/Berlin, 1]");
	ask("ZREM bull:q:delayed nothing");
	ask("DEL bull:q:delayed"); /* its job runs */
	WQ_CHECK_INT("it cannot be replaced", upsert(r, &why), WQ_SCHEDULER_COLLISION);
	end();
}

static struct {
	uint64_t total;
	size_t n;
	char ids[256];
} page;

static void on_page(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_scheduler_seen s;

	last.done = true;
	last.rc = rc;
	page.total = wq_scheduler_read_total(cmd);
	page.n = wq_scheduler_read_count(cmd);
	page.ids[0] = '\0';
	for (size_t i = 0; i < page.n; i++) {
		WQ_CHECK("a row", wq_scheduler_read_at(cmd, i, &s));
		WQ_CHECK_INT("its interval", s.record.every_ms, HOUR_MS);
		snprintf(page.ids + strlen(page.ids), sizeof(page.ids) - strlen(page.ids), "%.*s",
		         WQ_STR_ARG(s.record.id));
	}
}

static void on_removed(struct wq_redis_cmd *cmd, int rc)
{
	last.done = true;
	last.code = (int)wq_redis_int(cmd->reply, -1);
}

static void check_page(struct wq_scheduler_query q, size_t total, const char *ids)
{
	struct wq_redis_cmd cmd;

	WQ_CHECK_INT(ids, wq_scheduler_read_start(&ref, &cmd, &q, on_page), 0);
	wait_for_it();
	WQ_CHECK_INT(ids, page.total, total);
	WQ_CHECK_STR(ids, page.ids, ids);
}

WQ_TEST(pages_and_removal)
{
	static const char *const ids[] = { "a", "b", "c" };
	struct wq_redis_cmd cmd;
	const char *why;

	begin();
	for (int i = 0; i < 3; i++) {
		struct wq_scheduler_record r = { .id = wq_str(ids[i]), .every_ms = HOUR_MS,
			                         .start_ms = now + (i + 1) * HOUR_MS };

		WQ_CHECK_INT(ids[i], upsert(r, &why), WQ_SCHEDULER_MADE);
	}
	check_page((struct wq_scheduler_query){ .count = 2, .ascending = true }, 3, "ab");
	check_page((struct wq_scheduler_query){ .first = 2, .count = 2, .ascending = true }, 3,
	           "c");
	check_page((struct wq_scheduler_query){ .count = UINT64_MAX }, 3, "cba");
	check_page((struct wq_scheduler_query){ .id = wq_str("b") }, 3, "b");
	check_page((struct wq_scheduler_query){ .id = wq_str("x") }, 3, "");
	for (int i = 1; i >= 0; i--) {
		WQ_CHECK_INT("remove",
		             wq_scheduler_remove_start(&ref, &cmd, wq_str("b"), on_removed), 0);
		wait_for_it();
		WQ_CHECK_INT("there", last.code, i);
	}
	WQ_CHECK_STR("its job went too", ask("ZCARD bull:q:delayed"), "2");
	WQ_CHECK_STR("its record too", ask("EXISTS bull:q:repeat:b"), "0");
	end();
}

WQ_TEST_MAIN(WQ_CASE(refusals), WQ_CASE(an_interval), WQ_CASE(a_pattern_changes),
             WQ_CASE(pages_and_removal))
