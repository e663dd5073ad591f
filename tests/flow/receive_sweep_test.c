/* SPDX-License-Identifier: MIT */
/* receive_sweep_test.c — a customer's story, whose jobs meet a fault at each step in turn: the call is refused, not
 * carried out, carried out without an answer (whoever worked it was killed), answered with something else; or the
 * first, the second, … allocation fails.  The story ends the same, once. */
#include "base/alloc.h"
#include "base/err.h"
#include "domain/receive/receiver.h"
#include "io/redis/script.h"
#include "send_world.h"
#include "support/fault.h"
#include "support/test.h"

enum { TRIES_MAX = 30, CALLS_MAX = 40, RUNS_MAX = 4000, SLACK_BLOCKS = 16 };

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

static bool is_step(const struct wq_script *s)
{
	return strcmp(s->name, "receive") == 0 || strcmp(s->name, "manual") == 0 ||
	       strcmp(s->name, "contact_merge") == 0;
}

int __wrap_wq_script_start(struct wq_redis *r, struct wq_redis_cmd *cmd, const struct wq_script *s,
                           const struct wq_str *argv, size_t argc,
                           void (*cb)(struct wq_redis_cmd *cmd, int rc))
{
	const struct wq_str other[] = { WQ_STR("EVAL"), wq_str(modes[fault.mode].answer),
		                        WQ_STR("0") };

	if (!is_step(s) || fault.seen++ != fault.at)
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

/* The story.  Moments are in the order in which they are told. */
#define JOB(members)  "{\"businessId\":\"b\",\"phoneNumberId\":\"100001\",\"provider\":\"cloud\"," members "}"
#define TEXT_OF(id, at, body) \
	"\"id\":\"" id "\",\"timestamp\":\"" at "\",\"type\":\"text\",\"text\":{\"body\":\"" body "\"}"
#define ANA "593991234567"

static const struct step {
	const char *name, *data;
} story[] = {
	{ "process-message", JOB("\"message\":{\"from\":\"" ANA "\"," TEXT_OF("w1", "1699999000", "hola") "}") },
	{ "process-message", JOB("\"message\":{\"from_user_id\":\"EC.1\"," TEXT_OF("w2", "1699999001", "yo") "}") },
	{ NULL, NULL }, /* the first is put into a sequence, and something is pending for the second */
	{ "process-message", JOB("\"message\":{\"from\":\"" ANA "\",\"from_user_id\":\"EC.1\"," TEXT_OF(
	                             "w3", "1699999002", "baja") "},\"contact\":{\"profile\":{\"name\":\"Ana\"}}") },
	{ "process-message", JOB("\"message\":{\"from_user_id\":\"EC.1\"," TEXT_OF("w4", "1699999003", "alta") "}") },
	{ "process-echo", JOB("\"kind\":\"echo\",\"message\":{\"from\":\"1\",\"to\":\"" ANA "\"," TEXT_OF(
	                          "w5", "1699999004", "hola Ana") "}") },
	{ "process-event", JOB("\"kind\":\"user_id\",\"field\":\"user_id_update\",\"value\":{\"user_id\":{\"previous\":"
	                       "\"EC.1\",\"current\":\"EC.2\"}}") },
	{ "process-event", JOB("\"kind\":\"preference\",\"value\":{\"user_id\":\"EC.2\",\"value\":\"stop\"}") },
	{ "process-history", JOB("\"kind\":\"history\",\"value\":{\"threads\":[{\"id\":\"" ANA "\",\"messages\":["
	                         "{\"from\":\"" ANA "\"," TEXT_OF("w6", "1690000000", "antes") "},"
	                         "{\"from\":\"1\",\"to\":\"" ANA "\"," TEXT_OF("w7", "1690000001", "si") "}]}]}") },
};

/* One contact, both directions of all that was said, each once. */
static const char want[] =
	"contacts=1 said=imiiiim unread=- seq=active due=1 pend=done wish=- marketing=1 name=Ana "
	"user=EC.2 received=4 manual=1 made=2 names=3";

static struct wq_redisd server;
static struct wq_receiver *receiver;
static char what[128];

static void set_scene(void)
{
	send_world_ask(
		"EVAL local\tp=redis.call('KEYS','wq:{c}:person:*')for\t_,k\tin\tipairs(p)do\tlocal\t"
		"c=redis.call('HGET',k,'con')local\to='wq:{c}:'if\tredis.call('HEXISTS',o..'con:'..c,'phone')==1\t"
		"then\tredis.call('HSET',o..'enr:'..c,'seq','s','ver',1,'at',1,'made',1,'state','active','due',1)"
		"redis.call('HSET',o..'seq:s','n:active',1)redis.call('HSET',o..'seq:s:1','delay:1',9)"
		"redis.call('ZADD',o..'due:seq',5,c)redis.call('ZADD',o..'seq:s:in',5,c)else\t"
		"redis.call('HSET',o..'pend:p1','con',c,'state','open','why','x','priority',1)"
		"redis.call('SADD',o..'pends:of:'..c,'p1')end\tend\treturn\t1 0");
}

static const char *summary(void)
{
	return send_world_ask(
		"EVAL local\to='wq:{c}:'local\tR=redis.call\tlocal\tc=R('ZRANGE',o..'cons:last',0,-1)[1]\t"
		"local\th=''for\t_,m\tin\tipairs(R('ZRANGE',o..'hist:'..c,0,-1))do\th=h..string.sub(m,1,1)end\t"
		"local\tf=R('HMGET',o..'con:'..c,'unread','optout','no_marketing','name','user_id','al')"
		"local\tt=R('HMGET',o..'total','received','manual','contacts')"
		"local\tfunction\tx(v)return\tv\tor'-'end\t"
		"local\t_,n=string.gsub(f[6],'%%S+','')"
		"return\t'contacts='..R('ZCARD',o..'cons:made')..'\\32said='..h..'\\32unread='..x(f[1])..'\\32seq='.."
		"x(R('HGET',o..'enr:'..c,'state'))..'\\32due='..R('ZCARD',o..'due:seq')..'\\32pend='.."
		"x(R('HGET',o..'pend:p1','state'))..'\\32wish='..x(f[2])..'\\32marketing='..(f[3]and'1'or'-').."
		"'\\32name='.."
		"x(f[4])..'\\32user='..x(f[5])..'\\32received='..x(t[1])..'\\32manual='..x(t[2]).."
		"'\\32made='..x(t[3]).."
		"'\\32names='..n 0");
}

static void nobody_else(void *ctx, struct wq_task *task)
{
	(void)ctx;
	wq_task_complete(task, wq_str("others"));
}

static void set(void *ctx)
{
	*(bool *)ctx = true;
}

static bool is_set(void *ctx)
{
	return *(bool *)ctx;
}

static void close_receiver(void)
{
	bool closed = false;

	wq_receiver_close(receiver, set, &closed);
	send_world_until(is_set, &closed, "the receiver closes");
	receiver = NULL;
}

static void work(const struct step *s, const struct wq_handler *messages,
                 const struct wq_handler *events)
{
	struct errand e;

	errand_init(&e, "1", "%s", s->data);
	e.job.name = wq_str(s->name);
	errand_finish(&e, strcmp(s->name, "process-message") == 0 ? messages : events, TRIES_MAX);
	if (e.ending != COMPLETED)
		print_error("%s: %s: %s\n", what, s->data, e.text);
	WQ_CHECK_STR(what, ending_name(e.ending), "completed");
}

static void tell_story(void)
{
	const struct wq_receiver_opts o = { .keep_s = 86400, .own_clock = true };
	const struct wq_handler others = { .run = nobody_else };
	struct wq_handler messages, events;

	send_world_ask("FLUSHDB");
	if (wq_receiver_create(&receiver, sw.calls.loop, sw.redis, sw.accounts, &o) < 0)
		return;
	wq_receiver_messages(receiver, &messages);
	wq_receiver_events(receiver, &others, &events);
	for (size_t i = 0; i < WQ_COUNT(story); i++)
		if (story[i].name)
			work(&story[i], &messages, &events);
		else
			set_scene();
	close_receiver();
	WQ_CHECK_STR(what, summary(), want);
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
	WQ_CHECK("all steps were met", runs >= 8 * MODES);
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
	result = wq_fault_sweep("receive", tell_story, RUNS_MAX);
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
