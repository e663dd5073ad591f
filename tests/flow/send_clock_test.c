/* SPDX-License-Identifier: MIT */
/* send_clock_test.c — the wall clock is set while a message waits: by an hour, by 30 days, either way.  It is sent, or
 * has another end, as soon as if nothing had happened, and never twice. */
#include "base/assert.h"
#include "base/clock.h"
#include "send_world.h"
#include "support/fault.h"
#include "support/test.h"

#define TAKEN "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.A\"}]}"
#define ERROR(code) "{\"error\":{\"message\":\"(#" #code ") no\",\"code\":" #code "}}"
#define HOUR_MS (60 * 60 * INT64_C(1000))

enum { RUNS_MAX = 400 };

static struct wq_redisd server;

static const struct {
	const char *what, *members;
	int status; /* of the first answer; 0: it is reset */
	const char *answer;
	int64_t within_ms; /* of virtual time, all that a wait of its own takes */
	enum ending ending;
	unsigned posts;
} waits[] = {
	{ "too fast", "", 429, ERROR(130429), 10000, COMPLETED, 1 },
	{ "too many to this person", "", 429, ERROR(131056), 10000, COMPLETED, 1 },
	{ "held for four hours", "", 400, ERROR(131048), 4 * HOUR_MS + 120000, COMPLETED, 1 },
	{ "in doubt, strict", "", 0, "", 61000, FAILED_FOR_GOOD, 0 },
	{ "in doubt, at least once", ",\"class\":\"at-least-once\"", 0, "", 200000, COMPLETED, 1 },
};

static void check_wait(size_t i, int64_t jump_ms)
{
	struct errand e;
	int64_t begun, took;

	send_world_ask("FLUSHDB");
	send_world_answers_nothing_yet();
	send_world_answers(waits[i].status, waits[i].answer,
	                   waits[i].status ? WQ_PEER_KEEP : WQ_PEER_RESET);
	errand_init(&e, "1",
	            "{\"id\":\"m1\",\"account\":\"c\",\"to\":\"+593991234567\",\"text\":\"hello\","
	            "\"expiresAt\":4102444800000%s}",
	            waits[i].members);
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR(waits[i].what, ending_name(e.ending), "delayed");
	send_world_answers_nothing_yet();
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	sw.calls.clock.wall_base_ms += jump_ms;
	begun = (int64_t)(sw.calls.clock.us / 1000);
	errand_finish(&e, &sw.sends, RUNS_MAX);
	WQ_CHECK_STR(waits[i].what, ending_name(e.ending), ending_name(waits[i].ending));
	WQ_CHECK_INT(waits[i].what, send_world_posts(), waits[i].posts);
	took = (int64_t)(sw.calls.clock.us / 1000) - begun;
	if (took > waits[i].within_ms)
		WQ_CHECK_INT(waits[i].what, took, waits[i].within_ms);
}

WQ_TEST(a_clock_that_jumps_keeps_nobody_waiting)
{
	static const int64_t jumps[] = { 0, HOUR_MS, -HOUR_MS, 720 * HOUR_MS, -720 * HOUR_MS };

	send_world_begin(&server);
	WQ_CHECK_INT("sender", send_world_open(), 0);
	for (size_t j = 0; j < WQ_COUNT(jumps); j++)
		for (size_t i = 0; i < WQ_COUNT(waits); i++)
			check_wait(i, jumps[j]);
	send_world_end();
	wq_fault_told("R14", "{\"what\":\"sends\",\"jumps\":%zu,\"waits\":%zu}", WQ_COUNT(jumps),
	              WQ_COUNT(waits));
}

/* A queue of messages that have their tokens already, and one behind another to the same person. */
WQ_TEST(tokens_that_were_given_are_not_for_another_month)
{
	static const char *const ids[] = { "1", "2", "3" };
	static const char *const to[] = { "+593991234560", "+593991234561", "+593991234561" };
	struct errand e[3];

	send_world_begin(&server);
	WQ_CHECK_INT("sender", send_world_open(), 0);
	for (int i = 0; i < 3; i++)
		errand_init(&e[i], ids[i],
		            "{\"id\":\"m%s\",\"account\":\"c\",\"to\":\"%s\",\"text\":\"hello\"}",
		            ids[i], to[i]);
	send_world_answers(0, "", WQ_PEER_RESET);
	errand_run(&e[1], &sw.sends);
	send_world_ask("HSET wq:{c}:state tat %lld soft %lld", (long long)send_world_now() + 4000,
	               (long long)send_world_now() + 4000);
	errand_run(&e[2], &sw.sends);
	WQ_CHECK_STR("behind", ending_name(e[2].ending), "delayed");
	sw.calls.clock.wall_base_ms -= 720 * HOUR_MS;
	for (int i = 0; i < 3; i++) {
		errand_run(&e[i], &sw.sends);
		if (e[i].ending == DELAYED && e[i].delay_ms > 120000)
			WQ_CHECK_INT("waits", e[i].delay_ms, 120000);
	}
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
		WQ_CASE(a_clock_that_jumps_keeps_nobody_waiting),
		WQ_CASE(tokens_that_were_given_are_not_for_another_month),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
