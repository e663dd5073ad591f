/* SPDX-License-Identifier: MIT */
/* differ_test.c — random commands to a real redis-server and to the simulated one: every answer, and what is left, must
 * be the same.
 *
 *   flow-sim_differ [SEEDS [FIRST [all]]]   so many seeds, from that one on; all: each command is told
 *
 * A command is a pattern of words: a|b one of them; ?a_b sometimes the words a and b; %x something of a kind.
 */
#include <stdlib.h>
#include <unistd.h>

#include "base/random.h"
#include "sim/pair.h"
#include "support/redis.h"
#include "support/test.h"

enum { SEEDS = 40, COMMANDS = 600, WORDS = 40, WORD_BYTES = 96, ARENA = WORDS * WORD_BYTES };

static const char *const patterns[] = {
	"GET %s", "SET %s %v", "SET %s %v ?NX|XX ?GET ?KEEPTTL", "SET %s %v EX|PX %e", "SET %s %n PXAT %T",
	"MGET %s %s %k", "SETNX %s %v", "SETEX %s %e %v", "PSETEX %s %e %v", "MSET %s %v %s %v", "APPEND %s %v",
	"STRLEN %s", "GETDEL %s", "INCR|DECR %s", "INCRBY|DECRBY %s %n", "DEL %k %k", "UNLINK %k",
	"EXISTS %k %k %k", "TYPE %k", "PERSIST %k", "EXPIRE|PEXPIRE %k %e ?NX|XX|GT|LT", "EXPIRE %k %n",
	"EXPIREAT %k %n", "PEXPIREAT %k %T ?NX|XX|GT|LT", "TTL|PTTL %k", "EXPIRETIME|PEXPIRETIME %k",
	"RENAME|RENAMENX %k %k", "COPY %k %k ?REPLACE", "KEYS *|s*|[h-l]?|*\\_*|k[^1]",
	"SCAN 0 COUNT 1000 ?MATCH_*1 ?TYPE_hash|zset", "HSET|HMSET %h %m %v", "HSET %h %m %v %m %v %m",
	"HSET %h %m %v %m %n", "HSETNX %h %m %v", "HGET %h %m", "HMGET %h %m %m %m", "HDEL %h %m %m",
	"HEXISTS|HSTRLEN %h %m", "HLEN %h", "HGETALL|HKEYS|HVALS %h", "HINCRBY %h %m %n",
	"HSCAN %h 0 COUNT 1000 ?MATCH_m[1-3]*", "LPUSH|RPUSH %l %m %m", "LPUSH|RPUSH %l %m %m %m %m",
	"LPUSHX|RPUSHX %l %m", "LPOP|RPOP %l", "LPOP|RPOP %l %n", "LLEN %l", "LRANGE %l %n %n", "LRANGE %l 0 -1",
	"LTRIM %l %n %n", "LINDEX %l %n", "LSET %l %n %m", "LREM %l %n %m", "LINSERT %l BEFORE|AFTER|x %m %m",
	"LPOS %l %m ?RANK_%p ?COUNT_%n ?MAXLEN_%n", "LMOVE %l %l LEFT|RIGHT LEFT|RIGHT", "RPOPLPUSH %l %l",
	"SADD %t %m %m %n", "SADD %t %n %n %n", "SREM %t %m %n", "SCARD|SMEMBERS %t", "SISMEMBER %t %m",
	"SMISMEMBER %t %m %n", "SSCAN %t 0 COUNT 1000", "ZADD %z %f %m", "ZADD %z ?NX|XX ?GT|LT ?CH %f %m %f %m",
	"ZADD %z ?XX INCR %f %m", "ZADD %z 1 %m 1 %m 1 %m 2 %m", "ZINCRBY %z %f %m", "ZREM %z %m %m", "ZCARD %z",
	"ZSCORE %z %m", "ZMSCORE %z %m %m", "ZRANK|ZREVRANK %z %m", "ZPOPMIN|ZPOPMAX %z", "ZPOPMIN|ZPOPMAX %z %n",
	"BZPOPMIN|BZPOPMAX %Z 0.01", "ZRANGE|ZREVRANGE %z %n %n ?WITHSCORES",
	"ZRANGE %z %b %b BYSCORE ?REV ?LIMIT_%n_%n ?WITHSCORES", "ZADD %w 0 %m 0 %m", "ZREM %w %m",
	"ZRANGE %w %x %x BYLEX ?REV ?LIMIT_%n_%n",
	"ZRANGEBYSCORE|ZREVRANGEBYSCORE %z %b %b ?WITHSCORES ?LIMIT_%n_%n",
	"ZRANGEBYLEX|ZREVRANGEBYLEX %w %x %x ?LIMIT_%n_%n", "ZCOUNT %z %b %b", "ZLEXCOUNT %w %x %x",
	"ZREMRANGEBYRANK %z %n %n", "ZREMRANGEBYSCORE %z %b %b", "ZREMRANGEBYLEX %w %x %x",
	"ZINTER 2 %z %z ?WEIGHTS_%n_%n ?WITHSCORES", "ZINTER 2 %z %t ?WITHSCORES", "ZSCAN %z 0 COUNT 1000",
	"XADD %y * %m %v ?%m_%v", "XADD %y %i %m %v", "XADD %y ?NOMKSTREAM MAXLEN|MINID ?~|= %n * %m %v",
	"XADD %y MAXLEN ~ %c ?LIMIT_%c * %m %v", "XADD %y MINID ?~ %i ?LIMIT_%c * %m %v %m %v", "XLEN %y",
	"XDEL %y %i %i", "XTRIM %y MAXLEN ?~ %c ?LIMIT_%c", "XTRIM %y MINID ?~ %i",
	"XRANGE|XREVRANGE %y %r %r ?COUNT_%n", "XRANGE %y - + ?COUNT_%n", "XREVRANGE %y + - ?COUNT_%n",
	"XREAD ?COUNT_%n STREAMS %y %i", "XREAD ?COUNT_%n STREAMS %y %y %i $", "TIME", "PING ?%m", "ECHO %v",
	"SELECT 0|x|99", "NOSUCH %m %v", "CLIENT NOSUCH", "SCRIPT NOSUCH",
};

