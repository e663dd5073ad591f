/* SPDX-License-Identifier: MIT */
/* send_test.c — one message through the flow that sends it: every way in which it ends. */
#include "base/err.h"
#include "send_world.h"
#include "support/test.h"

#define TAKEN "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.A\"}]}"

static struct wq_redisd server;

WQ_TEST(it_is_taken)
{
	struct errand e;

	send_world_begin(&server);
	WQ_CHECK_INT("sender", send_world_open(), 0);
	send_world_answers(200, TAKEN, WQ_PEER_KEEP);
	errand_init(
		&e, "1",
		"{\"id\":\"m1\",\"account\":\"c\",\"to\":\"+593991234567\",\"text\":\"hello\"}");
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR(e.text, ending_name(e.ending), "completed");
	WQ_CHECK_STR("both ids", e.text, "{\"id\":\"m1\",\"messageId\":\"wamid.A\"}");
	WQ_CHECK_INT("once", send_world_posts(), 1);
	WQ_CHECK_STR("its record", send_world_record("m1", "state led att pid"),
	             "accepted\tsent\t1\twamid.A");
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR("a job that comes again", ending_name(e.ending), "completed");
	WQ_CHECK_INT("is sent once", send_world_posts(), 1);
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
		WQ_CASE(it_is_taken),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
