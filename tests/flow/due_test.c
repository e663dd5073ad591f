/* SPDX-License-Identifier: MIT */
/* due_test.c — windows close on virtual time, and the due clock tells it: once, to the second. */
#include "base/assert.h"
#include "domain/window/tick.h"
#include "send_world.h"
#include "support/fault.h"
#include "support/test.h"

#define HOUR_MS (60 * 60 * INT64_C(1000))

static struct wq_redisd server;
static struct wq_due *due;
static struct wq_window_ticker ticker;

static void open_due(void)
{
	const struct wq_due_opts o = { .loop = sw.calls.loop, .redis = sw.redis,
		                       .accounts = sw.accounts, .own_clock = true };

	WQ_CHECK_INT("due", wq_due_create(&due, &o), 0);
	wq_window_ticker_init(&ticker, due);
	wq_due_start(due);
}

static void on_closed(void *flag)
{
	*(bool *)flag = true;
}

static bool is_set(void *flag)
{
	return *(bool *)flag;
}

static void close_due(void)
{
	bool closed = false;

	wq_due_close(due, on_closed, &closed);
	send_world_until(is_set, &closed, "the due clock closes");
}

/* A contact whose window ends so long from now. */
static void a_window(const char *account, const char *id, int64_t ms)
{
	long long ends = (long long)(send_world_now() + ms);

	send_world_ask("HSET wq:{%s}:con:%s made 1 window %lld", account, id, ends);
	send_world_ask("ZADD wq:{%s}:cons:window %lld %s", account, ends, id);
	send_world_ask("ZADD wq:{%s}:due:win %lld %s", account, ends - (long long)HOUR_MS, id);
}

/* What is told of an account, in its order: "closing c1 closed c1 ". */
static const char *told(const char *account)
{
	return send_world_ask(
		"EVAL local\tr=''for\t_,e\tin\tipairs(redis.call('XRANGE',KEYS[1],'-','+'))do\tlocal\tf=e[2]"
		"if\tstring.sub(f[2],1,7)=='window.'then\tr=r..string.sub(f[2],8)..'\\32'.."
		"string.match(f[4],'\"contact\":\"(%%w+)')..'\\32'end\tend\treturn\tr 1 wq:{%s}:out",
		account);
}

WQ_TEST(a_window_is_told_to_close_and_then_closed_to_the_second)
{
	send_world_begin(&server);
	a_window("c", "c1", 2 * HOUR_MS);
	a_window("e", "c2", 2 * HOUR_MS + 5000);
	open_due();
	send_world_pass(HOUR_MS - 1000);
	WQ_CHECK_STR("not yet", told("c"), "");
	send_world_pass(2000);
	WQ_CHECK_STR("closing", told("c"), "closing c1 ");
	WQ_CHECK_STR("another's", told("e"), "");
	send_world_pass(HOUR_MS - 2000);
	WQ_CHECK_STR("still open", told("c"), "closing c1 ");
	send_world_pass(2000);
	WQ_CHECK_STR("closed", told("c"), "closing c1 closed c1 ");
	WQ_CHECK_STR("another's", told("e"), "closing c2 ");
	send_world_pass(5000);
	WQ_CHECK_STR("another's", told("e"), "closing c2 closed c2 ");
	WQ_CHECK_STR("nothing waits", send_world_ask("EXISTS wq:{c}:due:win wq:{e}:due:win"), "0");
	close_due();
	send_world_end();
}

WQ_TEST(a_window_that_opens_anew_is_told_of_once_more)
{
	long long ends;

	send_world_begin(&server);
	a_window("c", "c1", HOUR_MS / 2);
	open_due();
	send_world_pass(2000);
	WQ_CHECK_STR("closing, for less than an hour is left", told("c"), "closing c1 ");
	ends = (long long)send_world_now() + 2 * HOUR_MS;
	send_world_ask("HSET wq:{c}:con:c1 window %lld", ends);
	send_world_ask("HDEL wq:{c}:con:c1 said");
	send_world_ask("ZADD wq:{c}:due:win %lld c1", ends - (long long)HOUR_MS);
	send_world_pass(HOUR_MS / 2 + 5000);
	WQ_CHECK_STR("not closed at its old end", told("c"), "closing c1 ");
	send_world_pass(2 * HOUR_MS);
	WQ_CHECK_STR("and then", told("c"), "closing c1 closing c1 closed c1 ");
	close_due();
	send_world_end();
}

/* R14: nothing is early, by the clock that is shown, and nothing is stuck. */
WQ_TEST(a_clock_that_is_set_neither_hurries_nor_stops_it)
{
	static const int64_t jumps[] = { HOUR_MS, -HOUR_MS, 720 * HOUR_MS, -720 * HOUR_MS };

	for (size_t i = 0; i < WQ_COUNT(jumps); i++) {
		send_world_begin(&server);
		a_window("c", "c1", HOUR_MS + 10000);
		open_due();
		send_world_pass(5000);
		WQ_CHECK_STR("nothing yet", told("c"), "");
		sw.calls.clock.wall_base_ms += jumps[i];
		send_world_pass(3000);
		if (jumps[i] < 0) {
			WQ_CHECK_STR("not early", told("c"), "");
			/* What becomes due meanwhile is not behind what was known. */
			a_window("c", "c2", HOUR_MS + 2000);
			send_world_pass(5000);
			WQ_CHECK_STR("and not stuck", told("c"), "closing c2 ");
		} else if (jumps[i] == HOUR_MS) {
			WQ_CHECK_STR("an hour later by the clock", told("c"), "closing c1 ");
			send_world_pass(5000);
			WQ_CHECK_STR("and its end", told("c"), "closing c1 closed c1 ");
		} else {
			WQ_CHECK_STR("it was over", told("c"), "closed c1 ");
		}
		close_due();
		send_world_end();
	}
	wq_fault_told("R14", "{\"what\":\"windows\",\"jumps\":%zu}", WQ_COUNT(jumps));
}

