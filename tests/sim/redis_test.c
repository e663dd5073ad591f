/* SPDX-License-Identifier: MIT */
/* redis_test.c — what the simulated Redis has beside commands: waiting, channels, snapshots, refusals, restarts. */
#include "base/alloc.h"
#include "sim/redis/sim_redis.h"
#include "support/test.h"

struct peer {
	struct sim_client *c;
	struct wq_buf got; /* pushed */
};

static void on_push(void *ctx, struct wq_str resp)
{
	wq_buf_add_str(&((struct peer *)ctx)->got, resp);
}

static void join(struct peer *p, struct sim_redis *r)
{
	wq_buf_init(&p->got, 1 << 20);
	p->c = sim_redis_connect(r, on_push, p);
}

static void leave(struct peer *p)
{
	sim_redis_disconnect(p->c);
	wq_buf_fini(&p->got);
}

/* Words separated by spaces; what was answered at once, static until the next. */
static const char *ask(struct peer *p, const char *words)
{
	static char text[4096];
	struct wq_str argv[16], rest = wq_str(words);
	struct wq_buf out;
	size_t n = 0;

	while (n < WQ_COUNT(argv) && wq_str_next(&rest, ' ', &argv[n]))
		n++;
	wq_buf_init(&out, sizeof(text) - 1);
	sim_redis_command(p->c, argv, n, &out);
	snprintf(text, sizeof(text), "%.*s", (int)out.n, out.n ? out.p : "");
	wq_buf_fini(&out);
	return text;
}

static const char *pushed(struct peer *p)
{
	const char *text = wq_buf_text(&p->got);

	p->got.n = 0;
	return text ? text : "";
}

WQ_TEST(waits_for_a_member)
{
	uint64_t live = wq_alloc_live();
	struct sim_redis *r = sim_redis_create();
	struct peer a, b, c;

	join(&a, r);
	join(&b, r);
	join(&c, r);
	sim_redis_now(r, 5000000);
	WQ_CHECK_STR("first", ask(&a, "BZPOPMIN z 2.5"), "");
	WQ_CHECK_STR("second", ask(&b, "BZPOPMIN y z 0"), "");
	WQ_CHECK("waits", sim_redis_waits(a.c) && sim_redis_waits(b.c));
	WQ_CHECK_INT("until", sim_redis_next_us(r), 7500000);
	WQ_CHECK_STR("added", ask(&c, "ZADD z 3 m"), ":1\r\n");
	WQ_CHECK_STR("the longest wait", pushed(&a), "*3\r\n$1\r\nz\r\n$1\r\nm\r\n$1\r\n3\r\n");
	WQ_CHECK_STR("nobody else", pushed(&b), "");
	WQ_CHECK_STR("none is left", sim_redis_ask(r, "EXISTS z"), "0");
	WQ_CHECK_STR("again", ask(&a, "BZPOPMIN z 1"), "");
	sim_redis_now(r, 6000000);
	sim_redis_tick(r);
	WQ_CHECK_STR("its time is over", pushed(&a), "*-1\r\n");
	WQ_CHECK_INT("no other waits so", sim_redis_next_us(r) == UINT64_MAX, 1);
	leave(&b);
	WQ_CHECK_STR("nobody waits", ask(&c, "ZADD y 3 m"), ":1\r\n");
	WQ_CHECK_STR("so it stays", sim_redis_ask(r, "ZCARD y"), "1");
	leave(&a);
	leave(&c);
	sim_redis_destroy(r);
	WQ_CHECK_INT("nothing is left", wq_alloc_live(), live);
}

WQ_TEST(follows_a_stream)
{
	struct sim_redis *r = sim_redis_create();
	struct peer a, b;

	join(&a, r);
	join(&b, r);
	sim_redis_now(r, 5000000);
	ask(&b, "XADD s * f v");
	WQ_CHECK_STR("new ones", ask(&a, "XREAD BLOCK 1000 STREAMS s $"), "");
	ask(&b, "XADD s * f w");
	WQ_CHECK_STR(
		"came", pushed(&a),
		"*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$6\r\n5000-1\r\n*2\r\n$1\r\nf\r\n$1\r\nw\r\n");
	WQ_CHECK_STR(
		"at once", ask(&a, "XREAD COUNT 1 BLOCK 1000 STREAMS s 0"),
		"*1\r\n*2\r\n$1\r\ns\r\n*1\r\n*2\r\n$6\r\n5000-0\r\n*2\r\n$1\r\nf\r\n$1\r\nv\r\n");
	leave(&a);
	leave(&b);
	sim_redis_destroy(r);
}

