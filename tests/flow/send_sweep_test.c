/* SPDX-License-Identifier: MIT */
/* send_sweep_test.c — R13: a message and the status that follows it, with the first, the second, … allocation failing:
 * it is never sent twice, and what the provider took is known in the end. */
#include "base/alloc.h"
#include "base/err.h"
#include "send_world.h"
#include "support/fault.h"
#include "support/test.h"

#define TAKEN "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.A\"}]}"

enum { CLIENT_BLOCKS = 48 /* what the client lost in one run is made anew in another */, RUNS_MAX = 3000 };

static struct wq_redisd server;
static unsigned completed, parked;

/* What a webhook of the provider's would bring. */
static void tell_delivered(struct errand *r)
{
	errand_init(
		r, "2",
		"{\"provider\":\"cloud\",\"phoneNumberId\":\"100001\",\"sentAt\":1700000000000,\"status\":{\"id\":"
		"\"wamid.A\",\"status\":\"delivered\",\"recipient_id\":\"593991234567\","
		"\"biz_opaque_callback_data\":\"%s\"}}",
		send_world_opaque(0));
	errand_finish(r, &sw.receipts, 20);
	WQ_CHECK_STR(r->text, ending_name(r->ending), "completed");
}

static void a_letter_goes_out(void)
{
	struct errand e, r;

	send_world_ask("FLUSHDB");
	sw.calls.peer.at = sw.calls.peer.requests_n = 0;
	if (send_world_open() < 0)
		return;
	errand_init(
		&e, "1",
		"{\"id\":\"m1\",\"account\":\"c\",\"to\":\"+593991234567\",\"text\":\"hello\"}");
	errand_finish(&e, &sw.sends, 20);
	WQ_CHECK("never twice", send_world_posts() <= 1);
	completed += e.ending == COMPLETED;
	parked += e.ending == FAILED_FOR_GOOD;
	WQ_CHECK(e.text,
	         e.ending == FAILED_FOR_GOOD || (e.ending == COMPLETED && send_world_posts() == 1));
	if (send_world_posts() == 0) {
		WQ_CHECK_STR("it is told", send_world_record("m1", "state"), "parked");
	} else {
		tell_delivered(&r);
		WQ_CHECK_STR("it is known", send_world_record("m1", "state pid"),
		             "delivered\twamid.A");
	}
	send_world_close();
}

WQ_TEST(a_sender_without_memory_sends_once)
{
	struct wq_fault_result result;

	send_world_begin(&server);
	send_world_answers(200, TAKEN, WQ_PEER_CLOSE); /* a connection that is kept would count as left behind */
	a_letter_goes_out(); /* scripts are known, and buffers have grown */
	completed = parked = 0;
	wq_fault_allow(CLIENT_BLOCKS);
	result = wq_fault_sweep("letter", a_letter_goes_out, RUNS_MAX);
	WQ_CHECK("some runs", result.runs > 20);
	print_message("completed %u, parked %u\n", completed, parked);
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
		WQ_CASE(a_sender_without_memory_sends_once),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