/* Lua that a pattern cannot make. */
static const char *const scripts[] = {
	"return {1, 2.9, -3.7, 'x', true, false, 7}", "return {1, nil, 3}", "return false", "return nil",
	"return 1e15", "return {ok='fine', x=1}", "return {err='MY bad'}", "return {err='bad'}",
	"return redis.error_reply('MY words')", "return redis.error_reply('word')",
	"return redis.error_reply('-MINUS word')", "return redis.status_reply('yes')", "return {double=1.5}",
	"return {{1,{2,{3}}},{ok='a'},{err='E b'}}", "return tostring(1e15) .. tostring(0.1) .. 2^53",
	"return redis.call('GET')", "return redis.call('NOSUCH', 1)", "return redis.call()",
	"return redis.call('SET', 'a', {})", "return redis.pcall('NOSUCH', 1)",
	"return redis.pcall('LPUSH', KEYS[1], 'x')['err'] or 'none'", "x = 1", "return x", "error('raised')",
	"error({err='TABLE raised'})", "local t = nil; return t.x", "return redis.call('SUBSCRIBE', 'a')",
	"return redis.sha1hex('')", "return redis.sha1hex(ARGV[1])",
	"return {redis.call('TIME'), #KEYS, #ARGV, KEYS[1], ARGV[1]}",
	"return redis.call('SET', 's1', 1234567890123)", "return redis.call('ECHO', 0.1)",
	"return redis.call('ECHO', 1e17)", "return redis.call('ECHO', 12345678901234567)",
	"return redis.call('ECHO', -5)", "return redis.call('ECHO', 2^40 / 3)",
	"return cjson.encode({1, 2.5, 'a/b\"\\n\\1\\127é', true, cjson.null, {}, {a={b=1}}})",
	"return cjson.encode(1e10)", "return cjson.encode({[1]=1, [2]=2, [4]=4})",
	"return cjson.encode({[1]=1, [100]=2})", "return cjson.encode({[1.5]=1})",
	"return cjson.encode({5, 1700000000000, 0.5, -0})", "return cjson.encode(function() end)",
	"local d = cjson.decode('{\"a\":[1,2,{\"b\":null}],\"c\":\"\\\\u00e9\\\\ud83d\\\\ude00x\\\\/\"}') "
	"return {#d.a, d.c, d.a[3].b == cjson.null}",
	"return cjson.decode('[1,')", "return cjson.decode('')", "return cjson.decode('{\"a\" 1}')",
	"return cjson.decode('nul')", "return cjson.decode('[1.5e3, -2, 0]')[1]",
	"return pcall(cjson.decode, '{') and 1 or 2", "return string.format('%.14g', 0.1)",
	"local t = {} for k, v in pairs({a=1, b=2, c=3, 10, 20}) do t[#t + 1] = tostring(k) .. "
	"tostring(v) end return t",
	"local t = {} for k in pairs(cjson.decode('{\"zz\":1,\"yy\":2,\"xx\":3,\"type\":4,\"id\":5,\"name\":6}')) "
	"do t[#t + 1] = k end return t",
	"return {redis.call('SET', 's1', 'x'), redis.call('GET', 's2'), redis.call('LRANGE', 'l1', 0, -1)}",
	"return redis.call('ZRANGE', 'z1', 0, -1, 'WITHSCORES')", "return type(redis.call('HGET', 'h1', 'nosuch'))",
	"for i = 1, 130 do redis.call('XADD', 'y1', '*', 'f', string.rep('v', 30)) end return "
	"redis.call('XTRIM', 'y1', 'MAXLEN', '~', 20)",
	"for i = 1, 260 do redis.call('XADD', 'y2', 'MAXLEN', '~', 100, '*', 'n', i) end return "
	"redis.call('XLEN', 'y2')",
	"for i = 1, 200 do redis.call('HSET', 'h2', 'big' .. i, i) end return redis.call('HLEN', 'h2')",
	"for i = 1, 200 do redis.call('ZADD', 'z2', i % 7, 'big' .. i) end return redis.call('ZRANGE', "
	"'z2', 50, 60)",
	"return {string.find('a.b', '.', 1, true), math.floor(2.5), math.max(1, 2), tonumber('0x10'), "
	"unpack({7, 8})}",
	"return table.concat({1, 2.5, 'x'}, ',')", "redis.call('INCR', KEYS[1]) redis.call('NOSUCH')",
	"return 'é\\0z'", "return {tostring(nil), tostring(true), 1/0 > 1, 10 % 3, -7 % 3, '10' + 5}",
	"return redis.call('HGETALL', 'h1')", "syntax error here", "return redis.call('get', KEYS[1])",
	"return redis.call('OBJECT', 'NOSUCH', 'x')", "return {redis.LOG_WARNING, redis.LOG_DEBUG}",
	"redis.log(redis.LOG_NOTICE, 'x')", "return redis.pcall('XADD', 'y1', '1-1', 'a')",
};