WQ_TEST(tells_channels)
{
	struct sim_redis *r = sim_redis_create();
	struct peer a, b;

	join(&a, r);
	join(&b, r);
	WQ_CHECK_STR("subscribed", ask(&a, "SUBSCRIBE c"),
	             "*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n");
	WQ_CHECK_STR("ping", ask(&a, "PING"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n");
	WQ_CHECK_STR("one heard", ask(&b, "PUBLISH c hi"), ":1\r\n");
	WQ_CHECK_STR("heard", pushed(&a), "*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$2\r\nhi\r\n");
	WQ_CHECK("only these", strstr(ask(&a, "GET k"), "-ERR Can't execute 'get'"));
	WQ_CHECK_STR("left", ask(&a, "UNSUBSCRIBE"),
	             "*3\r\n$11\r\nunsubscribe\r\n$1\r\nc\r\n:0\r\n");
	WQ_CHECK_STR("others again", ask(&a, "GET k"), "$-1\r\n");
	leave(&a);
	leave(&b);
	sim_redis_destroy(r);
}

WQ_TEST(goes_back)
{
	static const char *const writes[] = { "SET s 1",        "HSET h a 1 b 2", "RPUSH l a b c", "SADD t a b",
		                              "ZADD z 1 a 2 b", "XADD x 1-1 f v", "SET gone 1 PX 100" };
	static const char *const changes[] = { "INCR s",   "HSET h a 9",     "LSET l 0 z", "SREM t a",
		                               "ZADD z 5 a", "XADD x 2-1 f w", "DEL h",      "EXPIRE s 5" };
	uint64_t live = wq_alloc_live(), before, after;
	struct sim_redis *r = sim_redis_create();
	struct sim_snapshot *s;

	sim_redis_now(r, 5000000);
	for (size_t i = 0; i < WQ_COUNT(writes); i++)
		sim_redis_ask(r, writes[i]);
	before = sim_redis_digest(r);
	s = sim_redis_snapshot(r);
	for (size_t i = 0; i < WQ_COUNT(changes); i++) {
		sim_redis_ask(r, changes[i]);
		WQ_CHECK(changes[i], sim_redis_digest(r) != before);
	}
	after = sim_redis_digest(r);
	for (int twice = 0; twice < 2; twice++) {
		sim_redis_restore(r, s);
		WQ_CHECK_INT("as it was", sim_redis_digest(r) == before, 1);
		WQ_CHECK_STR("the hash too", sim_redis_ask(r, "HGETALL h"), "a\n1\nb\n2");
		for (size_t i = 0; i < WQ_COUNT(changes); i++)
			sim_redis_ask(r, changes[i]);
		WQ_CHECK_INT("the same again", sim_redis_digest(r) == after, 1);
	}
	sim_redis_destroy(r);
	sim_snapshot_destroy(s);
	WQ_CHECK_INT("nothing is left", wq_alloc_live(), live);
}

WQ_TEST(refuses)
{
	struct sim_redis *r = sim_redis_create();
	struct peer a;

	join(&a, r);
	ask(&a, "SET k v");
	sim_redis_refuse(r, "READONLY You can't write against a read only replica.");
	WQ_CHECK_STR("reads", ask(&a, "GET k"), "$1\r\nv\r\n");
	WQ_CHECK_STR("writes", ask(&a, "DEL k"),
	             "-READONLY You can't write against a read only replica.\r\n");
	WQ_CHECK("scripts that write", strstr(ask(&a, "EVAL redis.call('del',KEYS[1]) 1 k"),
	                                      "-READONLY You can't write against a read only "
	                                      "replica. script: "));
	sim_redis_refuse(r, "OOM command not allowed when used memory > 'maxmemory'.");
	WQ_CHECK("more", strstr(ask(&a, "SET k w"), "-OOM "));
	sim_redis_refuse(r, "LOADING Redis is loading the dataset in memory");
	WQ_CHECK_STR("all", ask(&a, "PING"), "-LOADING Redis is loading the dataset in memory\r\n");
	WQ_CHECK_STR("a look", sim_redis_ask(r, "GET k"), "v");
	sim_redis_refuse(r, NULL);
	WQ_CHECK_STR("no more", ask(&a, "DEL k"), ":1\r\n");
	leave(&a);
	sim_redis_destroy(r);
}

WQ_TEST(begins_anew)
{
	struct sim_redis *r = sim_redis_create(), *other = sim_redis_create();
	char run[64], lua[64];
	struct peer a;

	join(&a, r);
	WQ_CHECK_STR("script",
	             ask(&a, "EVAL return{tostring(redis),#redis.call('INFO','server')>0} 0"),
	             "*2\r\n$21\r\ntable: 0x7f0000000040\r\n:1\r\n");
	snprintf(lua, sizeof(lua), "%.40s", sim_redis_ask(r, "EVAL return(tostring(redis)) 0"));
	snprintf(run, sizeof(run), "%.60s", strstr(sim_redis_ask(r, "INFO server"), "run_id:"));
	WQ_CHECK_STR("a server like the other",
	             strstr(sim_redis_ask(other, "INFO server"), run) ? "" : "other", "");
	sim_redis_restart(r);
	WQ_CHECK("another run", !strstr(sim_redis_ask(r, "INFO server"), run));
	WQ_CHECK("another place",
	         strcmp(sim_redis_ask(r, "EVAL return(tostring(redis)) 0"), lua) != 0);
	sim_redis_ask(r, "SCRIPT FLUSH");
	WQ_CHECK_STR("unknown then", ask(&a, "EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0"),
	             "-NOSCRIPT No matching script. Please use EVAL.\r\n");
	leave(&a);
	sim_redis_destroy(r);
	sim_redis_destroy(other);
}

/* What the file has of a script comes back at the second start, in front of what was written since. */
WQ_TEST(tears_a_script)
{
	struct sim_redis *r = sim_redis_create();
	struct peer a;

	join(&a, r);
	ask(&a, "RPUSH l a b");
	sim_redis_tear(r, 2);
	ask(&a, "EVAL return{redis.call('SET','few','1'),redis.call('DEL','none')} 0");
	WQ_CHECK("too few writes", !sim_redis_torn(r));
	ask(&a,
	    "EVAL redis.call('DEL','none')redis.call('LPOP','l')redis.call('INCR','n')redis.call('SET','k','v') 0");
	WQ_CHECK("torn", sim_redis_torn(r));
	WQ_CHECK_STR("nothing of it is there", ask(&a, "MGET n k"), "*2\r\n$-1\r\n$-1\r\n");
	leave(&a);
	sim_redis_restart(r);
	join(&a, r);
	WQ_CHECK_STR("and not after a start", ask(&a, "LRANGE l 0 -1"),
	             "*2\r\n$1\r\na\r\n$1\r\nb\r\n");
	ask(&a, "EVAL redis.call('INCR','n')redis.call('INCR','n')redis.call('LPOP','l') 0");
	leave(&a);
	sim_redis_restart(r);
	join(&a, r);
	WQ_CHECK_STR("the first two writes, and the later ones", ask(&a, "MGET few n k"),
	             "*3\r\n$1\r\n1\r\n$1\r\n3\r\n$-1\r\n");
	WQ_CHECK_STR("each took one", ask(&a, "LLEN l"), ":0\r\n");
	leave(&a);
	sim_redis_destroy(r);
}

WQ_TEST(forgets_what_stands_in_an_open_transaction)
{
	struct sim_redis *r = sim_redis_create();
	struct peer a;

	join(&a, r);
	sim_redis_tear(r, 1);
	ask(&a, "EVAL redis.call('INCR','n')redis.call('INCR','n') 0");
	WQ_CHECK("torn", sim_redis_torn(r));
	leave(&a);
	sim_redis_restart(r);
	join(&a, r);
	ask(&a, "SET alone 1");
	leave(&a);
	sim_redis_restart(r);
	join(&a, r);
	WQ_CHECK_STR("no other ended", ask(&a, "MGET n alone"), "*2\r\n$-1\r\n$-1\r\n");
	leave(&a);
	sim_redis_destroy(r);
}

WQ_TEST_MAIN(WQ_CASE(waits_for_a_member), WQ_CASE(follows_a_stream), WQ_CASE(tells_channels),
             WQ_CASE(goes_back), WQ_CASE(refuses), WQ_CASE(begins_anew), WQ_CASE(tears_a_script),
             WQ_CASE(forgets_what_stands_in_an_open_transaction))
