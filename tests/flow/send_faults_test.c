/* SPDX-License-Identifier: MIT */
/* send_faults_test.c — each call of a script in turn refused, not carried out, carried out without an answer, or
 * answered with something else: a message is sent once all the same, and what its status means is known. */
#include <limits.h>

#include "base/err.h"
#include "domain/send/person.h"
#include "io/redis/script.h"
#include "send_world.h"
#include "support/test.h"

#define TAKEN     "{\"messaging_product\":\"whatsapp\",\"messages\":[{\"id\":\"wamid.A\"}]}"
#define TOO_FAST  "{\"error\":{\"message\":\"slower\",\"code\":130429}}"
#define OPTED_OUT "{\"error\":{\"message\":\"no more\",\"code\":131050}}"
#define BLOCKED   "{\"error\":{\"message\":\"blocked\",\"code\":368}}"

enum { TRIES_MAX = 20, CALLS_MAX = 40 };

enum mode { REFUSED, AWAY, LOST, FULL, FAILING, TEXT, EMPTY, NESTED, MODES };
static const struct {
	const char *what;
	int rc; /* 0: an answer, but not the script's */
	const char *answer;
} modes[MODES] = {
	[REFUSED] = { "refused", WQ_EFULL, NULL },
	[AWAY] = { "not carried out", WQ_EAWAY, NULL },
	[LOST] = { "carried out, and no answer", WQ_ELOST, NULL },
	[FULL] = { "no memory left", WQ_REDIS_OOM, NULL },
	[FAILING] = { "an error of the script", WQ_EREPLY, NULL },
	[TEXT] = { "a text for an answer", 0, "return 'odd'" },
	[EMPTY] = { "an empty answer", 0, "return {}" },
	[NESTED] = { "an answer full of nothing", 0, "return {{},{},{}}" },
};

static struct {
	enum mode mode;
	unsigned at, seen;
	bool met;
	struct wq_redis_cmd *cmd;
	void (*cb)(struct wq_redis_cmd *cmd, int rc);
	struct wq_post post;
} fault;

/* NOLINTBEGIN(bugprone-reserved-identifier): the linker's names for what it wraps. */
int __real_wq_script_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_script *s,
                           const struct wq_str *argv, size_t argc,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc));
int __wrap_wq_script_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_script *s,
                           const struct wq_str *argv, size_t argc,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc));
/* NOLINTEND(bugprone-reserved-identifier) */

static void spoil(struct wq_redis_cmd *cmd)
{
	cmd->reply = NULL;
	snprintf(cmd->error, sizeof(cmd->error), "%s", modes[fault.mode].what);
	fault.cb(cmd, modes[fault.mode].rc);
}

static void on_post(struct wq_post *p)
{
	(void)p;
	spoil(fault.cmd);
}

static void on_carried_out(struct wq_redis_cmd *cmd, int rc)
{
	WQ_CHECK_INT("carried out", rc, 0);
	spoil(cmd);
}

int __wrap_wq_script_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_script *s,
                           const struct wq_str *argv, size_t argc,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	const struct wq_str other[] = { WQ_STR("EVAL"), wq_str(modes[fault.mode].answer),
		                        WQ_STR("0") };

	if (strncmp(s->name, "send_", 5) != 0 || fault.seen++ != fault.at)
		return __real_wq_script_start(r, cmd, s, argv, argc, cb);
	fault.met = true;
	fault.cmd = cmd;
	fault.cb = cb;
	if (modes[fault.mode].rc == 0)
		return wq_redis_start(r, cmd, other, WQ_COUNT(other), cb);
	if (fault.mode == REFUSED)
		return modes[fault.mode].rc;
	if (fault.mode == LOST)
		return __real_wq_script_start(r, cmd, s, argv, argc, on_carried_out);
	wq_post_send(&fault.post);
	return 0;
}

static struct wq_redisd server;
static char what[128]; /* is tried */
static char who[WQ_PERSON_HEX_BYTES + 1];

/* What the provider answers, and what must be so in the end, whichever call failed. */
static const struct scenario {
	const char *what;
	int first_status, status; /* of an answer before the last one; 0: none */
	const char *first, *last;
	const char *notice;       /* members of a status that follows; NULL: none */
	unsigned posts;
	enum ending ending;
	const char *state;        /* of the record: state led */
	const char *key, *field;  /* that are there, the recipient's digest behind the key */
} scenarios[] = {
	{ "taken", 0, 200, NULL, TAKEN, "\"status\":\"delivered\"", 1, COMPLETED, "delivered sent", NULL, NULL },
	{ "too fast, then taken", 429, 200, TOO_FAST, TAKEN, "\"status\":\"read\"", 2, COMPLETED, "read sent",
	  "wq:{c}:state", "slow" },
	{ "refused for good", 0, 400, NULL, OPTED_OUT, NULL, 1, FAILED_FOR_GOOD, "failed rejected",
	  "wq:{c}:person:", "optout" },
	{ "blocked for a while", 403, 200, BLOCKED, TAKEN, NULL, 1, DELAYED, "queued -", "wq:{c}:state", "hold" },
	{ "taken, and refused later", 0, 200, NULL, TAKEN,
	  "\"status\":\"failed\",\"errors\":[{\"code\":131050,\"title\":\"no more\"}]", 1, COMPLETED, "failed sent",
	  "wq:{c}:person:", "optout" },
	{ "in doubt, and settled by its status", 0, 500, NULL, "", "\"status\":\"delivered\"", 1, FAILED_FOR_GOOD,
	  "delivered confirmed", NULL, NULL },
};

