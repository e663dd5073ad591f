/* SPDX-License-Identifier: MIT */
/* scheduler_slots_test.c — when the jobs of an interval are due, by tables: the first, the one behind a job that was
 * taken, and the one of a scheduler that is changed.  The clock is an argument; times are in ms from its start. */
#include <inttypes.h>

#include "base/limits.h"
#include "queue/scheduler.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

static struct wq_redisd server;
static struct wq_redis_world w;
static struct wq_ref ref;

static void begin(void)
{
	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&w, server.url, NULL);
	WQ_CHECK_INT("a queue", wq_ref_init(&ref, w.redis, wq_str("bull"), wq_str("q"), NULL), 0);
	wq_redis_world_until_ready(&w);
}

static void end(void)
{
	wq_ref_fini(&ref);
	wq_redis_world_end(&w);
	wq_redisd_stop(&server);
}

static const char *ask(const char *format, ...) __attribute__((format(printf, 1, 2)));
static const char *ask(const char *format, ...)
{
	static char words[256];
	va_list args;

	va_start(args, format);
	vsnprintf(words, sizeof(words), format, args);
	va_end(args);
	WQ_CHECK_INT(words, wq_redis_world_ask(&w, words), 0);
	return w.one.text;
}

/* What was started last. */
static struct {
	bool done;
	int code;
	int64_t delay_ms;
	char job_id[64];
} last;

static bool is_done(void *ctx)
{
	return last.done;
}

static void wait_for_it(const char *what)
{
	WQ_CHECK(what, wq_redis_world_wait(&w, is_done, NULL));
	last.done = false;
}

static void on_upserted(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_str id = wq_str("");

	WQ_CHECK_INT("upsert", rc, 0);
	last.done = true;
	last.code = wq_scheduler_upsert_code(cmd, &id, &last.delay_ms);
	snprintf(last.job_id, sizeof(last.job_id), "%.*s", WQ_STR_ARG(id));
}

static int upsert(const char *what, int64_t now, const struct wq_scheduler_record *r)
{
	struct wq_scheduler_record record = *r;
	struct wq_redis_cmd cmd;

	record.id = record.name = wq_str("s");
	record.count = 1;
	WQ_CHECK_INT(what, wq_scheduler_upsert_start(&ref, &cmd, now, &record, 0, on_upserted), 0);
	wait_for_it(what);
	return last.code;
}

static void on_followed(struct wq_redis_cmd *cmd, int rc)
{
	WQ_CHECK_INT("follow", rc, 0);
	last.done = true;
	last.code = (int)wq_redis_int(wq_redis_at(cmd->reply, 0), -1);
}

/* 1 when a successor was made. */
static int follow(const char *what, int64_t now, int64_t at)
{
	struct wq_scheduler_follow item;
	struct wq_redis_cmd cmd;
	char id[64];

	snprintf(id, sizeof(id), "repeat:s:%" PRId64, at);
	item = (struct wq_scheduler_follow){ .job_id = wq_str(id) };
	WQ_CHECK_INT(what, wq_scheduler_follow_start(&ref, &cmd, now, &item, 1, on_followed), 0);
	wait_for_it(what);
	return last.code;
}

static void check_number(const char *what, const char *got, int64_t want)
{
	char text[32];

	snprintf(text, sizeof(text), "%" PRId64, want);
	WQ_CHECK_STR(what, got, text);
}

/* The scheduler's current job is due then, is there, and waits or is delayed for that. */
static void check_due(const char *what, int64_t now, int64_t want)
{
	bool later = want > now;

	check_number(what, ask("ZSCORE bull:q:repeat s"), want);
	check_number(what, ask("EXISTS bull:q:repeat:s:%" PRId64, want), 1);
	check_number(what, ask("HGET bull:q:repeat:s:%" PRId64 " delay", want),
	             later ? want - now : 0);
	if (later)
		check_number(what, ask("ZSCORE bull:q:delayed repeat:s:%" PRId64, want),
		             want * 4096);
	else
		check_number(what, ask("LPOS bull:q:wait repeat:s:%" PRId64, want), 0);
}

