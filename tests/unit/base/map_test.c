/* SPDX-License-Identifier: MIT */
/* map_test.c — what was put is found, what was taken is not, whether or not there is memory to grow. */
#include "base/map.h"

#include "base/alloc.h"
#include "support/test.h"

enum { MANY = 5000 };

static struct named_node {
	struct wq_map_node node;
	char name[16];
} named[MANY];

static void put_all(struct wq_map *m)
{
	for (int i = 0; i < MANY; i++) {
		snprintf(named[i].name, sizeof(named[i].name), "job-%d", i);
		wq_map_put(m, &named[i].node, wq_str(named[i].name));
	}
}

static void check(struct wq_map *m, int from)
{
	for (int i = 0; i < MANY; i++) {
		struct wq_map_node *node = wq_map_get(m, wq_str(named[i].name));

		WQ_CHECK(named[i].name, node == (i < from ? NULL : &named[i].node));
	}
}

static void take_some(struct wq_map *m)
{
	for (int i = 0; i < MANY / 2; i++)
		wq_map_take(m, &named[i].node);
	wq_map_take(m, &named[0].node); /* twice is fine */
}

WQ_TEST(puts_finds_and_takes)
{
	struct wq_map m;

	WQ_CHECK_INT("init", wq_map_init(&m), 0);
	put_all(&m);
	check(&m, 0);
	WQ_CHECK("it grew", m.buckets_n >= MANY / 2);
	take_some(&m);
	check(&m, MANY / 2);
	WQ_CHECK_INT("left", m.n, MANY - MANY / 2);
	WQ_CHECK("a stranger", !wq_map_get(&m, wq_str("job")));
	WQ_CHECK("no bytes", !wq_map_get(&m, wq_str("")));
	wq_map_fini(&m);
	wq_map_fini(&m);
	for (int i = 0; i < MANY; i++)
		named[i].node.in = false;
}

WQ_TEST(the_newest_of_a_name_is_found)
{
	struct wq_map_node a = { .in = false }, b = { .in = false },
			   others[64] = { { .in = false } };
	struct wq_map m;

	WQ_CHECK_INT("init", wq_map_init(&m), 0);
	wq_map_put(&m, &a, wq_str("x"));
	wq_map_put(&m, &b, wq_str("x"));
	for (size_t i = 0; i < WQ_COUNT(others); i++) /* it grows meanwhile */
		wq_map_put(&m, &others[i], wq_str("y"));
	WQ_CHECK("the newer", wq_map_get(&m, wq_str("x")) == &b);
	wq_map_take(&m, &b);
	WQ_CHECK("the older", wq_map_get(&m, wq_str("x")) == &a);
	wq_map_fini(&m);
}

WQ_TEST(works_without_memory)
{
	struct wq_map m;

	WQ_CHECK_INT("init", wq_map_init(&m), 0);
	for (int i = 0; i < MANY; i++) {
		snprintf(named[i].name, sizeof(named[i].name), "job-%d", i);
		wq_alloc_fail_after(0);
		wq_map_put(&m, &named[i].node, wq_str(named[i].name));
	}
	wq_alloc_fail_after(UINT64_MAX);
	WQ_CHECK_INT("it never grew", m.buckets_n, WQ_MAP_FIRST_BUCKETS);
	check(&m, 0);
	wq_map_fini(&m);
}

WQ_TEST_MAIN(WQ_CASE(puts_finds_and_takes), WQ_CASE(the_newest_of_a_name_is_found),
             WQ_CASE(works_without_memory))
