/* SPDX-License-Identifier: MIT */
/* redis_test.c — the client against a real redis-server, in real time. */
#include "io/redis/redis.h"

#include "base/alloc.h"
#include "base/err.h"
#include "io/loop/timer.h"
#include "io/redis/script.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

WQ_TEST(sets_and_gets)
{
	struct wq_redisd s;
	struct wq_redis_world w;

	wq_redisd_start(&s, NULL);
	wq_redis_world_begin(&w, s.url, NULL);
	wq_redis_world_ask(&w, "SET k v");
	WQ_CHECK_STR("set", w.one.text, "OK");
	wq_redis_world_ask(&w, "GET k");
	WQ_CHECK_STR("get", w.one.text, "v");
	wq_redis_world_end(&w);
	wq_redisd_stop(&s);
}

WQ_TEST_MAIN(WQ_CASE(sets_and_gets))