struct words {
	struct wq_str argv[WORDS];
	size_t n, used;
	char text[ARENA];
	struct wq_rng rng;
	uint64_t now_us;
};

static uint64_t seeds = SEEDS, first = 1;
static bool verbose;

static uint64_t below(struct words *w, uint64_t n)
{
	return wq_rng_below(&w->rng, n);
}

static void __attribute__((format(printf, 2, 3))) add(struct words *w, const char *format, ...)
{
	va_list ap;
	int n;

	WQ_CHECK("room", w->n < WORDS && w->used + WORD_BYTES <= sizeof(w->text));
	va_start(ap, format);
	n = vsnprintf(w->text + w->used, WORD_BYTES, format, ap);
	va_end(ap);
	w->argv[w->n++] = wq_strn(w->text + w->used, (size_t)n);
	w->used += (size_t)n + 1;
}

static void add_key(struct words *w, char kind)
{
	static const char kinds[] = "shltzy";

	if (kind != 'w' && below(w, 40) == 0) /* w: one whose scores are all the same */
		kind = 'k';
	add(w, "%c%u", kind == 'k' ? kinds[below(w, 6)] : kind, (unsigned)below(w, 3));
}

static void add_score(struct words *w)
{
	static const char *const odd[] = { "inf", "-inf", "+inf", "x", "1e3", "9007199254740993",
		                           "-0",  "1.0" };

	if (below(w, 12) == 0)
		add(w, "%s", odd[below(w, WQ_COUNT(odd))]);
	else
		add(w, "%g", (double)below(w, 40) / 4 - 3);
}

