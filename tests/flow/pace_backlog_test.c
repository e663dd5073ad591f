/* SPDX-License-Identifier: MIT */
/* pace_backlog_test.c — a number's tokens on virtual time: a backlog of messages that come when they are told to, or a
 * little late, uses nearly all of its rate and never more, however few a second that is. */
#include "base/random.h"
#include "store/send.h"
#include "support/redis.h"
#include "support/redis_world.h"
#include "support/test.h"

#define BEGIN_MS 1700000000000LL
enum { BACKLOG = 200, LEAD = 20, LATE_MAX_MS = 40, ASKS_MAX = 8 };

static const struct pace {
	const char *what;
	int64_t interval_us, burst;
	unsigned flags;
} paces[] = {
	{ "one in two seconds", 2000000, 1, 0 },
	{ "one a second", 1000000, 1, 0 },
	{ "one a second, bulk", 1000000, 1, WQ_SEND_BULK },
	{ "five a second", 200000, 1, 0 },
	{ "five a second, four at once, bulk", 200000, 4, WQ_SEND_BULK },
	{ "ten a second, bulk", 100000, 1, WQ_SEND_BULK },
	{ "eighteen a second", 55555, 2, 0 },
	{ "72 a second, bulk", 13888, 8, WQ_SEND_BULK },
};

static struct wq_redisd server;
static struct wq_redis_world w;
static struct wq_send_keys keys;

static struct {
	const struct pace *pace;
	struct wq_redis_cmd cmd;
	struct wq_rng rng;
	int64_t due_ms[BACKLOG]; /* when each asks next; INT64_MAX: it went */
	int64_t went_ms[BACKLOG];
	int64_t now_ms;
	size_t asks, went, asking;
	bool told;
} run;

static void on_told(struct wq_redis_cmd *cmd, int rc)
{
	struct wq_send_claimed c = { 0 };
	size_t i = run.asking;

	WQ_CHECK_INT(cmd->error, rc, 0);
	WQ_CHECK("in its form", wq_send_claim_answer(cmd, 0, &c));
	run.told = true;
	if (c.answer == WQ_SEND_GO) {
		run.went_ms[run.went++] = run.now_ms;
		run.due_ms[i] = INT64_MAX;
		return;
	}
	WQ_CHECK_INT("has to wait", c.answer, WQ_SEND_WAIT);
	run.due_ms[i] = run.now_ms + c.number + (int64_t)wq_rng_below(&run.rng, LATE_MAX_MS);
}

static void give(void *ctx, size_t n, struct wq_send_claim *out)
{
	static char id[16], to[16];

	(void)ctx;
	(void)n;
	snprintf(id, sizeof(id), "m%zu", run.asking);
	snprintf(to, sizeof(to), "p%zu", run.asking);
	*out = (struct wq_send_claim){ .id = wq_str(id),
		                       .to = wq_str(to),
		                       .token = wq_str("0123456789abcdef"),
		                       .data = wq_str("{}"),
		                       .flags = run.pace->flags,
		                       .asked_ms = BEGIN_MS };
}

static bool is_told(void *ctx)
{
	(void)ctx;
	return run.told;
}

/* The one whose moment is next asks. */
static void ask(void)
{
	struct wq_send_rules rules = { .keep_s = 1000, .grace_ms = 30000, .pair_burst = 1,
		                       .age_max_ms = 86400000, .unconfirmed_ms = 60000,
		                       .interval_us = run.pace->interval_us,
		                       .burst = run.pace->burst };

	run.asking = 0;
	for (size_t i = 1; i < BACKLOG; i++)
		if (run.due_ms[i] < run.due_ms[run.asking])
			run.asking = i;
	if (run.due_ms[run.asking] > run.now_ms)
		run.now_ms = run.due_ms[run.asking];
	run.told = false;
	run.asks++;
	WQ_CHECK_INT("started",
	             wq_send_claim_start(&keys, &run.cmd, &rules, run.now_ms, 1, give, NULL,
	                                 on_told),
	             0);
	WQ_CHECK("told", wq_redis_world_wait(&w, is_told, NULL));
}

/* No time of any length holds more than the rate and what may go at once, and one that is early by its slack. */
static void check_never_above(const struct pace *p)
{
	for (size_t from = 0; from < run.went; from++)
		for (size_t to = from + 1; to < run.went; to++) {
			int64_t took_us = (run.went_ms[to] - run.went_ms[from]) * 1000;

			if ((int64_t)(to - from) > took_us / p->interval_us + p->burst + 1)
				WQ_CHECK_STR(p->what, "goes faster than it may", "");
		}
}

static void check_pace(const struct pace *p)
{
	const size_t last = BACKLOG - LEAD;
	int64_t took_us, least_us;

	wq_redisd_ask(&server, "FLUSHDB");
	memset(&run, 0, sizeof(run));
	run.pace = p;
	run.now_ms = BEGIN_MS;
	wq_rng_init(&run.rng, 7);
	for (size_t i = 0; i < BACKLOG; i++)
		run.due_ms[i] = BEGIN_MS;
	while (run.went < BACKLOG)
		ask();
	took_us = (run.went_ms[last] - run.went_ms[LEAD]) * 1000;
	least_us = (int64_t)(last - LEAD) * p->interval_us;
	if (took_us * 98 > least_us * 100) {
		print_error("%s: %lld us instead of %lld\n", p->what, (long long)took_us,
		            (long long)least_us);
		WQ_CHECK_STR(p->what, "leaves tokens unused", "");
	}
	check_never_above(p);
	WQ_CHECK(p->what, run.asks < BACKLOG * ASKS_MAX);
}

WQ_TEST(a_backlog_uses_its_rate_and_no_more)
{
	wq_redisd_start(&server, NULL);
	wq_redis_world_begin(&w, server.url, NULL);
	wq_redis_world_until_ready(&w);
	WQ_CHECK_INT("keys", wq_send_keys_init(&keys, w.redis, wq_str("a")), 0);
	for (size_t i = 0; i < WQ_COUNT(paces); i++)
		check_pace(&paces[i]);
	wq_redis_world_end(&w);
	wq_redisd_stop(&server);
}

WQ_TEST_MAIN(WQ_CASE(a_backlog_uses_its_rate_and_no_more))
