/* SPDX-License-Identifier: MIT */
/* media_sweep_test.c — R13: a message with a file in it, and one with a file to fetch, with the first, the second, …
 * allocation failing: uploaded or not, it is never sent twice, and what the provider took is known in the end. */
#include "base/alloc.h"
#include "send_world.h"
#include "support/fault.h"
#include "support/test.h"

/* As an upload is answered, and as a message is. */
#define TAKEN "{\"id\":\"7001\",\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.A\"}]}"
#define IN_IT "\"data\":\"iVBORw0KGgoAAAANSUhEUg==\",\"mime_type\":\"image/png\""

enum { CLIENT_BLOCKS = 64, TRIES_MAX = 20, RUNS_MAX = 3000 };

static struct wq_redisd server;
static unsigned sent, lost;
static bool fetched;

static unsigned asked_for(const char *what)
{
	return wq_peer_count(&sw.calls.peer, what);
}

static void a_picture_goes_out(void)
{
	struct errand e;
	char source[128] = IN_IT;

	send_world_ask("FLUSHDB");
	send_world_answers_nothing_yet();
	send_world_answers(200, TAKEN, WQ_PEER_CLOSE);
	if (fetched)
		snprintf(
			source, sizeof(source),
			"\"link\":\"http://127.0.0.1:%u/a\",\"upload\":true,\"mime_type\":\"image/png\"",
			sw.calls.peer.port);
	if (send_world_open() < 0)
		return;
	errand_init(&e, "1",
	            "{\"id\":\"m1\",\"account\":\"c\",\"to\":\"+593991234567\",\"image\":{%s}}",
	            source);
	errand_finish(&e, &sw.sends, TRIES_MAX);
	WQ_CHECK("one message", asked_for("/messages HTTP") <= 1);
	if (e.ending == COMPLETED) {
		sent++;
		WQ_CHECK_INT("asked", asked_for("/messages HTTP"), 1);
		WQ_CHECK_INT("by its id", asked_for("\"image\":{\"id\":\"7001\"}"), 1);
		WQ_CHECK("uploaded", asked_for("/media HTTP") >= 1);
		WQ_CHECK_STR("record", send_world_record("c", "state led"), "accepted sent");
	} else {
		lost++;
		WQ_CHECK_STR(e.text, ending_name(e.ending), "failed for good");
	}
	send_world_close();
}

static void sweep(const char *what, bool by_address)
{
	uint64_t live;
	struct wq_fault_result result;

	fetched = by_address;
	a_picture_goes_out(); /* scripts are known, and buffers have grown */
	WQ_CHECK_INT(what, sent, 1);
	live = wq_alloc_live();
	sent = lost = 0;
	wq_fault_allow(CLIENT_BLOCKS);
	result = wq_fault_sweep(what, a_picture_goes_out, RUNS_MAX);
	WQ_CHECK("some runs", result.runs > 20);
	WQ_CHECK("most are sent", sent > 4 * lost);
	WQ_CHECK("nothing adds up", wq_alloc_live() <= live + CLIENT_BLOCKS);
	sent = lost = 0;
}

WQ_TEST(a_file_without_memory)
{
	wq_redisd_start(&server, NULL);
	send_world_begin(&server);
	sw.opts.private_too = true;
	sweep("in the message", false);
	sweep("by its address", true);
	send_world_end();
	wq_redisd_stop(&server);
}

WQ_TEST_MAIN(WQ_CASE(a_file_without_memory))
