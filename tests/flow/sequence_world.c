/* SPDX-License-Identifier: MIT */
/* sequence_world.c — its scene, its parts, and what is to be seen of it. */
#include "sequence_world.h"

#include "domain/sequence/runner.h"
#include "support/test.h"

struct sequence_world seqw;
const char sequence_world_through[] =
	"sent=4 jobs=4 twice=0 left=2 active=0 completed=3 due=0 tosend=0";

void sequence_world_scene(int64_t later_ms)
{
	send_world_ask("FLUSHDB");
	send_world_ask(
		"EVAL local\tR,o,now=redis.call,KEYS[1],tonumber(ARGV[1])"
		"R('HSET',o..'seq:s','name','S','state','active','ver',1,'on_answer','pause','n:active',3,'v:1',3)"
		"R('HSET',o..'seq:s:1','steps',2,'head','{}','delay:0',0,'delay:1',ARGV[2],"
		"'step:0','{\"message\":{\"text\":{\"body\":\"one\"}}}',"
		"'step:1','{\"message\":{\"text\":{\"body\":\"two\"}}}')"
		"for\ti=1,3\tdo\tlocal\tc='c'..i\t"
		"R('HSET',o..'con:'..c,'made',1,'rev',1,'phone','+59399000000'..i,'window',i<3\tand\tnow*2\tor\t1)"
		"R('HSET',o..'enr:'..c,'seq','s','ver',1,'at',0,'made',now,'state','active','due',now,'rev',1,"
		"'steps',0,'skipped',0)"
		"R('ZADD',o..'seq:s:in',now,c)R('ZADD',o..'due:seq',now,c)end 1 wq:{c}: %lld %lld",
		(long long)send_world_now(), (long long)later_ms);
}

int sequence_world_open(void)
{
	const struct wq_due_opts o = {
		.loop = sw.calls.loop, .redis = sw.redis, .accounts = sw.accounts, .own_clock = true
	};
	int rc;

	seqw = (struct sequence_world){ .due = NULL };
	rc = wq_ref_init(&seqw.ref, sw.redis, wq_str("bull"), wq_str("outbound-messages"), NULL);
	if (rc == 0)
		rc = wq_producer_create(&seqw.producer, sw.calls.loop, sw.redis);
	if (rc == 0)
		rc = wq_due_create(&seqw.due, &o);
	if (rc != 0)
		return rc;
	seqw.stepper = (struct wq_stepper){ .loop = sw.calls.loop,
		                            .producer = seqw.producer,
		                            .accounts = sw.accounts,
		                            .queue_base = wq_ref_base(&seqw.ref),
		                            .keep_s = 864000 };
	seqw.tosend = (struct wq_tosend){ .loop = sw.calls.loop,
		                          .producer = seqw.producer,
		                          .queue_base = wq_ref_base(&seqw.ref) };
	wq_stepper_add(&seqw.stepper, seqw.due);
	wq_tosend_add(&seqw.tosend, seqw.due);
	wq_sequence_runner_add(seqw.due);
	wq_due_start(seqw.due);
	return 0;
}

static void set(void *flag)
{
	*(bool *)flag = true;
}

static bool is_set(void *flag)
{
	return *(bool *)flag;
}

void sequence_world_close(void)
{
	bool closed = false;

	if (seqw.due) {
		wq_due_close(seqw.due, set, &closed);
		send_world_until(is_set, &closed, "the due clock closes");
		wq_stepper_fini(&seqw.stepper);
	}
	closed = false;
	if (seqw.producer) {
		wq_producer_close(seqw.producer, set, &closed);
		send_world_until(is_set, &closed, "the producer closes");
	}
	wq_ref_fini(&seqw.ref);
	seqw = (struct sequence_world){ .due = NULL };
}

const char *sequence_world_summary(void)
{
	return send_world_ask(
		"EVAL local\tR,o=redis.call,KEYS[1]local\tsent,jobs,twice,seen=0,0,0,{}"
		"for\t_,k\tin\tipairs(R('KEYS',o..'msg:*'))do\tsent=sent+1\t"
		"local\tr=R('HMGET',k,'ref','to')local\twhat=r[1]..r[2]"
		"if\tseen[what]then\ttwice=twice+1\tend\tseen[what]=true\t"
		"local\tid=string.sub(k,#o+5)"
		"if\tR('ZSCORE',KEYS[2]..'prioritized',id)then\tjobs=jobs+1\tend\t"
		"for\t_,w\tin\tipairs(R('LRANGE',KEYS[2]..'wait',0,-1))do\t"
		"if\tw==id\tthen\tjobs=jobs+1\tend\tend\tend\t"
		"local\tleft=0\tfor\t_,p\tin\tipairs(R('SMEMBERS',o..'pends:of:c3'))do\tleft=left+1\t"
		"local\twhat='p'..R('HGET',o..'pend:'..p,'step')"
		"if\tseen[what]then\ttwice=twice+1\tend\tseen[what]=true\tend\t"
		"local\tf=R('HMGET',o..'seq:s','n:active','n:completed')"
		"return\t'sent='..sent..'\\32jobs='..jobs..'\\32twice='..twice..'\\32left='..left..'\\32active='.."
		"f[1]..'\\32completed='..(f[2]or'0')..'\\32due='..R('ZCARD',o..'due:seq')..'\\32tosend='.."
		"R('ZCARD',o..'jobs') 2 wq:{c}: bull:outbound-messages:");
}
