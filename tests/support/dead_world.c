/* SPDX-License-Identifier: MIT */
/* dead_world.c — the letters are written by a script, as a worker would have. */
#include "support/dead_world.h"

#include <stdarg.h>

#include "support/test.h"

enum { COMMAND_BYTES = 1024 };

static const char seed_body[] =
	"local first, last, bytes, failed = unpack(ARGV)\n"
	"local letters, queue = KEYS[1] .. 'q-dlq:', KEYS[1] .. 'q:'\n"
	"local opts = '{\"attempts\":3}'\n"
	"for n = tonumber(first), tonumber(last) do\n"
	"  local own = string.format('\"n\":%d,\"businessId\":\"b%d\",\"pad\":\"%s\"', n, n % 2,\n"
	"    string.rep('y', tonumber(bytes)))\n"
	"  local name, reason = n % 4 == 0 and 'other' or 'send', n % 3 == 0 and 'HTTP 404' or 'HTTP 500'\n"
	"  local history = string.format('{\"queue\":\"q\",\"id\":\"j%d\",\"failedReason\":\"%s\",'\n"
	"    .. '\"attemptsMade\":3,\"stacktrace\":[\"s\"],\"failedAt\":%d,\"opts\":%s}', n, reason, 1000 + n, opts)\n"
	"  redis.call('HSET', letters .. n, 'name', name, 'data', '{' .. own .. ',\"dlq\":' .. history .. '}',\n"
	"    'opts', '{\"attempts\":0}', 'timestamp', 1000 + n, 'delay', 0, 'priority', 0)\n"
	"  redis.call('LPUSH', letters .. 'wait', n)\n"
	"  if failed == '1' then\n"
	"    redis.call('HSET', queue .. 'j' .. n, 'name', name, 'data', '{' .. own .. '}', 'opts', opts,\n"
	"      'timestamp', n, 'delay', 0, 'priority', 0, 'atm', 3, 'ats', 3, 'stc', 1, 'failedReason', reason,\n"
	"      'finishedOn', 1000 + n, 'processedOn', 999 + n)\n"
	"    redis.call('ZADD', queue .. 'failed', 1000 + n, 'j' .. n)\n"
	"  end\n"
	"end\n"
	"redis.call('SET', letters .. 'id', last)\n"
	"redis.call('HSET', letters .. 'meta', 'opts.maxLenEvents', 1000)\n"
	"redis.call('HSET', queue .. 'meta', 'opts.maxLenEvents', 1000)\n"
	"return 1\n";

const char *wq_dead_world_ask(struct wq_dead_world *w, const char *fmt, ...)
{
	char command[COMMAND_BYTES];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	return wq_redisd_ask(w->server, command);
}

void wq_dead_world_begin(struct wq_dead_world *w, struct wq_redisd *server,
                         void (*adjust)(struct wq_redis_opts *o))
{
	*w = (struct wq_dead_world){ .server = server };
	wq_redisd_ask(server, "FLUSHALL");
	wq_redis_world_begin(&w->redis, server->url, adjust);
	wq_redis_world_until_ready(&w->redis);
	WQ_CHECK_INT("ref",
	             wq_dead_ref_init(&w->ref, w->redis.redis, wq_str("bull"), wq_str("q"), NULL),
	             0);
	WQ_CHECK_INT("script", wq_script_init(&w->seed, "seed", wq_str(seed_body), 1), 0);
}

void wq_dead_world_end(struct wq_dead_world *w)
{
	wq_dead_walk_forget(&w->walk);
	wq_dead_one_fini(&w->one);
	wq_ref_fini(&w->ref);
	wq_redis_world_end(&w->redis);
}

void wq_dead_world_seed(struct wq_dead_world *w, unsigned first, unsigned last, unsigned bytes,
                        bool failed)
{
	char words[64];

	snprintf(words, sizeof(words), "bull: %u %u %u %d", first, last, bytes, failed);
	wq_redis_world_load(&w->redis, 1);
	WQ_CHECK_INT("seed", wq_redis_world_fire(&w->redis, 0, &w->seed, words), 0);
	wq_redis_world_collect(&w->redis);
	WQ_CHECK_STR("seeded", w->redis.shots[0].text, "1");
}

static enum wq_dead_wish on_letter(struct wq_dead_walk *walk, const struct wq_dead_letter *l)
{
	struct wq_dead_world *w = walk->user;
	size_t n = strlen(w->ids);

	if (w->enough && w->told == w->enough)
		return WQ_DEAD_ENOUGH;
	w->told++;
	snprintf(w->ids + n, sizeof(w->ids) - n, "%.*s ", WQ_STR_ARG(l->job->id));
	if (w->meddle)
		w->meddle(w, l);
	return w->wish;
}

static void on_end(struct wq_dead_walk *walk, int rc)
{
	struct wq_dead_world *w = walk->user;

	w->rc = rc;
	w->ends++;
}

struct wq_dead_walk *wq_dead_world_walk(struct wq_dead_world *w)
{
	w->walk = (struct wq_dead_walk){ .on_letter = on_letter, .on_end = on_end, .user = w };
	w->wish = WQ_DEAD_LEAVE;
	w->enough = 0;
	w->meddle = NULL;
	w->told = 0;
	w->ids[0] = '\0';
	return &w->walk;
}

static bool has_ended(void *ctx)
{
	return ((struct wq_dead_world *)ctx)->ends > 0;
}

void wq_dead_world_wait(struct wq_dead_world *w)
{
	WQ_CHECK("it ends", wq_redis_world_wait(&w->redis, has_ended, w));
	WQ_CHECK_INT("once", w->ends, 1);
}

int wq_dead_world_run(struct wq_dead_world *w)
{
	w->ends = 0;
	WQ_CHECK_INT("started", wq_dead_walk_start(&w->walk, w->redis.loop, &w->ref), 0);
	WQ_CHECK_INT("not inside the call", w->ends, 0);
	wq_dead_world_wait(w);
	return w->rc;
}

static void on_one(struct wq_dead_one *o, int rc)
{
	struct wq_dead_world *w = o->user;

	w->rc = rc;
	w->ends++;
	snprintf(w->ids, sizeof(w->ids), "%.*s", WQ_STR_ARG(o->ran_as));
}

int wq_dead_world_one(struct wq_dead_world *w, enum wq_dead_do what, const char *id,
                      const char *data)
{
	struct wq_str text = data ? wq_str(data) : wq_strn(NULL, 0);
	int started;

	wq_dead_one_fini(&w->one);
	wq_dead_one_init(&w->one, w->redis.loop, &w->ref, on_one);
	w->one.user = w;
	w->ends = 0;
	started = what == WQ_DEAD_DO_READ    ? wq_dead_one_read(&w->one, wq_str(id))
	          : what == WQ_DEAD_DO_RETRY ? wq_dead_one_retry(&w->one, wq_str(id), text)
	                                     : wq_dead_one_edit(&w->one, wq_str(id), text);
	WQ_CHECK_INT("not inside the call", w->ends, 0);
	if (started < 0)
		return started;
	wq_dead_world_wait(w);
	return w->rc == 0 ? w->one.code : w->rc;
}
