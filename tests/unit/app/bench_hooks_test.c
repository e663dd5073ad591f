/* SPDX-License-Identifier: MIT */
/* bench_hooks_test.c — what a provider tells next, and the webhooks that are made of it. */
#include "app/bench/hooks.h"
#include "base/alloc.h"
#include "base/err.h"
#include "base/json.h"
#include "support/fault.h"
#include "support/test.h"

enum { MANY = 20000 };

static struct wq_bench_stream s, twin;

static void begin(double statuses, double duplicates, double reorder, uint64_t seed)
{
	const struct wq_bench_stream_opts o = { .statuses = statuses,
		                                .duplicates = duplicates,
		                                .reorder = reorder,
		                                .people = 7,
		                                .seed = seed };

	wq_bench_stream_init(&s, &o);
	wq_bench_stream_init(&twin, &o);
}

WQ_TEST(messages_of_people_in_turn)
{
	struct wq_bench_item i;

	begin(0, 0, 0, 1);
	for (unsigned n = 0; n < 100; n++) {
		wq_bench_stream_next(&s, 5, &i);
		WQ_CHECK_INT("number", i.n, n);
		WQ_CHECK_INT("person", i.person, n % 7 + 1);
		WQ_CHECK("plain", !i.is_status && !i.again && i.at_s == 5);
	}
}

WQ_TEST(three_statuses_of_each_message)
{
	struct wq_bench_item i;

	begin(100, 0, 0, 1);
	for (unsigned n = 0; n < 300; n++) {
		wq_bench_stream_next(&s, 5, &i);
		WQ_CHECK("a status", i.is_status);
		WQ_CHECK_INT("of", i.n, n / 3);
		WQ_CHECK_INT("which", i.status, n % 3);
	}
}

WQ_TEST(shares_are_as_asked_for)
{
	static bool seen[MANY];
	struct wq_bench_item i, same;
	uint64_t highest = 0, late = 0;

	memset(seen, 0, sizeof(seen));
	begin(60, 5, 3, 42);
	for (unsigned n = 0; n < MANY; n++) {
		wq_bench_stream_next(&s, 5, &i);
		wq_bench_stream_next(&twin, 5, &same);
		WQ_CHECK("a seed tells the same",
		         i.n == same.n && i.is_status == same.is_status && i.again == same.again);
		if (i.is_status)
			continue;
		WQ_CHECK("again, if it was told", i.again == seen[i.n]);
		if (!i.again && i.n < highest) {
			late++;
			WQ_CHECK("not much later",
			         highest - i.n <= WQ_BENCH_HOLD_MAX + WQ_BENCH_HELD_MAX);
		}
		highest = i.n > highest ? i.n : highest;
		seen[i.n] = true;
	}
	WQ_CHECK("some came late", late > 0);
	WQ_CHECK_INT("all", s.told.messages + s.told.statuses, MANY);
	WQ_CHECK("statuses",
	         s.told.statuses > MANY * 57 / 100 && s.told.statuses < MANY * 63 / 100);
	WQ_CHECK("again", s.told.again > MANY * 4 / 100 && s.told.again < MANY * 6 / 100);
	WQ_CHECK("late", s.told.late > MANY * 2 / 100 && s.told.late < MANY * 4 / 100);
}

static const char *const words[] = { "sent", "delivered", "read" };

WQ_TEST(a_body_of_any_length)
{
	const struct wq_bench_given given[] = { { "who", wq_str("me") } };
	const struct wq_bench_item i = { .n = 42, .person = 7, .status = 1, .at_s = 1781000000 };
	struct wq_bench_body b;
	struct wq_buf out;

	WQ_CHECK_INT("init",
	             wq_bench_body_init(&b, "<who>:<n> <person>,<at>/<status>[<pad>]", words, given,
	                                1),
	             0);
	WQ_CHECK("too short", !wq_bench_body_stretch(&b, wq_bench_body_least(&b) - 1));
	WQ_CHECK("longer", wq_bench_body_stretch(&b, wq_bench_body_least(&b) + 3));
	wq_buf_init(&out, 1000);
	WQ_CHECK_INT("write", wq_bench_body_write(&b, &i, &out), 0);
	WQ_CHECK_SLICE("text", wq_buf_str(&out),
	               "me:000000000042 00000007,1781000000/delivered[xxx]");
	wq_buf_fini(&out);
	wq_buf_init(&out, 20);
	WQ_CHECK_INT("no room", wq_bench_body_write(&b, &i, &out), WQ_ETOOBIG);
	wq_buf_fini(&out);
	wq_bench_body_fini(&b);
	wq_bench_body_fini(&b);
	WQ_CHECK_INT("a word that nobody gave",
	             wq_bench_body_init(&b, "<n><what>", words, given, 1), WQ_EINVAL);
	wq_bench_body_fini(&b);
}

static struct wq_bench_hooks hooks;
static enum wq_bench_provider provider;

static void make_some(void)
{
	const struct wq_bench_hooks_opts o = { .provider = provider,
		                               .secret = wq_str("a \"secret\""),
		                               .url = wq_str("http://127.0.0.1/x?a=b"),
		                               .stream = { .statuses = 50, .people = 3 } };
	struct wq_buf head, body;
	const char *why = NULL;
	char text[128];

	wq_buf_init(&head, 4096);
	wq_buf_init(&body, 4096);
	if (wq_bench_hooks_init(&hooks, &o, &why, text) == 0) {
		for (unsigned i = 0; i < 6; i++) {
			wq_buf_clear(&head);
			wq_buf_clear(&body);
			if (wq_bench_hooks_next(&hooks, 1781000000, &head, &body) < 0 ||
			    provider == WQ_BENCH_TWILIO)
				continue;
			yyjson_doc *doc = wq_json_read(wq_buf_str(&body), 32, NULL);

			WQ_CHECK("JSON", doc || wq_alloc_failed());
			wq_json_free(doc);
		}
		wq_bench_hooks_fini(&hooks);
	}
	wq_bench_hooks_fini(&hooks);
	wq_buf_fini(&head);
	wq_buf_fini(&body);
}

WQ_TEST(every_allocation_fails)
{
	for (provider = WQ_BENCH_CLOUD; provider <= WQ_BENCH_TWILIO; provider++)
		wq_fault_sweep(wq_bench_providers[provider], make_some, 1000);
}

WQ_TEST_MAIN(WQ_CASE(messages_of_people_in_turn), WQ_CASE(three_statuses_of_each_message),
             WQ_CASE(shares_are_as_asked_for), WQ_CASE(a_body_of_any_length),
             WQ_CASE(every_allocation_fails))