/* More than one batch, of several accounts at once: each is told once. */
WQ_TEST(many_at_once)
{
	enum { MANY = 3 * WQ_WINDOW_BATCH + 7 };
	long long ends;

	send_world_begin(&server);
	ends = (long long)send_world_now() + 3000;
	for (const char *a = "cet"; *a; a++)
		send_world_ask(
			"EVAL for\ti=1,%d\tdo\tredis.call('HSET',KEYS[1]..'con:c'..i,'made',1,'window',ARGV[1])"
			"redis.call('ZADD',KEYS[1]..'due:win',ARGV[1],'c'..i)end 1 wq:{%c}: %lld",
			(int)MANY, *a, ends);
	open_due();
	send_world_pass(2000);
	WQ_CHECK_STR("not yet", send_world_ask("XLEN wq:{c}:out"), "0");
	send_world_pass(3000);
	for (const char *a = "cet"; *a; a++) {
		char want[16];

		snprintf(want, sizeof(want), "%d", (int)MANY);
		WQ_CHECK_STR("all", send_world_ask("XLEN wq:{%c}:out", *a), want);
		WQ_CHECK_STR("none waits", send_world_ask("EXISTS wq:{%c}:due:win", *a), "0");
	}
	WQ_CHECK_INT("counted", (int)ticker.closed.value, 3 * MANY);
	close_due();
	send_world_end();
}

/* A kind that fails, is slow, or always has more. */
static struct {
	unsigned runs;
	int rc;
	struct wq_timer timer;
	struct wq_due_run *run;
} odd;

static void on_odd(struct wq_timer *t)
{
	(void)t;
	wq_due_done(odd.run, odd.rc);
}

static int run_odd(void *ctx, struct wq_due_run *r)
{
	(void)ctx;
	odd.runs++;
	odd.run = r;
	wq_timer_init(&odd.timer, sw.calls.loop, on_odd);
	wq_timer_start(&odd.timer, 100);
	return 0;
}

WQ_TEST(a_kind_that_cannot_is_asked_again_a_tick_later_and_holds_up_no_other)
{
	struct wq_due_opts o = { .own_clock = true };

	send_world_begin(&server);
	o.loop = sw.calls.loop;
	o.redis = sw.redis;
	o.accounts = sw.accounts;
	WQ_CHECK_INT("due", wq_due_create(&due, &o), 0);
	wq_window_ticker_init(&ticker, due);
	wq_due_add(due, &(struct wq_due_kind){ WQ_DUE_SEQUENCES, "odd", run_odd, NULL });
	wq_due_start(due);
	send_world_ask("ZADD wq:{c}:due:seq 1 c1");
	a_window("c", "c1", HOUR_MS + 3000);
	odd.rc = -1;
	odd.runs = 0;
	send_world_pass(10000);
	WQ_CHECK("asked again", odd.runs >= 7 && odd.runs <= 21);
	WQ_CHECK_STR("others go on", told("c"), "closing c1 ");
	odd.rc = WQ_DUE_MORE;
	odd.runs = 0;
	send_world_pass(2000);
	WQ_CHECK("more comes at once", odd.runs >= 10);
	close_due();
	send_world_end();
}

/* R13: whatever allocation fails, each window is told once, sooner or later. */
static void a_window_closes(void)
{
	const struct wq_due_opts o = { .loop = sw.calls.loop, .redis = sw.redis,
		                       .accounts = sw.accounts, .own_clock = true };
	const char *was_told;
	bool closed = false;

	send_world_ask("FLUSHDB");
	a_window("c", "c1", 4000);
	if (wq_due_create(&due, &o) < 0)
		return;
	wq_window_ticker_init(&ticker, due);
	wq_due_start(due);
	send_world_pass(10000);
	was_told = told("c");
	if (strcmp(was_told, "closed c1 ") != 0) /* else the look was so late that it had closed */
		WQ_CHECK_STR("once", was_told, "closing c1 closed c1 ");
	wq_due_close(due, on_closed, &closed);
	send_world_until(is_set, &closed, "the due clock closes");
}

WQ_TEST(a_tick_without_memory)
{
	struct wq_fault_result result;

	send_world_begin(&server);
	a_window_closes();
	result = wq_fault_sweep("tick", a_window_closes, 400);
	WQ_CHECK("some runs", result.runs > 10);
	send_world_end();
}

static int begin_all(void **state)
{
	(void)state;
	wq_redisd_start(&server, NULL);
	return 0;
}

static int end_all(void **state)
{
	(void)state;
	wq_redisd_stop(&server);
	return 0;
}

int main(void)
{
	const struct CMUnitTest all[] = {
		WQ_CASE(a_window_is_told_to_close_and_then_closed_to_the_second),
		WQ_CASE(a_window_that_opens_anew_is_told_of_once_more),
		WQ_CASE(a_clock_that_is_set_neither_hurries_nor_stops_it),
		WQ_CASE(many_at_once),
		WQ_CASE(a_kind_that_cannot_is_asked_again_a_tick_later_and_holds_up_no_other),
		WQ_CASE(a_tick_without_memory),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
