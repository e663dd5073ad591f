/* SPDX-License-Identifier: MIT */
/* faults_test.c — the same seed, the same fate; shares that add up; orders to the letter. */
#include "app/sandbox/faults.h"

#include "base/err.h"
#include "base/limits.h"
#include "support/test.h"

enum { DRAWS = 100000 };

static struct wq_fault send_to(struct wq_faults *f, const char *to)
{
	return wq_faults_send(f, &(struct wq_fault_asked){ .number = wq_str("900200300400501"),
	                                                   .to = wq_str(to),
	                                                   .type = wq_str("text") });
}

WQ_TEST(a_seed_replays)
{
	struct wq_faults_opts o = { .fail_ppm = 300000, .dup_ppm = 200000, .reorder_ppm = 100000 };
	struct wq_faults a, b, c;
	unsigned differ = 0;

	wq_faults_init(&a, 42, &o);
	wq_faults_init(&b, 42, &o);
	wq_faults_init(&c, 43, &o);
	for (int i = 0; i < 1000; i++) {
		struct wq_fault x = send_to(&a, "1"), y = send_to(&b, "1"), z = send_to(&c, "1");
		struct wq_webhook_fault p = wq_faults_webhook(&a, true),
					q = wq_faults_webhook(&b, true);

		WQ_CHECK_INT("code", x.code, y.code);
		WQ_CHECK_INT("dup", p.dup, q.dup);
		WQ_CHECK_INT("reorder", p.reorder, q.reorder);
		differ += x.code != z.code;
	}
	WQ_CHECK("another seed, another fate", differ > 100);
}

WQ_TEST(webhooks_do_not_disturb_sends)
{
	struct wq_faults_opts o = { .fail_ppm = 500000 };
	struct wq_faults a, b;

	wq_faults_init(&a, 7, &o);
	wq_faults_init(&b, 7, &o);
	for (int i = 0; i < 200; i++) {
		(void)wq_faults_webhook(&b, true);
		WQ_CHECK_INT("same", send_to(&a, "1").code, send_to(&b, "1").code);
	}
}

static void share_is(uint32_t ppm)
{
	struct wq_faults_opts o = {
		.fail_ppm = ppm, .dup_ppm = ppm, .reorder_ppm = ppm, .reply_ppm = ppm
	};
	struct wq_faults f;
	double fail = 0, dup = 0, reorder = 0, reply = 0;
	double want = (double)ppm / WQ_PPM, slack = ppm == 0 || ppm == WQ_PPM ? 1e-9 : 0.006;

	wq_faults_init(&f, 11, &o);
	for (int i = 0; i < DRAWS; i++) {
		struct wq_webhook_fault w = wq_faults_webhook(&f, true);

		fail += send_to(&f, "1").kind == WQ_FAULT_ERROR;
		dup += w.dup;
		reorder += w.reorder;
		reply += wq_faults_reply(&f);
	}
	WQ_CHECK("fail", fail / DRAWS >= want - slack && fail / DRAWS <= want + slack);
	WQ_CHECK("dup", dup / DRAWS >= want - slack && dup / DRAWS <= want + slack);
	WQ_CHECK("reorder", reorder / DRAWS >= want - slack && reorder / DRAWS <= want + slack);
	WQ_CHECK("reply", reply / DRAWS >= want - slack && reply / DRAWS <= want + slack);
}

WQ_TEST(shares_are_shares)
{
	share_is(0);
	share_is(5000);
	share_is(100000);
	share_is(500000);
	share_is(WQ_PPM);
}

WQ_TEST(chance_draws_every_code)
{
	struct wq_faults_opts o = { .fail_ppm = WQ_PPM };
	struct wq_faults f;
	unsigned unknown = 0, overload = 0, rate = 0, away = 0;

	wq_faults_init(&f, 1, &o);
	for (int i = 0; i < 1000; i++) {
		int code = send_to(&f, "1").code;

		unknown += code == 131000;
		overload += code == 2;
		rate += code == 130429;
		away += code == 131016;
	}
	WQ_CHECK_INT("no other", unknown + overload + rate + away, 1000);
	WQ_CHECK("each", unknown > 200 && overload > 200 && rate > 200 && away > 200);
}

WQ_TEST(an_order_hits_the_nth_that_fits)
{
	struct wq_faults_opts o = { .latency_ms = 9 };
	struct wq_fault_order order = { .provider = -1, .to = "593900000011", .nth = 3, .times = 2, .share_ppm = WQ_PPM,
		                        .latency_ms = -1, .then = { .kind = WQ_FAULT_HANG } };
	struct wq_faults f;

	wq_faults_init(&f, 1, &o);
	WQ_CHECK_INT("id", wq_faults_add(&f, &order), 1);
	for (int i = 1; i <= 6; i++) {
		struct wq_fault hit = send_to(&f, "593900000011"),
				miss = send_to(&f, "593900000012");

		WQ_CHECK_INT("third and fourth", hit.kind == WQ_FAULT_HANG, i == 3 || i == 4);
		WQ_CHECK_INT("usual latency", hit.latency_ms, 9);
		WQ_CHECK_INT("another number", miss.kind, WQ_FAULT_NONE);
	}
	wq_faults_fini(&f);
}