WQ_TEST(the_first)
{
	static const struct {
		const char *what;
		int64_t now, every, offset, start, want, kept_offset;
	} rows[] = {
		{ "at once", 1000500, 1000, 0, 0, 1000500, 500 },
		{ "at once, on the slot", 1000000, 1000, 0, 0, 1000000, 0 },
		{ "a start to come", 1000500, 1000, 0, 1007300, 1007300, 300 },
		{ "a start gone by", 1000500, 1000, 0, 990000, 1000500, 500 },
		{ "a start now", 1000500, 1000, 0, 1000500, 1000500, 500 },
		{ "an offset to come", 1000500, 1000, 700, 0, 1000700, 700 },
		{ "an offset gone by", 1000500, 1000, 300, 0, 1001300, 300 },
		{ "an offset now", 1000500, 1000, 500, 0, 1001500, 500 },
		{ "a start before an offset", 1000500, 1000, 300, 1007777, 1007777, 300 },
		{ "an interval longer than all time", 1000500, 4000000, 0, 0, 1000500, 1000500 },
		{ "every millisecond", 1000500, 1, 0, 0, 1000500, 0 },
		{ "of our days", 1700000000123, 86400000, 0, 0, 1700000000123, 80000123 },
	};

	begin();
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		const struct wq_scheduler_record r = { .every_ms = rows[i].every,
			                               .offset_ms = rows[i].offset,
			                               .start_ms = rows[i].start };

		ask("FLUSHALL");
		WQ_CHECK_INT(rows[i].what, upsert(rows[i].what, rows[i].now, &r),
		             WQ_SCHEDULER_MADE);
		check_due(rows[i].what, rows[i].now, rows[i].want);
		WQ_CHECK_INT(rows[i].what, last.delay_ms,
		             rows[i].want > rows[i].now ? rows[i].want - rows[i].now : 0);
		check_number(rows[i].what, ask("HGET bull:q:repeat:s offset"), rows[i].kept_offset);
		WQ_CHECK_STR(rows[i].what, ask("HGET bull:q:repeat:s ic"), "1");
	}
	end();
}

/* A record and its current job, which a worker has taken. */
static void current(int64_t at, int64_t every, int64_t offset)
{
	ask("FLUSHALL");
	ask("HSET bull:q:repeat:s name s every %" PRId64 " ic 7", every);
	if (offset)
		ask("HSET bull:q:repeat:s offset %" PRId64, offset);
	ask("ZADD bull:q:repeat %" PRId64 " s", at);
	ask("HSET bull:q:repeat:s:%" PRId64
	    " name s data {} rjk s timestamp 1 opts {\"repeat\":{\"every\":%" PRId64
	    ",\"count\":7}}",
	    at, every);
	ask("LPUSH bull:q:active repeat:s:%" PRId64, at);
}

WQ_TEST(the_one_behind)
{
	static const struct {
		const char *what;
		int64_t at, every, offset, now, want;
	} rows[] = {
		{ "on time", 1000300, 1000, 300, 1000300, 1001300 },
		{ "taken late", 1000300, 1000, 300, 1001299, 1001300 },
		{ "taken when the next is due", 1000300, 1000, 300, 1001300, 1001300 },
		{ "one was missed", 1000300, 1000, 300, 1001301, 1002300 },
		{ "many were, the slot of now is to come", 1000300, 1000, 300, 1009100, 1009300 },
		{ "many were, the slot of now is gone by", 1000300, 1000, 300, 1009900, 1010300 },
		{ "many were, the slot is now", 1000300, 1000, 300, 1009300, 1010300 },
		{ "without an offset", 1000300, 1000, 0, 1009100, 1010000 },
		{ "without an offset, none was missed", 1000300, 1000, 0, 1000400, 1001300 },
		{ "an offset beyond the interval", 1000300, 1000, 2300, 1009100, 1011300 },
		{ "the clock is behind", 1000300, 1000, 300, 900000, 1001300 },
		{ "by thirty days", 1700000000300, 60000, 300, 1697408000300, 1700000060300 },
		{ "by thirty days too late", 1700000000300, 60000, 20300, 1702592000301,
		  1702592060300 },
	};

	begin();
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		current(rows[i].at, rows[i].every, rows[i].offset);
		WQ_CHECK_INT(rows[i].what, follow(rows[i].what, rows[i].now, rows[i].at), 1);
		check_due(rows[i].what, rows[i].now, rows[i].want);
		WQ_CHECK_STR(rows[i].what, ask("HGET bull:q:repeat:s ic"), "8");
		WQ_CHECK_STR(rows[i].what, ask("LLEN bull:q:active"), "1");
		/* Retried or stalled it makes no second one, whatever the time. */
		WQ_CHECK_INT(rows[i].what,
		             follow(rows[i].what, rows[i].now + rows[i].every, rows[i].at), 0);
		check_number(rows[i].what, ask("ZSCORE bull:q:repeat s"), rows[i].want);
	}
	end();
}

