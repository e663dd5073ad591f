/* SPDX-License-Identifier: MIT */
/* due_test.c — windows close on virtual time, and the due clock tells it: once, to the second. */
#include "base/assert.h"
#include "domain/window/tick.h"
#include "send_world.h"
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
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
