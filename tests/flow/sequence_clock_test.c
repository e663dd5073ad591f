/* SPDX-License-Identifier: MIT */
/* sequence_clock_test.c — R14: the wall clock is set while steps wait: none comes early, by the clock that is shown nor
 * by the time that went by since it was set back, and none is stuck. */
#include "sequence_world.h"
#include "support/fault.h"
#include "support/test.h"

#define SECOND_MS INT64_C(1000)
#define HOUR_MS   (3600 * SECOND_MS)
#define DAY_MS    (24 * HOUR_MS)
#define LATER_MS  (600 * SECOND_MS)

static const char first[] = "sent=2 jobs=2 twice=0 left=1 active=3 completed=0 due=3 tosend=0";
static struct wq_redisd server;

static void set_clock(int64_t by_ms)
{
	sw.calls.clock.wall_base_ms += by_ms;
}

/* The first steps are made, and five seconds went by. */
static void begin(void)
{
	send_world_begin(&server);
	sequence_world_scene(LATER_MS);
	WQ_CHECK_INT("parts", sequence_world_open(), 0);
	send_world_pass(5 * SECOND_MS);
	WQ_CHECK_STR("the first steps", sequence_world_summary(), first);
}

static void end(void)
{
	sequence_world_close();
	send_world_end();
}

/* Nobody's next step comes for so long, and then everybody's. */
static void comes_after(const char *what, int64_t ms)
{
	send_world_pass(ms - 2 * SECOND_MS);
	WQ_CHECK_STR(what, sequence_world_summary(), first);
	send_world_pass(12 * SECOND_MS);
	WQ_CHECK_STR(what, sequence_world_summary(), sequence_world_through);
}

WQ_TEST(a_clock_that_jumps_ahead_brings_what_is_due_by_it)
{
	begin();
	set_clock(LATER_MS / 2);
	comes_after("half of the time", LATER_MS / 2 - 5 * SECOND_MS);
	end();
	for (int i = 0; i < 2; i++) {
		begin();
		set_clock(i == 0 ? HOUR_MS : 30 * DAY_MS);
		send_world_pass(5 * SECOND_MS);
		WQ_CHECK_STR("it is due", sequence_world_summary(), sequence_world_through);
		end();
	}
}

WQ_TEST(a_clock_that_is_set_back_keeps_nobody_waiting_for_it)
{
	begin();
	set_clock(-HOUR_MS);
	comes_after("an hour back", LATER_MS);
	end();
	begin();
	set_clock(-30 * DAY_MS);
	comes_after("thirty days back", LATER_MS);
	end();
}

/* The steps are made while it is ahead: what follows them was decided by it. */
WQ_TEST(a_clock_that_was_ahead_for_a_while_leaves_nobody_behind)
{
	static const int64_t ahead[] = { HOUR_MS, 30 * DAY_MS };

	for (size_t i = 0; i < WQ_COUNT(ahead); i++) {
		send_world_begin(&server);
		set_clock(ahead[i]);
		sequence_world_scene(LATER_MS);
		WQ_CHECK_INT("parts", sequence_world_open(), 0);
		send_world_pass(5 * SECOND_MS);
		WQ_CHECK_STR("the first steps", sequence_world_summary(), first);
		set_clock(-ahead[i]);
		comes_after("it was ahead", LATER_MS);
		end();
	}
}

/* A step whose lease was taken while the clock was ahead, and a job that was on its way then. */
WQ_TEST(what_was_held_while_it_was_ahead_is_not_held_until_then)
{
	long long then, due;

	begin();
	then = send_world_now() + 30 * DAY_MS;
	due = send_world_now() - HOUR_MS + LATER_MS;
	send_world_ask("ZADD wq:{c}:jobs %lld m1", then);
	send_world_ask("ZADD wq:{c}:due:seq %lld c1", then);
	send_world_ask("HSET wq:{c}:enr:c1 set 1 due %lld", due);
	set_clock(-HOUR_MS);
	send_world_pass(5 * SECOND_MS);
	WQ_CHECK_STR("the job is looked for", send_world_ask("ZCARD wq:{c}:jobs"), "0");
	comes_after("leased until then", LATER_MS - 5 * SECOND_MS);
	end();
	wq_fault_told("R14", "{\"what\":\"sequences\",\"jumps\":8}");
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
		WQ_CASE(a_clock_that_jumps_ahead_brings_what_is_due_by_it),
		WQ_CASE(a_clock_that_is_set_back_keeps_nobody_waiting_for_it),
		WQ_CASE(a_clock_that_was_ahead_for_a_while_leaves_nobody_behind),
		WQ_CASE(what_was_held_while_it_was_ahead_is_not_held_until_then),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