/* Its place is taken: told, and nothing else; nor does a scheduler that is gone come back. */
WQ_TEST(none_behind)
{
	begin();
	current(1000300, 1000, 300);
	ask("HSET bull:q:repeat:s:1001300 name other");
	WQ_CHECK_INT("taken", follow("taken", 1000300, 1000300), 0);
	WQ_CHECK_STR("as it was", ask("HGETALL bull:q:repeat:s:1001300"), "[name, other]");
	WQ_CHECK_STR("told", ask("XLEN bull:q:events"), "1");
	current(1000300, 1000, 300);
	ask("ZREM bull:q:repeat s");
	WQ_CHECK_INT("gone", follow("gone", 1000300, 1000300), 0);
	WQ_CHECK_STR("gone", ask("EXISTS bull:q:repeat bull:q:delayed"), "0");
	WQ_CHECK_INT("no such job", follow("no such job", 1000300, 5), 0);
	end();
}

enum place { DELAYED, WAITING, TAKEN, DONE };

WQ_TEST(a_scheduler_that_is_changed)
{
	static const struct {
		const char *what;
		enum place place; /* of its current job */
		int64_t at, every, offset, now, new_every, new_offset, want, kept_offset;
	} rows[] = {
		{ "nothing is: its job stays when it is", DELAYED, 1005300, 1000, 300, 1000500,
		  1000, 0, 1005300, 300 },
		{ "nor when it waits", WAITING, 1000300, 1000, 300, 1000500, 1000, 0, 1000300,
		  300 },
		{ "a new offset is for later", DELAYED, 1005300, 1000, 300, 1000500, 1000, 800,
		  1005300, 800 },
		{ "its job runs: the one behind", TAKEN, 1000300, 1000, 300, 1000500, 1000, 0,
		  1001300, 300 },
		{ "its job ran long ago: the next slot", DONE, 1000300, 1000, 300, 1009100, 1000,
		  300, 1009300, 300 },
		{ "a new interval begins at once", DELAYED, 1005300, 1000, 300, 1000500, 2000, 0,
		  1000500, 300 },
		{ "or by its offset", DELAYED, 1005300, 1000, 300, 1000500, 2000, 900, 1000900,
		  900 },
		{ "whether its job runs or not", TAKEN, 1000300, 1000, 300, 1000500, 2000, 0,
		  1000500, 500 },
	};

	begin();
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		const struct wq_scheduler_record r = { .every_ms = rows[i].new_every,
			                               .offset_ms = rows[i].new_offset };

		current(rows[i].at, rows[i].every, rows[i].offset);
		if (rows[i].place != TAKEN)
			ask("DEL bull:q:active");
		if (rows[i].place == DELAYED)
			ask("ZADD bull:q:delayed %" PRId64 " repeat:s:%" PRId64, rows[i].at * 4096,
			    rows[i].at);
		else if (rows[i].place == WAITING)
			ask("LPUSH bull:q:wait repeat:s:%" PRId64, rows[i].at);
		WQ_CHECK_INT(rows[i].what, upsert(rows[i].what, rows[i].now, &r),
		             WQ_SCHEDULER_MADE);
		check_due(rows[i].what, rows[i].now, rows[i].want);
		check_number(rows[i].what, ask("HGET bull:q:repeat:s offset"), rows[i].kept_offset);
		WQ_CHECK_STR(rows[i].what, ask("HGET bull:q:repeat:s ic"), "7");
	}
	end();
}