static void tell(const struct scenario *s)
{
	struct errand r;

	errand_init(
		&r, "2",
		"{\"provider\":\"cloud\",\"phoneNumberId\":\"100001\",\"sentAt\":1700000000000,\"status\":{\"id\":"
		"\"wamid.A\",%s,\"recipient_id\":\"593991234567\",\"biz_opaque_callback_data\":\"%s\"}}",
		s->notice, send_world_opaque(send_world_posts() - 1));
	errand_finish(&r, &sw.receipts, TRIES_MAX);
	WQ_CHECK_STR(what, ending_name(r.ending), "completed");
}

static void check(const struct scenario *s, const struct errand *e)
{
	WQ_CHECK_STR(what, ending_name(e->ending), ending_name(s->ending));
	WQ_CHECK_INT(what, send_world_posts(), s->posts);
	WQ_CHECK_STR(what, send_world_record("c", "state led"), s->state);
	if (s->key)
		WQ_CHECK_STR(what,
		             send_world_ask("HEXISTS %s%s %s", s->key,
		                            s->key[strlen(s->key) - 1] == ':' ? who : "", s->field),
		             "1");
}

static void run(const struct scenario *s)
{
	struct errand e;

	send_world_ask("FLUSHDB");
	send_world_answers_nothing_yet();
	if (s->first)
		send_world_answers(s->first_status, s->first, WQ_PEER_KEEP);
	send_world_answers(s->status, s->last, WQ_PEER_KEEP);
	WQ_CHECK_INT("sender", send_world_open(), 0);
	errand_init(
		&e, "1",
		"{\"id\":\"m1\",\"account\":\"c\",\"to\":\"+593991234567\",\"text\":\"hello\"}");
	errand_finish(&e, &sw.sends, s->ending == DELAYED ? 1 : TRIES_MAX);
	if (s->notice)
		tell(s);
	check(s, &e);
	send_world_close();
}

static void sweep(const struct scenario *s, enum mode mode)
{
	for (unsigned at = 0;; at++) {
		WQ_CHECK("an end", at < CALLS_MAX);
		snprintf(what, sizeof(what), "call %u of \"%s\": %s", at, s->what,
		         modes[mode].what);
		fault.mode = mode;
		fault.at = at;
		fault.seen = 0;
		fault.met = false;
		run(s);
		if (!fault.met)
			return;
	}
}

WQ_TEST(each_call_of_a_script_may_fail)
{
	send_world_begin(&server);
	WQ_CHECK_INT("person", wq_person_of(wq_str("+593991234567"), who), 0);
	wq_post_init(&fault.post, sw.calls.loop, on_post);
	for (size_t i = 0; i < WQ_COUNT(scenarios); i++)
		for (enum mode m = 0; m < MODES; m++)
			sweep(&scenarios[i], m);
	send_world_end();
}

static bool is_met(void *ctx)
{
	(void)ctx;
	return fault.met;
}

/* The one request that may find out whether a provider is back is given up while Redis is away: another may. */
WQ_TEST(a_trial_that_is_given_up_is_anothers)
{
	struct errand e;

	send_world_begin(&server);
	WQ_CHECK_INT("sender", send_world_open(), 0);
	wq_post_init(&fault.post, sw.calls.loop, on_post);
	fault.at = UINT_MAX;
	for (unsigned i = 0; i < 5; i++) {
		errand_init(
			&e, "1",
			"{\"id\":\"m1\",\"account\":\"d\",\"to\":\"+593991234567\",\"text\":\"hello\"}");
		errand_run(&e, &sw.sends);
	}
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR("it is not asked", send_world_record("d", "att"), "5");
	send_world_pass(e.delay_ms);
	fault.mode = AWAY;
	fault.at = fault.seen = 0;
	fault.met = false;
	errand_start(&e, &sw.sends);
	send_world_until(is_met, NULL, "a trial without Redis");
	send_world_pass(1);
	errand_cancel(&e);
	errand_await(&e);
	WQ_CHECK_STR("given up", send_world_record("d", "att"), "5");
	errand_run(&e, &sw.sends);
	WQ_CHECK_STR("another", send_world_record("d", "att"), "6");
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
		WQ_CASE(each_call_of_a_script_may_fail),
		WQ_CASE(a_trial_that_is_given_up_is_anothers),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