WQ_TEST(the_oldest_order_goes_first)
{
	struct wq_faults_opts o = { .fail_ppm = WQ_PPM };
	struct wq_fault_order first = { .provider = -1, .times = 1, .share_ppm = WQ_PPM, .latency_ms = 70,
		                        .then = { .kind = WQ_FAULT_CLOSE } };
	struct wq_fault_order second = { .provider = -1, .times = 1, .share_ppm = WQ_PPM,
		                         .then = { .kind = WQ_FAULT_ERROR, .code = 131056, .status = 429 } };
	struct wq_fault got;
	struct wq_faults f;

	wq_faults_init(&f, 1, &o);
	wq_faults_add(&f, &first);
	wq_faults_add(&f, &second);
	got = send_to(&f, "1");
	WQ_CHECK_INT("close", got.kind, WQ_FAULT_CLOSE);
	WQ_CHECK_INT("latency", got.latency_ms, 70);
	WQ_CHECK_INT("order", got.order, 1);
	got = send_to(&f, "1");
	WQ_CHECK_INT("code", got.code, 131056);
	WQ_CHECK_INT("status", got.status, 429);
	got = send_to(&f, "1");
	WQ_CHECK("then chance again", got.order == 0 && got.kind == WQ_FAULT_ERROR);
	wq_faults_fini(&f);
}

WQ_TEST(an_order_counts_what_another_took)
{
	struct wq_faults_opts o = { 0 };
	struct wq_fault_order first = { .provider = -1, .times = 1,
		                        .share_ppm = WQ_PPM,
		                        .then = { .kind = WQ_FAULT_CLOSE } };
	struct wq_fault_order second = { .provider = -1, .nth = 2, .times = 1, .share_ppm = WQ_PPM,
		                         .then = { .kind = WQ_FAULT_HANG } };
	struct wq_faults f;

	wq_faults_init(&f, 1, &o);
	wq_faults_add(&f, &first);
	wq_faults_add(&f, &second);
	WQ_CHECK_INT("the first", send_to(&f, "1").kind, WQ_FAULT_CLOSE);
	WQ_CHECK_INT("the second", send_to(&f, "1").kind, WQ_FAULT_HANG);
	WQ_CHECK_INT("the third", send_to(&f, "1").kind, WQ_FAULT_NONE);
	wq_faults_fini(&f);
}

WQ_TEST(an_order_for_a_share)
{
	struct wq_faults_opts o = { 0 };
	struct wq_fault_order order = { .provider = -1, .share_ppm = 10000,
		                        .then = { .kind = WQ_FAULT_RESET_AFTER } };
	struct wq_faults f;
	unsigned hits = 0;

	wq_faults_init(&f, 5, &o);
	wq_faults_add(&f, &order);
	for (int i = 0; i < DRAWS; i++)
		hits += send_to(&f, "1").kind == WQ_FAULT_RESET_AFTER;
	WQ_CHECK("about one in a hundred", hits > 850 && hits < 1150);
	wq_faults_clear(&f);
	WQ_CHECK_INT("cleared", send_to(&f, "1").kind, WQ_FAULT_NONE);
	wq_faults_fini(&f);
	wq_faults_fini(&f);
}

WQ_TEST(orders_are_bounded)
{
	struct wq_faults_opts o = { 0 };
	struct wq_fault_order order = { .provider = -1, .share_ppm = WQ_PPM, .times = 1 };
	struct wq_faults f;

	wq_faults_init(&f, 5, &o);
	for (int i = 0; i < WQ_SANDBOX_ORDERS_MAX; i++)
		WQ_CHECK("fits", wq_faults_add(&f, &order) > 0);
	WQ_CHECK_INT("full", wq_faults_add(&f, &order), WQ_EFULL);
	(void)send_to(&f, "1");
	WQ_CHECK("one is done and makes room", wq_faults_add(&f, &order) > 0);
	WQ_CHECK_INT("full again", wq_faults_add(&f, &order), WQ_EFULL);
	wq_faults_fini(&f);
}

WQ_TEST(kinds_have_names)
{
	for (int k = WQ_FAULT_NONE + 1; k < WQ_FAULT_KINDS; k++) {
		enum wq_fault_kind back;
		const char *name = wq_fault_kind_name((enum wq_fault_kind)k);

		WQ_CHECK(name, wq_fault_kind_from(wq_str(name), &back) && (int)back == k);
	}
	WQ_CHECK("reset_after was accepted", wq_fault_accepts(WQ_FAULT_RESET_AFTER));
	WQ_CHECK("reset_before was not", !wq_fault_accepts(WQ_FAULT_RESET_BEFORE));
}

WQ_TEST_MAIN(WQ_CASE(a_seed_replays), WQ_CASE(webhooks_do_not_disturb_sends),
             WQ_CASE(shares_are_shares), WQ_CASE(chance_draws_every_code),
             WQ_CASE(an_order_hits_the_nth_that_fits), WQ_CASE(the_oldest_order_goes_first),
             WQ_CASE(an_order_counts_what_another_took), WQ_CASE(an_order_for_a_share),
             WQ_CASE(orders_are_bounded), WQ_CASE(kinds_have_names))
