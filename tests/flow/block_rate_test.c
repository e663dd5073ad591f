/* SPDX-License-Identifier: MIT */
/* block_rate_test.c — how often verdicts are wrong: a month of an account with people who block it, phones that are off
 * for days, and six days on which the provider told of none, by the real scripts.  By chance, from one seed. */
#include "base/random.h"
#include "block_world.h"
#include "store/block_list.h"
#include "store/letter.h"
#include "support/test.h"

enum {
	PEOPLE = 400,
	DAYS = 28,
	SETTLED_DAYS = 4,     /* more, until all is judged */
	EVERY_DAYS = 2,       /* one message to each */
	MESSAGES = DAYS / EVERY_DAYS,
	STEPS_A_DAY = 4,
	BLOCK_PERMILLE = 40,  /* who block us on some day */
	OFF_PERMILLE = 100,   /* whose phone is off, once: a half of those for a day, a quarter for two … */
	OUTAGE_FIRST_DAY = 12,
	OUTAGE_LAST_DAY = 17,
	NEVER = 1000,
	BATCH = 50,
};

static struct wq_redisd server;
static struct wq_send_keys keys;
static struct wq_rng rng;
static struct {
	int blocks, off, on; /* steps */
	bool arrived[MESSAGES];
} people[PEOPLE];

struct told {
	struct wq_redis_cmd cmd;
	bool done;
	int rc;
	const char *state;
	char ids[BATCH][32];
	size_t n;
};

static void make_people(void)
{
	wq_rng_init(&rng, 6);
	for (int i = 0; i < PEOPLE; i++) {
		int days = 1;

		people[i].blocks = wq_rng_below(&rng, 1000) < BLOCK_PERMILLE
		                           ? (int)wq_rng_below(&rng, (DAYS - 8) * STEPS_A_DAY)
		                           : NEVER;
		people[i].off = people[i].on = NEVER;
		if (wq_rng_below(&rng, 1000) >= OFF_PERMILLE)
			continue;
		while (days < 8 && wq_rng_below(&rng, 2))
			days++;
		people[i].off = (int)wq_rng_below(&rng, DAYS * STEPS_A_DAY);
		people[i].on = people[i].off + days * STEPS_A_DAY;
	}
	send_world_ask(
		"EVAL for\ti=0,%d\tdo\tredis.call('HSET','wq:{c}:con:c'..i,'made',1,'al','p'..i)"
		"redis.call('HSET','wq:{c}:person:p'..i,'con','c'..i)end 1 wq:{c}:state",
		PEOPLE - 1);
}

/* One to each, as a sender leaves it. */
static void send_all(int number)
{
	send_world_ask(
		"EVAL for\ti=0,%d\tdo\tlocal\tid='m%d_'..i\tredis.call('HSET','wq:{c}:msg:'..id,'to','p'..i,"
		"'made',ARGV[1],"
		"'led','sent','state','accepted','at_accepted',ARGV[1],'pid',id,'data','{}')"
		"redis.call('ZADD','wq:{c}:hist:c'..i,ARGV[1],'o'..id)end 1 wq:{c}:state %lld",
		PEOPLE - 1, number, (long long)send_world_now());
}

static void item(void *ctx, size_t i, struct wq_letter_status *out)
{
	struct told *t = ctx;

	*out = (struct wq_letter_status){ .provider_id = wq_str(t->ids[i]),
		                          .id = wq_str(t->ids[i]),
		                          .state = wq_str(t->state),
		                          .why = WQ_STR(""),
		                          .price = WQ_STR(""),
		                          .at_ms = send_world_now() };
}

static void on_told(struct wq_redis_cmd *cmd, int rc)
{
	struct told *t = WQ_OWNER(cmd, struct told, cmd);

	t->rc = rc;
	t->done = true;
}

static bool is_told(void *ctx)
{
	return ((struct told *)ctx)->done;
}

static void flush(struct told *t)
{
	if (!t->n)
		return;
	t->done = false;
	WQ_CHECK_INT("told",
	             wq_letter_status_start(&keys, &t->cmd, send_world_now(), t->n, item, t,
	                                    on_told),
	             0);
	send_world_until(is_told, t, "statuses");
	WQ_CHECK_INT("told", t->rc, 0);
	t->n = 0;
}

static void tell(struct told *t, int person, int number)
{
	snprintf(t->ids[t->n++], sizeof(t->ids[0]), "m%d_%d", number, person);
	if (t->n == BATCH)
		flush(t);
}

static bool is_outage(int number)
{
	int day = number * EVERY_DAYS;

	return day >= OUTAGE_FIRST_DAY && day <= OUTAGE_LAST_DAY;
}

/* What can arrive arrives. */
static void deliver(int step, int sent)
{
	static struct told t;

	t.state = "delivered";
	for (int i = 0; i < PEOPLE; i++) {
		bool off = step >= people[i].off && step < people[i].on;

		for (int n = 0; n < sent && !off; n++) {
			bool blocked = n * EVERY_DAYS * STEPS_A_DAY >= people[i].blocks;

			if (people[i].arrived[n] || blocked || is_outage(n))
				continue;
			people[i].arrived[n] = true;
			tell(&t, i, n);
		}
	}
	flush(&t);
}

static void month(void)
{
	static struct told t;
	int sent = 0;

	t.state = "sent";
	for (int step = 0; step < (DAYS + SETTLED_DAYS) * STEPS_A_DAY; step++) {
		if (step % (EVERY_DAYS * STEPS_A_DAY) == 0 && sent < MESSAGES) {
			send_all(sent);
			for (int i = 0; i < PEOPLE; i++)
				tell(&t, i, sent);
			flush(&t);
			sent++;
		}
		deliver(step, sent);
		block_world_pass(6 * HOUR_MS);
	}
}

static long count(const char *name)
{
	return strtol(send_world_ask("HGET wq:{c}:total %s", name), NULL, 10);
}

static bool has_verdict(int person)
{
	return strcmp(send_world_ask("ZSCORE wq:{c}:cons:blocked c%d", person), "") != 0;
}

WQ_TEST(a_month_of_verdicts)
{
	long probable, confirmed, wrong, wrong_confirmed;
	int blockers = 0, found = 0, innocent = 0;

	send_world_begin(&server);
	WQ_CHECK_INT("keys", wq_send_keys_init(&keys, sw.redis, wq_str("c")), 0);
	make_people();
	month();
	for (int i = 0; i < PEOPLE; i++) {
		bool verdict = has_verdict(i);

		blockers += people[i].blocks != NEVER;
		found += people[i].blocks != NEVER && verdict;
		innocent += people[i].blocks == NEVER && verdict;
	}
	probable = count("blk_probable");
	confirmed = count("blk_confirmed");
	wrong = count("false_probable");
	wrong_confirmed = count("false_confirmed");
	print_message(
		"%d people, %d block us: %d found; probable %ld, %ld wrong; confirmed %ld, %ld wrong; "
		"left in doubt for nothing %d\n",
		PEOPLE, blockers, found, probable, wrong, confirmed, wrong_confirmed, innocent);
	WQ_CHECK_INT("who blocks us is found", found, blockers);
	WQ_CHECK_INT("nobody else is left so", innocent, 0);
	WQ_CHECK("5 % at most are wrong", wrong * 20 <= probable);
	WQ_CHECK("1 % at most are wrong", wrong_confirmed * 100 <= confirmed);
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
	const struct CMUnitTest all[] = { WQ_CASE(a_month_of_verdicts) };

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
