/* SPDX-License-Identifier: MIT */
/* buckets_test.c — tokens by the microsecond, rules together, bounded memory. */
#include "app/sandbox/buckets.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/err.h"
#include "base/limits.h"
#include "support/fault.h"
#include "support/test.h"

enum { SECOND = 1000000 };

static const struct wq_bucket_asked ana = { 0, WQ_STR("900"), WQ_STR("5931") };
static const struct wq_bucket_asked eva = { 0, WQ_STR("900"), WQ_STR("5932") };
static const struct wq_bucket_asked other = { 2, WQ_STR("901"), WQ_STR("5931") };

static struct wq_bucket_rule rule(enum wq_bucket_per per, uint64_t every_us, uint32_t burst)
{
	return (struct wq_bucket_rule){
		.provider = -1, .per = per, .every_us = every_us, .burst = burst
	};
}

static bool take(struct wq_buckets *b, const struct wq_bucket_asked *a, uint64_t now_us)
{
	struct wq_bucket_verdict v;

	return wq_buckets_take(b, a, now_us, &v);
}

WQ_TEST(a_bucket_gives_its_burst_and_then_its_rate)
{
	struct wq_bucket_rule r = rule(WQ_PER_NUMBER, SECOND / 80, 80);
	struct wq_bucket_verdict v;
	struct wq_buckets b;
	unsigned passed = 0;

	WQ_CHECK_INT("init", wq_buckets_init(&b), 0);
	WQ_CHECK_INT("add", wq_buckets_add(&b, &r), 1);
	for (int i = 0; i < 100; i++)
		passed += take(&b, &ana, SECOND);
	WQ_CHECK_INT("the burst", passed, 80);
	WQ_CHECK("not a token", !wq_buckets_take(&b, &eva, SECOND, &v));
	WQ_CHECK_INT("how long", v.wait_us, SECOND / 80);
	WQ_CHECK("just before", !take(&b, &ana, SECOND + SECOND / 80 - 1));
	WQ_CHECK("then one", take(&b, &ana, SECOND + SECOND / 80));
	WQ_CHECK("and no more", !take(&b, &ana, SECOND + SECOND / 80));
	WQ_CHECK("another number", take(&b, &other, SECOND));
	passed = 0;
	for (uint64_t us = 100 * SECOND; us < 110 * (uint64_t)SECOND; us += 1000)
		passed += take(&b, &ana, us);
	WQ_CHECK_INT("ten seconds: the burst and the rate", passed, 80 + 799);
	wq_buckets_fini(&b);
	wq_buckets_fini(&b);
}

WQ_TEST(a_send_needs_a_token_of_each_rule_and_takes_none_without)
{
	struct wq_bucket_rule number = rule(WQ_PER_NUMBER, SECOND, 3),
			      pair = rule(WQ_PER_PAIR, 6 * SECOND, 1);
	struct wq_bucket_verdict v;
	struct wq_buckets b;

	pair.provider = 0;
	WQ_CHECK_INT("init", wq_buckets_init(&b), 0);
	WQ_CHECK("rules", wq_buckets_add(&b, &number) > 0 && wq_buckets_add(&b, &pair) > 0);
	WQ_CHECK("first", take(&b, &ana, SECOND));
	WQ_CHECK("the pair", !wq_buckets_take(&b, &ana, SECOND, &v));
	WQ_CHECK_INT("says so", v.per, WQ_PER_PAIR);
	for (int i = 0; i < 5; i++)
		(void)take(&b, &ana, SECOND);
	WQ_CHECK("refused ones took nothing", take(&b, &eva, SECOND));
	WQ_CHECK("of another provider", take(&b, &other, SECOND));
	wq_buckets_fini(&b);
}

WQ_TEST(all_is_one_bucket_and_lasting_rules_stay)
{
	struct wq_bucket_rule all = rule(WQ_PER_ALL, SECOND, 1),
			      kept = rule(WQ_PER_NUMBER, SECOND, 1);
	struct wq_buckets b;

	(void)snprintf(kept.number, sizeof(kept.number), "900");
	kept.lasting = true;
	WQ_CHECK_INT("init", wq_buckets_init(&b), 0);
	WQ_CHECK("rules", wq_buckets_add(&b, &all) > 0 && wq_buckets_add(&b, &kept) > 0);
	WQ_CHECK("one", take(&b, &ana, SECOND));
	WQ_CHECK("is all", !take(&b, &other, SECOND));
	wq_buckets_clear(&b);
	WQ_CHECK_INT("one rule", b.rules_n, 1);
	WQ_CHECK("its bucket is full", take(&b, &ana, SECOND));
	WQ_CHECK("and counts", !take(&b, &ana, SECOND));
	WQ_CHECK("others are free", take(&b, &other, SECOND) && take(&b, &other, SECOND));
	wq_buckets_fini(&b);
}

WQ_TEST(bounded)
{
	struct wq_bucket_rule r = rule(WQ_PER_PAIR, SECOND, 1);
	struct wq_buckets b;
	char to[16];

	WQ_CHECK_INT("init", wq_buckets_init(&b), 0);
	WQ_CHECK("add", wq_buckets_add(&b, &r) > 0);
	for (int i = 0; i < WQ_SANDBOX_BUCKETS_MAX + 10; i++) {
		(void)snprintf(to, sizeof(to), "%d", i);
		(void)take(&b, &(struct wq_bucket_asked){ 0, wq_str("900"), wq_str(to) }, SECOND);
	}
	WQ_CHECK_INT("buckets", b.n, WQ_SANDBOX_BUCKETS_MAX);
	for (int i = 1; i < WQ_SANDBOX_LIMITS_MAX; i++)
		WQ_CHECK("room", wq_buckets_add(&b, &r) > 0);
	WQ_CHECK_INT("full", wq_buckets_add(&b, &r), WQ_EFULL);
	wq_buckets_fini(&b);
}

WQ_TEST_MAIN(WQ_CASE(a_bucket_gives_its_burst_and_then_its_rate),
             WQ_CASE(a_send_needs_a_token_of_each_rule_and_takes_none_without),
             WQ_CASE(all_is_one_bucket_and_lasting_rules_stay), WQ_CASE(bounded))