static void add_number(struct words *w)
{
	static const char *const odd[] = {
		"x", "9223372036854775807", "-9223372036854775808", "9223372036854775808", "007", ""
	};

	if (below(w, 30) == 0)
		add(w, "%s", odd[below(w, WQ_COUNT(odd))]);
	else
		add(w, "%d", (int)below(w, 16) - 5);
}

static void add_kind(struct words *w, char kind)
{
	static const char *const bounds[] = { "-inf", "+inf", "(1", "(", "x", "(-inf", "(0.25" };
	static const char *const lex[] = { "-", "+", "[m1", "(m2", "[m10", "(m", "m", "[zz" };
	static const char *const ids[] = {
		"0", "-", "+", "(1-1", "(5", "$", "x", "1-x", "0-0", "(-"
	};

	switch (kind) {
	case 'Z': /* one that is there, or it would be waited for */
		add(w, "z%u", (unsigned)below(w, 3));
		break;
	case 'v':
		add(w, "%.*s%u", (int)below(w, 60),
		    "a value, a longer value, and one that is longer than all those before it",
		    (unsigned)below(w, 1000));
		break;
	case 'm':
		add(w, "m%u", (unsigned)below(w, 12));
		break;
	case 'n':
		add_number(w);
		break;
	case 'p':
		add(w, "%d", (int)below(w, 12) - 5);
		break;
	case 'c':
		add(w, "%u", (unsigned)below(w, 200));
		break;
	case 'f':
		add_score(w);
		break;
	case 'e':
		add(w, "%u", (unsigned)(below(w, 3) ? 1 + below(w, 5000) : 1000000));
		break;
	case 'T':
		add(w, "%llu", (unsigned long long)(w->now_us / 1000 + below(w, 4000) - 500));
		break;
	case 'b':
		if (below(w, 3) == 0)
			add(w, "%s", bounds[below(w, WQ_COUNT(bounds))]);
		else
			add_score(w);
		break;
	case 'x':
		add(w, "%s", lex[below(w, WQ_COUNT(lex))]);
		break;
	case 'i':
	case 'r':
		if (below(w, 3) == 0)
			add(w, "%s", ids[below(w, kind == 'r' ? WQ_COUNT(ids) : 1)]);
		else
			add(w, "%llu-%u",
			    (unsigned long long)(below(w, 2) ? below(w, 20)
			                                     : w->now_us / 1000 - below(w, 3000)),
			    (unsigned)below(w, 4));
		break;
	default:
		add_key(w, kind);
	}
}

/* One of a|b|c. */
static struct wq_str choose(struct words *w, struct wq_str s)
{
	struct wq_str rest = s, part = s;
	size_t n = 1;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '|';
	for (n = 1 + below(w, n); n > 0; n--)
		wq_str_next(&rest, '|', &part);
	return part;
}

static void add_word(struct words *w, struct wq_str s)
{
	s = choose(w, s);
	if (s.n == 2 && s.p[0] == '%')
		add_kind(w, s.p[1]);
	else
		add(w, "%.*s", WQ_STR_ARG(s));
}

static void add_token(struct words *w, struct wq_str s)
{
	struct wq_str part;

	if (s.p[0] != '?') {
		add_word(w, s);
		return;
	}
	if (below(w, 2))
		return;
	s = wq_strn(s.p + 1, s.n - 1);
	while (wq_str_next(&s, '_', &part))
		add_word(w, part);
}

static void make(struct words *w)
{
	struct wq_str rest, token;
	bool script = below(w, 8) == 0;

	w->n = w->used = 0;
	if (script && below(w, 2)) {
		w->argv[0] = wq_str("EVAL");
		w->argv[1] = wq_str(scripts[below(w, WQ_COUNT(scripts))]);
		w->n = 2;
		add(w, "1");
		add_key(w, 'k');
		add_kind(w, 'v');
		return;
	}
	if (script) { /* a command from a script */
		add(w, "EVAL");
		add(w, "%s",
		    below(w, 2) ? "return redis.call(unpack(ARGV))"
		                : "return redis.pcall(unpack(ARGV))");
		add(w, "0");
	}
	/* The last two name no command in a script, and what blocks is refused there by Redis 7 alone. */
	do
		rest = wq_str(patterns[below(w, WQ_COUNT(patterns) - (script ? 2 : 0))]);
	while (script && wq_str_starts(rest, "BZPOP"));
	while (wq_str_next(&rest, ' ', &token))
		add_token(w, token);
	if (below(w, 40) == 0 && w->n > 1)
		w->n--;
	else if (below(w, 60) == 0)
		add(w, "more");
}