/* Slots whose jobs are still there are stepped over, 32 at most. */
WQ_TEST(slots_that_are_taken)
{
	const struct wq_scheduler_record r = { .every_ms = 1000 };

	begin();
	ask("HSET bull:q:repeat:s:1000500 name n");
	ask("HSET bull:q:repeat:s:1001500 name n");
	WQ_CHECK_INT("made", upsert("made", 1000500, &r), WQ_SCHEDULER_MADE);
	WQ_CHECK_STR("the third", last.job_id, "repeat:s:1002500");
	ask("FLUSHALL");
	for (int i = 0; i < 33; i++)
		ask("HSET bull:q:repeat:s:%d name n", 1000500 + i * 1000);
	WQ_CHECK_INT("busy", upsert("busy", 1000500, &r), WQ_SCHEDULER_BUSY);
	WQ_CHECK_STR("nothing is written", ask("EXISTS bull:q:repeat bull:q:repeat:s"), "0");
	ask("DEL bull:q:repeat:s:1032500");
	WQ_CHECK_INT("made", upsert("made", 1000500, &r), WQ_SCHEDULER_MADE);
	WQ_CHECK_STR("the last", last.job_id, "repeat:s:1032500");
	end();
}

static void on_told(struct wq_follow *f, int rc)
{
	WQ_CHECK_INT("told", rc, 0);
	last.done = true;
	last.code = f->made;
}

static void on_closed(void *ctx)
{
	last.done = true;
}

/* Limit and end are looked at by who takes the job: by what the job says, and the clock of now. */
WQ_TEST(the_last)
{
	static const struct {
		const char *what, *rule, *date; /* the latter: minutes from now, or ago */
		int64_t minutes;
		int made;
	} rows[] = {
		{ "no bound", "\"count\":5", "x", 0, 1 },
		{ "below its limit", "\"count\":5,\"limit\":6", "x", 0, 1 },
		{ "at its limit", "\"count\":6,\"limit\":6", "x", 0, 0 },
		{ "beyond it", "\"count\":7,\"limit\":6", "x", 0, 0 },
		{ "no count yet", "\"limit\":1", "x", 0, 1 },
		{ "an end to come", "\"count\":1", "endDate", 1, 1 },
		{ "an end gone by", "\"count\":1", "endDate", -1, 0 },
		{ "no end", "\"count\":1,\"endDate\":0", "x", 0, 1 },
		{ "an end as a date", "\"endDate\":\"2001-02-03T04:05:06Z\"", "x", 0, 0 },
		{ "an end as a date to come", "\"endDate\":\"2101-02-03\"", "x", 0, 1 },
		{ "an end that is none", "\"endDate\":\"soon\"", "x", 0, 1 },
		{ "a start to come does not hold back", "\"count\":1", "startDate", 1, 1 },
	};
	struct wq_schedules schedules;
	struct wq_followers *fs;

	begin();
	wq_schedules_init(&schedules, "UTC");
	WQ_CHECK_INT("followers", wq_followers_create(&fs, w.loop, &ref, &schedules), 0);
	for (size_t i = 0; i < WQ_COUNT(rows); i++) {
		int64_t date = wq_loop_wall_ms(w.loop) + rows[i].minutes * 60000;
		char opts[192];
		struct wq_job job = { .id = wq_str("repeat:s:1000300"), .scheduler = wq_str("s") };
		struct wq_follow f;

		current(1000300, 60000, 300);
		snprintf(opts, sizeof(opts), "{\"repeat\":{\"every\":60000,%s,\"%s\":%" PRId64 "}}",
		         rows[i].rule, rows[i].date, date);
		job.opts = wq_str(opts);
		wq_follow_start(fs, &f, &job, on_told);
		wait_for_it(rows[i].what);
		WQ_CHECK_INT(rows[i].what, last.code, rows[i].made);
		WQ_CHECK_STR(rows[i].what, ask("ZCARD bull:q:delayed"), rows[i].made ? "1" : "0");
	}
	wq_followers_close(fs, on_closed, NULL);
	wait_for_it("closed");
	wq_schedules_fini(&schedules);
	end();
}

WQ_TEST_MAIN(WQ_CASE(the_first), WQ_CASE(the_one_behind), WQ_CASE(none_behind),
             WQ_CASE(a_scheduler_that_is_changed), WQ_CASE(slots_that_are_taken), WQ_CASE(the_last))
