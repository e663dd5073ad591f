/* SPDX-License-Identifier: MIT */
/* send_sweep_test.c — R13: a message and the status that follows it, with the first, the second, … allocation failing:
 * it is never sent twice, and what the provider took is known in the end. */
#include "base/alloc.h"
#include "base/err.h"
#include "send_world.h"
#include "support/fault.h"
#include "support/test.h"

#define TAKEN      "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.A\"}]}"
#define TOO_FAST   "{\"error\":{\"message\":\"slower\",\"code\":130429}}"
#define OPTED_OUT  "{\"error\":{\"message\":\"no more\",\"code\":131050}}"

enum {
	CLIENT_BLOCKS = 64, /* what the client lost in one run is made anew in another */
	TRIES_MAX = 20,     /* of one job */
	RUNS_MAX = 3000
};

static const struct scenario {
	const char *what, *account, *provider, *number, *id;
	const char *slow;  /* an answer with 429 before the last one; NULL: none */
	int status;
	const char *last;
	bool has_status;   /* of the provider, later */
} scenarios[] = {
	{ "taken", "c", "cloud", "100001", "wamid.A", NULL, 200, TAKEN, true },
	{ "too fast, then taken", "c", "cloud", "100001", "wamid.A", TOO_FAST, 200, TAKEN, true },
	{ "refused, and never again", "c", "cloud", "100001", "wamid.A", NULL, 400, OPTED_OUT, false },
	{ "Evolution", "e", "evolution", "inst", "3EB0A", NULL, 201, "{\"key\":{\"id\":\"3EB0A\"}}", false },
	{ "Twilio", "t", "twilio", "+15550001111", "SM0A", NULL, 201, "{\"sid\":\"SM0A\"}", false },
};

static struct wq_redisd server;
static const struct scenario *at;
static unsigned completed, refused, parked;

/* A connection that is kept would count as left behind. */
static void prepare_provider(void)
{
	send_world_answers_nothing_yet();
	if (at->slow)
		send_world_answers(429, at->slow, WQ_PEER_CLOSE);
	send_world_answers(at->status, at->last, WQ_PEER_CLOSE);
}

/* What a webhook of the provider's would bring. */
static void tell_delivered(void)
{
	struct errand r;

	errand_init(
		&r, "2",
		"{\"provider\":\"%s\",\"phoneNumberId\":\"%s\",\"sentAt\":1700000000000,\"status\":{\"id\":"
		"\"%s\",\"status\":\"delivered\",\"recipient_id\":\"593991234567\","
		"\"biz_opaque_callback_data\":\"%s\"}}",
		at->provider, at->number, at->id, send_world_opaque(send_world_posts() - 1));
	errand_finish(&r, &sw.receipts, TRIES_MAX);
	WQ_CHECK_STR(r.text, ending_name(r.ending), "completed");
	WQ_CHECK_STR(at->what, send_world_record(at->account, "state"), "delivered");
}

static void check_end(const struct errand *e)
{
	const char *state = send_world_record(at->account, "state led");
	unsigned tries = at->slow ? 2 : 1;

	WQ_CHECK(at->what, send_world_posts() <= tries);
	completed += strcmp(state, "accepted sent") == 0;
	refused += strcmp(state, "failed rejected") == 0;
	parked += strcmp(state, "parked parked") == 0;
	if (e->ending == COMPLETED)
		WQ_CHECK_STR(at->what, state, "accepted sent");
	else
		WQ_CHECK_STR(e->text, ending_name(e->ending), "failed for good");
	if (e->ending == COMPLETED)
		WQ_CHECK_INT("not without asking", send_world_posts(), tries);
}

static void a_letter_goes_out(void)
{
	struct errand e;

	send_world_ask("FLUSHDB");
	prepare_provider();
	if (send_world_open() < 0)
		return;
	errand_init(
		&e, "1",
		"{\"id\":\"m1\",\"account\":\"%s\",\"to\":\"+593991234567\",\"text\":\"hello\"}",
		at->account);
	errand_finish(&e, &sw.sends, TRIES_MAX);
	check_end(&e);
	if (at->has_status &&
	    (e.ending == COMPLETED || send_world_posts() == 1 + (at->slow != NULL)))
		tell_delivered();
	send_world_close();
}

static void sweep(const struct scenario *s)
{
	uint64_t live;
	struct wq_fault_result result;

	at = s;
	a_letter_goes_out(); /* scripts are known, and buffers have grown */
	live = wq_alloc_live();
	completed = refused = parked = 0;
	wq_fault_allow(CLIENT_BLOCKS);
	result = wq_fault_sweep(s->what, a_letter_goes_out, RUNS_MAX);
	WQ_CHECK("some runs", result.runs > 20);
	WQ_CHECK("nothing adds up", wq_alloc_live() <= live + CLIENT_BLOCKS);
	/* Only where the client itself lost what the provider said. */
	WQ_CHECK("few are in doubt", parked * 4 < result.runs);
	WQ_CHECK("each has an end", completed + refused + parked + 3 > result.runs);
}

WQ_TEST(a_sender_without_memory_sends_once)
{
	send_world_begin(&server);
	for (size_t i = 0; i < WQ_COUNT(scenarios); i++)
		sweep(&scenarios[i]);
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