static void tell(const struct words *w, uint64_t seed, unsigned i, struct wq_str real,
                 struct wq_str sim)
{
	fprintf(stderr, "seed %llu, command %u:", (unsigned long long)seed, i);
	for (size_t a = 0; a < w->n; a++)
		fprintf(stderr, " '%.*s'", WQ_STR_ARG(w->argv[a]));
	fprintf(stderr, "\nreal\n%.*s\nsimulated\n%.*s\n", WQ_STR_ARG(real), WQ_STR_ARG(sim));
}

/* Waiting is another test's: what blocks is asked only of keys that are there. */
static bool would_wait(struct sim_pair *p, const struct words *w)
{
	char ask[64];
	size_t at = wq_str_is(w->argv[0], "EVAL") ? 3 : 0;

	if (at || !wq_str_starts(w->argv[at], "BZPOP") || w->n < 3)
		return false;
	snprintf(ask, sizeof(ask), "TYPE %.*s", WQ_STR_ARG(w->argv[at + 1]));
	return strcmp(sim_redis_ask(p->sim, ask), "none") == 0;
}

static enum sim_order order_of(const struct words *w)
{
	if (wq_str_is(w->argv[0], "EVAL"))
		return w->n > 3 && wq_str_is(w->argv[2], "0") ? sim_order_of(w->argv[3])
		       : strstr(w->argv[1].p, "HGETALL")      ? SIM_PAIRS_IN_ANY_ORDER
		                                              : SIM_IN_ORDER;
	return sim_order_of(w->argv[0]);
}

static unsigned run_seed(struct sim_pair *p, uint64_t seed)
{
	static const struct wq_str flush = WQ_STR("FLUSHALL");
	struct words w = { .now_us = 1700000000000000 + seed * 1000 };
	struct wq_str real, sim;
	const char *why;

	wq_rng_init(&w.rng, seed);
	sim_pair_now(p, w.now_us);
	WQ_CHECK("flushed", sim_pair_ask(p, &flush, 1, &real, &sim));
	for (unsigned i = 0; i < COMMANDS; i++) {
		make(&w);
		w.now_us += below(&w, 3) ? 0 : below(&w, 400000);
		sim_pair_now(p, w.now_us);
		if (would_wait(p, &w))
			continue;
		WQ_CHECK("answered", sim_pair_ask(p, w.argv, w.n, &real, &sim));
		if (verbose)
			tell(&w, seed, i, real, sim);
		if (!sim_resp_same(real, sim, order_of(&w))) {
			tell(&w, seed, i, real, sim);
			return 1;
		}
	}
	if (sim_pair_same(p, &why))
		return 0;
	fprintf(stderr, "seed %llu: %s\n", (unsigned long long)seed, why);
	return 1;
}

WQ_TEST(answers_as_redis_does)
{
	struct wq_redisd d;
	struct sim_pair p;
	unsigned failed = 0;

	sim_pair_init(&p, 1700000000000000);
	setenv("LD_PRELOAD", WQ_TOLD_CLOCK_SO, 1);
	setenv("WQ_TOLD_CLOCK", p.clock_path, 1);
	wq_redisd_start(&d, NULL);
	unsetenv("LD_PRELOAD");
	sim_pair_connect(&p, d.port);
	for (uint64_t seed = first; seed < first + seeds && failed < 5; seed++)
		failed += run_seed(&p, seed);
	printf("%llu seeds, %llu commands\n", (unsigned long long)seeds,
	       (unsigned long long)p.asked);
	sim_pair_fini(&p);
	wq_redisd_stop(&d);
	WQ_CHECK_INT("seeds that differ", failed, 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest all[] = { WQ_CASE(answers_as_redis_does) };

	if (argc > 1)
		seeds = strtoull(argv[1], NULL, 10);
	if (argc > 2)
		first = strtoull(argv[2], NULL, 10);
	verbose = argc > 3;
	return cmocka_run_group_tests_name(__FILE__, all, NULL, NULL) != 0;
}
