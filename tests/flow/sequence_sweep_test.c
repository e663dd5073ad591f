/* SPDX-License-Identifier: MIT */
/* sequence_sweep_test.c — people go through a sequence, and each call of its steps in turn is refused, not carried out,
 * carried out without an answer (whoever worked it was killed), or answered with something else; or the first, the
 * second, … allocation fails.  Each step's message is made once, its job comes, and nobody is stuck. */
#include "base/alloc.h"
#include "base/err.h"
#include "io/redis/script.h"
#include "sequence_world.h"
#include "support/fault.h"
#include "support/test.h"

#define LATER_MS INT64_C(3000)
#define LOOK_MS  INT64_C(2000)
#define LONG_MS  INT64_C(120000) /* leases, and some seconds for whatever the faults hold up */

enum { CALLS_MAX = 40, RUNS_MAX = 4000, SLACK_BLOCKS = 16 };

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
int __real_wq_redis_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_str *argv,
                          size_t argc, void (*cb)(struct wq_redis_cmd *cmd, int rc));
int __wrap_wq_redis_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_str *argv,
                          size_t argc, void (*cb)(struct wq_redis_cmd *cmd, int rc));
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

static bool is_step(const struct wq_script *s)
{
	return strcmp(s->name, "seq_take") == 0 || strcmp(s->name, "seq_settle") == 0 ||
	       strcmp(s->name, "tosend_take") == 0 || strcmp(s->name, "add") == 0;
}

/* What is started in the place of the call. */
static int start_other(struct wq_redis *r)
{
	const struct wq_str other[] = { WQ_STR("EVAL"), wq_str(modes[fault.mode].answer),
		                        WQ_STR("0") };

	if (modes[fault.mode].rc == 0)
		return __real_wq_redis_start(r, fault.cmd, other, WQ_COUNT(other), fault.cb);
	if (fault.mode == REFUSED)
		return modes[fault.mode].rc;
	wq_post_send(&fault.post);
	return 0;
}

static bool is_met(struct wq_redis_cmd *cmd, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	if (fault.seen++ != fault.at)
		return false;
	fault.met = true;
	fault.cmd = cmd;
	fault.cb = cb;
	return true;
}

int __wrap_wq_script_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_script *s,
                           const struct wq_str *argv, size_t argc,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	if (!is_step(s) || !is_met(cmd, cb))
		return __real_wq_script_start(r, cmd, s, argv, argc, cb);
	if (fault.mode == LOST)
		return __real_wq_script_start(r, cmd, s, argv, argc, on_carried_out);
	return start_other(r);
}

/* The list of jobs to be added is cleared without a script. */
int __wrap_wq_redis_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_str *argv,
                          size_t argc, void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	if (!wq_str_eq(argv[0], wq_str("ZREM")) || !is_met(cmd, cb))
		return __real_wq_redis_start(r, cmd, argv, argc, cb);
	if (fault.mode == LOST)
		return __real_wq_redis_start(r, cmd, argv, argc, on_carried_out);
	return start_other(r);
}

static struct wq_redisd server;
static char what[128];

static void tell_story(void)
{
	int64_t began;

	sequence_world_scene(LATER_MS);
	began = send_world_now();
	if (sequence_world_open() == 0) {
		while (strcmp(sequence_world_summary(), sequence_world_through) != 0 &&
		       send_world_now() < began + LONG_MS)
			send_world_pass(LOOK_MS);
		WQ_CHECK_STR(what, sequence_world_summary(), sequence_world_through);
	}
	sequence_world_close();
}

WQ_TEST(each_call_fails_once)
{
	unsigned runs = 0;

	send_world_begin(&server);
	wq_post_init(&fault.post, sw.calls.loop, on_post);
	for (unsigned mode = 0; mode < MODES; mode++)
		for (unsigned at = 0; at < CALLS_MAX; at++) {
			fault.mode = (enum mode)mode;
			fault.at = at;
			fault.seen = 0;
			fault.met = false;
			snprintf(what, sizeof(what), "%s, call %u", modes[mode].what, at);
			tell_story();
			if (!fault.met)
				break;
			runs++;
		}
	print_message("%u faults of calls\n", runs);
	WQ_CHECK("all steps were met", runs >= 6 * MODES);
	send_world_end();
}

WQ_TEST(each_allocation_fails_once)
{
	struct wq_fault_result result;

	send_world_begin(&server);
	fault.at = UINT32_MAX;
	snprintf(what, sizeof(what), "an allocation fails");
	tell_story();
	wq_fault_allow(SLACK_BLOCKS);
	result = wq_fault_sweep("steps", tell_story, RUNS_MAX);
	print_message("%u faults of allocations\n", result.runs);
	WQ_CHECK("some runs", result.runs > 30);
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
		WQ_CASE(each_call_fails_once),
		WQ_CASE(each_allocation_fails_once),
	};

	return cmocka_run_group_tests_name(__FILE__, all, begin_all, end_all) != 0;
}
